"""Round the inside of a border: one ring or several, each further in, and the way from ring to ring."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import shapely

from missions.fleet import PlanError
from missions.geodesy import Array, LocalFrame
from missions.timing import Motion
from missions.ways.free_space import MOST_CLEARANCE_M, polygonal, polygons
from missions.ways.open_ground import Ways, joined, open_ground


def perimeter(
    outline: Any, inset_m: float, rings: int = 1, step_m: float = 0.0, *, zones: Any = None, clockwise: bool = True
) -> list[Array]:
    """Closed rings (n, 2) inside `outline` (a polygon in metres; its holes are kept off as far as the border):
    the first `inset_m` from the border, each further one `step_m` more. `zones` that a ring would cross it goes
    round at the same distance; no ring is flown round a zone for its own sake. Rings that do not fit are left out;
    PlanError when none does."""
    if not (math.isfinite(inset_m) and inset_m >= 0 and rings >= 1 and (rings == 1 or step_m > 0)):
        raise PlanError("a perimeter needs an inset of 0 m or more, and a step above 0 m for several rings")
    zones = zones if zones is not None else shapely.MultiPolygon()
    own = shapely.union_all([shapely.Polygon(hole) for part in polygons(outline) for hole in part.interiors])
    found: list[Array] = []
    for ring in range(rings):
        inner = shapely.difference(outline, zones).buffer(-(inset_m + ring * step_m), join_style="mitre", mitre_limit=2)
        for part in sorted(polygons(inner), key=lambda part: -part.area):
            holes = [hole for hole in part.interiors if shapely.Polygon(hole).intersects(own)]
            for line in (part.exterior, *holes):
                is_right = line.is_ccw != clockwise
                points = np.asarray(line.coords)[:, :2]
                found.append(points if is_right else points[::-1])
    if not found:
        raise PlanError(f"no ring fits {inset_m:g} m inside the border: give a smaller inset")
    return found


def from_nearest(ring: Array, place: Array) -> Array:
    """The closed ring begun at its point nearest to `place`, which may lie within a side."""
    line = shapely.LineString(ring)
    at = float(line.project(shapely.Point(place)))
    begin = np.asarray(line.interpolate(at).coords[0])
    reached = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(ring, axis=0).T))])
    later, earlier = ring[:-1][reached[:-1] > at], ring[:-1][reached[:-1] <= at]
    result: Array = np.vstack([begin, later, earlier, begin])
    return result


def nearest_first(rings: list[Array], begin: Array) -> list[Array]:
    """The rings in turn, always the nearest, each begun where it is nearest to the end of the one before."""
    left, place, found = list(rings), begin, []
    while left:
        gaps = [shapely.LineString(ring).distance(shapely.Point(place)) for ring in left]
        ring = from_nearest(left.pop(int(np.argmin(gaps))), place)
        found.append(ring)
        place = ring[-1]
    return found


def linked(rings: list[Array], choices: Iterable[Ways]) -> tuple[Array, tuple[bool, ...]]:
    """The rings as one line (n, 2), and of each leg whether it is flown to look: links are not. By the first of the
    choices that leads to all rings; PlanError when none does."""
    pieces = [(ring, True) for ring in rings]
    found = next((line for ways in choices if (line := joined(pieces, ways)) is not None), None)
    if found is None:
        raise PlanError("no way leads from one ring to the next: holes or zones close one in")
    return found


def ways_between_rings(frame: LocalFrame, outline: Any, zones: Any, inset_m: float, motion: Motion) -> Iterator[Ways]:
    """Inside the border with some clearance, inside without, and last over open ground; never through holes or
    zones."""
    whole = polygonal(shapely.union_all([shapely.Polygon(part.exterior) for part in polygons(outline)]))
    blocked = shapely.union_all([shapely.difference(whole, outline), zones])
    for clearance_m in dict.fromkeys((min(MOST_CLEARANCE_M, inset_m), 0.0)):
        yield Ways(frame, whole, blocked, motion, clearance_m)
    yield open_ground(frame, blocked, shapely.get_coordinates(whole), motion)
