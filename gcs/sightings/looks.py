"""Where a vehicle's camera looks, as the camera itself says (MAVLink CAMERA_FOV_STATUS). Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from gcs.dispatch.assign import ground_distance_m

FRESH_S = 5.0
MOST = 1000
_UNKNOWN, _ABOVE_HORIZON = 2**31 - 1, -(2**31)


@dataclass(frozen=True, slots=True)
class Look:
    """Degrees and metres; heights above the ellipsoid do not come with the message, so `camera_hae_m` is None.

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
    camera_hae_m: float | None = None


class Looks:
    """The last look of each vehicle; an old one is none."""

    def __init__(self) -> None:
        self._looks: dict[str, tuple[float, Look]] = {}

    def offer(self, vehicle: str, fields: Mapping[str, float], quaternion: tuple[float, ...], now_s: float) -> None:
        """Take in a message's fields."""
        if vehicle in self._looks or len(self._looks) < MOST:
            self._looks[vehicle] = (now_s, look_of(fields, quaternion))

    def at(self, now_s: float) -> Mapping[str, Look]:
        """The looks that still hold."""
        fresh = {vehicle: look for vehicle, (at_s, look) in self._looks.items() if now_s - at_s <= FRESH_S}
        return MappingProxyType(fresh)


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
