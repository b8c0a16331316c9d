"""What is streamed, how often, in which order, and what is refused."""

from collections import Counter
from pathlib import Path

import pytest

from simulators.autopilot.telemetry.mode_messages import AvailableModesMonitor, available_mode
from telemetry.constants import MavResult
from telemetry.frames import encode_frame
from telemetry.tlog import read_tlog

IN_ORDER = (
    "AHRS AHRS2 ATTITUDE GLOBAL_POSITION_INT VFR_HUD SYS_STATUS POWER_STATUS MEMINFO NAV_CONTROLLER_OUTPUT "
    "MISSION_CURRENT SERVO_OUTPUT_RAW RC_CHANNELS RAW_IMU SCALED_IMU2 SCALED_IMU3 SCALED_PRESSURE SCALED_PRESSURE2 "
    "GPS_RAW_INT SYSTEM_TIME SIMSTATE WIND TERRAIN_REPORT TERRAIN_REQUEST EKF_STATUS_REPORT LOCAL_POSITION_NED "
    "VIBRATION BATTERY_STATUS ESC_TELEMETRY_1_TO_4"
)


def names(rig, since):
    return [m.message_name for at, m, _ in rig.log if at > since]


def counted(rig, seconds):
    since = rig.vehicle.now_s
    rig.run(seconds)
    return Counter(names(rig, since))


def test_nothing_but_heartbeats_is_sent_unasked(rig):
    seen = counted(rig, 9.5)
    assert set(seen) == {"HEARTBEAT"}
    assert seen["HEARTBEAT"] in (9, 10)


@pytest.mark.parametrize("hz", [1, 2, 4, 10, 20])
def test_all_streams_come_at_the_rate_asked_for(rig, hz):
    rig.tell("REQUEST_DATA_STREAM", req_stream_id=0, req_message_rate=hz, start_stop=1)
    seen = counted(rig, 10.0)
    assert seen["ATTITUDE"] == pytest.approx(10 * hz, abs=1)
    assert seen["SYS_STATUS"] == pytest.approx(10 * hz, abs=1)


def test_what_is_due_together_is_sent_in_ardupilots_order(rig):
    rig.run(0.5)
    rig.tell("REQUEST_DATA_STREAM", req_stream_id=0, req_message_rate=1, start_stop=1)
    since = rig.vehicle.now_s
    rig.run(1.02)
    sent = [name for name in names(rig, since) if name != "HEARTBEAT"]
    assert sent == IN_ORDER.split()


def test_a_stopped_stream_is_silent(rig):
    rig.tell("REQUEST_DATA_STREAM", req_stream_id=0, req_message_rate=4, start_stop=1)
    rig.tell("REQUEST_DATA_STREAM", req_stream_id=0, req_message_rate=4, start_stop=0)
    assert set(counted(rig, 3.0)) == {"HEARTBEAT"}


@pytest.mark.parametrize(
    ("message_id", "interval_us", "response", "result"),
    [
        (30, 100_000, 0, MavResult.ACCEPTED),
        (30, 5_000, 0, MavResult.ACCEPTED),
        (30, 2_500, 0, MavResult.DENIED),
        (30, -1, 0, MavResult.ACCEPTED),
        (30, -2, 0, MavResult.DENIED),
        (30, 100_000, 1, MavResult.DENIED),
        (132, 1_000_000, 0, MavResult.ACCEPTED),
        (9999, 1_000_000, 0, MavResult.DENIED),
        (253, 1_000_000, 0, MavResult.DENIED),
        (230, 1_000_000, 0, MavResult.DENIED),
    ],
)
def test_intervals_and_what_is_refused(rig, message_id, interval_us, response, result):
    assert rig.command(511, message_id, interval_us, response) == result


def test_long_texts_come_in_pieces_of_fifty(rig):
    rig.command(511, 30, 1000)
    pieces = rig.sent("STATUSTEXT")
    assert [piece.text for piece in pieces] == [
        "Requested rate for message ID 30 too fast. Increas",
        "e SCHED_LOOP_RATE",
    ]
    assert len({piece.id for piece in pieces}) == 1
    assert pieces[0].id > 0
    assert [piece.chunk_seq for piece in pieces] == [0, 1]


def test_the_interval_can_be_asked_for(rig):
    rig.command(511, 33, 200_000)
    rig.command(510, 33)
    rig.command(510, 74)
    assert rig.command(510, 9999) == MavResult.FAILED
    told = [(m.message_id, m.interval_us) for m in rig.sent("MESSAGE_INTERVAL")]
    assert told == [(33, 200_000), (74, -1), (9999, 0)]


def test_channels_have_their_own_rates(rig):
    rig.autopilot.open("B")
    rig.command(511, 33, 100_000)
    rig.log.clear()
    rig.run(1.0)
    channels = {channel for _, m, channel in rig.log if m.message_name == "GLOBAL_POSITION_INT"}
    assert channels == {"A"}


def test_parameters_are_listed_in_order_with_the_banner_first(rig):
    rig.tell("PARAM_REQUEST_LIST")
    rig.run(1.0)
    values = rig.sent("PARAM_VALUE")
    assert [value.param_index for value in values] == list(range(1354))
    assert {value.param_count for value in values} == {1354}
    assert rig.texts()[0].startswith("ArduCopter V4")


@pytest.mark.parametrize(
    ("name", "asked", "kept"),
    [
        ("WPNAV_SPEED", 700.0, 700.0),
        ("FS_GCS_ENABLE", 1.6, 1.0),
        ("FRAME_CLASS", 300.0, 127.0),
        ("NO_SUCH_PARAM", 1.0, None),
        ("WPNAV_SPEED", float("nan"), None),
        ("SYSID_THISMAV", 1.0, None),
    ],
)
def test_parameters_are_cut_and_clamped_to_their_type(rig, name, asked, kept):
    rig.tell("PARAM_SET", param_id=name, param_value=asked)
    values = [(value.param_id, value.param_value, value.param_index) for value in rig.sent("PARAM_VALUE")]
    assert values == ([] if kept is None else [(name, kept, 65535)])


def test_asked_for_its_logs_it_says_that_there_are_none(rig):
    (entry,) = (m for m in rig.tell("LOG_REQUEST_LIST", start=0, end=0xFFFF) if m.message_name == "LOG_ENTRY")
    assert (entry.id, entry.num_logs, entry.last_log_num, entry.size) == (0, 0, 0, 0)


def test_timesync_is_answered_and_asked_every_ten_seconds(rig):
    answer = next(m for m in rig.tell("TIMESYNC", tc1=0, ts1=123456789) if m.message_name == "TIMESYNC")
    assert answer.ts1 == 123456789
    assert answer.tc1 == int(rig.vehicle.now_s * 1e6) * 1000
    rig.run(21.0)
    assert sum(m.tc1 == 0 for m in rig.sent("TIMESYNC")) == 2


def test_its_modes_are_told_in_the_very_frames_of_the_real_one():
    path = Path(__file__).parents[3] / "data/sitl/modes.tlog.gz"
    real = [frame for _, frame in read_tlog(path) if frame.msgid in {435, 437}]
    modes = [frame for frame in real if frame.msgid == 435][:24]
    for number, frame in enumerate(modes, start=1):
        assert encode_frame(available_mode(number), seq=frame.seq, sysid=1, compid=1) == frame.raw
    monitor = next(frame for frame in real if frame.msgid == 437)
    assert encode_frame(AvailableModesMonitor((0,)), seq=monitor.seq, sysid=1, compid=1) == monitor.raw
    assert len(modes) == 24


def test_whoever_asked_for_a_mode_hears_every_five_seconds_that_they_are_the_same(rig):
    sent = rig.tell("COMMAND_LONG", command=512, param1=435.0, param2=2.0)
    assert [m.message_name for m in sent][:2] == ["COMMAND_ACK", "AVAILABLE_MODES"]
    assert sent[1][-1] == "AUTO"
    rig.run(10.5)
    assert len(rig.sent("AVAILABLE_MODES_MONITOR")) == 2
    assert rig.command(512, 435, 99) == 0
    assert len(rig.sent("AVAILABLE_MODES")) == 1
