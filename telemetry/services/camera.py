"""Cameras that speak MAVLink's camera protocol, version 2: what they are, what they do, how to ask them.

`camera` 0 stands for every camera of the component; 1 to 6 for cameras behind the autopilot.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag
from math import atan, degrees, isfinite

from telemetry.constants import MavCmd
from telemetry.dialect import ARDUPILOTMEGA, Message
from telemetry.services.commands import command_long, set_message_interval
from telemetry.services.peer import Address

BY_RANGE = 2.0
"""Zoom and focus as a share of what the lens can."""
FOCUS_AUTO = 4.0
TRACKING_HZ = 1.0
_NO_COUNT = 0


class CameraCan(IntFlag):
    """CAMERA_CAP_FLAGS."""

    VIDEO = 1
    IMAGE = 2
    MODES = 4
    IMAGE_IN_VIDEO = 8
    VIDEO_IN_IMAGE = 16
    SURVEY = 32
    ZOOM = 64
    FOCUS = 128
    STREAM = 256
    TRACK_POINT = 512
    TRACK_RECTANGLE = 1024
    TRACKING_STATUS = 2048
    THERMAL_RANGE = 4096


@dataclass(frozen=True, slots=True)
class CameraInfo:
    """What a camera says of itself; None where it does not."""

    camera: int
    vendor: str
    model: str
    can: CameraCan
    focal_mm: float | None
    sensor_mm: tuple[float, float] | None
    pixels: tuple[int, int] | None
    gimbal: int | None


@dataclass(frozen=True, slots=True)
class VideoStream:
    """Where a camera's video is to be had; `uri` is what a player opens (text from outside)."""

    camera: int
    stream: int
    name: str
    uri: str
    running: bool
    pixels: tuple[int, int]
    hfov_deg: float | None


@dataclass(frozen=True, slots=True)
class CaptureStatus:
    """`free_mib` None where unknown."""

    camera: int
    taking_images: bool
    recording: bool
    images: int
    recording_s: float
    free_mib: float | None


@dataclass(frozen=True, slots=True)
class LensState:
    """How far the lens is zoomed and focused, 0 to 100 % of what it can; None where it does not say."""

    camera: int
    zoom_pct: float | None
    focus_pct: float | None


@dataclass(frozen=True, slots=True)
class CapturedImage:
    """A picture and the place it was taken from; `taken` False when it failed."""

    camera: int
    number: int
    taken: bool
    unix_us: int | None
    lat_deg: float
    lon_deg: float
    alt_amsl_m: float
    alt_rel_m: float
    url: str


@dataclass(frozen=True, slots=True)
class Tracking:
    """What a camera follows, in fractions of the picture from its upper left; None where it follows nothing."""

    camera: int
    active: bool
    point: tuple[float, float] | None
    rectangle: tuple[float, float, float, float] | None


def info_of(message: Message) -> CameraInfo:
    """From CAMERA_INFORMATION."""
    sensor = (message.sensor_size_h, message.sensor_size_v)
    pixels = (message.resolution_h, message.resolution_v)
    return CameraInfo(
        camera=message.camera_device_id,
        vendor=_text(message.vendor_name),
        model=_text(message.model_name),
        can=CameraCan(message.flags & 0x1FFF),
        focal_mm=_positive(message.focal_length),
        sensor_mm=sensor if all(_positive(side) for side in sensor) else None,
        pixels=pixels if all(pixels) else None,
        gimbal=message.gimbal_device_id or None,
    )


def stream_of(message: Message) -> VideoStream:
    """From VIDEO_STREAM_INFORMATION."""
    return VideoStream(
        camera=message.camera_device_id,
        stream=message.stream_id,
        name=message.name,
        uri=message.uri,
        running=bool(message.flags & 1),
        pixels=(message.resolution_h, message.resolution_v),
        hfov_deg=float(message.hfov) if message.hfov else None,
    )


def capture_of(message: Message) -> CaptureStatus:
    """From CAMERA_CAPTURE_STATUS."""
    free = message.available_capacity
    return CaptureStatus(
        camera=message.camera_device_id,
        taking_images=message.image_status != 0,
        recording=message.video_status != 0,
        images=message.image_count,
        recording_s=message.recording_time_ms / 1000,
        free_mib=free if isfinite(free) and free >= 0 else None,
    )


def lens_of(message: Message) -> LensState:
    """From CAMERA_SETTINGS."""
    return LensState(message.camera_device_id, _percent(message.zoomLevel), _percent(message.focusLevel))


def image_of(message: Message) -> CapturedImage:
    """From CAMERA_IMAGE_CAPTURED."""
    return CapturedImage(
        camera=message.camera_id,
        number=message.image_index,
        taken=message.capture_result == 1,
        unix_us=message.time_utc or None,
        lat_deg=message.lat / 1e7,
        lon_deg=message.lon / 1e7,
        alt_amsl_m=message.alt / 1000,
        alt_rel_m=message.relative_alt / 1000,
        url=message.file_url,
    )


def tracking_of(message: Message) -> Tracking:
    """From CAMERA_TRACKING_IMAGE_STATUS."""
    point = (message.point_x, message.point_y)
    box = (message.rec_top_x, message.rec_top_y, message.rec_bottom_x, message.rec_bottom_y)
    active = message.tracking_status == 1
    return Tracking(
        camera=message.camera_device_id,
        active=active,
        point=point if active and message.tracking_mode == 1 and all(map(isfinite, point)) else None,
        rectangle=box if active and message.tracking_mode == 2 and all(map(isfinite, box)) else None,
    )


def field_of_view_deg(info: CameraInfo) -> tuple[float, float] | None:
    """Horizontal and vertical angle of view of a pinhole with the camera's focal length and sensor."""
    if info.focal_mm is None or info.sensor_mm is None:
        return None
    across, down = (2 * degrees(atan(side / (2 * info.focal_mm))) for side in info.sensor_mm)
    return across, down


def take_image(target: Address, number: int, camera: int = 0) -> Message:
    """One picture; `number` counts up, so that a picture is not taken twice."""
    return command_long(target, MavCmd.IMAGE_START_CAPTURE, camera, 0, 1, number)


def take_images(target: Address, every_s: float, camera: int = 0) -> Message:
    """A picture every `every_s` until `stop_images`."""
    return command_long(target, MavCmd.IMAGE_START_CAPTURE, camera, every_s, _NO_COUNT, 0)


def stop_images(target: Address, camera: int = 0) -> Message:
    return command_long(target, MavCmd.IMAGE_STOP_CAPTURE, camera)


def start_video(target: Address, camera: int = 0, status_hz: float = 1.0) -> Message:
    return command_long(target, MavCmd.VIDEO_START_CAPTURE, 0, status_hz, camera)


def stop_video(target: Address, camera: int = 0) -> Message:
    return command_long(target, MavCmd.VIDEO_STOP_CAPTURE, 0, camera)


def zoom_to(target: Address, fraction: float, camera: int = 0) -> Message:
    """0 is the widest, 1 the longest."""
    return command_long(target, MavCmd.SET_CAMERA_ZOOM, BY_RANGE, _share_pct(fraction), camera)


def focus_to(target: Address, fraction: float, camera: int = 0) -> Message:
    """0 is the nearest, 1 the farthest."""
    return command_long(target, MavCmd.SET_CAMERA_FOCUS, BY_RANGE, _share_pct(fraction), camera)


def focus_by_itself(target: Address, camera: int = 0) -> Message:
    return command_long(target, MavCmd.SET_CAMERA_FOCUS, FOCUS_AUTO, 0, camera)


def track_point(target: Address, x: float, y: float, camera: int = 0) -> Message:
    """Follow what is there; fractions of the picture from its upper left."""
    return command_long(target, MavCmd.CAMERA_TRACK_POINT, x, y, 0, camera)


def track_rectangle(target: Address, box: tuple[float, float, float, float], camera: int = 0) -> Message:
    """Follow what is inside (left, top, right, bottom), fractions of the picture."""
    return command_long(target, MavCmd.CAMERA_TRACK_RECTANGLE, *box, camera)


def stop_tracking(target: Address, camera: int = 0) -> Message:
    return command_long(target, MavCmd.CAMERA_STOP_TRACKING, camera)


def tell_tracking(target: Address) -> Message:
    """Say again and again what is followed: a camera does so only when it was asked to."""
    return set_message_interval(target, ARDUPILOTMEGA.by_name["CAMERA_TRACKING_IMAGE_STATUS"].TYPE.id, TRACKING_HZ)


def _text(raw: tuple[int, ...]) -> str:
    return bytes(raw).split(b"\0", 1)[0].decode("utf-8", "replace")


def _positive(value: float) -> float | None:
    return value if isfinite(value) and value > 0 else None


def _percent(value: float) -> float | None:
    return value if isfinite(value) and 0 <= value <= 100 else None


def _share_pct(fraction: float) -> float:
    return 100.0 * max(0.0, min(1.0, fraction))
