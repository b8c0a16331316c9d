"""Ways between places that stay inside the area and out of zones.

A visibility graph: shortest ways bend only at inward corners, so the nodes are the corners of the
shrunk space and an edge is a straight leg that the corridor covers. Costs are seconds, stop to stop,
so that a way with fewer turns wins over a slightly shorter one.
"""

from __future__ import annotations

import math
from functools import cached_property

import numpy as np
import numpy.typing as npt
import shapely

from missions.geodesy import Array
from missions.timing import Motion
from missions.ways.free_space import FreeSpace, polygons
from missions.ways.sketch import Sketch

Point = tuple[float, float]


class Transit:
    """Ways inside one area. `corners` (n, 2), `between` (n, n) seconds.

    Open ground is crossed only between areas that lie apart. `has_islands`: some place cannot be reached
    from another without leaving the area; a sortie never joins such places.
    """

    def __init__(self, space: FreeSpace, motion: Motion, *, outward: bool = False) -> None:
        self.space = space
        self.motion = motion
        self.corners = space.corners(outward=outward)
        self._outlines = polygons(space.outline)
        self.has_islands = len(polygons(space.inner)) > 1
        shapely.prepare(space.corridor)
        self._open = space.blocked.buffer(space.clearance_m / 2) if not space.blocked.is_empty else space.blocked
        shapely.prepare(self._open)
        cost = self._costs(self.corners, self.corners)
        self.between, self._next = _all_shortest(cost)

    @cached_property
    def sketch(self) -> Sketch:
        """Where legs inside the areas lead, roughly."""
        return Sketch(self.space.outline if len(self._outlines) > 1 else self.space.corridor)

    def visible(self, starts: Array, ends: Array) -> npt.NDArray[np.bool_]:
        """(n,) bool: may the straight legs be flown?"""
        legs = shapely.linestrings(np.stack([starts, ends], axis=1))
        inside = shapely.covers(self.space.corridor, legs)
        if len(self._outlines) > 1 and not inside.all():
            apart = self._outline_of(starts) != self._outline_of(ends)
            inside = inside | (apart & ~shapely.intersects(self._open, legs))
        result: npt.NDArray[np.bool_] = inside
        return result

    def _outline_of(self, points: Array) -> Array:
        result = np.full(len(points), -1)
        for i, part in enumerate(self._outlines):
            result[shapely.covers(part, shapely.points(points))] = i
        return result

    def _costs(self, starts: Array, ends: Array) -> Array:
        """(n, m) seconds of the straight legs, infinite where they are not allowed."""
        cost = np.full((len(starts), len(ends)), np.inf)
        if cost.size:
            i, j = np.divmod(np.arange(cost.size), len(ends))
            seen = self.visible(starts[i], ends[j])
            gap = np.hypot(*(starts[i] - ends[j]).T)
            cost[i[seen], j[seen]] = self.motion.still_air_each(gap)[seen]
        return cost

    def to_corners(self, points: Array) -> Array:
        """(n, corners) seconds of the straight legs from the points."""
        return self._costs(points, self.corners)

    def table(self, points: Array) -> Array:
        """(n, n) seconds between all points."""
        return WayTable(self).between(points)

    def way(self, start: Point, end: Point) -> list[Point]:
        """The bends between two places, without them; empty when the straight leg is allowed or none is."""
        ends = np.array([start, end])
        if bool(self.visible(ends[:1], ends[1:])[0]) or not len(self.corners):
            return []
        near = self.to_corners(ends)
        total = near[0][:, None] + self.between + near[1][None]
        best = int(np.argmin(total))
        i, j = divmod(best, len(self.corners))
        return self.corner_path(i, j) if np.isfinite(total[i, j]) else []

    def corner_path(self, i: int, j: int) -> list[Point]:
        """The corners on the shortest way from corner i to corner j, both included."""
        path = [i]
        while path[-1] != j:
            path.append(int(self._next[path[-1], j]))
        return [(float(self.corners[n, 0]), float(self.corners[n, 1])) for n in path]


def _all_shortest(cost: Array) -> tuple[Array, npt.NDArray[np.int_]]:
    """Floyd and Warshall: (n, n) seconds, and the next node on the way."""
    best = cost.copy()
    np.fill_diagonal(best, 0.0)
    onward = np.tile(np.arange(len(cost)), (len(cost), 1))
    for k in range(len(cost)):
        through = best[:, k : k + 1] + best[k]
        better = through < best - 1e-9
        best = np.where(better, through, best)
        onward = np.where(better, onward[:, k : k + 1], onward)
    return best, onward


class WayTable:
    """Seconds between places, worked out once for each pair however often it is asked.

    Beyond `sight_m` straight legs are looked for on a sketch only.
    """

    def __init__(self, transit: Transit, sight_m: float = math.inf) -> None:
        self._transit = transit
        self._sight_m = sight_m
        self._at: dict[Point, int] = {}
        self._points = np.zeros((0, 2))
        self._near = np.zeros((0, len(transit.corners)))
        self._seconds = np.zeros((0, 0))

    def between(self, points: Array) -> Array:
        """(n, n) seconds between all points."""
        keys: list[Point] = [(x, y) for x, y in points.tolist()]
        new = [key for key in dict.fromkeys(keys) if key not in self._at]
        if new:
            self._add(np.array(new))
            self._at |= {key: len(self._at) + i for i, key in enumerate(new)}
        at = [self._at[key] for key in keys]
        return self._seconds[np.ix_(at, at)]

    def _add(self, new: Array) -> None:
        transit, old = self._transit, len(self._points)
        self._points = np.vstack([self._points, new])
        count = len(self._points)
        i, j = np.triu_indices(count)
        away = np.hypot(*(self._points[i] - self._points[j]).T)
        asked = j >= old
        i, j, away = i[asked], j[asked], away[asked]
        seen, near = np.zeros(len(i), dtype=bool), away <= self._sight_m
        seen[near] = transit.visible(self._points[i[near]], self._points[j[near]])
        seen[~near] = transit.sketch.seems_visible(self._points[i[~near]], self._points[j[~near]])
        seconds = np.full((count, count), np.inf)
        seconds[:old, :old] = self._seconds
        seconds[i, j] = seconds[j, i] = np.where(seen, transit.motion.still_air_each(away), np.inf)
        if len(transit.corners):
            self._near = np.vstack([self._near, transit.to_corners(new)])
            for row in range(old, count):
                onward = (self._near[row][:, None] + transit.between).min(axis=0)
                seconds[row] = np.minimum(seconds[row], (onward[None] + self._near).min(axis=1))
            seconds[:old, old:] = seconds[old:, :old].T
        self._seconds = seconds
