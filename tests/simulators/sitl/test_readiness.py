"""When a real vehicle is ready for take-off, held against the recorded boot of one."""

from pathlib import Path

import pytest

from simulators.sitl.readiness import LISTENED_TO, Readiness, Stage
from telemetry.dialect import ARDUPILOTMEGA
from telemetry.messages import decode_frame, new
from telemetry.tlog import read_tlog

CONNECT = Path(__file__).parents[2] / "data/sitl/connect.tlog.gz"


@pytest.fixture(scope="module")
def boot():
    """Stage by seconds since the vehicle was first heard, at each change."""
    readiness, changes, start_us = Readiness(1), {}, None
    for at_us, frame in read_tlog(CONNECT):
        cls = ARDUPILOTMEGA.by_id.get(frame.msgid)
        if frame.sysid != 1 or cls is None or cls.TYPE.name not in LISTENED_TO:
            continue
        start_us = start_us or at_us
        readiness.receive(decode_frame(cls, frame))
        changes.setdefault(readiness.stage, (at_us - start_us) / 1e6)
    return changes


def test_a_recorded_boot_goes_through_the_stages_in_order(boot):
    assert [*boot] == [stage for stage in Stage if stage in boot]
    assert {Stage.BOOTING, Stage.NO_FIX, Stage.READY} <= {*boot}


def test_it_is_ready_when_the_estimator_has_its_position_and_not_before(boot):
    assert 41.4 < boot[Stage.READY] < 70.0, "EKF 831 was first seen at 41.5 s; the recording asks for it seldom"


def heartbeat(status):
    return new("HEARTBEAT", type=2, autopilot=3, system_status=status)


def test_streams_are_asked_for_once_it_has_booted_and_until_they_flow():
    readiness = Readiness(4)
    assert readiness.asks(0.0) == []
    readiness.receive(heartbeat(1))
    assert readiness.asks(0.0) == []
    readiness.receive(heartbeat(3))

    asked = readiness.asks(0.0)
    assert {m.param1 for m in asked} == {193.0, 1.0, 24.0}
    assert {(m.target_system, m.command, m.param2) for m in asked} == {(4, 511, 500000.0)}
    assert readiness.asks(2.9) == []
    readiness.receive(new("GPS_RAW_INT", fix_type=3))
    assert {m.param1 for m in readiness.asks(3.0)} == {193.0, 1.0}


def test_it_leaves_the_vehicle_as_silent_as_it_was():
    assert {(m.param1, m.param2) for m in Readiness(1).farewell()} == {(193.0, -1.0), (1.0, -1.0), (24.0, -1.0)}


def test_ready_needs_position_and_arming_checks_and_stays():
    readiness = Readiness(1)
    readiness.receive(heartbeat(3))
    readiness.receive(new("GPS_RAW_INT", fix_type=6))
    assert readiness.stage is Stage.NO_POSITION
    readiness.receive(new("EKF_STATUS_REPORT", flags=831))
    assert readiness.stage is Stage.CHECKING
    readiness.receive(new("SYS_STATUS", onboard_control_sensors_health=0x10000000))
    assert readiness.stage is Stage.READY
    readiness.receive(new("EKF_STATUS_REPORT", flags=167))
    assert readiness.stage is Stage.READY
