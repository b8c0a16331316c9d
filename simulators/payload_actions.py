"""What both commands and mission items do with the gimbal and the camera; nothing where the thing is not fitted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isfinite
from types import MappingProxyType
from typing import Final

from simulators import autopilot_payload as payload
from simulators.autopilot_flight import Heading
from simulators.autopilot_state import Vehicle
from simulators.trajectory import Point
from telemetry.constants import MavCmd
from telemetry.services.mission_item import MissionItem

VIDEO_START, VIDEO_STOP, SET_ZOOM, IMAGE_STOP = 2500, 2501, 531, 2001
ZOOM_RANGE = 2
LEAST_TRIGGER_M: Final = 0.1


def look_at(vehicle: Vehicle, heading: Heading, place: Point | None) -> None:
    """A region of interest: the gimbal keeps to it where there is one, the nose otherwise; None ends it."""
    if payload.has_gimbal(vehicle):
        vehicle.gimbal.roi = place
        if place is None:
            vehicle.gimbal.point(0.0, 0.0, locked=False)
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
    """One picture, or one every so many seconds (0 = without end); False for what cannot be."""
    if count == 1:
        payload.take_picture(vehicle)
        return True
    if not isfinite(interval_s) or interval_s <= 0 or not isfinite(count) or count < 0:
        return False
    camera = vehicle.camera
    camera.every_s, camera.left, camera.next_s = interval_s, int(count), vehicle.now_s
    return True


def stop_pictures(vehicle: Vehicle) -> None:
    vehicle.camera.every_s = vehicle.camera.every_m = 0.0


def film(vehicle: Vehicle, *, on: bool) -> None:
    vehicle.camera.recording_since_s = vehicle.now_s if on else None


def zoom(vehicle: Vehicle, kind: float, percent: float) -> bool:
    """By range: 0 to 100 % of the lens."""
    if kind != ZOOM_RANGE or not isfinite(percent) or not 0 <= percent <= 100:
        return False
    vehicle.camera.zoom = 1.0 + (payload.MOST_ZOOM - 1.0) * percent / 100
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
    locked = bool(item.x & (payload.YAW_LOCK | payload.YAW_IN_EARTH_FRAME))
    vehicle.gimbal.point(item.param1, item.param2, locked=locked)


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
        MavCmd.DO_MOUNT_CONTROL: lambda vehicle, item: vehicle.gimbal.point(item.param1, item.param3, locked=False),
        MavCmd.DO_GIMBAL_MANAGER_PITCHYAW: _angles,
    }
)
