"""Commands to the gimbal and the camera; FAILED where the thing is not fitted, as recorded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import degrees, isfinite
from types import MappingProxyType
from typing import Final

from simulators import autopilot_payload as payload
from simulators import payload_actions as doing
from simulators.autopilot_parts import Command, Parts
from simulators.autopilot_state import Vehicle
from simulators.autopilot_transfer import Peer
from telemetry.constants import MavCmd, MavResult
from telemetry.dialect import Message

GIMBAL_CONFIGURE: Final = 1001
_MOUNT_CONFIGURE: Final = 204
_SENDER, _NOBODY, _MOST_ID = -2, -3, 255
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
    taken = doing.take_pictures(vehicle, command.params[1], command.params[2])
    return MavResult.ACCEPTED if taken else MavResult.DENIED


def _no_pictures(parts: Parts, command: Command) -> MavResult:
    """IMAGE_STOP_CAPTURE of all cameras (0) is taken with no camera too, as observed."""
    if not payload.has_camera(parts.vehicle):
        return MavResult.ACCEPTED if command.params[0] == 0 else MavResult.UNSUPPORTED
    doing.stop_pictures(parts.vehicle)
    return MavResult.ACCEPTED


def _video(*, on: bool) -> Callable[[Parts, Command], MavResult]:
    def handler(parts: Parts, command: Command) -> MavResult:  # noqa: ARG001 - a handler's form
        vehicle = parts.vehicle
        if not payload.has_camera(vehicle):
            return MavResult.FAILED
        doing.film(vehicle, on=on)
        return MavResult.ACCEPTED

    return handler


def _zoom(parts: Parts, command: Command) -> MavResult:
    """SET_CAMERA_ZOOM by range: 0 to 100 % of the lens."""
    if not payload.has_camera(parts.vehicle) or command.params[0] != doing.ZOOM_RANGE:
        return MavResult.UNSUPPORTED
    if not doing.zoom(parts.vehicle, command.params[0], command.params[1]):
        return MavResult.DENIED
    settings = payload.camera_settings(parts.vehicle)
    command.after.append(settings)
    return MavResult.ACCEPTED


def _unfocused(parts: Parts, command: Command) -> MavResult:  # noqa: ARG001 - a handler's form
    """SET_CAMERA_FOCUS: this lens cannot be focused."""
    return MavResult.UNSUPPORTED if payload.has_camera(parts.vehicle) else MavResult.FAILED


def _mount_mode(parts: Parts, command: Command) -> MavResult:  # noqa: ARG001 - a handler's form
    """DO_MOUNT_CONFIGURE: what steers the gimbal; here whoever spoke last."""
    return MavResult.ACCEPTED if payload.has_gimbal(parts.vehicle) else MavResult.FAILED


def _digicam(parts: Parts, command: Command) -> MavResult:
    """DO_DIGICAM_CONTROL is taken with no camera too, as recorded; 1 in parameter 5 is a picture."""
    if command.flags == 1 and payload.has_camera(parts.vehicle):
        payload.take_picture(parts.vehicle)
    return MavResult.ACCEPTED


def _trigger(parts: Parts, command: Command) -> MavResult:
    doing.trigger_by_distance(parts.vehicle, command.params[0], at_once=command.params[2] == 1)
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
        gimbal.rest = payload.RETRACT if flags & payload.RETRACT else payload.NEUTRAL
        return True
    gimbal.point(pitch, yaw, locked=bool(flags & (payload.YAW_LOCK | payload.YAW_IN_EARTH_FRAME)))
    if isfinite(pitch_rate) or isfinite(yaw_rate):
        gimbal.turn(pitch_rate, yaw_rate)
    return True


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
    }
)
