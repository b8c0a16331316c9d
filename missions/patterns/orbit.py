"""Round a point of interest, looking inwards."""

from __future__ import annotations

import math

import numpy as np

from missions.fleet import PlanError
from missions.geodesy import Array

LEAST_POINTS = 12
CHORD_ERROR_M = 0.5


def orbit(
    centre: tuple[float, float], radius_m: float, turns: float = 1.0, *, start_deg: float = 0.0, clockwise: bool = True
) -> Array:
    """A circle as points (n, 2) that stay within 0.5 m of it. `start_deg` is the direction from the centre to
    the first point, clockwise from north."""
    if not (math.isfinite(radius_m) and radius_m > 0 and 0 < turns <= 1000):
        raise PlanError(f"an orbit needs a radius above 0 m and up to 1000 turns, not {radius_m:g} m and {turns:g}")
    widest = 2.0 * math.acos(max(0.0, 1.0 - CHORD_ERROR_M / radius_m)) if radius_m > CHORD_ERROR_M else math.tau
    steps = math.ceil(turns * max(LEAST_POINTS, math.tau / widest))
    angles = math.radians(start_deg) + np.linspace(0.0, math.tau * turns, steps + 1) * (1.0 if clockwise else -1.0)
    return np.column_stack([centre[0] + radius_m * np.sin(angles), centre[1] + radius_m * np.cos(angles)])


def headings_to(centre: tuple[float, float], points: Array) -> Array:
    """(n,) degrees clockwise from north in which the centre lies from each point."""
    east, north = centre[0] - points[:, 0], centre[1] - points[:, 1]
    result: Array = np.degrees(np.arctan2(east, north)) % 360.0
    return result


def slant(radius_m: float, height_m: float) -> tuple[float, float]:
    """(metres to the point of interest, degrees to look below the horizon)."""
    return math.hypot(radius_m, height_m), math.degrees(math.atan2(height_m, radius_m))
