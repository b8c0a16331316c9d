"""Gaps between lanes and rim, closed by small changes of the tour.

What the sorties leave unseen is cut into pieces. For each piece the cheapest change that sees it is looked
for: a lane flown on a little, a bend in a hop, or a spur. Those that show most ground a second are made
until they promise to show enough.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from missions.coverage.tour import Tour
from missions.geodesy import Array
from missions.measure import LANE_OF_SWATH
from missions.timing import path_time
from missions.ways.free_space import polygons
from missions.ways.transit import Transit

SMALLEST_PIECE_OF_SWATH2 = 0.001
WIDEST_PIECE_OF_SWATH = 0.9
PULL = 0.85
EXTENSIONS_OF_SWATH = (0.04, 0.08, 0.12, 0.16, 0.2, 0.25)
MOST_EXCESS_PIECES = 1.6
LEAST_COST_S = 0.2
OVERSHOOTS_OF_SWATH = (0.1, 0.2, 0.3, 0.4)
OVERSHOOT_WORTH = 0.7
REJOIN_RAD = math.radians(14.0)


@dataclass(frozen=True, slots=True)
class Change:
    """Points `first` .. `last` of the tour, both excluded, become `points`; `survey` are the legs between."""

    first: int
    last: int
    points: Array
    survey: tuple[bool, ...]
    cost_s: float
    gain_m2: float


def closer(transit: Transit, tour: Tour, swath: float, gap: Any, missing_m2: float) -> Tour:
    """`tour` with changes that promise to show `missing_m2` of `gap`, which is what nobody sees now. The same tour
    when nothing helps."""
    return _with_changes(tour, _changes(_Finder(transit, tour, swath), gap, missing_m2), missing_m2)


def _changes(finder: _Finder, gap: Any, missing: float) -> list[Change]:
    swath = finder.swath
    found: list[Change] = []
    looked_at = 0.0
    for piece in _pieces(gap, swath):
        if looked_at > MOST_EXCESS_PIECES * missing:
            break
        change = finder.cheapest(piece)
        if change is not None:
            found.append(change)
            looked_at += piece.area
    return sorted(found, key=lambda change: -change.gain_m2 / max(change.cost_s, LEAST_COST_S))


def _with_changes(tour: Tour, changes: list[Change], missing: float) -> Tour:
    """Changes in order of worth, one a place, until they promise to show what is missing."""
    taken: set[int] = set()
    chosen: list[Change] = []
    for change in changes:
        touched = set(range(change.first, change.last + 1))
        if missing > 0 and not touched & taken:
            chosen.append(change)
            taken |= touched
            missing -= change.gain_m2
    points, survey = tour.points, tour.survey
    for change in sorted(chosen, key=lambda change: -change.first):
        points = np.vstack([points[: change.first + 1], change.points, points[change.last :]])
        survey = (*survey[: change.first], *change.survey, *survey[change.last :])
    return Tour(points, survey)


def _pieces(gap: Any, swath: float) -> list[Any]:
    """The gap's pieces, the largest first; long ones cut so that one look suffices for each."""
    pieces: list[Any] = []
    step = WIDEST_PIECE_OF_SWATH * swath
    for piece in polygons(gap):
        if piece.area < SMALLEST_PIECE_OF_SWATH2 * swath**2:
            continue
        west, south, east, north = piece.bounds
        columns, rows = max(1, math.ceil((east - west) / step)), max(1, math.ceil((north - south) / step))
        if columns * rows == 1:
            pieces.append(piece)
            continue
        x, y = np.linspace(west, east, columns + 1), np.linspace(south, north, rows + 1)
        i, j = np.divmod(np.arange(columns * rows), rows)
        boxes = shapely.box(x[i], y[j], x[i + 1], y[j + 1])
        shapely.prepare(piece)
        met = boxes[shapely.intersects(piece, boxes)]
        pieces += polygons(shapely.GeometryCollection(shapely.get_parts(shapely.intersection(piece, met)).tolist()))
    return sorted(pieces, key=lambda part: -part.area)


class _Finder:
    """Finds the cheapest change of one tour that shows a piece."""

    def __init__(self, transit: Transit, tour: Tour, swath: float) -> None:
        self.space, self.tour, self.swath, self.transit = transit.space, tour, swath, transit
        self.starts, self.ends = tour.points[:-1], tour.points[1:]
        self.legs = shapely.linestrings(np.stack([self.starts, self.ends], axis=1))
        self.times = transit.motion.legs(self.starts, self.ends)
        self.survey = np.asarray(tour.survey)
        self.path = shapely.multilinestrings(self.legs[self.survey])
        shapely.prepare(self.path)

    def cheapest(self, piece: Any) -> Change | None:
        corners = np.asarray(piece.exterior.coords)[:-1]
        apart = shapely.distance(shapely.points(corners), self.path)
        far = corners[int(np.argmax(apart))]
        furthest = float(apart.max())
        if furthest < self.swath * 0.4:
            return None
        gaps = np.hypot(*(self.tour.points - far).T)
        options = [*self._moved_ends(far, gaps, furthest, piece.area), *self._looks(far, furthest, piece.area)]
        return min(options, key=lambda change: change.cost_s, default=None)

    def _moved_ends(self, far: Array, gaps: Array, furthest: float, area: float) -> list[Change]:
        """Ends of lanes near `far` moved: on in the direction of the lane, or on along the hop."""
        goal = self.swath / 2 + (1.0 - PULL) * (furthest - self.swath / 2)
        options: list[Change | None] = []
        for i in np.flatnonzero(gaps < 1.2 * self.swath).tolist():
            for step in (-1, 1):
                options.append(self._longer_lane(i, step, far, goal, area))
                options.append(self._longer_hop(i, step, far, goal, area))
        return [change for change in options if change is not None]

    def _longer_hop(self, i: int, step: int, far: Array, goal: float, area: float) -> Change | None:
        """The hop that joins the lane i .. i + step flown on past the lane, back onto it at a small angle."""
        points, other, beyond = self.tour.points, i + step, i - step
        if not (0 <= other < len(points) and 0 <= beyond < len(points)):
            return None
        lane, hop = points[other] - points[i], points[i] - points[beyond]
        length, width = float(np.hypot(*lane)), float(np.hypot(*hop))
        is_hop = 0.3 * self.swath < width < LANE_OF_SWATH * self.swath
        if not (is_hop and self.survey[min(i, other)] and length > self.swath):
            return None
        for share in OVERSHOOTS_OF_SWATH:
            past = points[i] + hop / width * share * self.swath
            if math.dist(past, far) <= goal:
                break
        else:
            return None
        along, across = (
            float(hop @ lane) / (width * length),
            float(hop[0] * lane[1] - hop[1] * lane[0]) / (width * length),
        )
        rejoin = share * self.swath * (along + abs(across) / math.tan(REJOIN_RAD))
        if rejoin > 0.8 * length or rejoin <= 0:
            return None
        back = points[i] + lane / length * rejoin
        return self._change(beyond, other, [past, back] if step > 0 else [back, past], area * OVERSHOOT_WORTH)

    def _change(self, one: int, other: int, new: list[Array], area: float) -> Change | None:
        """`new` in place of the single point between the points `one` and `other`; None if a leg is illegal."""
        points, first, last = self.tour.points, min(one, other), max(one, other)
        way = np.vstack([points[first], *new, points[last]])
        inside = shapely.covers(self.space.inner, shapely.points(new)).all()
        if not (inside and self.transit.visible(way[:-1], way[1:]).all()):
            return None
        before, after = points[max(0, first - 1) : first], points[last + 1 : last + 2]
        motion = self.transit.motion
        old = path_time(np.vstack([before, points[first : last + 1], after]), motion)
        cost = path_time(np.vstack([before, way, after]), motion) - old
        flags = self.tour.survey[first:last]
        return Change(
            first,
            last,
            np.array(new),
            (flags[0], *[flags[-1] if one < other else flags[0]] * (len(new) - 1), flags[-1]),
            cost,
            area,
        )

    def _longer_lane(self, i: int, step: int, far: Array, goal: float, area: float) -> Change | None:
        """Point `i` moved away from its neighbour `i + step` until it is within `goal` of `far`."""
        points, other, beyond = self.tour.points, i + step, i - step
        if not 0 <= other < len(points) or not self.survey[min(i, other)]:
            return None
        lane = points[i] - points[other]
        length = float(np.hypot(*lane))
        if length < LANE_OF_SWATH * self.swath or not 0 <= beyond < len(points):
            return None
        if self.survey[min(i, beyond)] and math.dist(points[i], points[beyond]) > LANE_OF_SWATH * self.swath:
            return None  # that would tilt the lane beyond
        for share in EXTENSIONS_OF_SWATH:
            moved = points[i] + lane / length * share * self.swath
            if math.dist(moved, far) <= goal:
                break
        else:
            return None
        return self._change(beyond, other, [moved], area)

    def _looks(self, far: Array, furthest: float, area: float) -> list[Change]:
        """A bend in a leg that is no lane, or a spur out and back, to a place nearer to `far`."""
        root = np.asarray(shapely.shortest_line(self.path, shapely.Point(far)).coords[0])
        target = root + (far - root) * max(0.05, PULL * (1.0 - self.swath / 2 / furthest))
        if not self.space.inner.covers(shapely.Point(target)):
            target = np.asarray(shapely.shortest_line(self.space.inner, shapely.Point(target)).coords[0])
        near = np.flatnonzero(shapely.distance(self.legs, shapely.Point(target)) < 1.2 * self.swath)
        if not len(near):
            return []
        starts, ends, motion = self.starts[near], self.ends[near], self.transit.motion
        goal = np.broadcast_to(target, (len(near), 2))
        short = np.hypot(*(ends - starts).T) < 2.0 * self.swath
        bend = motion.legs(starts, goal) + motion.legs(goal, ends) - self.times[near]
        way = ends - starts
        share = ((target - starts) * way).sum(axis=1) / np.maximum((way**2).sum(axis=1), 1e-9)
        roots = starts + np.clip(share, 0.0, 1.0)[:, None] * way
        spur = motion.legs(roots, goal) + motion.legs(goal, roots)
        spur += np.where((share > 0) & (share < 1), motion.speed_m_s / motion.accel_m_s2, 0.0)
        bend = np.where(short & self.transit.visible(starts, goal) & self.transit.visible(goal, ends), bend, np.inf)
        spur = np.where(self.transit.visible(roots, goal), spur, np.inf)
        b, s = int(np.argmin(bend)), int(np.argmin(spur))
        options: list[Change] = []
        if np.isfinite(bend[b]):
            leg = int(near[b])
            options.append(Change(leg, leg + 1, target[None], (True, True), float(bend[b]), area))
        if np.isfinite(spur[s]):
            leg = int(near[s])
            looks = self.tour.survey[leg]
            out_and_back = np.array([roots[s], target, roots[s]])
            options.append(Change(leg, leg + 1, out_and_back, (looks, True, True, looks), float(spur[s]), area))
        return options
