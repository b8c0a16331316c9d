"""Legs flown from rest to rest with limited speed, acceleration and jerk, and their corners.

ArduCopter plans each leg as a rest-to-rest profile and lets the next leg begin while the last one
still brakes; the sum of both rounds the corner. The overlap is as long as the corner is passed
within the waypoint radius. Recorded: 90 degrees between long legs is passed 1.2-1.4 m inside at 2.9 m/s.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import copysign, hypot, inf, sqrt

from simulators.autopilot.flight.spline import Curve, Point

__all__ = ["Leg", "Limits", "Point", "Profile", "changed", "overlap_s", "profile"]

SAME_M_S = 0.01
LEAST_CRUISE_S = 3.6  # twelve times the time in which ArduCopter raises its jerk


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

    @property
    def cruise_from_s(self) -> float:
        """When its top speed is reached."""
        return self.accel_s

    def at(self, time_s: float) -> tuple[float, float, float]:
        """Distance (m), speed (m/s) and acceleration (m/s2) at a time since the start."""
        if time_s <= 0 or self.total_s <= 0:
            return (0.0, 0.0, 0.0) if self.total_s > 0 else (self.length_m, 0.0, 0.0)
        if time_s >= self.total_s:
            return self.length_m, 0.0, 0.0
        if time_s * 2 <= self.total_s:
            return self.rising(time_s)
        distance, speed, accel = self.rising(self.total_s - time_s)
        return self.length_m - distance, speed, -accel

    def rising(self, t: float) -> tuple[float, float, float]:
        """As `at` while it speeds up; braking is the same, counted from the end."""
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

    def at_speed(self, time_s: float, limits: Limits) -> Leg:
        """The rest of a straight leg within other limits."""
        return replace(self, profile=changed(self.profile, time_s, limits.along(self.direction), limits.jerk_m_s3))

    @property
    def arriving(self) -> Point:
        """The vector with which the next curved leg begins."""
        if self.curve is not None:
            return self.curve.arriving
        return self.end[0] - self.start[0], self.end[1] - self.start[1], self.end[2] - self.start[2]


@dataclass(frozen=True, slots=True)
class _Change:
    """From one speed to another, level at both ends; `accel` has the sign of the change."""

    from_m_s: float
    to_m_s: float
    accel_m_s2: float
    ramp_s: float
    total_s: float

    @classmethod
    def between(cls, from_m_s: float, to_m_s: float, accel: float, jerk: float) -> _Change:
        size = abs(to_m_s - from_m_s)
        if size < SAME_M_S:
            return cls(from_m_s, from_m_s, 0.0, 0.0, 0.0)
        peak = min(accel, sqrt(size * jerk))
        return cls(from_m_s, to_m_s, copysign(peak, to_m_s - from_m_s), peak / jerk, peak / jerk + size / peak)

    @property
    def length_m(self) -> float:
        return (self.from_m_s + self.to_m_s) / 2 * self.total_s

    def at(self, t: float) -> tuple[float, float, float]:
        """Distance, speed and acceleration."""
        a, ramp = self.accel_m_s2, self.ramp_s
        if t <= ramp:
            gain = a * t * t / (2 * ramp)
            return self.from_m_s * t + gain * t / 3, self.from_m_s + gain, a * t / ramp
        left = self.total_s - t
        if left < ramp:
            gain = a * left * left / (2 * ramp)
            return self.length_m - self.to_m_s * left + gain * left / 3, self.to_m_s - gain, a * left / ramp
        u = t - ramp
        gone = self.from_m_s * t + a * (ramp * ramp / 6 + ramp * u / 2 + u * u / 2)
        return gone, self.from_m_s + a * (ramp / 2 + u), a


@dataclass(frozen=True, slots=True)
class Changed(Profile):
    """A profile that is left at `begun_s`, `gone_m` down the leg, for another speed; time counts on."""

    before: Profile
    begun_s: float
    gone_m: float
    change: _Change

    @property
    def cruise_from_s(self) -> float:
        return self.begun_s + self.change.total_s

    def at(self, time_s: float) -> tuple[float, float, float]:
        t, left = time_s - self.begun_s, self.total_s - time_s
        if t < 0:
            return self.before.at(time_s)
        if left <= 0:
            return self.length_m, 0.0, 0.0
        if t < self.change.total_s:
            distance, speed, accel = self.change.at(t)
            return self.gone_m + distance, speed, accel
        if left < self.accel_s:
            distance, speed, accel = self.rising(left)
            return self.length_m - distance, speed, -accel
        return self.gone_m + self.change.length_m + self.speed_m_s * (t - self.change.total_s), self.speed_m_s, 0.0


def changed(old: Profile, time_s: float, limits: tuple[float, float], jerk: float) -> Profile:
    """The rest of a profile at another speed (`limits` are speed and acceleration along it), as ArduCopter replans it.

    A vehicle that still speeds up stops doing so as soon as it can; after that the speed is changed only where the
    rest of the cruise is long enough (`LEAST_CRUISE_S`), and one that brakes goes on braking.
    """
    wanted, accel = limits
    if time_s >= old.total_s - old.accel_s:
        return old
    old = _cut_short(old, time_s, wanted)
    begun_s = max(time_s, old.cruise_from_s)
    gone_m, speed, _ = old.at(begun_s)
    left_m = old.length_m - gone_m
    cruise_m = left_m - old.speed_m_s * old.accel_s / 2
    top = wanted if wanted < speed else min(wanted, cruise_m / LEAST_CRUISE_S)
    change = _Change.between(speed, top, accel, jerk)
    needed_m = change.length_m + top * _accel_time(top, accel, jerk) / 2
    roomy = cruise_m > LEAST_CRUISE_S * speed and needed_m <= left_m
    if not roomy or abs(top - speed) < SAME_M_S:
        return old
    peak = min(accel, sqrt(top * jerk))
    ramp = peak / jerk
    total_s = begun_s + change.total_s + (left_m - needed_m) / top + _accel_time(top, accel, jerk)
    return Changed(
        old.length_m, top, peak, ramp, max(0.0, top / peak - ramp), total_s, old, begun_s, gone_m, change
    )  # fmt: skip


def _cut_short(old: Profile, time_s: float, wanted: float) -> Profile:
    """The profile with less of its full acceleration where that is not over yet."""
    full_until_s = old.ramp_s + old.hold_s
    if isinstance(old, Changed) or time_s > full_until_s or old.hold_s <= 0 or wanted >= old.speed_m_s:
        return old
    least = old.speed_m_s - old.accel_m_s2 * (full_until_s - max(time_s, old.ramp_s))
    top = max(wanted, least)
    hold_s = max(0.0, top / old.accel_m_s2 - old.ramp_s)
    accel_s = 2 * old.ramp_s + hold_s
    total_s = 2 * accel_s + max(0.0, old.length_m - top * accel_s) / top
    return replace(old, speed_m_s=top, hold_s=hold_s, total_s=total_s)


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
