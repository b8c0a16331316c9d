"""Ground that rises: hills on a plain, heights in metres above the plain. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, hypot
from typing import Final

from simulators.local_frame import LocalFrame

SAMPLES: Final = 24
CLEAR_M: Final = 0.5


@dataclass(frozen=True, slots=True)
class Hill:
    """A round hill (a Gaussian): `radius_m` from its top it has 37 % of its height left."""

    lat_deg: float
    lon_deg: float
    height_m: float
    radius_m: float

    def height_at(self, lat_deg: float, lon_deg: float) -> float:
        north, east = LocalFrame(self.lat_deg, self.lon_deg, 0.0).to_local(lat_deg, lon_deg)
        return self.height_m * exp(-((hypot(north, east) / self.radius_m) ** 2))


@dataclass(frozen=True, slots=True)
class Point:
    """Degrees, and metres above the plain."""

    lat_deg: float
    lon_deg: float
    alt_m: float


class Terrain:
    """Hills; none at all is flat ground."""

    def __init__(self, hills: Sequence[Hill] = ()) -> None:
        self._hills = tuple(hills)

    def height_m(self, lat_deg: float, lon_deg: float) -> float:
        return sum(hill.height_at(lat_deg, lon_deg) for hill in self._hills)

    def hides(self, eye: Point, target: Point) -> bool:
        """Whether ground stands between the two; 24 places on the line are looked at."""
        if not self._hills:
            return False
        for n in range(1, SAMPLES):
            share = n / SAMPLES
            lat = eye.lat_deg + share * (target.lat_deg - eye.lat_deg)
            lon = eye.lon_deg + share * (target.lon_deg - eye.lon_deg)
            line_m = eye.alt_m + share * (target.alt_m - eye.alt_m)
            if self.height_m(lat, lon) > line_m + CLEAR_M:
                return True
        return False
