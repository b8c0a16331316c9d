"""The tour cut into sorties: every drone is given as much as it can fly by the same moment.

The earliest moment T by which K drones can have flown a tour is found by bisection. For a given T and one
sortie a drone, all places where the first drones can have got to are known from where one fewer can have:
a drone may leave off early, near home, where the next one then begins. With several sorties a drone each
takes the longest stretch that it can fly. A cut may lie inside a lane. Way out, way home, battery swaps and
launch slots count; no sortie exceeds what the battery gives. Where batteries are swapped at pads too, a sortie
may end at the pad nearest by flight, and the next begins there; the last of each drone ends at home.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from missions.coverage.cuts import CutTour
from missions.geodesy import Array
from missions.timing import Motion

Flags = npt.NDArray[np.bool_]

BISECTIONS = 24
LONGEST_S = 1e7
FIRST_STEP = 0.04
"""Of the moment that is guessed: by how much others are tried later or sooner; each step is twice the last."""
PRECISE_S = 0.25
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
    `worker` is the place of the drone among the workers; `start` and `end` are stands (indices into the homes), None
    for the drone's own home."""

    worker: int
    sortie: int
    first: int
    last: int
    start: int | None = None
    end: int | None = None


def split(cuts: CutTour, workers: Sequence[Worker], order: Sequence[int] | None = None) -> list[Stretch] | None:
    """Stretches for all workers with the least makespan; None when some place is out of reach. The workers
    take their parts in `order`; without one, in the order in which the tour passes their homes."""
    order = _in_order_of_homes(cuts, workers) if order is None else order
    best, low, high = _bracket(cuts, workers, order)
    if best is None:
        return None
    for _ in range(BISECTIONS):
        if high - low < PRECISE_S:
            break
        middle = (low + high) / 2
        trial = _shared(cuts, workers, order, middle)
        if trial is None:
            low = middle
        else:
            best, high = trial, middle
    return best


def _bracket(
    cuts: CutTour, workers: Sequence[Worker], order: Sequence[int]
) -> tuple[list[Stretch] | None, float, float]:
    """Stretches, a moment by which they cannot be flown and one by which they are; away from a guess in steps that
    double."""
    guess, step = _likely_s(cuts, workers), FIRST_STEP
    best, moment = _shared(cuts, workers, order, guess), guess
    if best is None:
        while best is None and moment < LONGEST_S:
            low, moment = moment, guess * (1.0 + step)
            best, step = _shared(cuts, workers, order, moment), 2.0 * step
        return best, low, moment
    while moment > 0.0:
        high, moment = moment, max(0.0, guess * (1.0 - step))
        sooner, step = _shared(cuts, workers, order, moment), 2.0 * step
        if sooner is None:
            break
        best = sooner
    return best, moment, high


def _likely_s(cuts: CutTour, workers: Sequence[Worker]) -> float:
    """When all should be home: their shares of the tour, and the ways from and to home of a place like any other."""
    along = sum(1.0 / max(1.0, cuts.along_s(worker)) for worker in workers)
    ways = [float(np.mean(cuts.out(worker) + cuts.back(worker))) + worker.fixed_s for worker in workers]
    return min(1.0 / along + min(ways), LONGEST_S)


def _shared(cuts: CutTour, workers: Sequence[Worker], order: Sequence[int], until_s: float) -> list[Stretch] | None:
    """Stretches with which everybody is home by `until_s`; None when none are found."""
    once = _once(cuts, workers, order, until_s)
    swaps = any(worker.start_s + worker.limit_s < until_s for worker in workers)
    if once is not None or not swaps:
        return once
    found = _fill(cuts, workers, order, until_s)
    return fill_by_pads(cuts, workers, order, until_s) if found is None and cuts.pads else found


def _in_order_of_homes(cuts: CutTour, workers: Sequence[Worker]) -> list[int]:
    nearest = [int(np.argmin(cuts.out(worker) + cuts.back(worker))) for worker in workers]
    homes = {worker.home for worker in workers}
    return sorted(range(len(workers)), key=lambda i: (nearest[i] if len(homes) > 1 else 0, i))


@dataclass(frozen=True, slots=True)
class _Turn:
    """What one worker can do, looked at between two cuts: from `first`, at which it can begin, to the last where it
    can end, for which `needed` and `within` stand. `begun`: at which cuts from `first` on it can begin; `begin`:
    seconds that beginning there takes; `needed`: the least seconds of a sortie that ends at each cut after `first`;
    `within`: it is in time."""

    worker: int
    first: int
    begun: Flags
    begin: Array
    needed: Array
    within: Flags


def _once(cuts: CutTour, workers: Sequence[Worker], order: Sequence[int], until_s: float) -> list[Stretch] | None:
    """One sortie a worker, all home by `until_s`; None if that cannot be."""
    last = len(cuts.points) - 1
    begun = np.zeros(last + 1, dtype=bool)
    first = int(cuts.next_useful[0])
    begun[first] = True
    turns: list[_Turn] = []
    for i in order:
        worker = workers[i]
        budget = min(worker.limit_s, until_s - worker.start_s)
        begin, end = cuts.apart(worker)
        begins = np.where(begun[first:], begin[first:], np.inf)
        beyond = max(first + 1, cuts.within(worker, budget - float(begins.min())))
        needed = np.minimum.accumulate(begins[: beyond - first - 1]) + end[first + 1 : beyond]
        within = needed <= budget
        turns.append(_Turn(i, first, begun[first:], begins, needed, within))
        begun = begun.copy()
        begun[cuts.next_useful[first + 1 : beyond][within]] = True
        if begun[last]:
            return _traced(cuts, turns)
    return None


def _traced(cuts: CutTour, turns: Sequence[_Turn]) -> list[Stretch]:
    """The stretches, found from the end of the tour: each the quickest that gets there."""
    at = len(cuts.points) - 1
    stretches: list[Stretch] = []
    for turn in reversed(turns):
        if turn.begun[at - turn.first]:
            continue  # whoever came before had got that far
        after = turn.first + 1
        ends = np.flatnonzero(turn.within & (cuts.next_useful[after : after + len(turn.within)] == at))
        end = int(ends[np.argmin(turn.needed[ends])])
        at = turn.first + int(np.argmin(turn.begin[: end + 1]))
        stretches.append(Stretch(turn.worker, 0, at, after + end))
    return stretches[::-1]


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


def fill_by_pads(
    cuts: CutTour, workers: Sequence[Worker], order: Sequence[int], until_s: float
) -> list[Stretch] | None:
    """As `_fill`, where a sortie may end at a pad as long as the drone can still fly another one home."""
    at, last = int(cuts.next_useful[0]), len(cuts.points) - 1
    stretches: list[Stretch] = []
    for i in order:
        found, at = _by_pads(cuts, workers[i], i, at, until_s)
        stretches += found
    return stretches if at >= last and len(stretches) < MOST_SORTIES else None


def _by_pads(cuts: CutTour, worker: Worker, number: int, at: int, until_s: float) -> tuple[list[Stretch], int]:
    """What one worker takes from cut `at`, home in the end: the sorties, and the cut that comes next."""
    last, now, stand = len(cuts.points) - 1, worker.start_s, worker.home
    taken: list[Stretch] = []
    best: tuple[list[Stretch], int] = ([], at)
    while at < last and len(taken) < MOST_SORTIES:
        home = _farthest(cuts, worker, at, (stand, worker.home), until_s - now)
        if home is not None:
            end, _ = home
            best = [*taken, Stretch(number, len(taken), at, end, stand, worker.home)], int(cuts.next_useful[end])
        away = [(pad, _farthest(cuts, worker, at, (stand, pad), until_s - now)) for pad in (worker.home, *cuts.pads)]
        reached = [(found[0], -found[1], pad) for pad, found in away if found is not None]
        if not reached:
            break
        end, took, pad = max(reached)
        taken.append(Stretch(number, len(taken), at, end, stand, pad))
        now, stand, at = now - took + worker.swap_s, pad, int(cuts.next_useful[end])
    return best


def _farthest(
    cuts: CutTour, worker: Worker, at: int, stands: tuple[int, int], left_s: float
) -> tuple[int, float] | None:
    """The farthest cut to which a sortie between two stands can look within the battery and the time left, and the
    seconds that it takes; None where it can look at nothing."""
    times = cuts.flight_times(at, worker, *stands)
    possible = times <= min(worker.limit_s, left_s)
    if stands[1] != worker.home:  # something is left for the sortie that ends at home
        possible &= cuts.next_useful[at + 1 :] < len(cuts.points) - 1
    fits = np.flatnonzero(possible)
    return (at + 1 + int(fits[-1]), float(times[fits[-1]])) if len(fits) else None


def makespan(cuts: CutTour, stretches: Sequence[Stretch], workers: Sequence[Worker]) -> float:
    """When the last drone is home."""
    ends: dict[int, float] = {}
    for stretch in stretches:
        worker = workers[stretch.worker]
        times = cuts.flight_times(stretch.first, worker, stretch.start, stretch.end)
        flight = float(times[stretch.last - stretch.first - 1])
        begin = ends[stretch.worker] + worker.swap_s if stretch.worker in ends else worker.start_s
        ends[stretch.worker] = begin + flight
    return max(ends.values())
