"""In which order, from which end and in which direction the cells are flown.

Every cell can be swept in four ways: from its first or last lane, starting at either end of it. The
choice of order and sweeps together is a generalised travelling salesman problem. It is solved by
insertion, 2-opt and or-opt with free choice of sweep, and seeded restarts by moving random stretches.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from missions.cells import Cell
from missions.geodesy import Array
from missions.home_legs import HomeLegs
from missions.transit import Point, Transit

FAR = 1e7
HOME = (-1, 0)
Stop = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Sweep:
    """A cell flown one way: the lanes as (start, end) points in order of flight."""

    lanes: tuple[tuple[Point, Point], ...]


def sweeps_of(cell: Cell) -> tuple[Sweep, Sweep, Sweep, Sweep]:
    """The four ways; 2 and 3 are 0 and 1 flown backwards."""
    ways = []
    for flip in (0, 1):
        lanes = [(lane.start, lane.end) if (i + flip) % 2 == 0 else (lane.end, lane.start) for i, lane in enumerate(cell)]
        ways.append(Sweep(tuple(lanes)))
    back = [Sweep(tuple((end, start) for start, end in reversed(way.lanes))) for way in ways]
    return ways[0], ways[1], back[0], back[1]


class Tables:
    """Seconds between the ends of all sweeps, and inside each sweep beyond its lanes."""

    def __init__(self, cells: Sequence[Cell], transit: Transit, home: HomeLegs | None) -> None:
        self.sweeps = [sweeps_of(cell) for cell in cells]
        points: list[Point] = []
        index: dict[Point, int] = {}
        for point in (p for ways in self.sweeps for way in ways for p in (way.lanes[0][0], way.lanes[-1][1])):
            if point not in index:
                index[point] = len(points)
                points.append(point)
        array = np.array(points)
        between = np.minimum(transit.table(array), FAR)
        legs = np.minimum(home.seconds(array), FAR) if home else np.zeros(len(points))
        self.between: list[list[float]] = between.tolist()
        self.home: list[float] = legs.tolist()
        self.entry = [[index[way.lanes[0][0]] for way in ways] for ways in self.sweeps]
        self.leave = [[index[way.lanes[-1][1]] for way in ways] for ways in self.sweeps]
        inside = [[hop_seconds(way, transit) for way in ways[:2]] for ways in self.sweeps]
        self.inside = [[a, b, a, b] for a, b in inside]

    def gap(self, a: Stop, b: Stop) -> float:
        """Seconds from the end of one sweep to the start of the next; HOME stands for the start point."""
        if a[0] < 0:
            return 0.0 if b[0] < 0 else self.home[self.entry[b[0]][b[1]]]
        if b[0] < 0:
            return self.home[self.leave[a[0]][a[1]]]
        return self.between[self.leave[a[0]][a[1]]][self.entry[b[0]][b[1]]]

    def cost(self, stops: Sequence[Stop]) -> float:
        """Seconds of a whole round from home, lanes left out."""
        way = [HOME, *stops, HOME]
        gaps = sum(self.gap(a, b) for a, b in zip(way, way[1:], strict=False))
        return gaps + sum(self.inside[cell][sweep] for cell, sweep in stops)


def hop_seconds(way: Sweep, transit: Transit) -> float:
    """Straight hops from lane to lane; hops that have to bend cost a little more in truth."""
    if len(way.lanes) < 2:
        return 0.0
    ends = np.array([lane[1] for lane in way.lanes[:-1]])
    starts = np.array([lane[0] for lane in way.lanes[1:]])
    return float(transit.motion.still_air_each(np.hypot(*(ends - starts).T)).sum())


def best_order(tables: Tables, seed: int, rounds: int | None = None) -> list[Stop]:
    """Cells with their sweeps in the order to fly them."""
    count = len(tables.sweeps)
    best = _improved(tables, _by_insertion(tables))
    if count < 2:
        return best
    best_cost = tables.cost(best)
    random = np.random.default_rng(seed)
    for _ in range(rounds if rounds is not None else max(4, min(30, 600 // count))):
        trial = _improved(tables, _shaken(best, random))
        cost = tables.cost(trial)
        if cost < best_cost - 1e-6:
            best, best_cost = trial, cost
    return best


def _by_insertion(tables: Tables) -> list[Stop]:
    """Each cell where it costs least, large gaps first by number of cells placed."""
    stops: list[Stop] = []
    for cell in range(len(tables.sweeps)):
        stops = _inserted(tables, stops, cell)[1]
    return stops


def _inserted(tables: Tables, stops: list[Stop], cell: int) -> tuple[float, list[Stop]]:
    way = [HOME, *stops, HOME]
    best, at, chosen = float("inf"), 0, (cell, 0)
    for i in range(len(way) - 1):
        before, after = way[i], way[i + 1]
        saved = tables.gap(before, after)
        for sweep in range(4):
            stop = (cell, sweep)
            added = tables.gap(before, stop) + tables.gap(stop, after) + tables.inside[cell][sweep] - saved
            if added < best - 1e-9:
                best, at, chosen = added, i, stop
    return best, [*stops[:at], chosen, *stops[at:]]


def _improved(tables: Tables, stops: list[Stop]) -> list[Stop]:
    """2-opt and or-opt until neither helps."""
    better = True
    while better:
        stops, turned = _two_opt(tables, stops)
        stops, moved = _or_opt(tables, stops)
        better = turned or moved
    return stops


def backwards(stop: Stop) -> Stop:
    return stop[0], (stop[1] + 2) % 4


def _two_opt(tables: Tables, stops: list[Stop]) -> tuple[list[Stop], bool]:
    improved = False
    gap = tables.gap
    for i in range(len(stops)):
        for j in range(i, len(stops)):
            before = stops[i - 1] if i else HOME
            after = stops[j + 1] if j + 1 < len(stops) else HOME
            old = gap(before, stops[i]) + gap(stops[j], after)
            new = gap(before, backwards(stops[j])) + gap(backwards(stops[i]), after)
            if new < old - 1e-6:
                stops = [*stops[:i], *(backwards(stop) for stop in reversed(stops[i : j + 1])), *stops[j + 1 :]]
                improved = True
    return stops, improved


def _or_opt(tables: Tables, stops: list[Stop]) -> tuple[list[Stop], bool]:
    improved = False
    for cell, _ in tuple(stops):
        at = next(i for i, stop in enumerate(stops) if stop[0] == cell)
        before = stops[at - 1] if at else HOME
        after = stops[at + 1] if at + 1 < len(stops) else HOME
        here = stops[at]
        saved = tables.gap(before, here) + tables.gap(here, after) + tables.inside[cell][here[1]]
        saved -= tables.gap(before, after)
        added, trial = _inserted(tables, [*stops[:at], *stops[at + 1 :]], cell)
        if added < saved - 1e-6:
            stops, improved = trial, True
    return stops, improved


def _shaken(stops: list[Stop], random: np.random.Generator) -> list[Stop]:
    """A stretch moved elsewhere, turned half of the time, and a few sweeps changed."""
    count = len(stops)
    i = int(random.integers(count))
    j = min(count, i + 1 + int(random.integers(max(1, count // 3))))
    stretch, rest = stops[i:j], [*stops[:i], *stops[j:]]
    if random.random() < 0.5:
        stretch = [backwards(stop) for stop in reversed(stretch)]
    at = int(random.integers(len(rest) + 1))
    shaken = [*rest[:at], *stretch, *rest[at:]]
    k = int(random.integers(count))
    shaken[k] = (shaken[k][0], int(random.integers(4)))
    return shaken


def points_array(points: Sequence[Point]) -> Array:
    return np.array(points, dtype=np.float64).reshape(-1, 2)
