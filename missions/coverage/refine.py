"""A split improved: lanes change drones, order and direction until everybody is home sooner.

The lanes (long ones in pieces) are the clients of a vehicle routing problem, each a group of two, one a
direction, of which one must be flown. Drones are vehicles that all have to be home by the makespan so far,
and should be home a little before. What the sum of routes gets shorter is shared out by splitting the tour
afresh, and so on. The solver is PyVRP's iterated local search with a number of iterations, not a time, so
that the result is a function of the input.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pyvrp
from pyvrp.search import NeighbourhoodParams, PerturbationParams
from pyvrp.stop import MaxIterations

from missions.coverage.candidate import Candidate, candidate, joined
from missions.coverage.job import Job
from missions.geodesy import Array
from missions.timing import Motion
from missions.ways.transit import Point, WayTable

TICKS_A_SECOND = 10
FAR_S = 1e5
ITERATIONS = 15
SOLVING = pyvrp.SolveParams(
    neighbourhood=NeighbourhoodParams(num_neighbours=100), perturbation=PerturbationParams(max_perturbations=5)
)
"""Small changes, each followed wherever it leads: in so few iterations that finds twice as much in the same time."""
LATEST = 1.001
AIMS = (0.96, 0.93)
OVERTIME_PRICE = 2
"""What a second after the aim costs, in seconds of flight."""
MOST_ROUNDS = 10
PATIENCE = 3
LEAST_GAIN_S = 0.2
MOST_LANES = 900
SHARE_OF_ROUTE = 3.0
SHORTEST_PIECE_M = 1.0
SIGHT_OF_SWATH = 12.0
"""Straight ways that are longer are only sketched."""

Lane = tuple[Point, Point]


@dataclass(frozen=True, slots=True)
class _Route:
    """What one worker flies: pieces of lanes, in order and direction."""

    worker: int
    lanes: list[Lane]


def refined(job: Job, draft: Candidate) -> Candidate:
    """The best candidate with the lanes of `draft`."""
    race = Refinement(job, draft)
    race.advance(MOST_ROUNDS)
    return race.best


class Refinement:
    """One draft, improved round by round. `best` so far; `done` when more rounds are in vain."""

    def __init__(self, job: Job, draft: Candidate) -> None:
        self.best = draft
        self._job, self._ways = job, WayTable(job.transit, SIGHT_OF_SWATH * job.swath)
        self._rounds, self._in_vain = 0, 0
        workers = [stretch.worker for stretch in draft.stretches]
        if len(workers) < 2 or len(set(workers)) < len(workers):
            self._in_vain = PATIENCE  # nothing to share out; and several sorties a drone are not routes

    @property
    def done(self) -> bool:
        return self._in_vain >= PATIENCE

    def advance(self, rounds: int) -> None:
        """Up to so many rounds more."""
        for _ in range(rounds):
            if self.done:
                return
            trial = _round(self._job, self.best, self._rounds, self._ways)
            self._rounds += 1
            enough = self.best.cost - LEAST_GAIN_S
            if trial is None or trial.makespan_s >= enough or trial.cost >= enough:
                self._in_vain += 1
            else:
                self.best, self._in_vain = trial, 0


def _round(job: Job, given: Candidate, number: int, ways: WayTable) -> Candidate | None:
    """Routes shorter in sum that all end by the makespan, then split afresh to end together."""
    routes = _improved(job, given, number, ways)
    if routes is None:
        return None
    chain = _chained(routes) if len({_kind(job, i) for i in range(len(job.workers))}) == 1 else routes
    flying = {route.worker for route in chain}
    idle = [i for i in range(len(job.workers)) if i not in flying]
    tour = joined(job, [lane for route in chain for lane in _merged(route.lanes)])
    return candidate(job, tour, [*(route.worker for route in chain), *idle])


def _improved(job: Job, given: Candidate, number: int, ways: WayTable) -> list[_Route] | None:
    routes = _routes(given, job.motion.speed_m_s * given.makespan_s / SHARE_OF_ROUTE)
    lanes = [lane for route in routes for lane in route.lanes]
    if not 2 < len(lanes) <= MOST_LANES:
        return None
    problem = _Problem(job, lanes, ways)
    data = problem.data(given.makespan_s, AIMS[number % len(AIMS)])
    start = problem.solution(data, routes)
    stop, seed = MaxIterations(ITERATIONS), job.seed + number
    result = pyvrp.solve(data, stop, seed, collect_stats=False, display=False, params=SOLVING, initial_solution=start)
    return problem.routes(result.best) if result.is_feasible() else None


def _routes(draft: Candidate, longest_m: float) -> list[_Route]:
    """The stretches as routes; lanes are cut where stretches end and into pieces of at most `longest_m`."""
    cuts, tour = draft.cuts, draft.tour
    lanes = np.array(tour.lanes)
    routes: list[_Route] = []
    for stretch in draft.stretches:
        first, last = int(cuts.leg[stretch.first]), int(cuts.leg[stretch.last])
        pieces: list[Lane] = []
        for leg in lanes[(lanes >= first) & (lanes <= last)].tolist():
            begin = cuts.points[stretch.first] if leg == first else tour.points[leg]
            end = cuts.points[stretch.last] if leg == last else tour.points[leg + 1]
            pieces += _pieces(begin, end, longest_m)
        routes.append(_Route(stretch.worker, pieces))
    return [route for route in routes if route.lanes]


def _pieces(begin: Array, end: Array, longest_m: float) -> list[Lane]:
    length = math.dist(begin, end)
    if length < SHORTEST_PIECE_M:
        return []
    marks = np.linspace(begin, end, 1 + max(1, math.ceil(length / longest_m - 1e-9)))
    places = [(float(x), float(y)) for x, y in marks]
    return list(pairwise(places))


def _kind(job: Job, worker: int) -> tuple[int, Motion, float, float, float]:
    w = job.workers[worker]
    return w.home, w.motion, w.limit_s, w.start_s, w.fixed_s


class _Problem:
    """The routing problem in the solver's terms. Client 2i is lane i forwards, client 2i + 1 backwards."""

    def __init__(self, job: Job, lanes: Sequence[Lane], ways: WayTable) -> None:
        self.job, self.lanes = job, lanes
        self.kinds = sorted({_kind(job, i) for i in range(len(job.workers))}, key=str)
        self.of_kind = [[i for i in range(len(job.workers)) if _kind(job, i) == kind] for kind in self.kinds]
        self._ends = np.array([place for lane in lanes for place in lane])
        self._homes = len(job.homes)
        count = 2 * len(lanes)
        self._locations = [pyvrp.Location(0, 0) for _ in range(self._homes + count)]
        self._groups = [pyvrp.ClientGroup([2 * i, 2 * i + 1]) for i in range(len(lanes))]
        self._motions = list(dict.fromkeys(kind[1] for kind in self.kinds))
        self._between = self._seconds_between(ways)
        self._matrices = [self._matrix(motion) for motion in self._motions]
        self._clients = [
            pyvrp.Client(self._homes + i, service_duration=0, group=i // 2, required=False) for i in range(count)
        ]

    def _seconds_between(self, ways: WayTable) -> Array:
        """From every end of a lane to every other; the straight legs of the routes are known however long they are."""
        seconds, here, there = ways.between(self._ends), self._ends[1:-1:2], self._ends[2::2]
        seen = np.flatnonzero(self.job.transit.visible(here, there))
        one, other = 2 * seen + 1, 2 * seen + 2
        away = np.hypot(*(there - here)[seen].T)
        seconds[one, other] = seconds[other, one] = self.job.motion.still_air_each(away)
        return seconds

    def _matrix(self, motion: Motion) -> Any:
        """Ticks from everywhere to everywhere: the lane just flown, and the way to the next."""
        job, ends, base = self.job, self._ends, self._homes
        count = len(ends)
        start, end = np.arange(count), np.arange(count) ^ 1
        scale = job.motion.speed_m_s / motion.speed_m_s
        between = np.minimum(self._between * scale, FAR_S)
        flown = motion.legs(ends[start], ends[end])
        seconds = np.zeros((base + count, base + count))
        seconds[base:, base:] = between[np.ix_(end, start)] + flown[:, None]
        for home, legs in enumerate(job.homes):
            out, back = legs.times(ends, motion)
            seconds[home, base:] = np.minimum(out, FAR_S)[start]
            seconds[base:, home] = np.minimum(back, FAR_S)[end] + flown
        ramp = motion.speed_m_s / motion.accel_m_s2
        for i, (one, other) in enumerate(pairwise(self.lanes)):
            if one[1] == other[0]:
                for before, after in ((2 * i, 2 * i + 2), (2 * i + 3, 2 * i + 1)):
                    seconds[base + before, base + after] = max(0.0, flown[before] - ramp)
        ticks = np.round(seconds * TICKS_A_SECOND).astype(np.int64)
        np.fill_diagonal(ticks, 0)
        return ticks

    def data(self, makespan_s: float, aim: float) -> pyvrp.ProblemData:
        """Everybody has to be home by the makespan, and it costs to be away longer than the share `aim` of it."""
        types = []
        for (home, motion, limit, start, fixed), members in zip(self.kinds, self.of_kind, strict=True):
            latest, wanted = (
                max(0, int((min(until - start, limit) - fixed) * TICKS_A_SECOND))
                for until in (makespan_s * LATEST, fixed + (makespan_s - fixed) * aim)
            )
            types.append(
                pyvrp.VehicleType(
                    len(members),
                    start_depot=home,
                    end_depot=home,
                    shift_duration=min(wanted, latest),
                    max_overtime=max(0, latest - wanted),
                    unit_overtime_cost=OVERTIME_PRICE,
                    profile=self._motions.index(motion),
                )
            )
        depots = [pyvrp.Depot(i) for i in range(self._homes)]
        return pyvrp.ProblemData(
            self._locations, self._clients, depots, types, self._matrices, self._matrices, self._groups
        )

    def solution(self, data: pyvrp.ProblemData, routes: Sequence[_Route]) -> pyvrp.Solution:
        """`routes` are the lanes in their order, all forwards."""
        at, given = 0, []
        for route in routes:
            kind = next(k for k, members in enumerate(self.of_kind) if route.worker in members)
            given.append(pyvrp.Route(data, list(range(2 * at, 2 * (at + len(route.lanes)), 2)), kind))
            at += len(route.lanes)
        return pyvrp.Solution(data, given)

    def routes(self, solution: pyvrp.Solution) -> list[_Route]:
        free = [list(members) for members in self.of_kind]
        result = []
        for route in solution.routes():
            clients = [stop.idx for stop in route if stop.is_client()]
            flown = [self.lanes[i // 2] if i % 2 == 0 else self.lanes[i // 2][::-1] for i in clients]
            result.append(_Route(free[route.vehicle_type()].pop(0), flown))
        return sorted(result, key=lambda route: route.worker)


def _merged(lanes: Sequence[Lane]) -> list[Lane]:
    """Pieces flown on straight are one lane again."""
    result: list[Lane] = []
    for start, end in lanes:
        if result and result[-1][1] == start and _is_straight(result[-1][0], start, end):
            result[-1] = (result[-1][0], end)
        else:
            result.append((start, end))
    return result


def _is_straight(a: Point, b: Point, c: Point) -> bool:
    cross = (b[0] - a[0]) * (c[1] - b[1]) - (b[1] - a[1]) * (c[0] - b[0])
    along = (b[0] - a[0]) * (c[0] - b[0]) + (b[1] - a[1]) * (c[1] - b[1])
    return along > 0 and abs(cross) < 1e-6 * along


def _chained(routes: Sequence[_Route]) -> list[_Route]:
    """Routes of like drones in an order, and each in a direction, in which one begins near where the last ended."""
    left, chain = list(routes[1:]), [routes[0]]
    while left:
        end = chain[-1].lanes[-1][1]
        gaps = [min(math.dist(end, r.lanes[0][0]), math.dist(end, r.lanes[-1][1])) for r in left]
        route = left.pop(gaps.index(min(gaps)))
        if math.dist(end, route.lanes[-1][1]) < math.dist(end, route.lanes[0][0]):
            route = _Route(route.worker, [(b, a) for a, b in reversed(route.lanes)])
        chain.append(route)
    return chain
