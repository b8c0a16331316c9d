"""Commands to the gimbal and the camera; FAILED where the thing is not fitted, as recorded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import degrees, isfinite
from types import MappingProxyType
from typing import Final

from simulators import autopilot_payload as payload
from simulators.autopilot_parts import Command, Parts
from simulators.autopilot_state import Vehicle
from simulators.autopilot_transfer import Peer
from telemetry.constants import MavCmd, MavResult
from telemetry.dialect import Message

VIDEO_START, VIDEO_STOP, SET_ZOOM, IMAGE_STOP, GIMBAL_CONFIGURE = 2500, 2501, 531, 2001, 1001
_SENDER, _NOBODY, _MOST_ID = -2, -3, 255
_ZOOM_RANGE: Final = 2
_MOST_ZOOM: Final = 10.0
_RETRACTED: Final = payload.RETRACT | payload.NEUTRAL


def _gimbal_angles(parts: Parts, command: Command) -> MavResult:
    """DO_GIMBAL_MANAGER_PITCHYAW: angles, or rates where the angles are NaN; flags in param 5."""
    if not payload.has_gimbal(parts.vehicle):
        return MavResult.FAILED
    done = _steered(parts.vehicle, command.peer, command.flags, command.params)
    return MavResult.ACCEPTED if done else MavResult.DENIED


def _gimbal_control(parts: Parts, command: Command) -> MavResult:
    """DO_GIMBAL_MANAGER_CONFIGURE: -2 takes control for the sender, -3 gives it up; the status tells."""
    vehicle = parts.vehicle
    if not payload.has_gimbal(vehicle):
        return MavResult.FAILED
    sysid, compid = command.params[0], command.params[1]
    sender = (command.peer.sysid, command.peer.compid)
    if sysid == _SENDER:
        vehicle.gimbal.owner = sender
    elif sysid == _NOBODY and vehicle.gimbal.owner == sender:
        vehicle.gimbal.owner = (0, 0)
    elif 0 <= sysid <= _MOST_ID and 0 <= compid <= _MOST_ID:
        vehicle.gimbal.owner = (int(sysid), int(compid))
    vehicle.defer(payload.manager_status(vehicle))
    return MavResult.ACCEPTED


def _pictures(parts: Parts, command: Command) -> MavResult:
    """IMAGE_START_CAPTURE: interval in seconds, number of pictures (0 = without end)."""
    vehicle = parts.vehicle
    if not payload.has_camera(vehicle):
        return MavResult.FAILED
    interval_s, count = command.params[1], command.params[2]
    if count == 1:
        payload.take_picture(vehicle)
        return MavResult.ACCEPTED
    if not isfinite(interval_s) or interval_s <= 0 or not isfinite(count) or count < 0:
        return MavResult.DENIED
    camera = vehicle.camera
    camera.every_s, camera.left, camera.next_s = interval_s, int(count), vehicle.now_s
    return MavResult.ACCEPTED


def _no_pictures(parts: Parts, command: Command) -> MavResult:  # noqa: ARG001 - a handler's form
    if not payload.has_camera(parts.vehicle):
        return MavResult.FAILED
    parts.vehicle.camera.every_s = 0.0
    return MavResult.ACCEPTED


def _video(*, on: bool) -> Callable[[Parts, Command], MavResult]:
    def handler(parts: Parts, command: Command) -> MavResult:  # noqa: ARG001 - a handler's form
        vehicle = parts.vehicle
        if not payload.has_camera(vehicle):
            return MavResult.FAILED
        vehicle.camera.recording_since_s = vehicle.now_s if on else None
        return MavResult.ACCEPTED

    return handler


def _zoom(parts: Parts, command: Command) -> MavResult:
    """SET_CAMERA_ZOOM by range: 0 to 100 % of the lens."""
    kind, value = command.params[0], command.params[1]
    if not payload.has_camera(parts.vehicle):
        return MavResult.FAILED
    if kind != _ZOOM_RANGE or not isfinite(value) or not 0 <= value <= 100:
        return MavResult.DENIED
    parts.vehicle.camera.zoom = 1.0 + (_MOST_ZOOM - 1.0) * value / 100
    settings = payload.camera_settings(parts.vehicle)
    command.after.append(settings)
    return MavResult.ACCEPTED


def steer(vehicle: Vehicle, message: Message, peer: Peer) -> None:
    """GIMBAL_MANAGER_SET_PITCHYAW: as the command in radians, without an answer."""
    if payload.has_gimbal(vehicle):
        pitch, yaw = degrees(message.pitch), degrees(message.yaw)
        rates = degrees(message.pitch_rate), degrees(message.yaw_rate)
        _steered(vehicle, peer, message.flags, (pitch, yaw, *rates))


def _steered(vehicle: Vehicle, peer: Peer, flags: int, angles: tuple[float, float, float, float]) -> bool:
    """Pitch, yaw and their rates in degrees; False where somebody else steers."""
    gimbal = vehicle.gimbal
    pitch, yaw, pitch_rate, yaw_rate = angles
    if gimbal.owner not in {(0, 0), (peer.sysid, peer.compid)}:
        return False
    if flags & _RETRACTED:
        gimbal.point(-90.0 if flags & payload.RETRACT else 0.0, 0.0, locked=False)
        return True
    gimbal.point(pitch, yaw, locked=bool(flags & (payload.YAW_LOCK | payload.YAW_IN_EARTH_FRAME)))
    if isfinite(pitch_rate) or isfinite(yaw_rate):
        gimbal.turn(pitch_rate, yaw_rate)
    return True


PAYLOAD: Mapping[int, Callable[[Parts, Command], MavResult]] = MappingProxyType(
    {
        MavCmd.DO_GIMBAL_MANAGER_PITCHYAW: _gimbal_angles,
        GIMBAL_CONFIGURE: _gimbal_control,
        MavCmd.IMAGE_START_CAPTURE: _pictures,
        IMAGE_STOP: _no_pictures,
        VIDEO_START: _video(on=True),
        VIDEO_STOP: _video(on=False),
        SET_ZOOM: _zoom,
    }
)
