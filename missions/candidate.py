"""A candidate for a plan: lanes in an order, split over the drones, with the gaps between them closed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from missions.assemble import Draft
from missions.bends import pushed_out
from missions.cells import make_cells
from missions.coverage import fraction
from missions.cuts import CutTour
from missions.gaps import repaired, seen_share
from missions.geodesy import Array
from missions.job import Job
from missions.lanes import Lane
from missions.order import Tables, best_order
from missions.split import Stretch, makespan, split
from missions.timing import path_length, without_needless_points
from missions.tour import Tour, lanes_in_order, make_tour
from missions.transit import Point

ORDER_ROUNDS = 20
MISSING_WEIGHT = 12.0
TOO_LITTLE_WEIGHT = 2000.0
ENOUGH = 0.9951
ROUNDING_M = 0.004
"""What rounding to 1e-7 degrees, and cleaning a track of slight bends, may cost of a strip's width."""
COMPLETIONS = 20
MOST_FRUITLESS = 5
CLOSER = 2e-4
CUT_STEP_M = 25.0
MOST_CUTS = 3_000


@dataclass(frozen=True, eq=False)
class Candidate:
    """`seen`: share of the free space seen without the home legs. `order`: in which the workers take their
    parts of the tour, None for the usual one. `cost`: makespan in seconds, raised for what stays unseen."""

    tour: Tour
    cuts: CutTour
    stretches: list[Stretch]
    seen: float
    makespan_s: float
    order: tuple[int, ...] | None = None

    @property
    def cost(self) -> float:
        return self.makespan_s * (1.0 + MISSING_WEIGHT * max(0.0, ENOUGH - self.seen))


def tour_of(job: Job, lanes: Sequence[Lane]) -> Tour:
    """The lanes in the best order found for one drone."""
    tables = Tables(make_cells(lanes, 0.0), job.transit, job.homes[0])
    stops = best_order(tables, job.seed, ORDER_ROUNDS)
    return joined(job, lanes_in_order(tables, stops))


def joined(job: Job, lanes: Sequence[tuple[Point, Point]]) -> Tour:
    """The lanes flown in the order given."""
    return make_tour(lanes, job.transit, job.swath)


def candidate(job: Job, tour: Tour, seen: float | None = None, order: Sequence[int] | None = None) -> Candidate | None:
    """The tour split over the drones; None when a place is out of reach."""
    cuts = cut_tour(job, tour)
    stretches = split(cuts, job.workers, order)
    if stretches is None:
        return None
    share = seen_share(job.space, tour, job.swath) if seen is None else seen
    span = makespan(cuts, stretches, job.workers)
    return Candidate(tour, cuts, stretches, share, span, tuple(order) if order is not None else None)


def cut_tour(job: Job, tour: Tour) -> CutTour:
    """Where `tour` may be cut."""
    barred = ~job.transit.visible(tour.points[:-1], tour.points[1:]) if job.transit.has_islands else None
    step = max(CUT_STEP_M, path_length(tour.points) / MOST_CUTS)
    return CutTour(tour, job.homes, job.workers, step, barred)


@dataclass(frozen=True)
class Completed:
    """A candidate with its gaps closed. `covered`: share seen, home legs included; `enough`: what should be."""

    candidate: Candidate
    covered: float
    enough: float

    @property
    def cost(self) -> float:
        """What to minimise: enough has to be seen, then makespan counts."""
        return self.candidate.makespan_s * (1.0 + TOO_LITTLE_WEIGHT * max(0.0, self.enough - self.covered))


def completed(job: Job, draft: Candidate, give_up_s: float = math.inf) -> Completed:
    """The draft with gaps closed until the sorties, home legs included, see enough, if that can be. A draft
    that gets to take longer than `give_up_s` is left as it is then."""
    best, total = draft, covered(job, draft)
    enough = ENOUGH + ROUNDING_M / job.swath
    goal, fruitless = 0.0, 0
    for _ in range(COMPLETIONS):
        if total >= enough or fruitless > MOST_FRUITLESS or best.makespan_s > give_up_s:
            break
        goal = max(goal, best.seen + enough - total) + CLOSER
        tour, seen = repaired(job.space, best.tour, job.swath, job.transit, goal)
        trial = candidate(job, tour, seen, draft.order) if seen > best.seen else None
        if trial is None:
            fruitless += 1
        else:
            best, total, fruitless = trial, covered(job, trial), 0
    return Completed(best, total, enough)


def covered(job: Job, given: Candidate) -> float:
    """Share of the free space that the sorties see, home legs included."""
    flown = [without_needless_points(points) for points, _ in paths(job, given)]
    return fraction(job.space.free, flown, job.swath)


def paths(job: Job, given: Candidate) -> list[tuple[Array, tuple[bool, ...]]]:
    """Each stretch from home to home: (n, 2) points and n - 1 survey flags."""
    result: list[tuple[Array, tuple[bool, ...]]] = []
    cuts = given.cuts
    for stretch in given.stretches:
        flown = cuts.between(stretch.first, stretch.last)
        first_leg = int(cuts.leg[stretch.first])
        survey = cuts.tour.survey[first_leg : first_leg + len(flown) - 1]
        points, before, after = job.homes[job.workers[stretch.worker].home].round_trip(flown)
        points = pushed_out(points, job.space.blocked)
        result.append((points, (*[False] * before, *survey, *[False] * after)))
    return result


def drafts(job: Job, given: Candidate) -> list[Draft]:
    """The sorties of a candidate."""
    result: list[Draft] = []
    for stretch, (points, survey) in zip(given.stretches, paths(job, given), strict=True):
        worker = job.workers[stretch.worker]
        start = job.starts[worker.home]
        result.append(Draft(worker.drone, stretch.sortie, start, points, survey, job.swath, worker.motion))
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
