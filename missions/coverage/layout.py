"""Which lanes to carry on with: angles and rows are tried cheaply, the most promising layouts are kept.

The estimate of a layout is the time to fly its lanes and hops plus a price for what its strips leave
out; the best few are then ordered, repaired and split in full by the planner.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from missions.coverage.angle import best_angles
from missions.coverage.cells import make_cells
from missions.coverage.job import Job
from missions.coverage.lanes import Lane, RowPlan, make_lanes
from missions.timing import Motion
from missions.ways.free_space import FreeSpace

ANGLES = 10
ROW_PLANS = tuple(RowPlan(phase, slack) for slack in (0.02, 0.3) for phase in (0.5, 0.0, 1.0))
PRICE_OF_MISSED = 2.0
FULL_TRIALS_LANES = 900
MOST_TRIALS = 24
LEAST_TRIALS = 4


@dataclass(frozen=True, slots=True)
class Layout:
    """Lanes, their direction and their estimated cost in seconds."""

    lanes: list[Lane]
    angle: float
    estimate_s: float


def best_layouts(job: Job) -> list[Layout]:
    """The most promising layouts, best first."""
    space, swath_m, motion = job.space, job.swath, job.motion
    layouts: dict[tuple[float, ...], Layout] = {}
    for angle in _angles(job):
        for rows in ROW_PLANS:
            lanes = make_lanes(space.inner, space.clearance_m, angle, swath_m, rows)
            if lanes:
                layout = Layout(lanes, angle, _estimate(space, lanes, swath_m, motion))
                layouts.setdefault((round(layout.estimate_s, 3), angle), layout)
    ranked = sorted(layouts.values(), key=lambda layout: layout.estimate_s)
    trials = min(MOST_TRIALS, max(LEAST_TRIALS, FULL_TRIALS_LANES // max(1, len(ranked[0].lanes)))) if ranked else 0
    return ranked[:trials]


def _angles(job: Job) -> list[float]:
    if job.lane_deg is not None:
        return [math.radians(90.0 - job.lane_deg) % math.pi]
    across_wind = [math.radians(job.wind.from_deg) * sign for sign in (1, -1)] if job.wind else []
    return best_angles(job.space.free, job.swath, ANGLES, across_wind)


def _estimate(space: FreeSpace, lanes: list[Lane], swath_m: float, motion: Motion) -> float:
    starts, ends = np.array([lane.start for lane in lanes]), np.array([lane.end for lane in lanes])
    there, back = motion.legs(starts, ends), motion.legs(ends, starts)
    hops = (len(lanes) + 2 * len(make_cells(lanes, 0.0))) * motion.still_air(swath_m)
    lengths = np.hypot(*(ends - starts).T)
    missed: float = max(0.0, space.free.area - swath_m * float((lengths + 0.5 * swath_m).sum()))
    lane_s = float((there + back).sum()) / 2.0
    return lane_s + hops + PRICE_OF_MISSED * missed / swath_m / motion.speed_m_s
