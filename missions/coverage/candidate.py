"""A candidate for a plan: lanes in an order, split over the drones, with the gaps between them closed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from missions.assemble import Draft
from missions.coverage.cells import make_cells
from missions.coverage.covered import unseen, unseen_nearly
from missions.coverage.cuts import CutTour
from missions.coverage.gaps import closer
from missions.coverage.job import Job
from missions.coverage.lanes import Lane
from missions.coverage.order import Tables, best_order
from missions.coverage.scan_lines import unseen_m2
from missions.coverage.split import Stretch, makespan, split
from missions.coverage.tour import Tour, lanes_in_order, make_tour
from missions.geodesy import Array
from missions.timing import path_length, without_needless_points
from missions.ways.bends import pushed_out
from missions.ways.transit import Point

ORDER_ROUNDS = 20
MISSING_WEIGHT = 15.0
TOO_LITTLE_WEIGHT = 2000.0
ENOUGH = 0.9951
ROUNDING_M = 0.004
"""What rounding to 1e-7 degrees, and cleaning a track of slight bends, may cost of a strip's width."""
COMPLETIONS = 20
MOST_FRUITLESS = 5
FRUITLESS_WITH_WAYS = 3
CLOSER = 2e-4
CUT_STEP_M = 5.0
"""Cuts are at least five times that apart. Tours of like length are cut at the same places."""
MOST_CUTS = 3_000


@dataclass(frozen=True, eq=False)
class Candidate:
    """`order`: in which the workers take their parts of the tour, None for the usual one."""

    job: Job
    tour: Tour
    cuts: CutTour
    stretches: list[Stretch]
    makespan_s: float
    order: tuple[int, ...] | None = None

    @cached_property
    def gap(self) -> Any:
        """What of the free space nobody sees, ways and home legs included."""
        free = self.job.space.free
        return unseen_nearly(free, self._flown, self.job.swath, (1.0 - self.seen) * free.area)

    @cached_property
    def seen(self) -> float:
        """Share of the free space, 0 to 1."""
        free = self.job.space.free
        return 1.0 - unseen_m2(free, self._flown, [self.job.swath] * len(self._flown)) / float(free.area)

    @cached_property
    def _flown(self) -> list[Array]:
        return [without_needless_points(points) for points, _ in paths(self)]

    @property
    def cost(self) -> float:
        """Makespan in seconds, raised for what stays unseen."""
        return self.makespan_s * (1.0 + MISSING_WEIGHT * max(0.0, ENOUGH - self.seen))


def tour_of(job: Job, lanes: Sequence[Lane]) -> Tour:
    """The lanes in the best order found for one drone."""
    tables = Tables(make_cells(lanes, 0.0), job.transit, job.homes[0])
    stops = best_order(tables, job.seed, ORDER_ROUNDS)
    return joined(job, lanes_in_order(tables, stops))


def joined(job: Job, lanes: Sequence[tuple[Point, Point]]) -> Tour:
    """The lanes flown in the order given."""
    return make_tour(lanes, job.transit, job.swath)


def candidate(job: Job, tour: Tour, order: Sequence[int] | None = None) -> Candidate | None:
    """The tour split over the drones; None when a place is out of reach."""
    cuts = cut_tour(job, tour)
    stretches = split(cuts, job.workers, order)
    if stretches is None:
        return None
    span = makespan(cuts, stretches, job.workers)
    return Candidate(job, tour, cuts, stretches, span, tuple(order) if order is not None else None)


def cut_tour(job: Job, tour: Tour) -> CutTour:
    """Where `tour` may be cut."""
    barred = ~job.transit.visible(tour.points[:-1], tour.points[1:]) if job.transit.has_islands else None
    step = CUT_STEP_M * max(5, math.ceil(path_length(tour.points) / MOST_CUTS / CUT_STEP_M))
    return CutTour(tour, job.homes, job.workers, step, barred, pads=job.pads)


def stands(job: Job, stretch: Stretch) -> tuple[int, int]:
    """Where a sortie begins and ends: indices of the job's homes."""
    home = job.workers[stretch.worker].home
    return home if stretch.start is None else stretch.start, home if stretch.end is None else stretch.end


@dataclass(frozen=True)
class Completed:
    """A candidate with its gaps closed. `enough`: the share that should be seen."""

    candidate: Candidate
    enough: float

    @property
    def cost(self) -> float:
        """What to minimise: enough has to be seen, then makespan counts."""
        return self.candidate.makespan_s * (1.0 + TOO_LITTLE_WEIGHT * max(0.0, self.enough - self.candidate.seen))


def completed(job: Job, draft: Candidate, give_up_s: float = math.inf) -> Completed:
    """The draft with gaps closed until the sorties see enough, if that can be. A draft that gets to take longer
    than `give_up_s` is left as it is then. As a longer tour is cut elsewhere, ways and home legs then see other
    gaps: where that does not come to an end, all that the tour itself does not see is taken for gaps."""
    best, fruitless, tried = draft, 0, draft.tour
    space, enough = job.space, ENOUGH + ROUNDING_M / job.swath
    for _ in range(COMPLETIONS):
        if best.seen >= enough or fruitless > MOST_FRUITLESS or best.makespan_s > give_up_s:
            break
        by_ways = fruitless < FRUITLESS_WITH_WAYS
        gap = best.gap if by_ways else unseen(space.free, best.tour.stretches(), job.swath)
        missing = (enough - best.seen + CLOSER * (1 + fruitless)) * space.free.area
        tour = closer(job.transit, best.tour, job.swath, gap, missing)
        if np.array_equal(tour.points, tried.points):  # more of the same is in vain
            fruitless = fruitless + 1 if not by_ways else FRUITLESS_WITH_WAYS
            continue
        tried, trial = tour, candidate(job, tour, draft.order)
        if trial is None or trial.seen <= best.seen:
            fruitless += 1
        else:
            best, fruitless = trial, 0
    return Completed(best, enough)


def paths(given: Candidate) -> list[tuple[Array, tuple[bool, ...]]]:
    """Each stretch from home to home: (n, 2) points and n - 1 survey flags."""
    result: list[tuple[Array, tuple[bool, ...]]] = []
    job, cuts = given.job, given.cuts
    for stretch in given.stretches:
        flown = cuts.between(stretch.first, stretch.last)
        first_leg = int(cuts.leg[stretch.first])
        survey = cuts.tour.survey[first_leg : first_leg + len(flown) - 1]
        start, end = stands(job, stretch)
        points, before, after = job.homes[start].round_trip(flown, job.homes[end])
        points = pushed_out(points, job.space.blocked)
        result.append((points, (*[False] * before, *survey, *[False] * after)))
    return result


def drafts(given: Candidate) -> list[Draft]:
    """The sorties of a candidate."""
    result: list[Draft] = []
    job = given.job
    for stretch, (points, survey) in zip(given.stretches, paths(given), strict=True):
        worker = job.workers[stretch.worker]
        start, end = (job.starts[stand] for stand in stands(job, stretch))
        result.append(Draft(worker.drone, stretch.sortie, start, end, points, survey, job.swath, worker.motion))
    return result


def why_none(job: Job, tour: Tour | None) -> str:
    """What keeps the drones from some lanes, in figures."""
    if tour is None:
        return "the area is too narrow for any lane at this swath: give a smaller --swath"
    cuts = cut_tour(job, tour)
    looks = cuts.survey[cuts.leg]
    needed = np.array([cuts.out(worker) + cuts.back(worker) + worker.fixed_s for worker in job.workers])[:, looks]
    usable = np.array([worker.limit_s for worker in job.workers])
    share, least, most = (needed > usable[:, None]).all(axis=0).mean(), needed.min(), needed.min(axis=0).max()
    if least > usable.max():
        start = f"the nearest lane takes {least:.0f} s there and back"
    else:
        start = f"{share:.0%} of the lanes are out of reach, the farthest takes {most:.0f} s there and back"
    return (
        f"{start}, but a battery gives {usable.max():.0f} s (endurance less reserve): "
        "start nearer, or give more endurance"
    )
