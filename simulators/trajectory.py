"""Legs flown from rest to rest with limited speed, acceleration and jerk, and their corners.

ArduCopter plans each leg as a rest-to-rest profile and lets the next leg begin while the last one
still brakes; the sum of both rounds the corner. The overlap is as long as the corner is passed
within the waypoint radius. Recorded: 90 degrees between long legs is passed 1.2-1.4 m inside at 2.9 m/s.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot, inf, sqrt

from simulators.spline import Curve, Point

__all__ = ["Leg", "Limits", "Point", "Profile", "overlap_s", "profile", "resumed"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a leg may ask of the airframe: m/s, m/s2 and m/s3."""

    speed_m_s: float
    climb_m_s: float
    descend_m_s: float
    accel_m_s2: float = 2.5
    accel_z_m_s2: float = 1.0
    jerk_m_s3: float = 0.94

    def along(self, direction: Point) -> tuple[float, float]:
        """Speed and acceleration allowed along a unit vector, so that no axis exceeds its own limit."""
        level, up = hypot(direction[0], direction[1]), direction[2]
        vertical = self.climb_m_s if up >= 0 else self.descend_m_s
        speed = min(self.speed_m_s / level if level > 1e-6 else inf, vertical / abs(up) if abs(up) > 1e-6 else inf)
        accel = min(
            self.accel_m_s2 / level if level > 1e-6 else inf, self.accel_z_m_s2 / abs(up) if abs(up) > 1e-6 else inf
        )
        return speed, accel


@dataclass(frozen=True, slots=True)
class Profile:
    """Distance over time on a leg: acceleration rises, holds and falls; braking is its mirror image."""

    length_m: float
    speed_m_s: float
    accel_m_s2: float
    ramp_s: float
    hold_s: float
    total_s: float

    @property
    def accel_s(self) -> float:
        return 2 * self.ramp_s + self.hold_s

    def at(self, time_s: float) -> tuple[float, float, float]:
        """Distance (m), speed (m/s) and acceleration (m/s2) at a time since the start."""
        if time_s <= 0 or self.total_s <= 0:
            return (0.0, 0.0, 0.0) if self.total_s > 0 else (self.length_m, 0.0, 0.0)
        if time_s >= self.total_s:
            return self.length_m, 0.0, 0.0
        if time_s * 2 <= self.total_s:
            return self._rising(time_s)
        distance, speed, accel = self._rising(self.total_s - time_s)
        return self.length_m - distance, speed, -accel

    def time_at_speed(self, speed_m_s: float) -> float:
        """When, on the way up, the speed is reached (its top where it is higher)."""
        low, high = 0.0, self.accel_s
        for _ in range(40):
            middle = (low + high) / 2
            if self._rising(middle)[1] < speed_m_s:
                low = middle
            else:
                high = middle
        return high

    def _rising(self, t: float) -> tuple[float, float, float]:
        a, ramp, hold = self.accel_m_s2, self.ramp_s, self.hold_s
        if t <= ramp:
            return a * t * t * t / (6 * ramp), a * t * t / (2 * ramp), a * t / ramp
        if t <= ramp + hold:
            u = t - ramp
            return a * ramp * ramp / 6 + a * ramp * u / 2 + a * u * u / 2, a * ramp / 2 + a * u, a
        end = self.accel_s
        if t <= end:
            w = end - t
            distance = self.speed_m_s * end / 2 - (self.speed_m_s * w - a * w * w * w / (6 * ramp))
            return distance, self.speed_m_s - a * w * w / (2 * ramp), a * w / ramp
        return self.speed_m_s * end / 2 + self.speed_m_s * (t - end), self.speed_m_s, 0.0


def profile(length_m: float, speed_m_s: float, accel_m_s2: float, jerk_m_s3: float) -> Profile:
    """The fastest rest-to-rest profile over `length_m` within the limits."""
    if length_m < 1e-6:
        return Profile(max(length_m, 0.0), 0.0, 0.0, 0.0, 0.0, 0.0)
    top = speed_m_s
    if top * _accel_time(top, accel_m_s2, jerk_m_s3) > length_m:
        low, high = 0.0, speed_m_s
        for _ in range(50):
            top = (low + high) / 2
            if top * _accel_time(top, accel_m_s2, jerk_m_s3) > length_m:
                high = top
            else:
                low = top
    peak = min(accel_m_s2, sqrt(top * jerk_m_s3))
    ramp = peak / jerk_m_s3
    hold = max(0.0, top / peak - ramp)
    accel_s = 2 * ramp + hold
    return Profile(length_m, top, peak, ramp, hold, 2 * accel_s + max(0.0, length_m - top * accel_s) / top)


def _accel_time(speed: float, accel: float, jerk: float) -> float:
    peak = min(accel, sqrt(speed * jerk))
    return peak / jerk + speed / peak


@dataclass(frozen=True, slots=True)
class Leg:
    """A line in three dimensions with its profile: straight, or along a curve."""

    start: Point
    end: Point
    direction: Point
    profile: Profile
    curve: Curve | None = None

    @classmethod
    def between(cls, start: Point, end: Point, limits: Limits) -> Leg:
        delta = (end[0] - start[0], end[1] - start[1], end[2] - start[2])
        length = sqrt(delta[0] ** 2 + delta[1] ** 2 + delta[2] ** 2)
        unit = (delta[0] / length, delta[1] / length, delta[2] / length) if length > 1e-6 else (1.0, 0.0, 0.0)
        speed, accel = limits.along(unit)
        return cls(start, end, unit, profile(length, speed, accel, limits.jerk_m_s3))

    @classmethod
    def along(cls, curve: Curve, limits: Limits) -> Leg:
        """A curved leg, no faster than its tightest bend allows."""
        straight = cls.between(curve.points[0], curve.points[-1], limits)
        speed, accel = limits.along(straight.direction)
        speed = min(speed, sqrt(limits.accel_m_s2 * curve.tightest_m()))
        return cls(
            straight.start, straight.end, straight.direction,
            profile(curve.length_m, speed, accel, limits.jerk_m_s3), curve,
        )  # fmt: skip

    def place(self, gone_m: float) -> tuple[Point, Point]:
        """The way from the start, and the unit vector of flight, after a distance."""
        if self.curve is None:
            d = self.direction
            return (gone_m * d[0], gone_m * d[1], gone_m * d[2]), d
        at, unit = self.curve.place(gone_m)
        return (at[0] - self.start[0], at[1] - self.start[1], at[2] - self.start[2]), unit

    @property
    def arriving(self) -> Point:
        """The vector with which the next curved leg begins."""
        if self.curve is not None:
            return self.curve.arriving
        return self.end[0] - self.start[0], self.end[1] - self.start[1], self.end[2] - self.start[2]


def resumed(leg: Leg, gone_m: float, speed_m_s: float, limits: Limits) -> tuple[Leg, float]:
    """A leg with other limits that passes the point `gone_m` down the old one at the speed flown there.

    It begins behind that point; the second value is the time since its beginning.
    """
    speed, accel = limits.along(leg.direction)
    run_up, left = 0.0, leg.profile.length_m - gone_m
    planned, time_s = leg.profile, 0.0
    for _ in range(4):
        planned = profile(left + run_up, speed, accel, limits.jerk_m_s3)
        time_s = planned.time_at_speed(min(speed_m_s, planned.speed_m_s))
        run_up = planned.at(time_s)[0]
    back = gone_m - run_up
    north, east, up = (leg.start[axis] + back * leg.direction[axis] for axis in range(3))
    return Leg((north, east, up), leg.end, leg.direction, planned), time_s


def overlap_s(leg: Leg, following: Leg, radius_m: float) -> float:
    """How long before its end `following` may begin, so that the corner is passed within `radius_m`."""
    first, second = leg.profile, following.profile
    high = min(first.accel_s, second.accel_s, first.total_s / 2, second.total_s / 2)
    if high <= 0:
        return 0.0
    ends = leg.place(first.length_m)[1], following.place(0.0)[1]
    cosine = sum(a * b for a, b in zip(*ends, strict=True))
    if _corner_miss(first, second, cosine, high) <= radius_m:
        return high
    low = 0.0
    for _ in range(30):
        middle = (low + high) / 2
        if _corner_miss(first, second, cosine, middle) > radius_m:
            high = middle
        else:
            low = middle
    return low


def _corner_miss(first: Profile, second: Profile, cosine: float, overlap: float) -> float:
    before = first.length_m - first.at(first.total_s - overlap / 2)[0]
    after = second.at(overlap / 2)[0]
    return sqrt(max(0.0, before * before + after * after - 2 * before * after * cosine))
