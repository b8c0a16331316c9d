"""The time of recordings."""

from math import inf

import pytest

from telemetry.links.play_clock import PlayClock


@pytest.fixture
def clock():
    clock = PlayClock(4.0)
    clock.go_to(1000.0, 10.0)
    return clock


def test_it_runs_as_many_times_as_fast_as_ours(clock):
    assert clock.at(11.0) == 1004.0
    assert clock.wait_s(1008.0, 11.0) == 1.0
    assert clock.wait_s(900.0, 11.0) == 0.0


def test_another_speed_goes_on_from_where_it_is(clock):
    clock.play(11.0, 0.5)
    assert clock.at(13.0) == 1005.0


def test_while_paused_it_stands_and_goes_on_from_there(clock):
    clock.pause(11.0)
    assert (clock.at(500.0), clock.wait_s(1005.0, 500.0)) == (1004.0, inf)
    clock.play(500.0, 2.0)
    assert clock.at(501.0) == 1006.0


def test_it_can_be_set_also_while_it_stands(clock):
    clock.pause(11.0)
    clock.go_to(2000.0, 12.0)
    assert (clock.at(99.0), clock.paused) == (2000.0, True)


def test_with_speed_0_every_time_has_come():
    clock = PlayClock(0.0)
    clock.go_to(1000.0, 10.0)
    assert (clock.at(10.0), clock.wait_s(1e12, 10.0)) == (inf, 0.0)
    clock.play(11.0, 1.0)
    assert clock.at(12.0) == 1001.0
