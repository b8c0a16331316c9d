"""Drones with unlike swaths: each kind gets a part of the area of its own, in lanes of its own width.

The area is cut along the direction of good lanes into one strip a kind. The strips start out as wide as the
kinds are quick. Of several directions and orders of the strips the one is kept with which all would be home
soonest if their work were levelled. The strips are then shifted, by whole lanes, until all kinds are home at
the same time.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import shapely

from missions.assemble import Draft
from missions.coverage.angle import best_angles
from missions.coverage.candidate import ENOUGH, TOO_LITTLE_WEIGHT, Candidate, drafts
from missions.coverage.job import Job, make_job
from missions.coverage.scan_lines import turned
from missions.fleet import FleetSpec
from missions.geodesy import Array
from missions.plan import LonLat
from missions.ways.free_space import FreeSpace

DIRECTIONS = 2
SHIFTED = 2
LARGE_SQUARES = 2_000
"""In an area of so many squares of a swath a part of a lane more or less does not count: fewer cuts are looked at."""
SHIFTS_IN_FULL = 1
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


@dataclass(frozen=True, slots=True)
class _Cut:
    """How the area is cut: along `angle`, the kinds in `order` from low to high. `round_` makes the strips of all
    kinds but the last whole lanes wide."""

    angle: float
    order: tuple[int, ...]
    round_: Callable[[float], float] | None = None

    def strips(self, free: Any, shares: Array, swaths: Sequence[float]) -> list[Any]:
        """One strip a kind, in the order of the kinds."""
        widths = [swaths[i] for i in self.order] if self.round_ else []
        strips = _strips(free, self.angle, shares[list(self.order)], widths, self.round_ or float)
        return [strips[self.order.index(i)] for i in range(len(shares))]


@dataclass(frozen=True, slots=True)
class _Sharing:
    """What came of giving each kind its share of the area."""

    cut: _Cut
    found: list[Candidate]

    @property
    def spans_s(self) -> Array:
        return np.array([candidate.makespan_s for candidate in self.found])

    @property
    def shares(self) -> Array:
        areas = np.array([candidate.job.space.free.area for candidate in self.found])
        result: Array = areas / areas.sum()
        return result

    @property
    def cost(self) -> float:
        """Enough has to be seen, then it counts when the last is home."""
        seen = float((self.shares * [candidate.seen for candidate in self.found]).sum())
        return float(self.spans_s.max()) * (1.0 + TOO_LITTLE_WEIGHT * max(0.0, ENOUGH - seen))

    @property
    def levelled_s(self) -> float:
        """When all would be home if work went on at the same rates, and were shared out to end together."""
        return float(1.0 / (self.shares / self.spans_s).sum())

    @property
    def is_even(self) -> bool:
        return bool(self.spans_s.max() <= EVEN_ENOUGH * self.levelled_s)

    def levelled(self) -> Array:
        """Shares with which they should end together."""
        shares = self.shares * (self.levelled_s / self.spans_s) ** DAMPING
        result: Array = shares / shares.sum()
        return result

    def drafts(self) -> list[Draft]:
        return [draft for candidate in self.found for draft in drafts(candidate)]


def shared_drafts(
    space: FreeSpace, fleet: FleetSpec, starts: Sequence[LonLat], given: Sequence[Kind], solve: Solve
) -> Iterator[list[Draft]]:
    """Sorties of all kinds together, each result better than the one before."""
    best = math.inf
    for sharing in _sharings(space, fleet, starts, given, solve):
        if sharing.cost < best:
            best = sharing.cost
            yield sharing.drafts()


def _sharings(
    space: FreeSpace, fleet: FleetSpec, starts: Sequence[LonLat], given: Sequence[Kind], solve: Solve
) -> Iterator[_Sharing]:
    """One after the other: all cuts at a glance, the best of them shifted, and then solved in full."""
    swaths = [kind.swath_m for kind in given]

    def shared(cut: _Cut, shares: Array, *, in_full: bool = False) -> _Sharing:
        jobs = _jobs(space, fleet, starts, given, cut.strips(space.free, shares, swaths))
        return _Sharing(cut, [list(solve(job))[-1] if in_full else next(solve(job)) for job in jobs])

    each = fleet.each()
    quick = np.array([kind.swath_m * sum(each[i].speed_m_s for i in kind.drones) for kind in given])
    tried: list[_Sharing] = []
    is_large = space.free.area > LARGE_SQUARES * swaths[0] ** 2
    for cut in _cuts(space.free, given, 1 if is_large else DIRECTIONS):
        tried.append(shared(cut, quick / quick.sum()))
        yield tried[-1]
    for start in sorted(tried, key=lambda sharing: sharing.levelled_s)[: 1 if is_large else SHIFTED]:
        for round_ in (None,) if is_large else (math.floor, math.ceil, None):
            tried.append(shared(replace(start.cut, round_=round_), start.levelled()))
            yield tried[-1]
    best = min(tried, key=lambda sharing: sharing.cost)
    last = shared(best.cut, best.shares, in_full=True)
    yield last
    for _ in range(SHIFTS_IN_FULL):
        if last.is_even:
            break
        last = shared(replace(last.cut, round_=None), last.levelled(), in_full=True)
        yield last


def _cuts(free: Any, given: Sequence[Kind], directions: int) -> Iterator[_Cut]:
    """The ways to cut that are looked at: along a few good directions, the kinds in either order."""
    forwards = tuple(range(len(given)))
    for angle in best_angles(free, given[0].swath_m, directions):
        for order in (forwards, forwards[::-1]):
            yield _Cut(angle, order)


def _jobs(
    space: FreeSpace, fleet: FleetSpec, starts: Sequence[LonLat], given: Sequence[Kind], strips: Sequence[Any]
) -> list[Job]:
    return [
        make_job(space, kind.swath_m, fleet, starts, kind.drones, part=strip)
        for kind, strip in zip(given, strips, strict=True)
    ]


def _strips(
    free: Any, angle: float, shares: Array, widths: Sequence[float], round_: Callable[[float], float]
) -> list[Any]:
    """Boxes along `angle` that hold the given shares of `free`, from low to high across the lanes. With `widths`
    each but the last is made a whole number of its width wide."""
    flat = shapely.transform(free, lambda points: turned(points, -angle))
    west, south, east, north = flat.bounds
    marks = [south]
    for i, share in enumerate(np.cumsum(shares)[:-1]):
        low, high = south, north
        for _ in range(CUT_BISECTIONS):
            middle = (low + high) / 2
            below = flat.intersection(shapely.box(west, south, east, middle)).area
            low, high = (middle, high) if below < share * flat.area else (low, middle)
        if widths:
            whole = marks[-1] + widths[i] * max(1.0, round_((high - marks[-1]) / widths[i]))
            high = whole if whole < north - widths[i + 1] else high
        marks.append(high)
    marks = [south - 1.0, *marks[1:], north + 1.0]
    boxes = [shapely.box(west - 1.0, a, east + 1.0, b) for a, b in pairwise(marks)]
    return [shapely.transform(box, lambda points: turned(points, angle)) for box in boxes]
