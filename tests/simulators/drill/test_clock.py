"""A drill's time: faster than ours, standing while paused, and found for every moment of ours."""

import pytest

from simulators.drill.clock import DrillClock


def test_it_runs_faster_and_stands_while_it_is_paused():
    clock = DrillClock(10.0, start_s=100.0)
    clock.pause(103.0)
    clock.resume(110.0)
    assert [clock.at(moment) for moment in (99.0, 100.0, 102.0, 105.0, 111.0)] == pytest.approx([0, 0, 20, 30, 40])


def test_pausing_twice_is_pausing_once():
    clock = DrillClock(2.0, 0.0)
    clock.pause(5.0)
    clock.pause(7.0)
    assert clock.paused
    clock.resume(10.0)
    assert not clock.paused
    assert clock.at(11.0) == 12.0


def test_after_a_rewind_the_time_goes_on_from_there_as_it_was():
    clock = DrillClock(2.0, 100.0)
    clock.pause(110.0)
    clock.resume(115.0)
    clock.pause(130.0)
    clock.rewind(120.0)
    assert not clock.paused
    assert clock.at(120.0) == 30.0
    assert clock.at(140.0) == 70.0
    clock.rewind(112.0)
    assert clock.paused
    assert clock.at(140.0) == 20.0
