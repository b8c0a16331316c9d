"""How long a path takes: each straight piece is flown from standstill to standstill.

A multirotor slows down before a turn. The model is a trapezoid of speed (accelerate, cruise, brake)
between turns of 15 degrees or more; smaller bends are flown through. Ground speed by the wind triangle.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from missions.geodesy import Array
from missions.wind import ground_speed

STOP_AT_TURN_RAD = math.radians(15.0)
STRAIGHT_RAD = math.radians(1.0)
SAME_POINT_M = 0.3


@dataclass(frozen=True, slots=True)
class Motion:
    """Airspeed, acceleration and the wind's (east, north) vector, m/s and m/s2."""

    speed_m_s: float
    accel_m_s2: float
    wind: tuple[float, float] | None = None

    def still_air(self, length_m: float) -> float:
        """Seconds for a straight piece, stop to stop, without wind."""
        return trapezoid(length_m, self.speed_m_s, self.accel_m_s2)

    def still_air_each(self, lengths_m: Array) -> Array:
        """`still_air` of an array of any shape; infinite lengths take infinite time."""
        v, a = self.speed_m_s, self.accel_m_s2
        return np.where(lengths_m >= v * v / a, lengths_m / v + v / a, 2.0 * np.sqrt(lengths_m / a))

    def leg(self, start: tuple[float, float], end: tuple[float, float]) -> float:
        """Seconds for the straight piece from `start` to `end`, stop to stop, with the wind."""
        east, north = end[0] - start[0], end[1] - start[1]
        length = math.hypot(east, north)
        if length < 1e-6:
            return 0.0
        if self.wind is None:
            return trapezoid(length, self.speed_m_s, self.accel_m_s2)
        along = ground_speed(east / length, north / length, self.speed_m_s, self.wind)
        return trapezoid(length, along, self.accel_m_s2)

    def legs(self, starts: Array, ends: Array) -> Array:
        """`leg` for (n, 2) starts and ends."""
        d = ends - starts
        lengths = np.hypot(d[:, 0], d[:, 1])
        if self.wind is None:
            return self.still_air_each(lengths)
        unit = d / np.maximum(lengths, 1e-9)[:, None]
        along = unit @ np.asarray(self.wind)
        across = self.wind[0] ** 2 + self.wind[1] ** 2 - along**2
        v = np.maximum(0.1, along + np.sqrt(np.maximum(0.0, self.speed_m_s**2 - across)))
        v = np.where(across >= self.speed_m_s**2, 0.1, v)
        a = self.accel_m_s2
        return np.where(lengths >= v * v / a, lengths / v + v / a, 2.0 * np.sqrt(lengths / a))


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch flown without stopping: from `points[first]` to `points[last]`, starting at `start_s`."""

    start_s: float
    duration_s: float
    length_m: float
    speed_m_s: float
    first: int
    last: int


def trapezoid(length_m: float, speed_m_s: float, accel_m_s2: float) -> float:
    """Seconds from standstill to standstill."""
    if length_m >= speed_m_s * speed_m_s / accel_m_s2:
        return length_m / speed_m_s + speed_m_s / accel_m_s2
    return 2.0 * math.sqrt(length_m / accel_m_s2)


def slower_by(one: Motion, other: Motion) -> float:
    """The most by which a still-air time of `one` has to be multiplied to hold for `other` in its wind."""
    against = max(0.1, other.speed_m_s - (math.hypot(*other.wind) if other.wind else 0.0))
    ramp = (other.speed_m_s / other.accel_m_s2) / (one.speed_m_s / one.accel_m_s2)
    return max(one.speed_m_s / against, ramp, math.sqrt(one.accel_m_s2 / other.accel_m_s2))


def without_needless_points(points: Array) -> Array:
    """Points closer than 0.3 m to the one before, and those where the course hardly changes, left out."""
    kept = [points[0]]
    for point in points[1:]:
        if math.dist(point, kept[-1]) > SAME_POINT_M:
            kept.append(point)
    if len(kept) < 3:
        return np.array(kept if len(kept) > 1 else kept * 2)
    straight = [kept[0]]
    for before_turn, after_turn in pairwise(kept[1:]):
        if abs(_turn(straight[-1], before_turn, after_turn)) > STRAIGHT_RAD:
            straight.append(before_turn)
    return np.array([*straight, kept[-1]])


def _turn(a: Array, b: Array, c: Array) -> float:
    in_x, in_y, out_x, out_y = b[0] - a[0], b[1] - a[1], c[0] - b[0], c[1] - b[1]
    return math.atan2(in_x * out_y - in_y * out_x, in_x * out_x + in_y * out_y)


def pieces(points: Array, motion: Motion) -> list[Piece]:
    """The stop-to-stop pieces of a path, in order of time."""
    steps = np.diff(points, axis=0)
    course = np.arctan2(steps[:, 1], steps[:, 0])
    turns = np.abs((np.diff(course) + np.pi) % (2 * np.pi) - np.pi)
    stops = [0, *(int(i) + 1 for i in np.flatnonzero(turns >= STOP_AT_TURN_RAD)), len(points) - 1]
    result: list[Piece] = []
    now = 0.0
    for first, last in pairwise(stops):
        lengths = np.hypot(steps[first:last, 0], steps[first:last, 1])
        total = float(lengths.sum())
        if total < 1e-6:
            continue
        speed = total / _cruise_time(steps[first:last], lengths, motion)
        duration = trapezoid(total, speed, motion.accel_m_s2)
        result.append(Piece(now, duration, total, speed, first, last))
        now += duration
    return result


def _cruise_time(steps: Array, lengths: Array, motion: Motion) -> float:
    if motion.wind is None:
        return float(lengths.sum()) / motion.speed_m_s
    total = 0.0
    for (east, north), length in zip(steps.tolist(), lengths.tolist(), strict=True):
        if length > 1e-9:
            total += length / ground_speed(east / length, north / length, motion.speed_m_s, motion.wind)
    return total


def path_time(points: Array, motion: Motion) -> float:
    """Seconds to fly (n, 2) points in metres."""
    if len(points) < 2:
        return 0.0
    flown = pieces(without_needless_points(points), motion)
    return flown[-1].start_s + flown[-1].duration_s if flown else 0.0


def path_length(points: Array) -> float:
    """Metres along (n, 2) points."""
    steps = np.diff(points, axis=0)
    return float(np.hypot(steps[:, 0], steps[:, 1]).sum())


def positions_each_second(points: Array, motion: Motion, start_s: float) -> tuple[int, Array]:
    """Where the path is at every whole second from its start: (first second, (n, 2) metres)."""
    path = without_needless_points(points)
    flown = pieces(path, motion)
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(path, axis=0).T))])
    first = math.ceil(start_s)
    end = flown[-1].start_s + flown[-1].duration_s if flown else 0.0
    clock = np.arange(first, start_s + end + 1e-9) - start_s
    if not flown or not len(clock):
        return first, path[:1]
    index = np.searchsorted([piece.start_s for piece in flown], clock, side="right") - 1
    distance = _distance_along(flown, index, clock, motion.accel_m_s2) + along[[flown[i].first for i in index]]
    return first, np.column_stack([np.interp(distance, along, path[:, axis]) for axis in (0, 1)])


def _distance_along(flown: list[Piece], index: Any, clock: Array, accel: float) -> Array:
    start, duration, length, speed = (
        np.array([getattr(piece, name) for piece in flown])[index]
        for name in ("start_s", "duration_s", "length_m", "speed_m_s")
    )
    since = np.clip(clock - start, 0.0, duration)
    cruises = length >= speed**2 / accel
    ramp = np.where(cruises, speed / accel, duration / 2.0)
    rising, falling = 0.5 * accel * since**2, length - 0.5 * accel * (duration - since) ** 2
    steady = 0.5 * accel * ramp**2 + speed * (since - ramp)
    distance: Array = np.where(since <= ramp, rising, np.where(since < duration - ramp, steady, falling))
    return distance
