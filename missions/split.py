"""The tour cut into sorties: every drone is given as much as it can fly by the same moment.

The earliest moment T by which K drones can have flown a tour is found by bisection: for a given T the
drones take the longest stretch each can fly, one after the other. A cut may lie inside a lane. Way
out, way home, battery swaps and launch slots count; no sortie exceeds what the battery gives.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from missions.geodesy import Array
from missions.home_legs import HomeLegs
from missions.timing import Motion
from missions.tour import Tour

BISECTIONS = 24
MOST_SORTIES = 5_000
NEVER_S = 1e9


@dataclass(frozen=True, slots=True)
class Worker:
    """A drone as the split sees it. `fixed_s` is added to every sortie (climb and descent)."""

    home: int
    motion: Motion
    limit_s: float
    start_s: float
    fixed_s: float
    swap_s: float


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the tour for one sortie: from cut `first` to cut `last` (indices into the cuts)."""

    drone: int
    sortie: int
    first: int
    last: int


class CutTour:
    """A tour with the places where it may be cut: every corner, and inside lanes every `step_m`.

    `barred` (one a leg) are legs that no sortie may fly: the tour has to be cut there.
    """

    def __init__(
        self,
        tour: Tour,
        homes: Sequence[HomeLegs],
        motion: Motion,
        step_m: float,
        barred: npt.NDArray[np.bool_] | None = None,
    ) -> None:
        self.tour = tour
        starts, ends = tour.points[:-1], tour.points[1:]
        lengths = np.hypot(*(ends - starts).T)
        survey = np.array(tour.survey)
        parts = np.where(survey, np.maximum(1, np.ceil(lengths / step_m)), 1).astype(int)
        self.leg = np.repeat(np.arange(len(parts)), parts)
        within = np.arange(len(self.leg)) - np.repeat(np.cumsum(parts) - parts, parts)
        share = within / parts[self.leg]
        self.points = np.vstack([starts[self.leg] + share[:, None] * (ends - starts)[self.leg], tour.points[-1:]])
        self.leg = np.append(self.leg, len(parts))
        leg_times = motion.legs(starts, ends)
        if barred is not None:
            leg_times = np.where(barred, NEVER_S, leg_times)
        before = np.concatenate([[0.0], np.cumsum(leg_times)])
        tail = np.append(self.leg[:-1], len(parts) - 1)
        self.until = before[tail] + motion.legs(starts[tail], self.points)
        self.onward = motion.legs(self.points[:-1], ends[self.leg[:-1]])
        self.after = np.append(before[1:][self.leg[:-1]], before[-1])
        self.onward = np.append(self.onward, 0.0)
        ways = [legs.seconds(self.points) for legs in homes]
        self.out = [
            _with_wind(still, legs, self.points, motion, outward=True) for still, legs in zip(ways, homes, strict=True)
        ]
        self.back = [
            _with_wind(still, legs, self.points, motion, outward=False) for still, legs in zip(ways, homes, strict=True)
        ]
        self.survey = np.append(survey, False)
        self.next_useful = self._next_useful()

    def _next_useful(self) -> Array:
        """For each cut the next one from which looking goes on: transit legs are never begun with."""
        useful = self.survey[self.leg]
        result = np.empty(len(useful), dtype=int)
        at = len(useful) - 1
        for i in range(len(useful) - 1, -1, -1):
            at = i if useful[i] else at
            result[i] = at
        return result

    def between(self, first: int, last: int) -> Array:
        """(n, 2) points of the tour from cut `first` to cut `last`."""
        begin, end = self.points[first], self.points[last]
        corners = self.tour.points[int(self.leg[first]) + 1 : int(self.leg[last]) + 1]
        if len(corners) and np.hypot(*(corners[-1] - end)) < 1e-6:
            corners = corners[:-1]
        result: Array = np.vstack([begin, corners, end])
        return result

    def flight_times(self, first: int, home: int, motion: Motion) -> Array:
        """Seconds out, along the tour from cut `first` to every later cut, and home."""
        later = slice(first + 1, None)
        along = self.onward[first] + self.until[later] - self.after[first]
        same_leg = self.leg[later] == self.leg[first]
        count = int(np.count_nonzero(same_leg))
        if count:
            ends = self.points[later][:count]
            along[:count] = motion.legs(np.broadcast_to(self.points[first], ends.shape), ends)
        result: Array = self.out[home][first] + along + self.back[home][later]
        return result


def _with_wind(still: Array, legs: HomeLegs, points: Array, motion: Motion, *, outward: bool) -> Array:
    """Times of home legs with the wind; ways with bends are taken at the slowest ground speed."""
    if motion.wind is None:
        return still
    here = np.broadcast_to(np.asarray(legs.home), points.shape)
    direct = motion.legs(here, points) if outward else motion.legs(points, here)
    calm = motion.still_air_each(np.hypot(*(points - here).T))
    worst = motion.speed_m_s / max(0.1, motion.speed_m_s - float(np.hypot(*motion.wind)))
    return np.where(still <= calm + 1e-6, direct, still * worst)


def split(cuts: CutTour, workers: Sequence[Worker]) -> list[Stretch] | None:
    """Stretches for all workers with the least makespan; None when some place is out of reach."""
    high = 60.0
    best = None
    while best is None and high < 1e7:
        high *= 2
        best = _fill(cuts, workers, high)
    if best is None:
        return None
    low = high / 2 if high > 120.0 else 0.0
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        trial = _fill(cuts, workers, middle)
        if trial is None:
            low = middle
        else:
            best, high = trial, middle
        if high - low < 0.25:
            break
    return best


def _fill(cuts: CutTour, workers: Sequence[Worker], until_s: float) -> list[Stretch] | None:
    """Every worker in turn takes what it can bring home by `until_s`; None if something is left."""
    at, last = int(cuts.next_useful[0]), len(cuts.points) - 1
    stretches: list[Stretch] = []
    for drone, worker in enumerate(workers):
        now, sortie = worker.start_s, 0
        while at < last and len(stretches) < MOST_SORTIES:
            times = cuts.flight_times(at, worker.home, worker.motion) + worker.fixed_s
            budget = min(worker.limit_s, until_s - now)
            fits = np.flatnonzero(times <= budget)
            if not len(fits):
                break
            end = at + 1 + int(fits[-1])
            stretches.append(Stretch(drone, sortie, at, end))
            now += float(times[fits[-1]]) + worker.swap_s
            sortie += 1
            at = int(cuts.next_useful[end])
    return stretches if at >= last else None
