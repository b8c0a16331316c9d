"""How much of an area has been looked at by paths flown over it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely

from missions.geodesy import Array
from missions.timing import SAME_POINT_M

GRID_M = 1e-4
QUARTER_CIRCLE = 8
LEGS_AT_ONCE, MANY_LEGS = 5, 20
ABOUT = 1e-4


def seen(paths: Sequence[Array], swath_m: float, *, legs_at_once: int = LEGS_AT_ONCE) -> Any:
    """The ground within half a swath of the paths, (n, 2) metres each; points too near to matter are left out."""
    lines = [shapely.remove_repeated_points(shapely.LineString(path), SAME_POINT_M) for path in paths if len(path) > 1]
    strips = _strips(lines, swath_m / 2.0, legs_at_once)
    try:
        return shapely.union_all(strips)
    except shapely.errors.GEOSException:  # rounding can leave rings that cross; on a grid of 0.1 mm they cannot
        return shapely.union_all(shapely.make_valid(strips), grid_size=GRID_M)


def _strips(lines: Sequence[Any], half_m: float, legs_at_once: int) -> list[Any]:
    """Together all within `half_m` of the lines. GEOS loses holes of the strip of some long lines that run back
    over themselves, and calls the result valid: only a few legs are buffered at once."""
    runs = []
    for line in lines:
        points = shapely.get_coordinates(line)
        runs += [points[i : i + legs_at_once + 1] for i in range(0, max(1, len(points) - 1), legs_at_once)]
    strips = shapely.buffer([shapely.LineString(run) for run in runs], half_m, quad_segs=QUARTER_CIRCLE)
    sound = shapely.is_valid(strips)
    broken = [np.stack([runs[i][:-1], runs[i][1:]], axis=1) for i in np.flatnonzero(~sound).tolist()]
    legs = [shapely.buffer(shapely.linestrings(pairs), half_m, quad_segs=QUARTER_CIRCLE) for pairs in broken]
    return [*strips[sound], *(leg for each in legs for leg in each)]


def unseen(free: Any, paths: Sequence[Array], swath_m: float) -> Any:
    """What of `free` has not been looked at."""
    return _left(free, seen(paths, swath_m))


def unseen_nearly(free: Any, paths: Sequence[Array], swath_m: float, expected_m2: float) -> Any:
    """As `unseen`, in half the time where that leaves about as many square metres as expected."""
    left = _left(free, seen(paths, swath_m, legs_at_once=MANY_LEGS))
    return left if abs(left.area - expected_m2) < ABOUT * free.area else unseen(free, paths, swath_m)


def _left(free: Any, looked_at: Any) -> Any:
    try:
        return free.difference(looked_at)
    except shapely.errors.GEOSException:
        return shapely.difference(free, shapely.make_valid(looked_at), grid_size=GRID_M)


def fraction(free: Any, paths: Sequence[Array], swath_m: float) -> float:
    """Share of `free` that has been looked at, 0 to 1."""
    return 1.0 - unseen(free, paths, swath_m).area / free.area if free.area > 0 else 0.0
