"""Curved legs: through both points, in the given directions, measured by arc length."""

from math import dist, inf, pi

import pytest

from simulators.autopilot.flight.spline import curve

START, END = (0.0, 0.0, 10.0), (30.0, 40.0, 10.0)


def test_without_vectors_it_is_the_straight_line():
    line = curve(START, END, (0.0, 0.0, 0.0), (0.0, 0.0, 0.0))
    assert line.length_m == pytest.approx(50.0)
    assert line.place(25.0)[0] == pytest.approx((15.0, 20.0, 10.0), abs=0.1)
    assert line.tightest_m() > 1e5 or line.tightest_m() == inf


def test_it_leaves_and_arrives_as_asked_and_distances_are_those_along_it():
    bend = curve(START, END, (50.0, 0.0, 0.0), (0.0, 50.0, 0.0))
    first, last = bend.place(0.0), bend.place(bend.length_m)
    assert first[0] == START
    assert last[0] == pytest.approx(END)
    assert first[1] == pytest.approx((1.0, 0.0, 0.0), abs=0.05)
    assert last[1] == pytest.approx((0.0, 1.0, 0.0), abs=0.05)
    walked = sum(dist(bend.place(metre / 10)[0], bend.place((metre + 1) / 10)[0]) for metre in range(520))
    assert walked == pytest.approx(min(52.0, bend.length_m), rel=0.01)


def test_a_quarter_circles_radius_is_found():
    radius = 20.0
    handle = 4 * (2**0.5 - 1) * radius
    quarter = curve((radius, 0.0, 0.0), (0.0, radius, 0.0), (0.0, handle, 0.0), (-handle, 0.0, 0.0))
    assert quarter.tightest_m() == pytest.approx(radius, rel=0.1)
    assert quarter.length_m == pytest.approx(pi * radius / 2, rel=0.01)


def test_vectors_much_longer_than_the_way_are_cut():
    wild = curve(START, END, (1e4, 0.0, 0.0), (0.0, -1e4, 0.0))
    assert wild.length_m < 4 * 50.0
