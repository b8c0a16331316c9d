"""Drones of one plan keep 10 m apart, by layers first and launch times second."""

import numpy as np

from missions.deconflict import Flight, conflicts, separate
from missions.timing import Motion

MOTION = Motion(10.0, 2.0)


def flight(drone, *points, start_s=0.0):
    return Flight(drone, 0, start_s, np.array(points, dtype=float), MOTION)


EAST = flight(0, (0, 0), (300, 0), (0, 0))
SAME = flight(1, (0, 0), (300, 2), (0, 0))
NORTH = flight(2, (0, 0), (0, 300), (0, 0))


def test_ways_that_never_meet_share_a_layer():
    separation = separate([EAST, flight(1, (0, 0), (-300, 0), (0, 0)), NORTH], 3, 6)
    assert separation.layers == (0, 0, 0)
    assert separation.delays_s == (0.0, 0.0, 0.0)


def test_the_same_way_needs_two_layers():
    separation = separate([EAST, SAME], 2, 6)
    assert sorted(separation.layers) == [0, 1]


def test_with_one_layer_somebody_launches_later():
    separation = separate([EAST, SAME], 2, 1)
    later = max(separation.delays_s)
    assert later > 0
    moved = [
        flight(0, *EAST.path, start_s=separation.delays_s[0]),
        flight(1, *SAME.path, start_s=separation.delays_s[1]),
    ]
    assert conflicts(moved) == []


def test_conflicts_count_seconds_and_leave_out_the_pad():
    ((one, other, seconds),) = conflicts([EAST, SAME])
    assert (one, other) == (0, 1)
    assert seconds > 50
    assert conflicts([flight(0, (0, 0), (15, 0), (0, 0)), flight(1, (0, 0), (0, 15), (0, 0))]) == []
