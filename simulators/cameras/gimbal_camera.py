"""A camera in a gimbal: which things are in its picture, large enough to be known, and not behind a hill. Pure.

Axes: north, east, down. The picture's middle looks along `pitch_deg` (-90 is straight down, 0 the horizon)
and the nose's heading plus `yaw_deg`; its long side is level. A pinhole: a thing of size s at distance d
covers s · f / d pixels, f = (width / 2) / tan(across / 2).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, hypot, radians, sin, sqrt, tan

from simulators.local_frame import LocalFrame
from simulators.terrain import Point, Terrain

_Vector = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class GimbalCamera:
    """Angles of view in degrees, picture width and the least size of a known thing in pixels.

    `miss` is the probability that a thing which comes into view is not noticed; `false_per_h` how many
    things a flying camera sees in an hour that are not there; `noise_share` the position's standard
    deviation as a share of the distance.
    """

    across_deg: float = 73.7
    along_deg: float = 56.0
    width_px: int = 1920
    smallest_px: float = 8.0
    farthest_m: float = 400.0
    pitch_deg: float = -90.0
    yaw_deg: float = 0.0
    miss: float = 0.05
    false_per_h: float = 2.0
    noise_share: float = 0.03

    @property
    def focal_px(self) -> float:
        return self.width_px / 2 / tan(radians(self.across_deg) / 2)


@dataclass(frozen=True, slots=True)
class Eye:
    """Where a camera is: degrees, metres above the plain, degrees of the nose."""

    lat_deg: float
    lon_deg: float
    alt_m: float
    heading_deg: float


def sees(camera: GimbalCamera, eye: Eye, target: Point, size_m: float, terrain: Terrain) -> bool:
    """Whether the thing of that size is in the picture, large enough, and nothing stands before it."""
    away = _away(eye, target)
    distance_m = sqrt(sum(part * part for part in away))
    if not 0.0 < distance_m <= camera.farthest_m or size_m * camera.focal_px / distance_m < camera.smallest_px:
        return False
    ahead, right, up = (sum(a * b for a, b in zip(away, axis, strict=True)) for axis in _axes(camera, eye))
    if ahead <= 0.0:
        return False
    in_picture = abs(right) <= ahead * tan(radians(camera.across_deg) / 2) and abs(up) <= ahead * tan(
        radians(camera.along_deg) / 2
    )
    return in_picture and not terrain.hides(Point(eye.lat_deg, eye.lon_deg, eye.alt_m), target)


def footprint(camera: GimbalCamera, eye: Eye, x: float, y: float) -> tuple[float, float] | None:
    """Where the plain is seen at picture place `x`, `y` (-1 to 1, right and up); None above the horizon."""
    ahead, right, up = _axes(camera, eye)
    across, along = x * tan(radians(camera.across_deg) / 2), y * tan(radians(camera.along_deg) / 2)
    north, east, down = (a + across * r + along * u for a, r, u in zip(ahead, right, up, strict=True))
    if down <= 1e-6 or eye.alt_m <= 0:
        return None
    scale = eye.alt_m / down
    if hypot(north, east) * scale > camera.farthest_m:
        return None
    return LocalFrame(eye.lat_deg, eye.lon_deg, 0.0).to_geo(north * scale, east * scale)


def _away(eye: Eye, target: Point) -> _Vector:
    north, east = LocalFrame(eye.lat_deg, eye.lon_deg, 0.0).to_local(target.lat_deg, target.lon_deg)
    return north, east, eye.alt_m - target.alt_m


def _axes(camera: GimbalCamera, eye: Eye) -> tuple[_Vector, _Vector, _Vector]:
    """Ahead, right and up in the picture."""
    pitch, yaw = radians(camera.pitch_deg), radians(eye.heading_deg + camera.yaw_deg)
    ahead = (cos(pitch) * cos(yaw), cos(pitch) * sin(yaw), -sin(pitch))
    right = (-sin(yaw), cos(yaw), 0.0)
    up = (right[1] * ahead[2], -right[0] * ahead[2], right[0] * ahead[1] - right[1] * ahead[0])
    return ahead, right, up
