"""Commands to the gimbal and the camera; FAILED where the thing is not fitted, as recorded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import degrees, isfinite, nan
from types import MappingProxyType
from typing import Final

from simulators.autopilot.actions import local_point, whole
from simulators.autopilot.parts import Command, Parts
from simulators.autopilot.payload import actions as doing
from simulators.autopilot.payload import devices as payload
from simulators.autopilot.state import Vehicle
from telemetry.constants import MavCmd, MavResult
from telemetry.dialect import Message

GIMBAL_CONFIGURE: Final = 1001
_MOUNT_CONFIGURE, _DIGICAM_CONFIGURE = 204, 202
_UNCHANGED, _SENDER, _NOBODY, _LEAST_ID, _MOST_ID = -1, -2, -3, -3, 255
_MODE_RETRACT, _MODE_NEUTRAL, _MODE_ANGLES, _MODE_STICKS, _MODE_PLACE, _MODE_HOME = 0, 1, 2, 3, 4, 6
_RESTS: Mapping[int, int] = MappingProxyType(
    {_MODE_RETRACT: payload.RETRACT, _MODE_NEUTRAL: payload.NEUTRAL, _MODE_STICKS: 0}
)
_MOST_ANGLES_DEG: Final = (90.0, 180.0, 360.0)
_ABOVE_HOME: Final = 3
_FOCUS_BY_HAND: Final = frozenset({1, 2})
_FOCUS_TYPES: Final = _FOCUS_BY_HAND | {4, 5, 6}
WARNED_AGAIN_S: Final = 30.0


def _fitted(vehicle: Vehicle, instance: float) -> bool:
    """0 is the first gimbal, as 1 is; there is no second one."""
    return payload.has_gimbal(vehicle) and instance in {0, 1}


def _gimbal_angles(parts: Parts, command: Command) -> MavResult:
    """DO_GIMBAL_MANAGER_PITCHYAW: angles, or rates where the angles are NaN; flags in param 5."""
    if not _fitted(parts.vehicle, command.z):
        return MavResult.FAILED
    return _done(doing.steer(parts.vehicle, command.flags, command.params))


def _gimbal_control(parts: Parts, command: Command) -> MavResult:
    """DO_GIMBAL_MANAGER_CONFIGURE: -2 takes control for the sender, -3 gives it up; a change is told."""
    vehicle = parts.vehicle
    sysid, compid = command.params[0], command.params[1]
    if not _fitted(vehicle, command.z) or not all(_LEAST_ID <= number <= _MOST_ID for number in (sysid, compid)):
        return MavResult.FAILED
    sender, before = (command.peer.sysid, command.peer.compid), vehicle.gimbal.owner
    if sysid == _SENDER:
        vehicle.gimbal.owner = sender
    elif sysid == _NOBODY and before == sender:
        vehicle.gimbal.owner = (0, 0)
    elif sysid >= 0:
        vehicle.gimbal.owner = (int(sysid), int(compid) & 0xFF)
    if vehicle.gimbal.owner != before:
        vehicle.defer(payload.manager_status(vehicle))
    return MavResult.ACCEPTED


def _mount_control(parts: Parts, command: Command) -> MavResult:
    """DO_MOUNT_CONTROL: a mode in parameter 7; angles (pitch, roll, yaw from the nose) or a place above home."""
    vehicle = parts.vehicle
    if not payload.has_gimbal(vehicle) or not isfinite(command.z):
        return MavResult.FAILED
    mode, (pitch, roll, yaw, height_m) = int(command.z), command.params
    if mode == _MODE_ANGLES:
        if any(abs(angle) > most for angle, most in zip((pitch, roll, yaw), _MOST_ANGLES_DEG, strict=True)):
            _warn(vehicle, "invalid angle targets")
            return MavResult.FAILED
        return _done(doing.steer(vehicle, 0, (pitch, yaw, nan, nan)))
    if mode == _MODE_PLACE:
        x, y = command.fields
        if pitch and roll and not (x or y):
            _warn(vehicle, "GPS_POINT target invalid")
            return MavResult.FAILED
        vehicle.gimbal.roi = local_point(vehicle, _ABOVE_HOME, x, y, float(whole(height_m)))
        return MavResult.ACCEPTED
    return _done(_mode(vehicle, mode))


def _warn(vehicle: Vehicle, text: str) -> None:
    """At most once in 30 s, whatever is wrong."""
    if vehicle.now_s - vehicle.gimbal.warned_s >= WARNED_AGAIN_S:
        vehicle.gimbal.warned_s = vehicle.now_s
        vehicle.say(4, f"Mount: {text}")


def _mode(vehicle: Vehicle, mode: int) -> bool:
    """Retract, neutral, by stick or to home; False for other modes."""
    if mode == _MODE_HOME and vehicle.home is not None:
        vehicle.gimbal.roi = (vehicle.home.north_m, vehicle.home.east_m, vehicle.home.up_m)
    elif mode in _RESTS:
        vehicle.gimbal.stay(vehicle.body.yaw_rad, _RESTS[mode])
    return mode in _RESTS or mode == _MODE_HOME


def _pictures(parts: Parts, command: Command) -> MavResult:
    """IMAGE_START_CAPTURE: camera (0 = all), interval in seconds, number of pictures (0 = without end)."""
    vehicle, instance = parts.vehicle, command.params[0]
    if instance < 0:
        return MavResult.UNSUPPORTED
    if not payload.has_camera(vehicle) or instance not in {0, 1}:
        return MavResult.FAILED
    return _done(doing.take_pictures(vehicle, command.params[1], command.params[2]))


def _no_pictures(parts: Parts, command: Command) -> MavResult:
    """IMAGE_STOP_CAPTURE of all cameras (0) is taken with no camera too, as observed."""
    vehicle, instance = parts.vehicle, command.params[0]
    if instance != 0 and not (instance == 1 and payload.has_camera(vehicle)):
        return MavResult.UNSUPPORTED
    doing.stop_pictures(vehicle)
    return MavResult.ACCEPTED


def _video(*, on: bool) -> Callable[[Parts, Command], MavResult]:
    return lambda parts, command: _done(command.params[0] in {0, 1} and doing.film(parts.vehicle, on=on))


def _zoom(parts: Parts, command: Command) -> MavResult:
    """SET_CAMERA_ZOOM by rate, or by range: 0 to 100 % of the lens."""
    if not doing.zoom(parts.vehicle, command.params[0], command.params[1]):
        return MavResult.UNSUPPORTED
    if payload.has_lens(parts.vehicle):
        command.after.append(payload.camera_settings(parts.vehicle))
    return MavResult.ACCEPTED


def _unfocused(parts: Parts, command: Command) -> MavResult:
    """SET_CAMERA_FOCUS: a triggered camera takes a rate or a range, without an effect; no lens here has a focus."""
    kind = command.params[0]
    if kind not in _FOCUS_TYPES:
        return MavResult.DENIED
    if not payload.has_camera(parts.vehicle):
        return MavResult.FAILED
    taken = kind in _FOCUS_BY_HAND and not payload.has_lens(parts.vehicle)
    return MavResult.ACCEPTED if taken else MavResult.UNSUPPORTED


def _mount_mode(parts: Parts, command: Command) -> MavResult:
    """DO_MOUNT_CONFIGURE: what steers the gimbal."""
    if not payload.has_gimbal(parts.vehicle):
        return MavResult.FAILED
    _mode(parts.vehicle, whole(command.params[0]))
    return MavResult.ACCEPTED


def _digicam(parts: Parts, command: Command) -> MavResult:
    """DO_DIGICAM_CONTROL is taken with no camera too, as recorded; 1 in parameter 5 is a picture."""
    if command.flags == 1 and payload.has_camera(parts.vehicle):
        payload.take_picture(parts.vehicle)
    return MavResult.ACCEPTED


def _digicam_set_up(parts: Parts, command: Command) -> MavResult:  # noqa: ARG001 - no camera here has these settings
    return MavResult.ACCEPTED


def _trigger(parts: Parts, command: Command) -> MavResult:
    doing.trigger_by_distance(parts.vehicle, command.params[0], at_once=command.params[2] == 1)
    return MavResult.ACCEPTED


def steer(vehicle: Vehicle, message: Message) -> None:
    """GIMBAL_MANAGER_SET_PITCHYAW: as the command in radians, without an answer."""
    if payload.has_gimbal(vehicle):
        pitch, yaw = degrees(message.pitch), degrees(message.yaw)
        doing.steer(vehicle, message.flags, (pitch, yaw, degrees(message.pitch_rate), degrees(message.yaw_rate)))


def _done(done: bool) -> MavResult:
    return MavResult.ACCEPTED if done else MavResult.FAILED


PAYLOAD: Mapping[int, Callable[[Parts, Command], MavResult]] = MappingProxyType(
    {
        MavCmd.DO_GIMBAL_MANAGER_PITCHYAW: _gimbal_angles,
        MavCmd.DO_DIGICAM_CONTROL: _digicam,
        MavCmd.DO_SET_CAM_TRIGG_DIST: _trigger,
        GIMBAL_CONFIGURE: _gimbal_control,
        MavCmd.IMAGE_START_CAPTURE: _pictures,
        doing.IMAGE_STOP: _no_pictures,
        doing.VIDEO_START: _video(on=True),
        doing.VIDEO_STOP: _video(on=False),
        doing.SET_ZOOM: _zoom,
        MavCmd.SET_CAMERA_FOCUS: _unfocused,
        _MOUNT_CONFIGURE: _mount_mode,
        MavCmd.DO_MOUNT_CONTROL: _mount_control,
        _DIGICAM_CONFIGURE: _digicam_set_up,
    }
)
