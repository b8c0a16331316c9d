"""Round the inside of a border: one ring or several, each further in."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import shapely

from missions.fleet import PlanError
from missions.free_space import polygons
from missions.geodesy import Array


def perimeter(
    outline: Any, inset_m: float, rings: int = 1, step_m: float = 0.0, *, clockwise: bool = True
) -> list[Array]:
    """Closed rings (n, 2) inside `outline` (a polygon in metres; its holes are kept off as far as the border):
    the first `inset_m` from the border, each further one `step_m` more. Rings that do not fit are left out;
    PlanError when none does."""
    if not (math.isfinite(inset_m) and inset_m >= 0 and rings >= 1 and (rings == 1 or step_m > 0)):
        raise PlanError("a perimeter needs an inset of 0 m or more, and a step above 0 m for several rings")
    found: list[Array] = []
    for ring in range(rings):
        inner = outline.buffer(-(inset_m + ring * step_m), join_style="mitre", mitre_limit=2.0)
        for part in sorted(polygons(inner), key=lambda part: -part.area):
            for line in (part.exterior, *part.interiors):
                is_right = line.is_ccw != clockwise
                points = np.asarray(line.coords)[:, :2]
                found.append(points if is_right else points[::-1])
    if not found:
        raise PlanError(f"no ring fits {inset_m:g} m inside the border: give a smaller inset")
    return found


def from_nearest(ring: Array, place: tuple[float, float]) -> Array:
    """The closed ring begun at its point nearest to `place`, which may lie within a side."""
    line = shapely.LineString(ring)
    at = float(line.project(shapely.Point(place)))
    begin = np.asarray(line.interpolate(at).coords[0])
    reached = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(ring, axis=0).T))])
    later, earlier = ring[:-1][reached[:-1] > at], ring[:-1][reached[:-1] <= at]
    result: Array = np.vstack([begin, later, earlier, begin])
    return result
