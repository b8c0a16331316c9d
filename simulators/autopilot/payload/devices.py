"""A gimbal and a camera behind the autopilot, in version 2 of MAVLink's protocols: what they are and what they say.

Fitted by parameter, as with ArduPilot: MNT1_TYPE for the gimbal, CAM1_TYPE for the camera; none by default.
Angles: pitch up, yaw clockwise; a yaw that is not locked turns with the vehicle.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import atan, atan2, cos, degrees, dist, hypot, inf, isfinite, nan, pi, radians, sin, tan
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from telemetry.dialect import ARDUPILOTMEGA, Message
from telemetry.messages import new

if TYPE_CHECKING:
    from simulators.autopilot.state import Vehicle

DEVICE_ID: Final = 1
PITCH_RANGE_DEG: Final = (-90.0, 20.0)
SLEW_RAD_S: Final = radians(60.0)
RETRACT, NEUTRAL, YAW_LOCK = 1, 2, 16
YAW_IN_VEHICLE_FRAME: Final = 32
_LOCKED_LEVEL: Final = 4 | 8
_CAPABILITIES: Final = 0b11 | 0b111 << 2 | 0b111 << 5 | 0b111 << 8 | 1 << 13 | 1 << 16 | 1 << 17
_ROLL_RAD: Final = radians(30.0)
_CAN_PICTURES, _CAN_VIDEO, _CAN_BOTH, _HAS_ZOOM = 2, 1, 4, 64
_WIDTH_PX, _HEIGHT_PX = 3840, 2160
_FOCAL_MM, _SENSOR_MM = 4.5, (6.3, 3.54)
_WITH_LENS: Final = frozenset({4, 6})
ZOOM_PER_S: Final = 2.0
_PHOTO: Final = 0
_FREE_MIB: Final = 32_000.0
MOST_ZOOM: Final = 10.0
FARTHEST_M: Final = 5000.0
OVERHEAD_M: Final = 0.5
LEAST_DOWN_RAD: Final = 0.01
_UNKNOWN: Final = 2**31 - 1


@dataclass(slots=True)
class Gimbal:
    """Where it points and is to point; `owner` is who steers it, (0, 0) = nobody."""

    pitch_rad: float = 0.0
    yaw_rad: float = 0.0
    want_pitch_rad: float = 0.0
    want_yaw_rad: float = 0.0
    pitch_rate: float = 0.0
    yaw_rate: float = 0.0
    locked: bool = False
    owner: tuple[int, int] = (0, 0)
    roi: tuple[float, float, float] | None = None
    rest: int = 0
    """RETRACT or NEUTRAL while it rests there."""
    warned_s: float = -inf
    rc_locked: bool = False
    """What follows the sticks keeps to north."""

    def keep_to(self, *, north: bool, heading_rad: float) -> None:
        """Count yaw from north or from the nose; where it points stays."""
        if north != self.locked:
            turn = heading_rad if north else -heading_rad
            self.yaw_rad, self.want_yaw_rad, self.locked = self.yaw_rad + turn, self.want_yaw_rad + turn, north

    def point(self, pitch_deg: float, yaw_deg: float) -> None:
        """Yaw as `keep_to` has it."""
        self.roi, self.rest = None, 0
        self.pitch_rate = self.yaw_rate = 0.0
        low, high = PITCH_RANGE_DEG
        self.want_pitch_rad = radians(max(low, min(high, pitch_deg)))
        self.want_yaw_rad = radians(yaw_deg % 360.0)

    def turn(self, pitch_deg_s: float, yaw_deg_s: float) -> None:
        """From where it points on, until something else is asked for."""
        self.roi, self.rest = None, 0
        self.want_pitch_rad, self.want_yaw_rad = self.pitch_rad, self.yaw_rad
        self.pitch_rate, self.yaw_rate = _rate(pitch_deg_s), _rate(yaw_deg_s)

    def stay(self, heading_rad: float, rest: int = 0) -> None:
        """Level and ahead: retracted, neutral, or where sticks that nobody moves hold it."""
        self.keep_to(north=False, heading_rad=heading_rad)
        self.point(0.0, 0.0)
        self.rest = rest

    def look_at(self, away: tuple[float, float, float]) -> None:
        """Keep to a place that is so far north, east and up from here; yaw counts from north then."""
        north, east, up = away
        low, high = (radians(limit) for limit in PITCH_RANGE_DEG)
        self.rest = 0
        self.want_pitch_rad = max(low, min(high, atan2(up, hypot(north, east))))
        if hypot(north, east) > OVERHEAD_M:
            self.want_yaw_rad = atan2(east, north)

    def step(self, dt: float) -> None:
        low, high = (radians(limit) for limit in PITCH_RANGE_DEG)
        self.want_pitch_rad = max(low, min(high, self.want_pitch_rad + self.pitch_rate * dt))
        self.want_yaw_rad += self.yaw_rate * dt
        most = SLEW_RAD_S * dt
        self.pitch_rad += max(-most, min(most, self.want_pitch_rad - self.pitch_rad))
        self.yaw_rad += max(-most, min(most, _turned(self.want_yaw_rad - self.yaw_rad)))

    def earth_yaw_rad(self, heading_rad: float) -> float:
        return self.yaw_rad if self.locked else self.yaw_rad + heading_rad


@dataclass(slots=True)
class Camera:
    """`every_s` is the interval of pictures that run, `left` how many are to come (0 = without end); `every_m` the way
    flown between two of a row by distance."""

    pictures: int = 0
    every_s: float = 0.0
    left: int = 0
    every_m: float = 0.0
    last_at: tuple[float, float, float] = (0.0, 0.0, 0.0)
    taken_s: float = -inf
    recording_since_s: float | None = None
    zoom: float = 1.0
    zoom_rate: float = 0.0

    def half_angles(self) -> tuple[float, float]:
        width, height = _SENSOR_MM
        focal = _FOCAL_MM * self.zoom
        return atan(width / 2 / focal), atan(height / 2 / focal)


def has_gimbal(vehicle: Vehicle) -> bool:
    return vehicle.params["MNT1_TYPE"] > 0


def has_camera(vehicle: Vehicle) -> bool:
    return vehicle.params["CAM1_TYPE"] > 0


def has_lens(vehicle: Vehicle) -> bool:
    """A camera that zooms, films and tells what it sees: the mount's own, or one with MAVLink's protocol. Others are
    only triggered."""
    return vehicle.params["CAM1_TYPE"] in _WITH_LENS


def step(vehicle: Vehicle, dt: float) -> None:
    """Turn the gimbal and take the pictures that are due."""
    body, gimbal, camera = vehicle.body, vehicle.gimbal, vehicle.camera
    if gimbal.roi is not None:
        north, east, up = gimbal.roi
        gimbal.keep_to(north=True, heading_rad=body.yaw_rad)
        gimbal.look_at((north - body.north_m, east - body.east_m, up - body.up_m))
    gimbal.step(dt)
    camera.zoom = max(1.0, min(MOST_ZOOM, camera.zoom + camera.zoom_rate * ZOOM_PER_S * dt))
    if (
        camera.every_s == 0
        and camera.every_m > 0
        and dist(camera.last_at, (body.north_m, body.east_m, body.up_m)) >= camera.every_m
    ):
        take_picture(vehicle)
    if camera.every_s > 0 and vehicle.now_s >= camera.taken_s + camera.every_s:
        take_picture(vehicle)
        camera.left -= 1
        if camera.left == 0:
            camera.every_s = 0.0


def take_picture(vehicle: Vehicle) -> None:
    """One picture; CAMERA_FEEDBACK goes to everybody, and CAMERA_IMAGE_CAPTURED of a camera that speaks MAVLink."""
    camera, body = vehicle.camera, vehicle.body
    camera.pictures += 1
    camera.taken_s = vehicle.now_s
    camera.last_at = (body.north_m, body.east_m, body.up_m)
    lat, lon = (round(degree * 1e7) for degree in vehicle.position_deg)
    taken_us = vehicle.unix_at_boot_us + vehicle.boot_us
    vehicle.defer(new(
        "CAMERA_FEEDBACK", time_usec=taken_us if vehicle.has_gps else 0, img_idx=camera.pictures & 0xFFFF, lat=lat,
        lng=lon, alt_msl=vehicle.alt_m, alt_rel=vehicle.relative_alt_m, roll=degrees(body.roll_rad),
        pitch=degrees(body.pitch_rad), yaw=degrees(body.yaw_rad) % 360.0, flags=_PHOTO,
    ))  # fmt: skip
    if has_lens(vehicle):
        vehicle.defer(new(
            "CAMERA_IMAGE_CAPTURED", time_boot_ms=vehicle.boot_ms, time_utc=taken_us, lat=lat, lon=lon,
            alt=round(vehicle.alt_m * 1000), relative_alt=round(vehicle.relative_alt_m * 1000),
            q=_attitude(vehicle, body.yaw_rad), image_index=camera.pictures, capture_result=1,
        ))  # fmt: skip


def manager_information(vehicle: Vehicle) -> Message:
    low, high = (radians(limit) for limit in PITCH_RANGE_DEG)
    return new(
        "GIMBAL_MANAGER_INFORMATION", time_boot_ms=vehicle.boot_ms, cap_flags=_CAPABILITIES,
        gimbal_device_id=DEVICE_ID, roll_min=-_ROLL_RAD, roll_max=_ROLL_RAD, pitch_min=low, pitch_max=high,
        yaw_min=-pi, yaw_max=pi,
    )  # fmt: skip


def manager_status(vehicle: Vehicle) -> Message:
    sysid, compid = vehicle.gimbal.owner
    return new(
        "GIMBAL_MANAGER_STATUS", time_boot_ms=vehicle.boot_ms,
        flags=_LOCKED_LEVEL | (YAW_LOCK if vehicle.gimbal.rc_locked else 0),
        gimbal_device_id=DEVICE_ID, primary_control_sysid=sysid, primary_control_compid=compid,
    )  # fmt: skip


def device_attitude(vehicle: Vehicle) -> Message:
    return new(
        "GIMBAL_DEVICE_ATTITUDE_STATUS", time_boot_ms=vehicle.boot_ms, flags=_flags(vehicle.gimbal),
        q=_attitude(vehicle), angular_velocity_x=nan, angular_velocity_y=nan, angular_velocity_z=nan,
        delta_yaw=nan, delta_yaw_velocity=nan, gimbal_device_id=DEVICE_ID,
    )  # fmt: skip


def camera_information(vehicle: Vehicle) -> Message:
    gimbal = DEVICE_ID if has_gimbal(vehicle) else 0
    if not has_lens(vehicle):
        return new(
            "CAMERA_INFORMATION", time_boot_ms=vehicle.boot_ms, focal_length=nan, sensor_size_h=nan, sensor_size_v=nan,
            flags=_CAN_PICTURES, gimbal_device_id=gimbal,
        )  # fmt: skip
    return new(
        "CAMERA_INFORMATION", time_boot_ms=vehicle.boot_ms, vendor_name=_name("AeroPatrol"),
        model_name=_name("Simulated"), focal_length=_FOCAL_MM, sensor_size_h=_SENSOR_MM[0],
        sensor_size_v=_SENSOR_MM[1], resolution_h=_WIDTH_PX, resolution_v=_HEIGHT_PX,
        flags=_CAN_PICTURES | _CAN_VIDEO | _CAN_BOTH | _HAS_ZOOM, gimbal_device_id=gimbal,
    )  # fmt: skip


def camera_settings(vehicle: Vehicle) -> Message:
    zoom_pct = 100 * (vehicle.camera.zoom - 1.0) / (MOST_ZOOM - 1.0) if has_lens(vehicle) else nan
    return new("CAMERA_SETTINGS", time_boot_ms=vehicle.boot_ms, zoomLevel=zoom_pct, focusLevel=nan)


def capture_status(vehicle: Vehicle) -> Message:
    """A camera that is only triggered tells of a row of pictures only where it has an end."""
    camera = vehicle.camera
    since_s, lens = camera.recording_since_s, has_lens(vehicle)
    runs = camera.every_s > 0 and (lens or camera.left > 0)
    return new(
        "CAMERA_CAPTURE_STATUS", time_boot_ms=vehicle.boot_ms, image_status=2 if runs else 0,
        video_status=int(since_s is not None), image_interval=camera.every_s,
        recording_time_ms=0 if since_s is None else int((vehicle.now_s - since_s) * 1000),
        available_capacity=_FREE_MIB if lens else nan, image_count=camera.pictures,
    )  # fmt: skip


def field_of_view(vehicle: Vehicle) -> Message:
    """Where the middle of the picture meets the flat ground; not known above the horizon."""
    lat, lon = vehicle.position_deg
    across, along = vehicle.camera.half_angles()
    seen = (_UNKNOWN, _UNKNOWN, _UNKNOWN)
    down = -vehicle.gimbal.pitch_rad
    reach_m = vehicle.relative_alt_m / tan(down) if down > LEAST_DOWN_RAD else FARTHEST_M
    if reach_m < FARTHEST_M:
        yaw, body = vehicle.gimbal.earth_yaw_rad(vehicle.body.yaw_rad), vehicle.body
        place = vehicle.frame.to_geo(body.north_m + reach_m * cos(yaw), body.east_m + reach_m * sin(yaw))
        ground_m = vehicle.alt_m - vehicle.relative_alt_m
        seen = (round(place[0] * 1e7), round(place[1] * 1e7), round(ground_m * 1000))
    return new(
        "CAMERA_FOV_STATUS", time_boot_ms=vehicle.boot_ms, lat_camera=round(lat * 1e7), lon_camera=round(lon * 1e7),
        alt_camera=round(vehicle.alt_m * 1000), q=_attitude(vehicle, vehicle.body.yaw_rad), hfov=degrees(2 * across),
        vfov=degrees(2 * along), lat_image=seen[0], lon_image=seen[1], alt_image=seen[2],
    )  # fmt: skip


def _flags(gimbal: Gimbal) -> int:
    """The attitude that is told counts from the nose, whatever the gimbal keeps to."""
    return _LOCKED_LEVEL | YAW_IN_VEHICLE_FRAME | (YAW_LOCK if gimbal.locked else 0) | gimbal.rest


def _attitude(vehicle: Vehicle, from_rad: float = 0.0) -> tuple[float, float, float, float]:
    """Quaternion of pitch and yaw, the yaw from the nose and further by `from_rad`."""
    gimbal = vehicle.gimbal
    yaw = _turned(gimbal.earth_yaw_rad(vehicle.body.yaw_rad) - vehicle.body.yaw_rad + from_rad)
    cp, sp = cos(gimbal.pitch_rad / 2), sin(gimbal.pitch_rad / 2)
    cy, sy = cos(yaw / 2), sin(yaw / 2)
    return cp * cy, -sp * sy, sp * cy, cp * sy


def _name(text: str) -> tuple[int, ...]:
    return tuple(text.encode().ljust(32, b"\0"))


def _rate(deg_s: float) -> float:
    """As fast as the gimbal can turn; what is no number is no turn."""
    return max(-SLEW_RAD_S, min(SLEW_RAD_S, radians(deg_s))) if isfinite(deg_s) else 0.0


def _turned(angle: float) -> float:
    return (angle + pi) % (2 * pi) - pi


_FITTED: Final[Mapping[str, tuple[Callable[[Vehicle], bool], Callable[[Vehicle], Message]]]] = {
    "GIMBAL_MANAGER_INFORMATION": (has_gimbal, manager_information),
    "GIMBAL_MANAGER_STATUS": (has_gimbal, manager_status),
    "GIMBAL_DEVICE_ATTITUDE_STATUS": (has_gimbal, device_attitude),
    "CAMERA_INFORMATION": (has_camera, camera_information),
    "CAMERA_SETTINGS": (has_camera, camera_settings),
    "CAMERA_CAPTURE_STATUS": (has_camera, capture_status),
    "CAMERA_FOV_STATUS": (has_camera, field_of_view),
}


def _when_fitted(name: str) -> Callable[[Vehicle], Message | None]:
    fitted, builder = _FITTED[name]
    return lambda vehicle: builder(vehicle) if fitted(vehicle) else None


PAYLOAD_BUILDERS: Mapping[int, Callable[[Vehicle], Message | None]] = MappingProxyType(
    {ARDUPILOTMEGA.by_name[name].TYPE.id: _when_fitted(name) for name in _FITTED}
)
"""Message id to builder; None where the thing is not fitted."""
