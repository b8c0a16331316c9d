"""Curved legs: a cubic Hermite curve through two points with given directions at its ends, by arc length.

ArduCopter's SplineWP: it leaves in the direction of the leg before and arrives parallel to the next leg, or to
the line from its start to the next spline's end. Vectors longer together than four times the distance are cut.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import dist, inf

Point = tuple[float, float, float]
PIECES = 48
LONGEST_VECTORS = 4.0
SLOW_ENDS = 0.3
STILL: Point = (0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Curve:
    """Places along it with their distance from the start; `arriving` is the vector at its end, zero for a stop."""

    points: tuple[Point, ...]
    at_m: tuple[float, ...]
    arriving: Point

    @property
    def length_m(self) -> float:
        return self.at_m[-1]

    def place(self, gone_m: float) -> tuple[Point, Point]:
        """The place, and the unit vector of flight, after a distance."""
        index = max(1, min(len(self.points) - 1, bisect_right(self.at_m, gone_m)))
        before, after = self.points[index - 1], self.points[index]
        piece_m = self.at_m[index] - self.at_m[index - 1]
        share = max(0.0, min(1.0, (gone_m - self.at_m[index - 1]) / piece_m))
        unit = _scaled(_between(before, after), 1.0 / piece_m)
        return _plus(before, _scaled(unit, share * piece_m)), unit

    def tightest_m(self) -> float:
        """The smallest radius of its bends between its slow ends; inf for a straight line."""
        radii = [inf]
        ends_m = SLOW_ENDS * self.length_m
        middle = [p for p, at in zip(self.points, self.at_m, strict=True) if ends_m <= at <= self.length_m - ends_m]
        for (a, b), (c, d) in pairwise(pairwise(middle)):
            first, second = _between(a, b), _between(c, d)
            turn = dist(_scaled(first, 1.0 / dist(a, b)), _scaled(second, 1.0 / dist(c, d)))
            if turn > 1e-9:
                radii.append((dist(a, b) + dist(c, d)) / 2 / turn)
        return min(radii)


def curve(start: Point, end: Point, leaving: Point, arriving: Point) -> Curve:
    """`start` and `end` differ."""
    vectors = dist(leaving, STILL) + dist(arriving, STILL)
    most = LONGEST_VECTORS * dist(start, end)
    if vectors > most:
        leaving, arriving = _scaled(leaving, most / vectors), _scaled(arriving, most / vectors)
    points = tuple(_hermite(start, end, leaving, arriving, n / PIECES) for n in range(PIECES + 1))
    points = tuple(p for p, q in pairwise(points) if dist(p, q) > 1e-9) + points[-1:]
    return Curve(points, tuple(accumulate((dist(p, q) for p, q in pairwise(points)), initial=0.0)), arriving)


def _hermite(start: Point, end: Point, leaving: Point, arriving: Point, t: float) -> Point:
    square, cube = t * t, t * t * t
    weights = 2 * cube - 3 * square + 1, 3 * square - 2 * cube, cube - 2 * square + t, cube - square
    parts = (_scaled(p, weight) for p, weight in zip((start, end, leaving, arriving), weights, strict=True))
    total = STILL
    for part in parts:
        total = _plus(total, part)
    return total


def _plus(a: Point, b: Point) -> Point:
    return a[0] + b[0], a[1] + b[1], a[2] + b[2]


def _between(a: Point, b: Point) -> Point:
    return b[0] - a[0], b[1] - a[1], b[2] - a[2]


def _scaled(a: Point, by: float) -> Point:
    return a[0] * by, a[1] * by, a[2] * by
