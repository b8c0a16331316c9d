"""What we say once a second, and when we keep silent."""

import pytest

from telemetry.services.heartbeat import STALL_S, HealthGate, gcs_heartbeat


def test_we_say_that_we_are_a_ground_station_and_no_autopilot():
    beat = gcs_heartbeat()
    assert (beat.type, beat.autopilot, beat.mavlink_version) == (6, 8, 3)


def test_every_second_is_healthy():
    gate = HealthGate()
    assert all(gate.healthy(100.0 + n) for n in range(50))
    assert gate.stalls == 0


@pytest.mark.parametrize("late_s", [STALL_S, 2.5, 60.0])
def test_after_a_stall_one_beat_is_left_out(late_s):
    gate = HealthGate()
    gate.healthy(100.0)
    assert not gate.healthy(100.0 + late_s)
    assert gate.healthy(101.0 + late_s)
    assert gate.stalls == 1


def test_a_loop_that_keeps_stalling_is_never_healthy():
    gate = HealthGate()
    gate.healthy(0.0)
    assert not any(gate.healthy(2.3 * n) for n in range(1, 20))
