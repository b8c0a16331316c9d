"""Climbing and landing against what was timed on ArduCopter with its default speeds."""

import pytest

from missions.fleet import FleetSpec
from missions.vertical import climb_s, landing_s


def test_a_climb_takes_what_it_was_seen_to_take():
    """30 m were seen to take 16.1 s to 29.9 m, of which the last 10 cm take another 0.6 s."""
    assert climb_s(30.0) == pytest.approx(16.7, abs=0.3)
    assert climb_s(10.0) == pytest.approx(8.9, abs=0.4)


@pytest.mark.parametrize(("height_m", "down_s"), [(15.0, 24.8), (25.0, 31.7)])
def test_a_landing_takes_what_it_was_seen_to_take(height_m, down_s):
    """Seen: 5.0 s over home, the way down, and 2.1 s until the motors were off."""
    assert landing_s(height_m) == pytest.approx(5.0 + down_s + 2.1, abs=0.6)


def test_short_ways_and_other_speeds_make_sense():
    heights = [0.0, 0.05, 0.5, 2.0, 9.9, 10.0, 10.1, 12.0, 60.0]
    for duration in (climb_s, landing_s):
        times = [duration(height) for height in heights]
        assert times == sorted(times)
        assert duration(60.0, 3.0) < duration(60.0)
    assert landing_s(5.0, 0.3) == pytest.approx(5.0 + 5.0 / 0.3 + 2.1)
    assert landing_s(10.0) == pytest.approx(5.0 + 20.0 + 2.1)


def test_a_sortie_counts_both():
    assert FleetSpec().vertical_s(60.0) == pytest.approx(climb_s(60.0) + landing_s(60.0))
    slow = FleetSpec(climb_m_s=1.0, descent_m_s=0.5)
    assert slow.vertical_s(60.0) > 60.0 + 120.0
