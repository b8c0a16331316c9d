"""Where lanes are made: parallel lines, one swath apart, clipped to the free space.

Lanes are laid along x of a frame turned by the lane angle, and turned back at the end. Each end is drawn
back by a part of the swath, because the vehicle looks half a swath beyond its own position.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from missions.geodesy import Array

END_INSET_OF_SWATH = 0.25
SHORTEST_LANE_OF_SWATH = 0.05


@dataclass(frozen=True, slots=True)
class Lane:
    """A straight line to be looked along, in metres of the area's frame. `row` counts across the lanes;
    `start_x`, `end_x` are its extent in the turned frame, from low to high."""

    row: int
    start_x: float
    end_x: float
    start: tuple[float, float]
    end: tuple[float, float]

    @property
    def length_m(self) -> float:
        return self.end_x - self.start_x


def turned(points: Array, angle: float) -> Array:
    """(n, 2) points turned by `angle` radians about the origin."""
    c, s = math.cos(angle), math.sin(angle)
    result: Array = np.asarray(points) @ np.array([[c, s], [-s, c]])
    return result


def row_positions(low: float, high: float, swath_m: float, phase: float) -> Array:
    """Distances across the lanes from `low` to `high`. Phase 0: as many lanes as needed, centred; any
    other: the first lane lies `phase` swaths above `low`."""
    if phase == 0.0:
        count = max(1, math.ceil((high - low) / swath_m - 0.02))
        first = (low + high - (count - 1) * swath_m) / 2.0
    else:
        first = low + phase * swath_m
        count = max(1, math.ceil((high - first) / swath_m - 0.45))
    positions: Array = first + swath_m * np.arange(count)
    return positions


def make_lanes(inner: Any, angle: float, swath_m: float, phase: float = 0.0, inset: float | None = None) -> list[Lane]:
    """Lanes in `inner` (metres) at `angle` radians from east; the inset of their ends is metres."""
    if inner.is_empty:
        return []
    space = shapely.transform(inner, lambda points: turned(points, -angle))
    west, south, east, north = space.bounds
    rows = row_positions(south, north, swath_m, phase)
    lines = shapely.linestrings([[(west - 1.0, y), (east + 1.0, y)] for y in rows])
    shapely.prepare(space)
    clipped = shapely.intersection(lines, space)
    parts, row_of = shapely.get_parts(clipped, return_index=True)
    bounds = shapely.bounds(parts)
    inset = END_INSET_OF_SWATH * swath_m if inset is None else inset
    return _lanes(bounds, rows, row_of, angle, inset, SHORTEST_LANE_OF_SWATH * swath_m)


def _lanes(bounds: Array, rows: Array, row_of: Any, angle: float, inset: float, shortest: float) -> list[Lane]:
    keep = bounds[:, 2] - bounds[:, 0] > shortest
    low, high, row_of = bounds[keep, 0], bounds[keep, 2], row_of[keep]
    back = np.minimum(inset, (high - low) / 2.0 - 1e-3)
    low, high = low + back, high - back
    starts = turned(np.column_stack([low, rows[row_of]]), angle).tolist()
    ends = turned(np.column_stack([high, rows[row_of]]), angle).tolist()
    order = np.lexsort((low, row_of))
    return [
        Lane(int(row_of[i]), float(low[i]), float(high[i]), tuple(starts[i]), tuple(ends[i])) for i in order.tolist()
    ]
