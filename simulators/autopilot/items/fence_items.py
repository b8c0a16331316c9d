"""Fence items as areas: what ArduCopter refuses, and whether a point is allowed.

Polygons are runs of vertices with the same count in param1; circles have their radius there. Level
places are metres in the vehicle's local frame.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import hypot, inf, sqrt

from simulators.local_frame import LocalFrame
from telemetry.services.mission_item import MissionItem

RETURN_POINT, POLYGON_IN, POLYGON_OUT, CIRCLE_IN, CIRCLE_OUT = 5000, 5001, 5002, 5003, 5004
_CODES = {RETURN_POINT: 95, POLYGON_IN: 98, POLYGON_OUT: 97, CIRCLE_IN: 92, CIRCLE_OUT: 93}
"""ArduCopter's own numbers of them, which its texts name."""
_LEAST_VERTICES, _NORTHMOST_E7, _EASTMOST_E7 = 3, 900_000_000, 1_800_000_000
_POLYGONS, _CIRCLES = frozenset({POLYGON_IN, POLYGON_OUT}), frozenset({CIRCLE_IN, CIRCLE_OUT})


def fence_problem(items: Sequence[MissionItem]) -> tuple[int, str] | None:
    """Severity and text of the first thing that is wrong with a whole fence; None where it is good."""
    kind, size, left, returns = 0, 0, 0, 0
    for item in items:
        if item.command in _POLYGONS:
            count = int(item.param1)
            problem = _vertex_problem(item.command, count, kind, size if left else 0)
            kind, size, left = item.command, count, (left or count) - 1
        else:
            problem = _single_problem(item, kind if left else 0, returns)
            returns += item.command == RETURN_POINT
        if problem is not None or abs(item.x) > _NORTHMOST_E7 or abs(item.y) > _EASTMOST_E7:
            return 4, problem or "Bad lat or lon"
    return (6, "Incorrect item count") if left else None


def _vertex_problem(command: int, count: int, kind: int, size: int) -> str | None:
    """`kind` and `size` are of the polygon it is in the middle of, size 0 = none."""
    if count < _LEAST_VERTICES:
        return f"Invalid vertex count ({count})"
    if size and command != kind:
        return f"Received incorrect vertex type (want={_CODES[kind]} got={_CODES[command]})"
    return f"Unexpected vertex count want={size} got={count}" if size and count != size else None


def _single_problem(item: MissionItem, kind: int, returns: int) -> str | None:
    """`kind` is of a polygon that is not whole yet, 0 = none."""
    if kind:
        return f"Received incorrect type (want={_CODES[kind]} got={_CODES[item.command]})"
    if item.command in _CIRCLES and not item.param1 > 0:
        return "Non-positive circle radius"
    return "Multiple return points" if item.command == RETURN_POINT and returns else None


@dataclass(frozen=True, slots=True)
class Polygon:
    points: tuple[tuple[float, float], ...]
    keep_in: bool

    def inside(self, north: float, east: float) -> bool:
        result = False
        for (n0, e0), (n1, e1) in pairwise((*self.points, self.points[0])):
            if (e0 > east) != (e1 > east) and north < (n1 - n0) * (east - e0) / (e1 - e0) + n0:
                result = not result
        return result

    def edge_ahead_m(self, north: float, east: float, way: tuple[float, float]) -> float:
        """Distance to the first edge along a unit vector; inf where there is none."""
        found = inf
        for a, b in pairwise((*self.points, self.points[0])):
            edge = b[0] - a[0], b[1] - a[1]
            across = way[0] * edge[1] - way[1] * edge[0]
            if across == 0:
                continue
            to_a = a[0] - north, a[1] - east
            distance = (to_a[0] * edge[1] - to_a[1] * edge[0]) / across
            along = (to_a[0] * way[1] - to_a[1] * way[0]) / across
            if distance >= 0 and 0 <= along <= 1:
                found = min(found, distance)
        return found


@dataclass(frozen=True, slots=True)
class Circle:
    north: float
    east: float
    radius_m: float
    keep_in: bool

    def inside(self, north: float, east: float) -> bool:
        return hypot(north - self.north, east - self.east) <= self.radius_m

    def edge_ahead_m(self, north: float, east: float, way: tuple[float, float]) -> float:
        """As of a polygon."""
        to_north, to_east = self.north - north, self.east - east
        middle = to_north * way[0] + to_east * way[1]
        inner = self.radius_m**2 - (to_north**2 + to_east**2 - middle**2)
        if inner < 0:
            return inf
        half = sqrt(inner)
        return next((d for d in (middle - half, middle + half) if d >= 0), inf)


@dataclass(frozen=True, slots=True)
class Areas:
    """All areas of a fence together."""

    shapes: tuple[Polygon | Circle, ...] = ()

    def allows(self, north: float, east: float) -> bool:
        """Inside every inclusion (ArduCopter's default), outside every exclusion."""
        return all(shape.inside(north, east) == shape.keep_in for shape in self.shapes)

    def edge_ahead_m(self, north: float, east: float, way: tuple[float, float]) -> float:
        return min((shape.edge_ahead_m(north, east, way) for shape in self.shapes), default=inf)


def areas_of(items: Sequence[MissionItem], frame: LocalFrame) -> Areas:
    """The areas of a fence without `fence_problem`s."""
    shapes: list[Polygon | Circle] = []
    index = 0
    while index < len(items):
        item = items[index]
        north, east = frame.to_local(item.x / 1e7, item.y / 1e7)
        if item.command in _POLYGONS:
            run = items[index : index + int(item.param1)]
            points = tuple(frame.to_local(vertex.x / 1e7, vertex.y / 1e7) for vertex in run)
            shapes.append(Polygon(points, item.command == POLYGON_IN))
            index += len(run)
            continue
        if item.command in _CIRCLES:
            shapes.append(Circle(north, east, item.param1, item.command == CIRCLE_IN))
        index += 1
    return Areas(tuple(shapes))
