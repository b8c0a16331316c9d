"""The tour cut into sorties: every drone is given as much as it can fly by the same moment.

The earliest moment T by which K drones can have flown a tour is found by bisection: for a given T the
drones take the longest stretch each can fly, one after the other. A cut may lie inside a lane. Way
out, way home, battery swaps and launch slots count; no sortie exceeds what the battery gives.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from missions.cuts import CutTour
from missions.timing import Motion

BISECTIONS = 24
MOST_SORTIES = 5_000


@dataclass(frozen=True, slots=True)
class Worker:
    """A drone as the split sees it. `fixed_s` is added to every sortie (climb and descent)."""

    drone: int
    home: int
    motion: Motion
    limit_s: float
    start_s: float
    fixed_s: float
    swap_s: float


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the tour for one sortie: from cut `first` to cut `last` (indices into the cuts).
    `worker` is the place of the drone among the workers."""

    worker: int
    sortie: int
    first: int
    last: int


def split(cuts: CutTour, workers: Sequence[Worker], order: Sequence[int] | None = None) -> list[Stretch] | None:
    """Stretches for all workers with the least makespan; None when some place is out of reach. The workers
    take their parts in `order`; without one, in the order in which the tour passes their homes."""
    order = _in_order_of_homes(cuts, workers) if order is None else order
    high = 60.0
    best = None
    while best is None and high < 1e7:
        high *= 2
        best = _fill(cuts, workers, order, high)
    if best is None:
        return None
    low = high / 2 if high > 120.0 else 0.0
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        trial = _fill(cuts, workers, order, middle)
        if trial is None:
            low = middle
        else:
            best, high = trial, middle
        if high - low < 0.25:
            break
    return best


def _in_order_of_homes(cuts: CutTour, workers: Sequence[Worker]) -> list[int]:
    nearest = [int(np.argmin(cuts.out(worker) + cuts.back(worker))) for worker in workers]
    homes = {worker.home for worker in workers}
    return sorted(range(len(workers)), key=lambda i: (nearest[i] if len(homes) > 1 else 0, i))


def _fill(cuts: CutTour, workers: Sequence[Worker], order: Sequence[int], until_s: float) -> list[Stretch] | None:
    """Every worker in turn takes what it can bring home by `until_s`; None if something is left."""
    at, last = int(cuts.next_useful[0]), len(cuts.points) - 1
    stretches: list[Stretch] = []
    for i in order:
        worker = workers[i]
        now, sortie = worker.start_s, 0
        while at < last and len(stretches) < MOST_SORTIES:
            times = cuts.flight_times(at, worker)
            budget = min(worker.limit_s, until_s - now)
            fits = np.flatnonzero(times <= budget)
            if not len(fits):
                break
            end = at + 1 + int(fits[-1])
            stretches.append(Stretch(i, sortie, at, end))
            now += float(times[fits[-1]]) + worker.swap_s
            sortie += 1
            at = int(cuts.next_useful[end])
    return stretches if at >= last else None


def makespan(cuts: CutTour, stretches: Sequence[Stretch], workers: Sequence[Worker]) -> float:
    """When the last drone is home."""
    ends: dict[int, float] = {}
    for stretch in stretches:
        worker = workers[stretch.worker]
        flight = float(cuts.flight_times(stretch.first, worker)[stretch.last - stretch.first - 1])
        begin = ends[stretch.worker] + worker.swap_s if stretch.worker in ends else worker.start_s
        ends[stretch.worker] = begin + flight
    return max(ends.values())
