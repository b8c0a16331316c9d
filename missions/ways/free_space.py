"""Where a plan may go, in metres: the outline, what is forbidden in it, and what is left.

`free` is what must be looked at: outline minus holes and zones. `inner` is `free` shrunk by the
clearance: lanes and turning points lie in it. `corridor` is `free` shrunk by half the clearance:
a leg is legal inside the area when `corridor` covers it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon

from missions.areas.area import Area
from missions.geodesy import Array, LocalFrame
from missions.plan import Ring

MOST_CLEARANCE_M = 2.0
CLEARANCE_OF_SWATH = 0.05
CLEARANCE_SHARES = (1.0, 0.5, 0.25)
MOST_CORNERS = 300
SPLINTER_SHARE = 1e-4


@dataclass(frozen=True)
class FreeSpace:
    """Shapely geometries in metres of `frame`. `blocked` holds holes and zones."""

    frame: LocalFrame
    outline: Any
    blocked: Any
    free: Any
    inner: Any
    corridor: Any
    clearance_m: float

    def corners(self, *, outward: bool = False) -> Array:
        """(n, 2) points where a shortest way inside may bend: corners of `inner` that point inward. With
        `outward` all corners: ways that cross open ground may bend at those too."""
        find = all_corners if outward else reflex_corners
        simple, tolerance = self.inner, self.clearance_m / 4
        found = find(simple)
        while len(found) > MOST_CORNERS and tolerance < 100.0:
            simple = self.inner.simplify(tolerance)
            found = find(simple)
            tolerance *= 2
        inside = shapely.covers(self.corridor, shapely.points(found)) if len(found) else np.zeros(0, bool)
        result: Array = found[inside]
        return result


def polygon_of(rings: tuple[Ring, ...]) -> Polygon:
    return Polygon(rings[0], rings[1:])


def free_space(area: Area, swath_m: float) -> FreeSpace:
    """The space of `area` for a swath, all its zones closed; the frame is centred on the area as a whole."""
    outlines = MultiPolygon([polygon_of(rings) for rings in area.polygons])
    centre = outlines.centroid
    frame = LocalFrame(round(centre.x, 9), round(centre.y, 9))
    whole = shapely.union_all([frame.geometry_to_local(polygon_of(rings)) for rings in area.polygons])
    zones = [frame.geometry_to_local(zone.polygon()) for zone in area.no_fly]
    outline = shapely.union_all([Polygon(part.exterior) for part in polygons(whole)])
    blocked = shapely.union_all([outline.difference(whole), *zones])
    free = polygonal(outline.difference(blocked))
    clearance = _clearance(free, min(MOST_CLEARANCE_M, CLEARANCE_OF_SWATH * swath_m))
    return FreeSpace(frame, outline, blocked, free, shrunk(free, clearance), shrunk(free, clearance / 2), clearance)


def _clearance(free: Any, widest_m: float) -> float:
    """The widest clearance that cuts off no part of the area; the smallest when a neck is too narrow for all."""
    least = SPLINTER_SHARE * free.area
    rooms = sum(part.area > least for part in polygons(free))
    for share in CLEARANCE_SHARES:
        if sum(part.area > least for part in polygons(shrunk(free, widest_m * share))) <= rooms:
            return widest_m * share
    return widest_m * CLEARANCE_SHARES[-1]


def shrunk(geometry: Any, by_m: float) -> Any:
    """`geometry` without its rim; corners stay sharp so that they can be turning points."""
    return polygonal(geometry.buffer(-by_m, join_style="mitre", mitre_limit=2.0))


def polygons(geometry: Any) -> list[Polygon]:
    """The polygons in any geometry."""
    parts = getattr(geometry, "geoms", [geometry])
    return [part for part in parts if part.geom_type == "Polygon" and not part.is_empty]


def polygonal(geometry: Any) -> Any:
    """Only the polygons of a geometry, as one MultiPolygon."""
    return MultiPolygon(polygons(geometry))


def reflex_corners(geometry: Any) -> Array:
    """(n, 2): corners of the outlines that point inward and corners of holes that point outward."""
    found: list[Array] = []
    for part in polygons(geometry):
        for ring in (shapely.geometry.polygon.orient(part).exterior, *shapely.geometry.polygon.orient(part).interiors):
            points = np.asarray(ring.coords)[:-1]
            before, after = points - np.roll(points, 1, axis=0), np.roll(points, -1, axis=0) - points
            cross = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
            scale = np.hypot(*before.T) * np.hypot(*after.T)
            found.append(points[cross < -1e-3 * scale])
    return np.vstack(found) if found else np.zeros((0, 2))


def all_corners(geometry: Any) -> Array:
    """(n, 2): every corner of every ring."""
    rings = [ring for part in polygons(geometry) for ring in (part.exterior, *part.interiors)]
    return np.vstack([np.asarray(ring.coords)[:-1, :2] for ring in rings]) if rings else np.zeros((0, 2))
