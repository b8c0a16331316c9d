"""Drones with unlike swaths: each kind gets a part of the area of its own, in lanes of its own width.

The area is cut along the direction of the best lanes into one strip a kind. The strips start out as wide as
the kinds are quick, and are then shifted until all kinds are home at the same time.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import shapely

from missions.angle import best_angles
from missions.assemble import Draft
from missions.candidate import Candidate, drafts
from missions.fleet import FleetSpec
from missions.free_space import FreeSpace
from missions.geodesy import Array
from missions.job import Job, make_job
from missions.lanes import turned
from missions.plan import LonLat

SHIFTS = 4
EVEN_ENOUGH = 1.02
DAMPING = 0.9
CUT_BISECTIONS = 30

Solve = Callable[[Job], Iterator[Candidate]]


@dataclass(frozen=True)
class Kind:
    """Drones of one swath, by number."""

    swath_m: float
    drones: tuple[int, ...]


def kinds(fleet: FleetSpec, swath_m: float) -> list[Kind]:
    """The fleet by swath; drones without one fly the area's."""
    widths = [drone.swath_m or swath_m for drone in fleet.each()]
    return [Kind(width, tuple(i for i, w in enumerate(widths) if w == width)) for width in sorted(set(widths))]


def shared_drafts(
    space: FreeSpace, fleet: FleetSpec, starts: Sequence[LonLat], given: Sequence[Kind], solve: Solve
) -> Iterator[list[Draft]]:
    """Sorties of all kinds together, each result better than the one before."""
    angle = best_angles(space.free, given[0].swath_m, 1)[0]
    each = fleet.each()
    shares = np.array([kind.swath_m * sum(each[i].speed_m_s for i in kind.drones) for kind in given])
    shares /= shares.sum()
    best, best_parts = math.inf, None
    for _ in range(SHIFTS):
        jobs = _jobs(space, fleet, starts, given, _strips(space.free, angle, shares))
        found = [next(solve(job)) for job in jobs]
        spans = np.array([candidate.makespan_s for candidate in found])
        if spans.max() < best:
            best, best_parts = float(spans.max()), jobs
            yield [draft for candidate in found for draft in drafts(candidate)]
        if spans.max() <= EVEN_ENOUGH * spans.mean():
            break
        shares = shares * (spans.mean() / spans) ** DAMPING
        shares /= shares.sum()
    if best_parts is not None:
        finals = [list(solve(job))[-1] for job in best_parts]
        if max(candidate.makespan_s for candidate in finals) < best:
            yield [draft for candidate in finals for draft in drafts(candidate)]


def _jobs(
    space: FreeSpace, fleet: FleetSpec, starts: Sequence[LonLat], given: Sequence[Kind], strips: Sequence[Any]
) -> list[Job]:
    return [
        make_job(space, kind.swath_m, fleet, starts, kind.drones, part=strip)
        for kind, strip in zip(given, strips, strict=True)
    ]


def _strips(free: Any, angle: float, shares: Array) -> list[Any]:
    """Boxes along `angle` that hold the given shares of `free`, from low to high across the lanes."""
    flat = shapely.transform(free, lambda points: turned(points, -angle))
    west, south, east, north = flat.bounds
    marks = [south - 1.0]
    for share in np.cumsum(shares)[:-1]:
        low, high = south, north
        for _ in range(CUT_BISECTIONS):
            middle = (low + high) / 2
            below = flat.intersection(shapely.box(west, south, east, middle)).area
            low, high = (middle, high) if below < share * flat.area else (low, middle)
        marks.append(high)
    marks.append(north + 1.0)
    boxes = [shapely.box(west - 1.0, a, east + 1.0, b) for a, b in pairwise(marks)]
    return [shapely.transform(box, lambda points: turned(points, angle)) for box in boxes]
