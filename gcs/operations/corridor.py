"""How far a vehicle is from where its sortie leads it."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable

from missions.plan import LonLat, Sortie

_METRES_PER_DEGREE = 111_320.0


def distance_to_path_m(lon_deg: float, lat_deg: float, sortie: Sortie) -> float:
    """Horizontal distance in metres to the nearest leg of the path, on a plane touching the Earth at the point.

    Good to 0.1 % within some kilometres, which is what telling "off its plan" needs. Infinite without a path.
    """
    return distance_to_line_m(lon_deg, lat_deg, ((w.lon_deg, w.lat_deg) for w in sortie.path))


def distance_to_line_m(lon_deg: float, lat_deg: float, line: Iterable[LonLat]) -> float:
    """The same to a line through points of longitude and latitude in degrees."""
    points = [east_north_m(place, (lon_deg, lat_deg)) for place in line]
    if len(points) == 1:
        return math.hypot(*points[0])
    legs = itertools.pairwise(points)
    return min((_from_origin_m(a, b) for a, b in legs), default=math.inf)


def east_north_m(place: LonLat, origin: LonLat) -> tuple[float, float]:
    """Metres east and north of `origin`, on a plane touching the Earth there: as good as that."""
    (lon_deg, lat_deg), (origin_lon, origin_lat) = place, origin
    scale = _METRES_PER_DEGREE * math.cos(math.radians(origin_lat))
    return (lon_deg - origin_lon) * scale, (lat_deg - origin_lat) * _METRES_PER_DEGREE


def distance_m(lon_a: float, lat_a: float, lon_b: float, lat_b: float) -> float:
    """Horizontal distance in metres between two near points, on the same plane."""
    scale = math.cos(math.radians((lat_a + lat_b) / 2))
    return _METRES_PER_DEGREE * math.hypot((lon_b - lon_a) * scale, lat_b - lat_a)


def _from_origin_m(a: tuple[float, float], b: tuple[float, float]) -> float:
    (ax, ay), (dx, dy) = a, (b[0] - a[0], b[1] - a[1])
    squared = dx * dx + dy * dy
    along = 0.0 if squared == 0 else max(0.0, min(1.0, -(ax * dx + ay * dy) / squared))
    return math.hypot(ax + along * dx, ay + along * dy)
