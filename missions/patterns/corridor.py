"""Along a line: rail, road, river, power line. One pass a strip, side by side, there and back."""

from __future__ import annotations

import math

import numpy as np
import shapely

from missions.fleet import PlanError
from missions.geodesy import Array

MOST_PASSES = 50


def corridor(line: Array, width_m: float, swath_m: float) -> Array:
    """One way (n, 2) that sees `width_m` across the line (n, 2): passes one swath apart at most, in turn there
    and back, from the left side of the line to the right. With a swath as wide as the corridor it is the line."""
    if len(line) < 2 or not (width_m > 0 and swath_m > 0):
        raise PlanError("a corridor needs a line of 2 points or more, and a width and swath above 0 m")
    passes = max(1, math.ceil(width_m / swath_m - 1e-9))
    if passes > MOST_PASSES:
        raise PlanError(
            f"a corridor {width_m:g} m wide needs {passes} passes (limit {MOST_PASSES}): plan it as an area"
        )
    way = shapely.LineString(line)
    strip = width_m / passes
    points: list[Array] = []
    for number in range(passes):
        side = width_m / 2.0 - strip * (number + 0.5)
        offset = _beside(way, side)
        points.append(offset if number % 2 == 0 else offset[::-1])
    return np.vstack(points)


def sides(line: Array, distance_m: float) -> tuple[Array, Array]:
    """The line moved to its left and to its right."""
    way = shapely.LineString(line)
    return _beside(way, distance_m), _beside(way, -distance_m)


def _beside(way: shapely.LineString, left_m: float) -> Array:
    if abs(left_m) < 1e-9:
        return np.asarray(way.coords)
    moved = way.offset_curve(left_m, join_style="mitre", mitre_limit=2.0)
    parts = [part for part in getattr(moved, "geoms", [moved]) if len(part.coords) > 1]
    if not parts:
        raise PlanError("the line bends too tightly for a corridor of that width")
    start = np.asarray(way.coords[0])
    joined = np.vstack([np.asarray(part.coords) for part in parts])
    forwards = np.hypot(*(joined[0] - start)) <= np.hypot(*(joined[-1] - start))
    result: Array = joined if forwards else joined[::-1]
    return result
