"""What makes an outline usable: numbers in range, rings closed, no crossing, some size."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import shapely
from shapely.geometry import Polygon
from shapely.geometry.polygon import orient
from shapely.validation import explain_validity

from missions.geodesy import LocalFrame
from missions.plan import LonLat, Ring

MOST_VERTICES = 100_000
SIMPLIFY_ABOVE = 2_000
SIMPLIFY_TOLERANCE_M = 0.25
SMALLEST_AREA_M2 = 1.0
WIDEST_AREA_DEG = 3.0
POLE_LATITUDE_DEG = 85.0
PROJECTED_ABOVE = 1000.0


class AreaError(ValueError):
    """The area cannot be used; the text is one line that names file, place and fix."""


def checked_point(value: Any, place: str) -> LonLat:
    """[lon, lat] or [lon, lat, height] as a pair of degrees."""
    if not isinstance(value, list) or not 2 <= len(value) <= 4:
        raise AreaError(f"{place}: {_shown(value)} is not a position: expected [longitude, latitude]")
    lon, lat = value[0], value[1]
    for number in (lon, lat):
        if isinstance(number, bool) or not isinstance(number, int | float) or not _is_finite(number):
            raise AreaError(f"{place}: {_shown(value)} is not a position: expected finite numbers")
    if not (-180.0 <= lon <= 180.0 and -90.0 <= lat <= 90.0):
        hint = ""
        if abs(lon) <= 90 and abs(lat) <= 180:
            hint = ": latitude and longitude may be swapped"
        elif max(abs(lon), abs(lat)) > PROJECTED_ABOVE:
            hint = ": it looks like metres of a projection, save it in WGS-84 degrees"
        raise AreaError(f"{place}: [{lon}, {lat}] is outside longitude ±180, latitude ±90{hint}")
    return float(lon), float(lat)


def _is_finite(number: float) -> bool:
    try:
        return math.isfinite(number)
    except OverflowError:
        return False


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def checked_polygon(rings: Any, place: str) -> tuple[list[tuple[Ring, ...]], list[str]]:
    """The valid polygons in a GeoJSON list of rings (several only where simplifying split one), with notes."""
    if not isinstance(rings, list) or not rings:
        raise AreaError(f"{place}: has no outline: draw at least 3 points")
    loops = [_ring(ring, f"{place}: {'outline' if i == 0 else f'hole {i}'}") for i, ring in enumerate(rings)]
    count = sum(len(loop) for loop in loops)
    if count > MOST_VERTICES * 5:
        raise AreaError(f"{place}: {count} vertices are too many (limit {MOST_VERTICES * 5}): simplify the outline")
    _refuse_world_edges(loops[0], place)
    polygon = Polygon(loops[0], loops[1:])
    frame = LocalFrame(*_middle(loops[0]))
    local = frame.geometry_to_local(polygon)
    if not np.isfinite(local.area) or local.convex_hull.area < SMALLEST_AREA_M2:
        raise AreaError(f"{place}: encloses no area (below 1 m²): draw at least 3 points that are not in a line")
    if local.is_valid and local.area < SMALLEST_AREA_M2:
        raise AreaError(f"{place}: encloses less than 1 m²: check the outline")
    if count > SIMPLIFY_ABOVE:
        return _simplified(local, frame, count, place)
    if not local.is_valid:
        local = _repaired(polygon, local, place)
    return _as_rings(frame.geometry_to_lon_lat(local)) if local is not None else [], []


def _ring(ring: Any, place: str) -> list[LonLat]:
    if not isinstance(ring, list):
        raise AreaError(f"{place}: {_shown(ring)} is not a list of positions")
    points = [checked_point(point, f"{place}, point {i + 1}") for i, point in enumerate(ring)]
    points = [point for i, point in enumerate(points) if i == 0 or point != points[i - 1]]
    if points and points[0] != points[-1]:
        points.append(points[0])
    if len(points) < 4:
        raise AreaError(f"{place}: has {max(0, len(points) - 1)} different points: at least 3 are needed")
    return points


def _middle(points: list[LonLat]) -> LonLat:
    low, high = np.min(points, axis=0), np.max(points, axis=0)
    return float(low[0] + high[0]) / 2, float(low[1] + high[1]) / 2


def _refuse_world_edges(outline: list[LonLat], place: str) -> None:
    low, high = np.min(outline, axis=0), np.max(outline, axis=0)
    if max(abs(low[1]), abs(high[1])) > POLE_LATITUDE_DEG:
        raise AreaError(f"{place}: lies within 5° of a pole, where headings by longitude fail: not supported")
    if high[0] - low[0] > 180.0:
        raise AreaError(f"{place}: crosses the antimeridian (±180°): split it there into two areas")
    height, width = high[1] - low[1], (high[0] - low[0]) * math.cos(math.radians((low[1] + high[1]) / 2))
    if max(height, width) > WIDEST_AREA_DEG:
        raise AreaError(f"{place}: is {max(height, width) * 111:.0f} km wide: drones cover at most about 330 km")


def _repaired(polygon: Polygon, local: Polygon, place: str) -> Any:
    """Holes that touch or overlap the outline are cut out of it; an outline that crosses itself is refused."""
    for i, ring in enumerate([polygon.exterior, *polygon.interiors]):
        if not (ring.is_valid and Polygon(ring).is_valid):
            what = "outline" if i == 0 else f"hole {i}"
            where = explain_validity(Polygon(ring)).partition("[")[2].rstrip("]").replace(" ", ", ")
            raise AreaError(f"{place}: the {what} crosses or touches itself near [{where}]: move a point there")
    solid = Polygon(local.exterior)
    result = solid.difference(shapely.union_all([Polygon(hole) for hole in local.interiors]))
    if result.area < SMALLEST_AREA_M2:
        raise AreaError(f"{place}: the holes leave nothing of the area: check which ring is the outline")
    return result


def _simplified(local: Polygon, frame: LocalFrame, count: int, place: str) -> tuple[list[tuple[Ring, ...]], list[str]]:
    tolerance = SIMPLIFY_TOLERANCE_M
    if not local.is_valid:
        local = _repaired(frame.geometry_to_lon_lat(local), local, place)
    simple = local.simplify(tolerance)
    while shapely.get_num_coordinates(simple) > SIMPLIFY_ABOVE and tolerance < 2.0:
        tolerance *= 2
        simple = local.simplify(tolerance)
    left = shapely.get_num_coordinates(simple)
    note = f"{place}: {count} vertices simplified to {left} within {tolerance:g} m"
    return _as_rings(frame.geometry_to_lon_lat(simple)), [note] if left < count else []


def _as_rings(geometry: Any) -> list[tuple[Ring, ...]]:
    parts = [part for part in getattr(geometry, "geoms", [geometry]) if part.geom_type == "Polygon" and part.area > 0]
    return [
        tuple(tuple((float(x), float(y)) for x, y in ring.coords) for ring in (polygon.exterior, *polygon.interiors))
        for polygon in map(orient, parts)
    ]
