"""What each message changes in the state of a vehicle, and what it must not."""

import math
from datetime import UTC, datetime

import pytest

from gcs.fleet.reduce import TEXTS_KEPT, apply, first_state, with_text
from gcs.fleet.state import Battery, Gps, MissionProgress

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def after(msg, heartbeat):
    """The state after a heartbeat and the given (name, fields) messages."""

    def after(*messages):
        state = first_state("main-1", "main", heartbeat(), 100.0)
        for name, fields in messages:
            state = apply(state, msg(name, **fields), 101.0)
        return state

    return after


def test_a_heartbeat_alone_leaves_everything_else_unknown(after):
    state = after()
    assert (state.mode, state.armed, state.system_status) == ("STABILIZE", False, 3)
    assert state.position is state.battery is state.gps is state.home is state.prearm_ok is state.simulated is None
    assert state.mission == MissionProgress()
    assert not state.mission_known


def test_position_in_degrees_and_metres(after):
    fields = {"time_boot_ms": 5000, "lat": 299000001, "lon": 1218400002, "alt": 60500, "relative_alt": 50500}
    state = after(("GLOBAL_POSITION_INT", {**fields, "vx": 300, "vy": 400, "vz": -150, "hdg": 9050}))
    position = state.position
    assert (position.lat_deg, position.lon_deg) == (29.9000001, 121.8400002)
    assert (position.alt_rel_m, position.alt_amsl_m) == (50.5, 60.5)
    assert (state.speeds.ground_m_s, state.speeds.climb_m_s) == (5.0, 1.5)
    assert (state.heading_deg, state.boot_ms) == (90.5, 5000)


@pytest.mark.parametrize(("lat", "lon"), [(0, 0), (910000000, 1), (1, 1810000000)])
def test_no_place_on_earth_is_no_position(after, lat, lon):
    assert after(("GLOBAL_POSITION_INT", {"lat": lat, "lon": lon, "hdg": 65535})).position is None


def test_an_unknown_heading_leaves_the_last_one(after):
    known = ("GLOBAL_POSITION_INT", {"lat": 1, "lon": 1, "hdg": 100})
    unknown = ("GLOBAL_POSITION_INT", {"lat": 1, "lon": 1, "hdg": 65535})
    assert after(known, unknown).heading_deg == 1.0
    assert after(unknown).heading_deg is None


def test_attitude_in_degrees_and_never_nan(after):
    good = ("ATTITUDE", {"roll": math.pi / 6, "pitch": -math.pi / 4, "yaw": math.pi})
    bad = ("ATTITUDE", {"roll": math.nan, "pitch": math.inf})
    attitude = after(good, bad).attitude
    assert (attitude.roll_deg, attitude.pitch_deg, attitude.yaw_deg) == pytest.approx((30, -45, 180))


def test_speeds_and_never_nan(after):
    good = ("VFR_HUD", {"airspeed": 9.0, "groundspeed": 8.0, "climb": -1.5, "heading": 270})
    bad = ("VFR_HUD", {"groundspeed": math.nan})
    state = after(good, bad)
    assert (state.speeds.air_m_s, state.speeds.ground_m_s, state.speeds.climb_m_s) == (9.0, 8.0, -1.5)
    assert state.heading_deg == 270.0


PREARM, BATTERY = 0x10000000, 0x02000000


def _sys_status(health, **fields):
    told = {"voltage_battery": 12600, "current_battery": 2810, "battery_remaining": 87}
    both = {"onboard_control_sensors_present": PREARM | BATTERY, "onboard_control_sensors_enabled": PREARM | BATTERY}
    return "SYS_STATUS", {**both, "onboard_control_sensors_health": health, **told, **fields}


def test_system_status_tells_battery_and_the_vehicles_own_checks(after):
    state = after(_sys_status(PREARM | BATTERY))
    counted = pytest.approx(3.08, abs=0.01)
    assert state.battery == Battery(voltage_v=12.6, current_a=28.1, remaining_pct=87, failing=False, cells=counted)
    assert state.prearm_ok is True
    assert after(_sys_status(BATTERY)).prearm_ok is False
    assert after(_sys_status(PREARM)).battery.failing


def test_what_a_vehicle_does_not_measure_is_unknown_not_zero(after):
    unknown = {"voltage_battery": 65535, "current_battery": -1, "battery_remaining": -1}
    state = after(_sys_status(PREARM, onboard_control_sensors_present=0, **unknown))
    assert state.battery == Battery()
    assert state.prearm_ok is None


def test_battery_cells_add_up_and_unused_ones_do_not_count(after):
    fields = {"voltages": (4200, 4100) + (65535,) * 8, "current_battery": 100, "current_consumed": 250}
    battery = after(("BATTERY_STATUS", {**fields, "battery_remaining": 50, "charge_state": 1})).battery
    assert battery == Battery(
        voltage_v=8.3, current_a=1.0, consumed_mah=250.0, remaining_pct=50, lowest_cell_v=4.1, highest_cell_v=4.2,
        cells=pytest.approx(8.3 / 3.84),
    )  # fmt: skip
    assert after(("BATTERY_STATUS", {**fields, "charge_state": 2})).battery.failing
    assert after(("BATTERY_STATUS", {**fields, "fault_bitmask": 4})).battery.faults == 4
    assert after(("BATTERY_STATUS", {**fields, "id": 1})).battery is None


def test_a_cell_that_falls_out_is_remembered_as_one_that_worked(after):
    def told(mv):
        return ("BATTERY_STATUS", {"voltages": (mv,) + (65535,) * 9, "battery_remaining": 100})

    battery = after(told(12600), told(8400)).battery
    assert (battery.voltage_v, battery.lowest_cell_v, battery.cells) == (8.4, None, 3.0)


def test_cells_are_counted_by_whichever_message_tells_of_the_battery_first(after):
    full = _sys_status(BATTERY, voltage_battery=12600, battery_remaining=100)
    lost = ("BATTERY_STATUS", {"voltages": (8400,) + (65535,) * 9, "battery_remaining": 100})
    assert after(full).battery.cells == 3.0
    assert after(full, lost).battery.cells == 3.0


def test_gps(after):
    known = ("GPS_RAW_INT", {"fix_type": 6, "satellites_visible": 10, "eph": 121})
    unknown = ("GPS_RAW_INT", {"fix_type": 1, "satellites_visible": 255, "eph": 65535})
    assert after(known).gps == Gps(fix=6, satellites=10, hdop=1.21)
    assert after(unknown).gps == Gps(fix=1, satellites=None, hdop=None)


def test_home(after):
    home = after(("HOME_POSITION", {"latitude": 299000000, "longitude": 1218400000, "altitude": 10100})).home
    assert (home.lat_deg, home.lon_deg, home.alt_amsl_m, home.alt_rel_m) == (29.9, 121.84, 10.1, 0.0)
    assert after(("HOME_POSITION", {})).home is None


def test_mission_progress_counts_without_home(after):
    state = after(
        ("MISSION_CURRENT", {"seq": 3, "total": 11, "mission_state": 3}), ("MISSION_ITEM_REACHED", {"seq": 2})
    )
    assert state.mission == MissionProgress(current=3, reached=2, total=11, state=3)


def test_nothing_reached_yet_is_not_item_65535(after):
    assert after(("MISSION_ITEM_REACHED", {"seq": 65535})).mission.reached is None


def test_a_vehicle_that_does_not_tell_its_total_keeps_the_known_one(after):
    told = ("MISSION_CURRENT", {"seq": 1, "total": 11, "mission_state": 2})
    not_told = ("MISSION_CURRENT", {"seq": 2, "total": 0, "mission_state": 0})
    none = ("MISSION_CURRENT", {"seq": 0, "total": 65535, "mission_state": 1})
    cleared = ("MISSION_CURRENT", {"seq": 0, "total": 0, "mission_state": 1})
    assert after(told, not_told).mission == MissionProgress(current=2, total=11, state=None)
    assert after(told, none).mission.total == 0
    assert after(told, cleared).mission.total == 0


def test_arming_forgets_what_the_flight_before_had_reached(after):
    reached = ("MISSION_ITEM_REACHED", {"seq": 9})
    armed = ("HEARTBEAT", {"type": 2, "autopilot": 3, "base_mode": 209, "custom_mode": 4, "system_status": 3})
    assert after(reached).mission.reached == 9
    assert after(reached, armed).mission.reached is None
    assert after(armed, reached, armed).mission.reached == 9


def test_landed_state_unknown_is_none(after):
    assert after(("EXTENDED_SYS_STATE", {"landed_state": 2})).landed_state == 2
    assert after(("EXTENDED_SYS_STATE", {"landed_state": 0})).landed_state is None


def _version(custom=b"6a8c9b91", **fields):
    told = {"flight_sw_version": 0x04070000, "flight_custom_version": tuple(custom)}
    return "AUTOPILOT_VERSION", {**told, **fields}


def test_identity_and_firmware(after):
    state = after(_version(uid2=tuple(range(1, 19))))
    assert state.uid == bytes(range(1, 19)).hex()
    assert state.firmware == "4.7.0-dev (6a8c9b91)"
    assert state.simulated is False
    assert after(_version(uid=255)).uid == "00000000000000ff"
    assert after(_version()).uid is None


@pytest.mark.parametrize(
    ("release", "text"), [(255, "4.7.0"), (192, "4.7.0-rc"), (128, "4.7.0-beta"), (64, "4.7.0-alpha")]
)
def test_the_kind_of_release(after, release, text):
    assert after(_version(custom=bytes(8), flight_sw_version=0x04070000 | release)).firmware == text


def test_a_simulated_vehicle_says_so_by_its_version_or_by_simstate(after):
    assert after(_version(b"SIM1.0\0\0")).simulated is True
    assert after(("SIMSTATE", {})).simulated is True
    assert after(("SIMSTATE", {}), _version()).simulated is True


def test_only_the_newest_texts_are_kept(after):
    state = after()
    for n in range(TEXTS_KEPT + 5):
        state = with_text(state, 6, str(n), NOON)
    assert [text.text for text in state.texts] == [str(n) for n in range(5, TEXTS_KEPT + 5)]


def test_any_message_says_that_the_vehicle_is_there(after):
    assert after(("TIMESYNC", {})).last_heard_s == 101.0
    assert after(("TIMESYNC", {})).last_heartbeat_s == 100.0


def test_the_wind_is_as_the_vehicle_estimates_it_and_none_where_it_does_not(after):
    told = ("WIND", {"direction": -90.0, "speed": 4.5})
    assert (after(told).wind.from_deg, after(told).wind.speed_m_s) == (270.0, 4.5)
    for figures in ({"direction": 0.0, "speed": 0.0}, {"direction": float("nan"), "speed": 3.0}):
        assert after(told, ("WIND", figures)).wind is None
    over_satellite = after(("HIGH_LATENCY2", {"windspeed": 30, "wind_heading": 90}))
    assert (over_satellite.wind.from_deg, over_satellite.wind.speed_m_s) == (180.0, 6.0)
