"""A real flight summed up: figures against the messages themselves and against what the recording is known to hold."""

from pathlib import Path

import pytest

from telemetry.dialect import ARDUPILOTMEGA
from telemetry.flight_summary import NEEDED, summaries_of
from telemetry.frames import encode_frame
from telemetry.logs import load_log
from telemetry.messages import decode_frame, new
from telemetry.tlog import read_tlog

SITL = Path(__file__).parents[1] / "data/sitl"


@pytest.fixture(scope="module")
def battery():
    (summary,) = summaries_of(load_log(SITL / "failsafes_battery.tlog.gz", NEEDED))
    return summary


def messages(name):
    for _, frame in read_tlog(SITL / "failsafes_battery.tlog.gz"):
        kind = ARDUPILOTMEGA.by_id.get(frame.msgid)
        if kind is not None and kind.TYPE.name == name and frame.sysid == 1:
            yield decode_frame(kind, frame)


def test_figures_are_those_of_the_messages(battery):
    status = list(messages("SYS_STATUS"))

    assert battery.max_alt_rel_m == max(m.relative_alt for m in messages("GLOBAL_POSITION_INT")) / 1000
    assert battery.battery_end_pct == status[-1].battery_remaining
    assert battery.min_voltage_v == pytest.approx(min(m.voltage_battery for m in status if m.voltage_battery) / 1000)
    assert battery.max_ground_m_s == max(m.groundspeed for m in messages("VFR_HUD"))
    assert 60 < battery.armed_s < 100
    assert "Battery 1 is low 11.20V used 250 mAh" in [text for _, text in battery.warnings]


def test_the_way_flown_fits_speed_and_time(battery):
    speed = next(series for series in battery.series if series.name == "speed")
    integral = sum(
        value * gap / 1e6
        for value, gap in zip(speed.values[1:].tolist(), (speed.unix_us[1:] - speed.unix_us[:-1]).tolist(), strict=True)
    )

    assert battery.distance_m == pytest.approx(integral, rel=0.1)


def test_each_vehicle_of_a_swarm_is_summed_up_and_no_ground_station(tmp_path):
    summaries = summaries_of(load_log(SITL / "swarm4_head.tlog.gz", NEEDED))

    assert [summary.sysid for summary in summaries] == [1, 2, 3, 4]
    assert all(summary.lost_frames == 0 for summary in summaries)


def test_gaps_and_silence_show(tmp_path):
    path, at_us, data = tmp_path / "gaps.tlog", 1_790_000_000_000_000, b""
    for seq, pause_s in ((0, 0), (1, 1), (5, 12), (6, 1)):
        at_us += pause_s * 1_000_000
        frame = encode_frame(new("HEARTBEAT", autopilot=3), seq=seq, sysid=9, compid=1)
        data += at_us.to_bytes(8, "big") + frame
    path.write_bytes(data)
    (summary,) = summaries_of(load_log(path, {"HEARTBEAT"}))

    assert (summary.frames, summary.lost_frames, summary.longest_silence_s) == (4, 3, 12.0)
    loss = next(series for series in summary.series if series.name == "loss")
    assert loss.values.tolist() == [0.0, 60.0]
    assert (loss.unit, loss.unix_us.tolist()) == ("%", [1_790_000_000_000_000, 1_790_000_013_000_000])
    assert summary.max_alt_rel_m is summary.battery_end_pct is summary.min_voltage_v is None


def test_a_recording_without_vehicles_has_no_flights(tmp_path):
    path = tmp_path / "gcs.tlog"
    path.write_bytes((1).to_bytes(8, "big") + encode_frame(new("HEARTBEAT", autopilot=8), seq=0, sysid=255, compid=190))

    assert summaries_of(load_log(path)) == []
