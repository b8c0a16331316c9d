"""A gimbal and a camera behind the autopilot, in version 2 of MAVLink's protocols: what they are and what they say.

Fitted by parameter, as with ArduPilot: MNT1_TYPE for the gimbal, CAM1_TYPE for the camera; none by default.
Angles: pitch up, yaw clockwise; a yaw that is not locked turns with the vehicle.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import atan, atan2, cos, degrees, dist, hypot, isfinite, pi, radians, sin, tan
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from telemetry.dialect import ARDUPILOTMEGA, Message
from telemetry.messages import new

if TYPE_CHECKING:
    from simulators.autopilot_state import Vehicle

DEVICE_ID: Final = 1
PITCH_RANGE_DEG: Final = (-90.0, 25.0)
SLEW_RAD_S: Final = radians(60.0)
RETRACT, NEUTRAL, YAW_LOCK = 1, 2, 16
YAW_IN_VEHICLE_FRAME, YAW_IN_EARTH_FRAME = 32, 64
_LOCKED_LEVEL: Final = 4 | 8
_CAPABILITIES: Final = 1 | 2 | 4 | 8 | 16 | 32 | 64 | 256 | 512 | 1024 | 2048 | 131072
_CAN_PICTURES, _CAN_VIDEO, _CAN_BOTH, _HAS_ZOOM = 2, 1, 4, 64
_WIDTH_PX, _HEIGHT_PX = 3840, 2160
_FOCAL_MM, _SENSOR_MM = 4.5, (6.3, 3.54)
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

    def point(self, pitch_deg: float, yaw_deg: float, *, locked: bool) -> None:
        """NaN leaves an angle as it is."""
        self.locked, self.roi, self.rest = locked, None, 0
        self.pitch_rate = self.yaw_rate = 0.0
        if isfinite(pitch_deg):
            low, high = PITCH_RANGE_DEG
            self.want_pitch_rad = radians(max(low, min(high, pitch_deg)))
        if isfinite(yaw_deg):
            self.want_yaw_rad = radians(yaw_deg % 360.0)

    def turn(self, pitch_deg_s: float, yaw_deg_s: float) -> None:
        self.pitch_rate, self.yaw_rate = _rate(pitch_deg_s), _rate(yaw_deg_s)

    def look_at(self, away: tuple[float, float, float]) -> None:
        """Keep to a place that is so far north, east and up from here."""
        north, east, up = away
        low, high = (radians(limit) for limit in PITCH_RANGE_DEG)
        self.locked, self.rest = True, 0
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
    next_s: float = 0.0
    recording_since_s: float | None = None
    zoom: float = 1.0

    def half_angles(self) -> tuple[float, float]:
        width, height = _SENSOR_MM
        focal = _FOCAL_MM * self.zoom
        return atan(width / 2 / focal), atan(height / 2 / focal)


def has_gimbal(vehicle: Vehicle) -> bool:
    return vehicle.params["MNT1_TYPE"] > 0


def has_camera(vehicle: Vehicle) -> bool:
    return vehicle.params["CAM1_TYPE"] > 0


def step(vehicle: Vehicle, dt: float) -> None:
    """Turn the gimbal and take the pictures that are due."""
    body, gimbal, camera = vehicle.body, vehicle.gimbal, vehicle.camera
    if gimbal.roi is not None:
        north, east, up = gimbal.roi
        gimbal.look_at((north - body.north_m, east - body.east_m, up - body.up_m))
    gimbal.step(dt)
    if camera.every_m > 0 and dist(camera.last_at, (body.north_m, body.east_m, body.up_m)) >= camera.every_m:
        take_picture(vehicle)
    if camera.every_s > 0 and vehicle.now_s >= camera.next_s:
        camera.next_s += camera.every_s
        take_picture(vehicle)
        camera.left -= 1
        if camera.left == 0:
            camera.every_s = 0.0


def take_picture(vehicle: Vehicle) -> None:
    """One picture; CAMERA_IMAGE_CAPTURED goes to everybody."""
    vehicle.camera.pictures += 1
    vehicle.camera.last_at = (vehicle.body.north_m, vehicle.body.east_m, vehicle.body.up_m)
    lat, lon = vehicle.position_deg
    vehicle.defer(new(
        "CAMERA_IMAGE_CAPTURED", time_boot_ms=vehicle.boot_ms, time_utc=vehicle.unix_at_boot_us + vehicle.boot_us,
        lat=round(lat * 1e7), lon=round(lon * 1e7), alt=round(vehicle.alt_m * 1000),
        relative_alt=round(vehicle.relative_alt_m * 1000), q=_attitude(vehicle),
        image_index=vehicle.camera.pictures, capture_result=1,
    ))  # fmt: skip


def manager_information(vehicle: Vehicle) -> Message:
    low, high = (radians(limit) for limit in PITCH_RANGE_DEG)
    return new(
        "GIMBAL_MANAGER_INFORMATION", time_boot_ms=vehicle.boot_ms, cap_flags=_CAPABILITIES,
        gimbal_device_id=DEVICE_ID, pitch_min=low, pitch_max=high, yaw_min=-pi, yaw_max=pi,
    )  # fmt: skip


def manager_status(vehicle: Vehicle) -> Message:
    sysid, compid = vehicle.gimbal.owner
    return new(
        "GIMBAL_MANAGER_STATUS", time_boot_ms=vehicle.boot_ms, flags=_flags(vehicle.gimbal),
        gimbal_device_id=DEVICE_ID, primary_control_sysid=sysid, primary_control_compid=compid,
    )  # fmt: skip


def device_attitude(vehicle: Vehicle) -> Message:
    return new(
        "GIMBAL_DEVICE_ATTITUDE_STATUS", time_boot_ms=vehicle.boot_ms, flags=_flags(vehicle.gimbal),
        q=_attitude(vehicle), angular_velocity_x=float("nan"), angular_velocity_y=float("nan"),
        angular_velocity_z=float("nan"), gimbal_device_id=DEVICE_ID,
    )  # fmt: skip


def camera_information(vehicle: Vehicle) -> Message:
    flags = _CAN_PICTURES | _CAN_VIDEO | _CAN_BOTH | _HAS_ZOOM
    return new(
        "CAMERA_INFORMATION", time_boot_ms=vehicle.boot_ms, vendor_name=_name("AeroPatrol"),
        model_name=_name("Simulated"), focal_length=_FOCAL_MM, sensor_size_h=_SENSOR_MM[0],
        sensor_size_v=_SENSOR_MM[1], resolution_h=_WIDTH_PX, resolution_v=_HEIGHT_PX, flags=flags,
        gimbal_device_id=DEVICE_ID if has_gimbal(vehicle) else 0,
    )  # fmt: skip


def camera_settings(vehicle: Vehicle) -> Message:
    nan = float("nan")
    zoom_pct = 100 * (vehicle.camera.zoom - 1.0) / (MOST_ZOOM - 1.0)
    return new("CAMERA_SETTINGS", time_boot_ms=vehicle.boot_ms, zoomLevel=zoom_pct, focusLevel=nan)


def capture_status(vehicle: Vehicle) -> Message:
    camera = vehicle.camera
    since_s = camera.recording_since_s
    return new(
        "CAMERA_CAPTURE_STATUS", time_boot_ms=vehicle.boot_ms, image_status=2 if camera.every_s > 0 else 0,
        video_status=int(since_s is not None), image_interval=camera.every_s,
        recording_time_ms=0 if since_s is None else int((vehicle.now_s - since_s) * 1000),
        available_capacity=_FREE_MIB, image_count=camera.pictures,
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
        alt_camera=round(vehicle.alt_m * 1000), q=_attitude(vehicle), hfov=degrees(2 * across),
        vfov=degrees(2 * along), lat_image=seen[0], lon_image=seen[1], alt_image=seen[2],
    )  # fmt: skip


def _flags(gimbal: Gimbal) -> int:
    frame = YAW_LOCK | YAW_IN_EARTH_FRAME if gimbal.locked else YAW_IN_VEHICLE_FRAME
    return _LOCKED_LEVEL | frame | gimbal.rest


def _attitude(vehicle: Vehicle) -> tuple[float, float, float, float]:
    """Quaternion of pitch and yaw, in the frame that the flags name."""
    gimbal = vehicle.gimbal
    cp, sp = cos(gimbal.pitch_rad / 2), sin(gimbal.pitch_rad / 2)
    cy, sy = cos(gimbal.yaw_rad / 2), sin(gimbal.yaw_rad / 2)
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
