"""How long an answer is waited for."""

import pytest

from telemetry.services.round_trip import FIRST_S, FLOOR_S, LONGEST, RoundTrip


def test_a_fast_link_is_asked_again_after_the_floor():
    trip = RoundTrip()
    trip.measured(0.02)
    assert trip.wait_s == FLOOR_S


def test_a_slow_link_is_given_four_round_trips():
    trip = RoundTrip()
    for _ in range(50):
        trip.measured(0.6)
    assert trip.wait_s == pytest.approx(2.4)


def test_measures_are_smoothed():
    trip = RoundTrip()
    trip.measured(0.1)
    trip.measured(0.9)
    assert trip.smoothed_s == pytest.approx(0.2)


def test_until_there_is_a_measure_each_miss_lengthens_the_wait():
    trip = RoundTrip()
    assert trip.wait_s == FIRST_S
    for _ in range(20):
        trip.missed()
    assert trip.wait_s == FIRST_S * LONGEST
    trip.measured(0.1)
    assert trip.wait_s == pytest.approx(0.4)


def test_losses_do_not_slow_a_measured_link():
    trip = RoundTrip()
    trip.measured(0.1)
    for _ in range(20):
        trip.missed()
    assert trip.wait_s == pytest.approx(0.4)
