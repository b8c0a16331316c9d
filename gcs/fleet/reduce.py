"""One message and the state before it give the state after it.

Each message type has one small handler in `HANDLERS` that gives the fields that change; a type that is not
there changes nothing but when the vehicle was last heard. Handlers never raise: a value that means
"unknown" in MAVLink, or is not a number, becomes None or leaves the state as it was.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from msgspec.structs import replace

from gcs.fleet.cells import most_cells, told_cells_mv
from gcs.fleet.health import real_position
from gcs.fleet.modes import mode_name
from gcs.fleet.state import Attitude, Battery, Breeze, Gps, MissionProgress, Speeds, StatusText, VehicleState
from telemetry.constants import MavModeFlag, MavState
from telemetry.dialect import Message
from telemetry.received import Received
from telemetry.services.high_latency import Failure
from telemetry.services.high_latency import state_of as satellite_state

TEXTS_KEPT = 20
HEARTBEATS_OVER_S = 1.5
"""A vehicle whose last heartbeat is older when its HIGH_LATENCY2 comes is heard over a satellite only."""
SENSOR_BATTERY = 0x02000000
PREARM_CHECK = 0x10000000
STRONGEST_WIND_M_S = 100.0
SIMULATOR_MARK = b"SIM"
_U16_UNKNOWN = 65535
_CHARGE_LOW = 2
_CHARGE_WORST = 6
_RELEASES = ((255, ""), (192, "-rc"), (128, "-beta"), (64, "-alpha"), (0, "-dev"))

Changes = dict[str, Any]
Handler = Callable[[VehicleState, Message], Changes]


def first_state(vehicle_id: str, network: str, received: Received, now_s: float) -> VehicleState:
    """What is known after the very first HEARTBEAT of a vehicle, or HIGH_LATENCY2 with a base mode."""
    beat = received.message
    satellite = beat.message_name == "HIGH_LATENCY2"
    base_mode = beat.custom0 & 0xFF if satellite else beat.base_mode
    return VehicleState(
        id=vehicle_id,
        network=network,
        sysid=received.sysid,
        autopilot=beat.autopilot,
        vehicle_type=beat.type,
        mode=mode_name(beat.autopilot, beat.type, base_mode, beat.custom_mode),
        armed=bool(base_mode & MavModeFlag.SAFETY_ARMED),
        system_status=MavState.UNINIT if satellite else beat.system_status,
        high_latency=satellite,
        last_heard_s=now_s,
        last_heartbeat_s=float("-inf") if satellite else now_s,
    )


def introduces(message: Message) -> bool:
    """Whether a vehicle is there when it says this: it tells mode and arming."""
    if message.message_name == "HIGH_LATENCY2":
        return bool(message.custom0 & MavModeFlag.CUSTOM_MODE_ENABLED)
    return message.message_name == "HEARTBEAT"


def apply(state: VehicleState, received: Received, now_s: float) -> VehicleState:
    """The state after `received`, heard at `now_s` (monotonic). Texts come whole, through `with_text`."""
    message = received.message
    name = message.message_name
    handler = HANDLERS.get(name)
    changes = handler(state, message) if handler is not None else {}
    changes["last_heard_s"] = now_s
    if name == "HEARTBEAT":
        changes["last_heartbeat_s"] = now_s
    elif name == "HIGH_LATENCY2":
        changes["high_latency"] = now_s - state.last_heartbeat_s > HEARTBEATS_OVER_S
    return replace(state, **changes)


def with_text(state: VehicleState, severity: int, text: str, utc: datetime) -> VehicleState:
    """The state with one more whole status text; only the newest `TEXTS_KEPT` are kept."""
    return replace(state, texts=(*state.texts, StatusText(severity=severity, text=text, at=utc))[-TEXTS_KEPT:])


def after_reboot(state: VehicleState) -> VehicleState:
    """What remains true of a vehicle that has restarted: who it is and what it said.

    Whether it is armed only its next heartbeat tells: an autopilot may restart in flight, and two vehicles
    with one system id look like restarts. Until then it counts as it was, so that nobody takes it for landed.
    """
    return replace(
        state,
        landed_state=None,
        position=None,
        heading_deg=None,
        attitude=None,
        speeds=None,
        battery=None,
        gps=None,
        ekf_flags=None,
        prearm_ok=None,
        home=None,
        mission=MissionProgress(),
        mission_hash=None,
        mission_known=False,
        boot_ms=None,
        wind=None,
    )


def _heartbeat(state: VehicleState, message: Message) -> Changes:
    armed = bool(message.base_mode & MavModeFlag.SAFETY_ARMED)
    mission = state.mission
    if armed and not state.armed:
        mission = replace(mission, reached=None)
    return {
        "autopilot": message.autopilot,
        "vehicle_type": message.type,
        "mode": mode_name(message.autopilot, message.type, message.base_mode, message.custom_mode),
        "armed": armed,
        "system_status": message.system_status,
        "mission": mission,
        "high_latency": False,
    }


def _high_latency2(state: VehicleState, message: Message) -> Changes:
    """ArduPilot puts its base mode, and with it whether it is armed, into the first custom byte; without one
    mode and arming stay as they were. The height above home is not told: it is made of home's, when that is known."""
    told = satellite_state(message)
    base_mode = message.custom0 & 0xFF
    changes: Changes = {}
    if base_mode & MavModeFlag.CUSTOM_MODE_ENABLED:
        changes["mode"] = mode_name(told.autopilot, told.vehicle_type, base_mode, told.custom_mode)
        changes["armed"] = bool(base_mode & MavModeFlag.SAFETY_ARMED)
    position = None
    if told.lat_deg is not None and told.lon_deg is not None:
        alt_rel_m = told.alt_amsl_m - state.home.alt_amsl_m if state.home else None
        position = real_position(message.latitude, message.longitude, alt_rel_m, told.alt_amsl_m)
    before = state.battery or Battery()
    return changes | {
        "position": position,
        "heading_deg": told.heading_deg,
        "speeds": Speeds(ground_m_s=told.ground_m_s, climb_m_s=told.climb_m_s, air_m_s=told.air_m_s),
        "battery": replace(before, remaining_pct=told.battery_pct, failing=bool(told.failing & Failure.BATTERY)),
        "mission": replace(state.mission, current=told.item),
        "wind": _breeze(told.wind_from_deg, told.wind_m_s),
    }


def _global_position_int(state: VehicleState, message: Message) -> Changes:
    position = real_position(message.lat, message.lon, message.relative_alt / 1000, message.alt / 1000)
    return {
        "position": position,
        "heading_deg": state.heading_deg if message.hdg == _U16_UNKNOWN else message.hdg / 100,
        "speeds": Speeds(
            ground_m_s=math.hypot(message.vx, message.vy) / 100,
            climb_m_s=-message.vz / 100,
            air_m_s=state.speeds.air_m_s if state.speeds else None,
        ),
        "boot_ms": message.time_boot_ms,
    }


def _attitude(_state: VehicleState, message: Message) -> Changes:
    angles = (message.roll, message.pitch, message.yaw)
    if not all(map(math.isfinite, angles)):
        return {}
    roll, pitch, yaw = map(math.degrees, angles)
    return {"attitude": Attitude(roll_deg=roll, pitch_deg=pitch, yaw_deg=yaw), "boot_ms": message.time_boot_ms}


def _vfr_hud(state: VehicleState, message: Message) -> Changes:
    if not (math.isfinite(message.groundspeed) and math.isfinite(message.climb)):
        return {}
    air = message.airspeed if math.isfinite(message.airspeed) else None
    speeds = Speeds(ground_m_s=message.groundspeed, climb_m_s=message.climb, air_m_s=air)
    heading = float(message.heading) if state.heading_deg is None else state.heading_deg
    return {"speeds": speeds, "heading_deg": heading}


def _sys_status(state: VehicleState, message: Message) -> Changes:
    present, health = message.onboard_control_sensors_present, message.onboard_control_sensors_health
    watched = present & message.onboard_control_sensors_enabled
    before = state.battery or Battery()
    remaining = message.battery_remaining
    remaining_pct = remaining if 0 <= remaining <= 100 else None
    voltage_v = None if message.voltage_battery in (0, _U16_UNKNOWN) else message.voltage_battery / 1000
    battery = replace(
        before,
        voltage_v=voltage_v,
        current_a=None if message.current_battery < 0 else message.current_battery / 100,
        remaining_pct=remaining_pct,
        failing=bool(watched & SENSOR_BATTERY and not health & SENSOR_BATTERY),
        cells=before.cells if state.armed else most_cells(before.cells, voltage_v, remaining_pct),
    )
    prearm_ok = bool(health & PREARM_CHECK) if present & PREARM_CHECK else None
    return {"battery": battery, "prearm_ok": prearm_ok}


def _battery_status(state: VehicleState, message: Message) -> Changes:
    if message.id != 0:
        return {}
    before = state.battery or Battery()
    cells = [mv for mv in (*message.voltages, *message.voltages_ext) if 0 < mv < _U16_UNKNOWN]
    told = told_cells_mv(message.voltages, message.voltages_ext)
    remaining = message.battery_remaining
    remaining_pct = remaining if 0 <= remaining <= 100 else before.remaining_pct
    voltage_v = sum(cells) / 1000 if cells else before.voltage_v
    battery = replace(
        before,
        voltage_v=voltage_v,
        current_a=message.current_battery / 100 if message.current_battery >= 0 else before.current_a,
        remaining_pct=remaining_pct,
        consumed_mah=float(message.current_consumed) if message.current_consumed >= 0 else before.consumed_mah,
        failing=before.failing or _CHARGE_LOW <= message.charge_state <= _CHARGE_WORST,
        lowest_cell_v=min(told) / 1000 if told else None,
        highest_cell_v=max(told) / 1000 if told else None,
        cells=before.cells if state.armed else most_cells(before.cells, voltage_v, remaining_pct),
        faults=message.fault_bitmask,
    )
    return {"battery": battery}


def _gps_raw_int(_state: VehicleState, message: Message) -> Changes:
    satellites = None if message.satellites_visible == 255 else message.satellites_visible
    hdop = None if message.eph == _U16_UNKNOWN else message.eph / 100
    return {"gps": Gps(fix=message.fix_type, satellites=satellites, hdop=hdop)}


def _ekf_status_report(_state: VehicleState, message: Message) -> Changes:
    return {"ekf_flags": message.flags}


def _home_position(_state: VehicleState, message: Message) -> Changes:
    return {"home": real_position(message.latitude, message.longitude, 0.0, message.altitude / 1000)}


def _mission_current(state: VehicleState, message: Message) -> Changes:
    """`total` excludes home; 65535 says "no mission", 0 with no state says "not told" (older firmware)."""
    total: int | None = 0 if message.total == _U16_UNKNOWN else message.total
    told = message.mission_state or None
    if total == 0 and told is None:
        total = state.mission.total
    return {"mission": replace(state.mission, current=message.seq, total=total, state=told)}


def _mission_item_reached(state: VehicleState, message: Message) -> Changes:
    """65535 is what ArduPilot answers when it is asked for the message before it reached anything."""
    if message.seq == _U16_UNKNOWN:
        return {}
    return {"mission": replace(state.mission, reached=message.seq)}


def _extended_sys_state(_state: VehicleState, message: Message) -> Changes:
    return {"landed_state": message.landed_state or None}


def _autopilot_version(state: VehicleState, message: Message) -> Changes:
    custom = bytes(message.flight_custom_version)
    return {
        "uid": hardware_uid(message),
        "firmware": _firmware(message.flight_sw_version, custom),
        "simulated": custom.startswith(SIMULATOR_MARK) or state.simulated is True,
    }


def hardware_uid(message: Message) -> str | None:
    """The board's own id, in hexadecimal, from AUTOPILOT_VERSION; None when it has none."""
    long_uid = bytes(message.uid2)
    if any(long_uid):
        return long_uid.hex()
    return f"{message.uid:016x}" if message.uid else None


def _firmware(version: int, custom: bytes) -> str | None:
    if version == 0:
        return None
    release = next(text for floor, text in _RELEASES if (version & 0xFF) >= floor)
    number = f"{version >> 24 & 0xFF}.{version >> 16 & 0xFF}.{version >> 8 & 0xFF}{release}"
    git = custom.split(b"\0", 1)[0].decode("ascii", "replace")
    return f"{number} ({git})" if git.isprintable() and git else number


def _simstate(_state: VehicleState, _message: Message) -> Changes:
    return {"simulated": True}


def _wind(_state: VehicleState, message: Message) -> Changes:
    """An estimator that knows no wind says that it is 0."""
    return {"wind": _breeze(message.direction, message.speed)}


def _breeze(from_deg: float, speed_m_s: float) -> Breeze | None:
    if not (math.isfinite(from_deg) and math.isfinite(speed_m_s) and 0 < speed_m_s <= STRONGEST_WIND_M_S):
        return None
    return Breeze(from_deg=from_deg % 360.0, speed_m_s=speed_m_s)


def _system_time(_state: VehicleState, message: Message) -> Changes:
    return {"boot_ms": message.time_boot_ms}


HANDLERS: Mapping[str, Handler] = MappingProxyType(
    {
        "HEARTBEAT": _heartbeat,
        "HIGH_LATENCY2": _high_latency2,
        "GLOBAL_POSITION_INT": _global_position_int,
        "ATTITUDE": _attitude,
        "VFR_HUD": _vfr_hud,
        "SYS_STATUS": _sys_status,
        "BATTERY_STATUS": _battery_status,
        "GPS_RAW_INT": _gps_raw_int,
        "EKF_STATUS_REPORT": _ekf_status_report,
        "HOME_POSITION": _home_position,
        "MISSION_CURRENT": _mission_current,
        "MISSION_ITEM_REACHED": _mission_item_reached,
        "EXTENDED_SYS_STATE": _extended_sys_state,
        "AUTOPILOT_VERSION": _autopilot_version,
        "SIMSTATE": _simstate,
        "SYSTEM_TIME": _system_time,
        "WIND": _wind,
    }
)
TIMED = frozenset({"GLOBAL_POSITION_INT", "ATTITUDE", "SYSTEM_TIME"})
"""Messages whose `time_boot_ms` tells reboots and late frames."""
SUBSCRIBED = frozenset(HANDLERS) | {"STATUSTEXT"}
"""Messages that the fleet's state is made of."""
