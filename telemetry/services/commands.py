"""Commands as messages. `target` is (system id, component id) of the vehicle's autopilot.

COMMAND_LONG wherever ArduPilot takes it; COMMAND_INT for places, which a float cannot hold.
"""

from __future__ import annotations

from math import nan
from typing import Any

from telemetry.constants import MavCmd, MavFrame
from telemetry.dialect import Message
from telemetry.messages import new
from telemetry.services.peer import Address

CUSTOM_MODE = 1.0
CHANGE_MODE = 1.0
GROUND_SPEED = 1.0
KEEP_THROTTLE = -1.0


def command_long(target: Address, number: int, *params: float) -> Message:
    """A COMMAND_LONG with up to seven parameters; those left out are 0."""
    named: dict[str, Any] = {f"param{n}": float(value) for n, value in enumerate(params, start=1)}
    return new("COMMAND_LONG", target_system=target[0], target_component=target[1], command=int(number), **named)


def command_int(
    target: Address, number: int, *params: float, x: int = 0, y: int = 0, z: float = 0.0, frame: int = 3
) -> Message:
    """A COMMAND_INT with up to four parameters and a place: degrees x 1e7 and metres in `frame`."""
    named: dict[str, Any] = {f"param{n}": float(value) for n, value in enumerate(params, start=1)}
    return new(
        "COMMAND_INT",
        target_system=target[0],
        target_component=target[1],
        command=int(number),
        frame=frame,
        x=x,
        y=y,
        z=z,
        **named,
    )


def arm(target: Address) -> Message:
    """Never with the number that overrides the vehicle's own checks."""
    return command_long(target, MavCmd.COMPONENT_ARM_DISARM, 1)


def disarm(target: Address) -> Message:
    """ArduPilot refuses this in flight."""
    return command_long(target, MavCmd.COMPONENT_ARM_DISARM, 0)


def set_mode(target: Address, number: int) -> Message:
    """`number` is the vehicle's own (custom) mode number."""
    return command_long(target, MavCmd.DO_SET_MODE, CUSTOM_MODE, number)


def takeoff(target: Address, alt_rel_m: float) -> Message:
    return command_long(target, MavCmd.NAV_TAKEOFF, 0, 0, 0, 0, 0, 0, alt_rel_m)


def mission_start(target: Address) -> Message:
    """ArduPilot takes no first and last item here."""
    return command_long(target, MavCmd.MISSION_START)


def pause(target: Address) -> Message:
    return command_long(target, MavCmd.DO_PAUSE_CONTINUE, 0)


def resume(target: Address) -> Message:
    return command_long(target, MavCmd.DO_PAUSE_CONTINUE, 1)


def rtl(target: Address) -> Message:
    return command_long(target, MavCmd.NAV_RETURN_TO_LAUNCH)


def land(target: Address) -> Message:
    """Where it is."""
    return command_long(target, MavCmd.NAV_LAND)


def reposition(target: Address, lat_deg: float, lon_deg: float, alt_rel_m: float) -> Message:
    """Go there in GUIDED, changing to it when need be."""
    x, y = round(lat_deg * 1e7), round(lon_deg * 1e7)
    frame = MavFrame.GLOBAL_RELATIVE_ALT
    return command_int(target, MavCmd.DO_REPOSITION, -1, CHANGE_MODE, 0, nan, x=x, y=y, z=alt_rel_m, frame=frame)


def change_speed(target: Address, speed_m_s: float) -> Message:
    """Ground speed in the mode it flies now."""
    return command_long(target, MavCmd.DO_CHANGE_SPEED, GROUND_SPEED, speed_m_s, KEEP_THROTTLE)


def set_mission_current(target: Address, seq: int) -> Message:
    return command_long(target, MavCmd.DO_SET_MISSION_CURRENT, seq)


def look_at(target: Address, lat_deg: float, lon_deg: float, alt_rel_m: float) -> Message:
    """Point nose and camera at a place until `look_ahead`."""
    x, y = round(lat_deg * 1e7), round(lon_deg * 1e7)
    return command_int(target, MavCmd.DO_SET_ROI_LOCATION, x=x, y=y, z=alt_rel_m)


def look_ahead(target: Address) -> Message:
    return command_long(target, MavCmd.DO_SET_ROI_NONE)


def run_prearm_checks(target: Address) -> Message:
    """The vehicle says in status texts what keeps it from arming."""
    return command_long(target, MavCmd.RUN_PREARM_CHECKS)


def reboot(target: Address) -> Message:
    """Refused while armed."""
    return command_long(target, MavCmd.PREFLIGHT_REBOOT_SHUTDOWN, 1)


def request_message(target: Address, message_id: int, param: float = 0.0) -> Message:
    """Send this message once."""
    return command_long(target, MavCmd.REQUEST_MESSAGE, message_id, param)


def set_message_interval(target: Address, message_id: int, rate_hz: float) -> Message:
    """Stream a message at `rate_hz`; 0 stops it."""
    interval_us = round(1e6 / rate_hz) if rate_hz > 0 else -1
    return command_long(target, MavCmd.SET_MESSAGE_INTERVAL, message_id, interval_us)
