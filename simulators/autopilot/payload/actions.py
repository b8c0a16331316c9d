"""What both commands and mission items do with the gimbal and the camera; nothing where the thing is not fitted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isfinite, nan
from types import MappingProxyType
from typing import Final

from simulators.autopilot.flight.controllers import Heading
from simulators.autopilot.flight.trajectory import Point
from simulators.autopilot.payload import devices as payload
from simulators.autopilot.state import Vehicle
from telemetry.constants import MavCmd
from telemetry.services.mission_item import MissionItem

VIDEO_START, VIDEO_STOP, SET_ZOOM, IMAGE_STOP = 2500, 2501, 531, 2001
ZOOM_RATE, ZOOM_RANGE = 1, 2
NAN_ANGLE: Final = 360
MOST_PITCH_DEG: Final = 90
LEAST_TRIGGER_M: Final = 0.1


def look_at(vehicle: Vehicle, heading: Heading, place: Point | None) -> None:
    """A region of interest: the gimbal keeps to it where there is one, the nose otherwise; None ends it."""
    if payload.has_gimbal(vehicle):
        if place is None and vehicle.gimbal.roi is not None:
            vehicle.gimbal.stay(vehicle.body.yaw_rad)
        vehicle.gimbal.roi = place
    else:
        heading.look_at(place[:2] if place is not None else None)


def trigger_by_distance(vehicle: Vehicle, metres: float, *, at_once: bool) -> None:
    """A picture every so many metres of flight; 0 ends it."""
    if not payload.has_camera(vehicle):
        return
    vehicle.camera.every_m = max(LEAST_TRIGGER_M, metres) if isfinite(metres) and metres > 0 else 0.0
    vehicle.camera.last_at = (vehicle.body.north_m, vehicle.body.east_m, vehicle.body.up_m)
    if at_once:
        payload.take_picture(vehicle)


def take_pictures(vehicle: Vehicle, interval_s: float, count: float) -> bool:
    """One picture, or one every so many seconds (0 = without end); False where there is no interval."""
    if count == 1 or (count == 0 and interval_s == 0):
        payload.take_picture(vehicle)
        return True
    if not isfinite(interval_s) or not isfinite(count) or int(interval_s * 1000) <= 0 or count < 0:
        return False
    camera = vehicle.camera
    camera.every_s, camera.left = interval_s, int(count)
    return True


def stop_pictures(vehicle: Vehicle) -> None:
    """A row in time; one by distance goes on."""
    vehicle.camera.every_s, vehicle.camera.left = 0.0, 0


def film(vehicle: Vehicle, *, on: bool) -> bool:
    """False where the camera does not film."""
    if payload.has_lens(vehicle):
        vehicle.camera.recording_since_s = vehicle.now_s if on else None
    return payload.has_lens(vehicle)


def zoom(vehicle: Vehicle, kind: float, value: float) -> bool:
    """As fast as -1 to 1 says, or to 0 to 100 % of the lens. A camera that is only triggered takes it and has none;
    False without a camera and for other kinds."""
    if not payload.has_camera(vehicle) or kind not in {ZOOM_RATE, ZOOM_RANGE} or not isfinite(value):
        return False
    camera = vehicle.camera
    if payload.has_lens(vehicle):
        camera.zoom_rate = max(-1.0, min(1.0, value)) if kind == ZOOM_RATE else 0.0
        if kind == ZOOM_RANGE:
            camera.zoom = 1.0 + (payload.MOST_ZOOM - 1.0) * max(0.0, min(100.0, value)) / 100
    return True


def steer(vehicle: Vehicle, flags: int, angles: tuple[float, float, float, float]) -> bool:
    """Pitch and yaw in degrees, or both rates, or neither: what follows the sticks keeps to north then. False for one
    without the other. Whoever asks steers, whoever is told to be in control."""
    gimbal, heading = vehicle.gimbal, vehicle.body.yaw_rad
    pitch, yaw, pitch_rate, yaw_rate = angles
    north = bool(flags & payload.YAW_LOCK)
    if flags & (payload.RETRACT | payload.NEUTRAL):
        gimbal.stay(heading, payload.RETRACT if flags & payload.RETRACT else payload.NEUTRAL)
    elif isfinite(pitch) and isfinite(yaw):
        gimbal.keep_to(north=north, heading_rad=heading)
        gimbal.point(pitch, yaw)
    elif isfinite(pitch_rate) and isfinite(yaw_rate):
        gimbal.keep_to(north=north, heading_rad=heading)
        gimbal.turn(pitch_rate, yaw_rate)
    elif any(isfinite(value) for value in angles):
        return False
    else:
        gimbal.rc_locked = north
    return True


def do_item(vehicle: Vehicle, item: MissionItem) -> None:
    """A mission item of the camera or the gimbal; others are nothing to them."""
    camera, gimbal = _CAMERA_ITEMS.get(item.command), _GIMBAL_ITEMS.get(item.command)
    if camera is not None and payload.has_camera(vehicle):
        camera(vehicle, item)
    elif gimbal is not None and payload.has_gimbal(vehicle):
        gimbal(vehicle, item)


def _shoot(vehicle: Vehicle, item: MissionItem) -> None:
    if item.x == 1:
        payload.take_picture(vehicle)


def _angles(vehicle: Vehicle, item: MissionItem) -> None:
    level = abs(item.param1) <= MOST_PITCH_DEG and abs(item.param2) <= NAN_ANGLE
    first = (item.param1, item.param2) if level else (nan, nan)
    steer(vehicle, item.x, (*first, item.param3, item.param4))


def _control(vehicle: Vehicle, item: MissionItem) -> None:
    vehicle.gimbal.keep_to(north=False, heading_rad=vehicle.body.yaw_rad)
    vehicle.gimbal.point(item.param1, item.param3)


_CAMERA_ITEMS: Mapping[int, Callable[[Vehicle, MissionItem], object]] = MappingProxyType(
    {
        MavCmd.DO_DIGICAM_CONTROL: _shoot,
        MavCmd.DO_SET_CAM_TRIGG_DIST: lambda vehicle, item: trigger_by_distance(
            vehicle, item.param1, at_once=item.param3 == 1
        ),
        MavCmd.IMAGE_START_CAPTURE: lambda vehicle, item: take_pictures(vehicle, item.param2, item.param3),
        IMAGE_STOP: lambda vehicle, _item: stop_pictures(vehicle),
        VIDEO_START: lambda vehicle, _item: film(vehicle, on=True),
        VIDEO_STOP: lambda vehicle, _item: film(vehicle, on=False),
        SET_ZOOM: lambda vehicle, item: zoom(vehicle, item.param1, item.param2),
    }
)
_GIMBAL_ITEMS: Mapping[int, Callable[[Vehicle, MissionItem], object]] = MappingProxyType(
    {
        MavCmd.DO_MOUNT_CONTROL: _control,
        MavCmd.DO_GIMBAL_MANAGER_PITCHYAW: _angles,
    }
)
