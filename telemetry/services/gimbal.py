"""Gimbal manager, version 2 of MAVLink's gimbal protocol: who steers it, where it points, how to point it.

Control is taken once (`take_control`), seen in GIMBAL_MANAGER_STATUS, and given back (`release`). Angles
are degrees: pitch up positive, yaw clockwise. Device ids 1 to 6 stand for gimbals behind the autopilot.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag
from math import asin, atan2, degrees, isfinite, nan

from telemetry.constants import MavCmd
from telemetry.dialect import Message
from telemetry.services.commands import command_long
from telemetry.services.peer import Address

KEEP = -1.0
"""Leaves who has control as it is."""
OURSELVES = -2.0
"""The sender of the command."""
NOBODY = -3.0
"""Removes our control."""


class GimbalFlag(IntFlag):
    """GIMBAL_MANAGER_FLAGS and GIMBAL_DEVICE_FLAGS."""

    RETRACT = 1
    NEUTRAL = 2
    ROLL_LOCK = 4
    PITCH_LOCK = 8
    YAW_LOCK = 16
    YAW_IN_VEHICLE_FRAME = 32
    YAW_IN_EARTH_FRAME = 64


class GimbalCan(IntFlag):
    """GIMBAL_MANAGER_CAP_FLAGS, those that somebody asks about."""

    RETRACT = 1
    NEUTRAL = 2


@dataclass(frozen=True, slots=True)
class GimbalLimits:
    """What a gimbal can do and reach; None where the manager does not say."""

    device_id: int
    can: GimbalCan
    pitch_deg: tuple[float, float] | None
    yaw_deg: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class GimbalControl:
    """Who steers: (system, component) ids, None for nobody."""

    device_id: int
    primary: Address | None
    secondary: Address | None


@dataclass(frozen=True, slots=True)
class GimbalPointing:
    """Where it points. `yaw_deg` is from north when `earth_frame`, else from the vehicle's nose. `stowed` when it
    rests folded away: it looks nowhere then."""

    device_id: int
    roll_deg: float
    pitch_deg: float
    yaw_deg: float
    earth_frame: bool
    failing: bool
    stowed: bool = False


def limits_of(message: Message) -> GimbalLimits:
    """From GIMBAL_MANAGER_INFORMATION."""
    pitch, yaw = _range(message.pitch_min, message.pitch_max), _range(message.yaw_min, message.yaw_max)
    return GimbalLimits(message.gimbal_device_id, GimbalCan(message.cap_flags & 3), pitch, yaw)


def control_of(message: Message) -> GimbalControl:
    """From GIMBAL_MANAGER_STATUS."""
    primary = (message.primary_control_sysid, message.primary_control_compid)
    secondary = (message.secondary_control_sysid, message.secondary_control_compid)
    return GimbalControl(message.gimbal_device_id, primary if primary[0] else None, secondary if secondary[0] else None)


def pointing_of(message: Message) -> GimbalPointing | None:
    """From GIMBAL_DEVICE_ATTITUDE_STATUS; None when its quaternion is none (all zero, or not numbers)."""
    if not all(map(isfinite, message.q)) or not any(message.q):
        return None
    w, x, y, z = message.q
    scale = w * w + x * x + y * y + z * z
    roll = atan2(2 * (w * x + y * z), w * w - x * x - y * y + z * z)
    pitch = asin(max(-1.0, min(1.0, 2 * (w * y - z * x) / scale)))
    yaw = atan2(2 * (w * z + x * y), w * w + x * x - y * y - z * z)
    flags = GimbalFlag(message.flags & 127)
    told = flags & (GimbalFlag.YAW_IN_EARTH_FRAME | GimbalFlag.YAW_IN_VEHICLE_FRAME)
    earth = bool(flags & (GimbalFlag.YAW_IN_EARTH_FRAME if told else GimbalFlag.YAW_LOCK))
    return GimbalPointing(
        message.gimbal_device_id,
        degrees(roll),
        degrees(pitch),
        degrees(yaw),
        earth,
        bool(message.failure_flags),
        stowed=GimbalFlag.RETRACT in flags,
    )


def take_control(target: Address, device_id: int = 0) -> Message:
    """We are primary from now on; 0 stands for every gimbal of the manager."""
    return command_long(target, MavCmd.DO_GIMBAL_MANAGER_CONFIGURE, OURSELVES, OURSELVES, KEEP, KEEP, 0, 0, device_id)


def release(target: Address, device_id: int = 0) -> Message:
    """Give control back, if it is ours."""
    return command_long(target, MavCmd.DO_GIMBAL_MANAGER_CONFIGURE, NOBODY, NOBODY, KEEP, KEEP, 0, 0, device_id)


def point(
    target: Address, pitch_deg: float, yaw_deg: float, *, earth_frame: bool = False, device_id: int = 0
) -> Message:
    """Point there and stay: from the nose, or from north when `earth_frame`."""
    return _pitch_yaw(target, (pitch_deg, yaw_deg, nan, nan), earth_frame=earth_frame, device_id=device_id)


def turn(
    target: Address, pitch_deg_s: float, yaw_deg_s: float, *, earth_frame: bool = False, device_id: int = 0
) -> Message:
    """Turn at that rate; sent again every half second while somebody holds the stick."""
    return _pitch_yaw(target, (nan, nan, pitch_deg_s, yaw_deg_s), earth_frame=earth_frame, device_id=device_id)


def look_neutral(target: Address, device_id: int = 0) -> Message:
    """To its own rest position, mostly ahead and level."""
    return _rest(target, GimbalFlag.NEUTRAL, device_id)


def stow(target: Address, device_id: int = 0) -> Message:
    """Fold it away; ArduPilot may stop stabilising it there."""
    return _rest(target, GimbalFlag.RETRACT, device_id)


def _rest(target: Address, where: GimbalFlag, device_id: int) -> Message:
    nowhere = (nan, nan, nan, nan)
    return command_long(target, MavCmd.DO_GIMBAL_MANAGER_PITCHYAW, *nowhere, float(int(where)), 0, float(device_id))


def _pitch_yaw(
    target: Address, angles_and_rates: tuple[float, float, float, float], *, earth_frame: bool, device_id: int
) -> Message:
    frame = GimbalFlag.YAW_IN_EARTH_FRAME | GimbalFlag.YAW_LOCK if earth_frame else GimbalFlag.YAW_IN_VEHICLE_FRAME
    flags = GimbalFlag.ROLL_LOCK | GimbalFlag.PITCH_LOCK | frame
    return command_long(
        target, MavCmd.DO_GIMBAL_MANAGER_PITCHYAW, *angles_and_rates, float(int(flags)), 0, float(device_id)
    )


def _range(low_rad: float, high_rad: float) -> tuple[float, float] | None:
    if not (isfinite(low_rad) and isfinite(high_rad)) or low_rad == high_rad:
        return None
    return degrees(low_rad), degrees(high_rad)
