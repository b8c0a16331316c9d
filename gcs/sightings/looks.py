"""Where a vehicle's camera looks and what it follows, as the camera itself says. Pure.

MAVLink CAMERA_FOV_STATUS and CAMERA_TRACKING_GEO_STATUS.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from gcs.dispatch.assign import ground_distance_m
from gcs.sightings.ellipse import CE90_OF_A_CIRCLE
from telemetry.dialect import Message
from telemetry.received import Received

FIELD_OF_VIEW, FOLLOWING = "CAMERA_FOV_STATUS", "CAMERA_TRACKING_GEO_STATUS"
SUBSCRIBED = frozenset({FIELD_OF_VIEW, FOLLOWING})
TYPICAL_M, TYPICAL_SHARE, CE90_OF_TYPICAL = 5.2, 0.0225, 2.33
"""Published error of small gimbal cameras: metres, and metres a metre of slant; times what nine in ten stay below."""
FRESH_S = 5.0
MOST = 1000
_FIELDS = ("lat_camera", "lon_camera", "alt_camera", "lat_image", "lon_image", "alt_image", "hfov", "vfov")
_ACTIVE = 1
_UNKNOWN, _ABOVE_HORIZON = 2**31 - 1, -(2**31)


@dataclass(frozen=True, slots=True)
class Look:
    """Degrees and metres.

    `lat_deg` and `lon_deg` are where the middle of the picture meets the ground; None when it does not, or nobody
    knows. `azimuth_deg` is clockwise from true north, `elevation_deg` above the horizon.
    """

    hfov_deg: float
    vfov_deg: float
    azimuth_deg: float | None = None
    elevation_deg: float | None = None
    range_m: float | None = None
    lat_deg: float | None = None
    lon_deg: float | None = None


@dataclass(frozen=True, slots=True)
class Aim:
    """A place that a camera shows: what it follows, or the middle of its picture. `ce90_m` None: unknown."""

    lat_deg: float
    lon_deg: float
    ce90_m: float | None
    followed: bool


class Looks:
    """The last look of each vehicle; an old one is none."""

    def __init__(self) -> None:
        self._looks: dict[str, tuple[float, Look]] = {}
        self._followed: dict[str, tuple[float, Aim | None]] = {}

    def receive(self, vehicle: str, received: Received, now_s: float) -> None:
        """Take in a message of one of `SUBSCRIBED`; others are none of its business."""
        message = received.message
        kind = message.message_name
        if kind == FIELD_OF_VIEW:
            fields = {name: getattr(message, name) for name in _FIELDS}
            self.offer(vehicle, fields, tuple(message.q), now_s)
        elif kind == FOLLOWING and (vehicle in self._followed or len(self._followed) < MOST):
            self._followed[vehicle] = (now_s, followed_in(message))

    def offer(self, vehicle: str, fields: Mapping[str, float], quaternion: tuple[float, ...], now_s: float) -> None:
        """Take in the fields of a CAMERA_FOV_STATUS."""
        if vehicle in self._looks or len(self._looks) < MOST:
            self._looks[vehicle] = (now_s, look_of(fields, quaternion))

    def aim(self, vehicle: str, now_s: float) -> Aim | None:
        """What the vehicle's camera follows, else where the middle of its picture is; None when it says neither."""
        at_s, aim = self._followed.get(vehicle, (-math.inf, None))
        if aim is not None and now_s - at_s <= FRESH_S:
            return aim
        look = self.at(now_s).get(vehicle)
        if look is None or look.lat_deg is None or look.lon_deg is None:
            return None
        ce90_m = None if look.range_m is None else CE90_OF_TYPICAL * (TYPICAL_M + TYPICAL_SHARE * look.range_m)
        return Aim(look.lat_deg, look.lon_deg, ce90_m, followed=False)

    def at(self, now_s: float) -> Mapping[str, Look]:
        """The looks that still hold."""
        fresh = {vehicle: look for vehicle, (at_s, look) in self._looks.items() if now_s - at_s <= FRESH_S}
        return MappingProxyType(fresh)


def followed_in(message: Message) -> Aim | None:
    """The place in a CAMERA_TRACKING_GEO_STATUS; None when nothing is followed or its place is unknown."""
    lat, lon = message.lat / 1e7, message.lon / 1e7
    if message.tracking_status != _ACTIVE or not (-90 <= lat <= 90 and -180 <= lon <= 180) or (lat, lon) == (0, 0):
        return None
    accuracy_m = message.h_acc
    known = math.isfinite(accuracy_m) and accuracy_m > 0
    return Aim(lat, lon, CE90_OF_A_CIRCLE * accuracy_m if known else None, followed=True)


def look_of(fields: Mapping[str, float], quaternion: tuple[float, ...]) -> Look:
    """The look in a CAMERA_FOV_STATUS: `lat_camera` to `alt_image` as on the wire, `hfov` and `vfov` in degrees."""
    azimuth, elevation = _direction(quaternion)
    lat, lon = fields["lat_image"], fields["lon_image"]
    hit = not ({lat, lon} & {_UNKNOWN, _ABOVE_HORIZON})
    camera = (fields["lat_camera"], fields["lon_camera"], fields["alt_camera"])
    range_m = None
    if hit and _UNKNOWN not in camera and fields["alt_image"] not in (_UNKNOWN, _ABOVE_HORIZON):
        ground_m = ground_distance_m(camera[0] / 1e7, camera[1] / 1e7, lat / 1e7, lon / 1e7)
        range_m = math.hypot(ground_m, (camera[2] - fields["alt_image"]) / 1000)
    return Look(
        hfov_deg=_angle(fields["hfov"]),
        vfov_deg=_angle(fields["vfov"]),
        azimuth_deg=azimuth,
        elevation_deg=elevation,
        range_m=range_m,
        lat_deg=lat / 1e7 if hit else None,
        lon_deg=lon / 1e7 if hit else None,
    )


def _direction(quaternion: tuple[float, ...]) -> tuple[float | None, float | None]:
    """Bearing and elevation of the optical axis, the x axis of the camera's frame in north, east, down."""
    if len(quaternion) != 4 or not all(map(math.isfinite, quaternion)):
        return None, None
    length = math.sqrt(math.fsum(part * part for part in quaternion))
    if length < 0.5:
        return None, None
    w, x, y, z = (part / length for part in quaternion)
    north, east, down = 1 - 2 * (y * y + z * z), 2 * (x * y + w * z), 2 * (x * z - w * y)
    elevation = math.degrees(math.asin(max(-1.0, min(1.0, -down))))
    return math.degrees(math.atan2(east, north)) % 360.0, elevation


def _angle(value: float) -> float:
    return value if math.isfinite(value) and 0 < value < 180 else 0.0
