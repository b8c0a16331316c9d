"""Bends that are too slight to be flown: an autopilot, and whoever cleans a track, takes them for straight.

Where the straight way would touch a zone, the bend is pushed out until it shows.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import shapely

from missions.geodesy import Array
from missions.timing import STRAIGHT_RAD

SHOWS_RAD = 1.3 * STRAIGHT_RAD


def pushed_out(points: Array, zones: Any) -> Array:
    """(n, 2) points with slight bends round `zones` made plain."""
    if zones.is_empty or len(points) < 3:
        return points
    steps = np.diff(points, axis=0)
    course = np.arctan2(steps[:, 1], steps[:, 0])
    turns = (np.diff(course) + np.pi) % (2 * np.pi) - np.pi
    slight = np.flatnonzero((np.abs(turns) < STRAIGHT_RAD) & (np.abs(turns) > 1e-9)) + 1
    if not len(slight):
        return points
    chords = shapely.linestrings(np.stack([points[slight - 1], points[slight + 1]], axis=1))
    result = points.copy()
    for i in slight[shapely.intersects(zones, chords)].tolist():
        result[i] = _pushed(result[i - 1], result[i], result[i + 1], zones)
    return result


def _pushed(before: Array, bend: Array, after: Array, zones: Any) -> Array:
    """The bend farther from the chord; left where it is when that touches a zone."""
    chord = after - before
    length = float(np.hypot(*chord))
    across = np.array([-chord[1], chord[0]]) / length
    a, b = math.dist(before, bend), math.dist(bend, after)
    away = float((bend - before) @ across)
    needed = math.tan(SHOWS_RAD) * a * b / (a + b)
    moved: Array = bend + across * math.copysign(max(0.0, needed - abs(away)), away)
    return bend if zones.intersects(shapely.LineString([before, moved, after])) else moved
