"""Where lanes are made: parallel lines, one swath apart, clipped to the free space.

Lanes are laid along x of a frame turned by the lane angle, and turned back at the end. Each end is drawn
back by a part of the swath, because the vehicle looks half a swath beyond its own position.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from missions.coverage.scan_lines import edges_of, turned
from missions.geodesy import Array

END_INSET_OF_SWATH = 0.25
SHORTEST_LANE_OF_SWATH = 0.05
RIM_ROW_OF_SWATH = 0.25


@dataclass(frozen=True, slots=True)
class RowPlan:
    """How rows are laid: see `row_positions`. `inset` is how far lane ends stay from the rim, in swaths."""

    phase: float = 0.5
    slack: float = 0.02
    inset: float = END_INSET_OF_SWATH


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


def row_positions(low: float, high: float, swath_m: float, phase: float, slack: float) -> Array:
    """Distances across the lanes, one swath apart, so that no more than `slack` swaths between `low` and
    `high` lie outside their strips. Phase 0 to 1 shifts the spare width of the strips from above to below."""
    count = max(1, math.ceil((high - low) / swath_m - slack - 1e-9))
    spare = count * swath_m - (high - low)
    share = phase if spare > 0 else 0.5
    at = low + swath_m / 2.0 - share * spare + swath_m * np.arange(count)
    rim = min(RIM_ROW_OF_SWATH * swath_m, (high - low) / 2.0)
    positions: Array = np.clip(at, low + rim, high - rim)
    return positions


def make_lanes(inner: Any, inner_rim_m: float, angle: float, swath_m: float, rows: RowPlan = RowPlan()) -> list[Lane]:
    """Lanes in `inner`, the free space without a rim of `inner_rim_m`, at `angle` radians from east."""
    if inner.is_empty:
        return []
    rim = edges_of(inner, -angle)
    heights = rim.begin[:, 1]
    at = row_positions(heights.min() - inner_rim_m, heights.max() + inner_rim_m, swath_m, rows.phase, rows.slack)
    row_of, x = rim.crossed(at)
    row_of, low, high = row_of[::2], x[::2], x[1::2]
    lengths = high - low
    keep = lengths > min(SHORTEST_LANE_OF_SWATH * swath_m, float(lengths.max(initial=0.0)) / 2.0)
    return _lanes(
        np.column_stack([low, high])[keep], at, row_of[keep], angle, max(0.0, rows.inset * swath_m - inner_rim_m)
    )


def _lanes(extents: Array, rows: Array, row_of: Any, angle: float, inset: float) -> list[Lane]:
    low, high = extents.T
    back = np.minimum(inset, (high - low) / 2.0 - 1e-3)
    low, high = low + back, high - back
    starts = turned(np.column_stack([low, rows[row_of]]), angle).tolist()
    ends = turned(np.column_stack([high, rows[row_of]]), angle).tolist()
    order = np.lexsort((low, row_of))
    return [
        Lane(int(row_of[i]), float(low[i]), float(high[i]), tuple(starts[i]), tuple(ends[i])) for i in order.tolist()
    ]
