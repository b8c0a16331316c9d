"""In which order, from which end and in which direction the cells are flown.

Every cell can be swept in four ways: from its first or last lane, starting at either end of it. The
choice of order and sweeps together is a generalised travelling salesman problem. It is solved by
insertion, 2-opt and or-opt with free choice of sweep, and seeded restarts by moving random stretches.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from missions.coverage.cells import Cell
from missions.ways.home_legs import HomeLegs
from missions.ways.transit import Point, Transit

FAR = 1e7
SWEEPS = 4


@dataclass(frozen=True, slots=True)
class Sweep:
    """A cell flown one way: the lanes as (start, end) points in order of flight."""

    lanes: tuple[tuple[Point, Point], ...]


def sweeps_of(cell: Cell) -> tuple[Sweep, Sweep, Sweep, Sweep]:
    """The four ways; 2 and 3 are 0 and 1 flown backwards."""
    ways = []
    for flip in (0, 1):
        lanes = [
            (lane.start, lane.end) if (i + flip) % 2 == 0 else (lane.end, lane.start) for i, lane in enumerate(cell)
        ]
        ways.append(Sweep(tuple(lanes)))
    back = [Sweep(tuple((end, start) for start, end in reversed(way.lanes))) for way in ways]
    return ways[0], ways[1], back[0], back[1]


class Tables:
    """Seconds of everything but the lanes. A stop is 4 * cell + sweep; `home` is the stop of the start point.

    `gap[a][b]`: from the end of sweep a to the start of sweep b, `gaps` the same as an array; `inside[a]`: the hops
    within sweep a.
    """

    def __init__(self, cells: Sequence[Cell], transit: Transit, home: HomeLegs | None) -> None:
        self.sweeps = [way for cell in cells for way in sweeps_of(cell)]
        self.home = len(self.sweeps)
        places: dict[Point, int] = {}
        for way in self.sweeps:
            places.setdefault(way.lanes[0][0], len(places))
        points = np.array(list(places))
        entry = np.array([places[way.lanes[0][0]] for way in self.sweeps])
        leave = np.array([places[way.lanes[-1][1]] for way in self.sweeps])
        between = np.minimum(transit.table(points), FAR)
        legs = np.minimum(home.seconds(points), FAR) if home else np.zeros(len(points))
        gap = np.zeros((self.home + 1, self.home + 1))
        gap[:-1, :-1] = between[np.ix_(leave, entry)]
        gap[-1, :-1], gap[:-1, -1] = legs[entry], legs[leave]
        self.gaps, self.gap = gap, gap.tolist()
        self.inside = [hop_seconds(way, transit) for way in self.sweeps]

    @property
    def cells(self) -> int:
        return self.home // SWEEPS

    def cost(self, stops: Sequence[int]) -> float:
        """Seconds of a whole round from home, lanes left out."""
        way = [self.home, *stops, self.home]
        return sum(self.gap[a][b] for a, b in pairwise(way)) + sum(self.inside[s] for s in stops)


def hop_seconds(way: Sweep, transit: Transit) -> float:
    """Straight hops from lane to lane; hops that have to bend cost a little more in truth."""
    if len(way.lanes) < 2:
        return 0.0
    ends = np.array([lane[1] for lane in way.lanes[:-1]])
    starts = np.array([lane[0] for lane in way.lanes[1:]])
    return float(transit.motion.still_air_each(np.hypot(*(ends - starts).T)).sum())


def best_order(tables: Tables, seed: int, rounds: int) -> list[int]:
    """Stops in the order to fly them, one a cell."""
    best: list[int] = []
    for cell in range(tables.cells):
        best = _inserted(tables, best, cell)[1]
    best = _improved(tables, best)
    if tables.cells < 2:
        return best
    best_cost = tables.cost(best)
    random = np.random.default_rng(seed)
    for _ in range(rounds):
        trial = _improved(tables, _shaken(best, random))
        cost = tables.cost(trial)
        if cost < best_cost - 1e-6:
            best, best_cost = trial, cost
    return best


def _inserted(tables: Tables, stops: list[int], cell: int) -> tuple[float, list[int]]:
    """The cell put in where it costs least: (seconds added, new order)."""
    way, gap = np.array([tables.home, *stops, tables.home]), tables.gaps
    ways_in = slice(SWEEPS * cell, SWEEPS * cell + SWEEPS)
    before, after = way[:-1], way[1:]
    added = gap[before, ways_in].T + gap[ways_in, after] - gap[before, after]
    added += np.array(tables.inside[ways_in])[:, None]
    sweep, at = divmod(int(added.argmin()), len(before))
    return float(added[sweep, at]), [*stops[:at], SWEEPS * cell + sweep, *stops[at:]]


def _improved(tables: Tables, stops: list[int]) -> list[int]:
    """2-opt and or-opt until neither helps."""
    better = True
    while better:
        stops, turned = _two_opt(tables, stops)
        stops, moved = _or_opt(tables, stops)
        better = turned or moved
    return stops


def backwards(stop: int) -> int:
    """The same sweep flown from its end to its start."""
    return stop ^ 2


def _two_opt(tables: Tables, stops: list[int]) -> tuple[list[int], bool]:
    improved, gap, home = False, tables.gap, tables.home
    for i in range(len(stops)):
        before = gap[stops[i - 1] if i else home]
        for j in range(i, len(stops)):
            after = stops[j + 1] if j + 1 < len(stops) else home
            old = before[stops[i]] + gap[stops[j]][after]
            new = before[stops[j] ^ 2] + gap[stops[i] ^ 2][after]
            if new < old - 1e-6:
                stops = [*stops[:i], *(stop ^ 2 for stop in reversed(stops[i : j + 1])), *stops[j + 1 :]]
                improved = True
    return stops, improved


def _or_opt(tables: Tables, stops: list[int]) -> tuple[list[int], bool]:
    improved, gap, home = False, tables.gap, tables.home
    for cell in [stop // SWEEPS for stop in stops]:
        at = next(i for i, stop in enumerate(stops) if stop // SWEEPS == cell)
        before = stops[at - 1] if at else home
        after = stops[at + 1] if at + 1 < len(stops) else home
        here = stops[at]
        saved = gap[before][here] + gap[here][after] + tables.inside[here] - gap[before][after]
        added, trial = _inserted(tables, [*stops[:at], *stops[at + 1 :]], cell)
        if added < saved - 1e-6:
            stops, improved = trial, True
    return stops, improved


def _shaken(stops: list[int], random: np.random.Generator) -> list[int]:
    """A stretch moved elsewhere, turned half of the time, and one sweep changed."""
    count = len(stops)
    i = int(random.integers(count))
    j = min(count, i + 1 + int(random.integers(max(1, count // 3))))
    stretch, rest = stops[i:j], [*stops[:i], *stops[j:]]
    if random.random() < 0.5:
        stretch = [backwards(stop) for stop in reversed(stretch)]
    at = int(random.integers(len(rest) + 1))
    shaken = [*rest[:at], *stretch, *rest[at:]]
    k = int(random.integers(count))
    shaken[k] = shaken[k] // SWEEPS * SWEEPS + int(random.integers(SWEEPS))
    return shaken
