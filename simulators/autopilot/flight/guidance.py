"""Moving setpoints: along a chain of legs, to one point, at a velocity, to a stop, up and down.

Each shaper is stepped with the time and writes into a Setpoint; none knows the vehicle's mode.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot, inf, sqrt

from simulators.airframe import Airframe, Setpoint
from simulators.autopilot.flight.trajectory import Leg, Limits, Point, overlap_s

PACE_LAG_S, PACE_SPARE = 2.5, 0.05
GUIDED_ACCEL = 2.5
GUIDED_BRAKE = 1.42
CLIMB_BRAKE = 0.55
GUIDED_JERK = 5.0
POINT_GAIN = 3.0
ACROSS = sqrt(0.5)
STOPS = {"brake": (7.5, 0.0), "loiter": (4.1, POINT_GAIN), "velocity": (2.5, 0.0)}
"""Acceleration of each kind of stop, and the gain it is asked for with (0 = what the jerk allows)."""


@dataclass(slots=True)
class _Running:
    """A leg being flown: how far in time, and how fast that time passes (below 1 = slower than planned)."""

    leg: Leg
    speed_m_s: float
    time_s: float = 0.0
    scale: float = 1.0

    @property
    def braking(self) -> bool:
        profile = self.leg.profile
        return self.time_s > profile.total_s - profile.accel_s

    def pass_time(self, dt: float, wanted_m_s: float) -> None:
        change = GUIDED_ACCEL / max(self.speed_m_s, 1.0) * dt
        target = min(1.0, wanted_m_s / self.speed_m_s)
        self.scale += max(-change, min(change, target - self.scale))
        self.time_s += dt * self.scale


class LegTrack:
    """Follows a leg and blends into the next one where the corner may be cut.

    `reached` turns true once the current leg is done: at the closest point of a cut corner, or at
    rest. The caller then calls `advance`.
    """

    def __init__(self, leg: Leg, speed_m_s: float, radius_m: float = 2.0) -> None:
        self._radius_m = radius_m
        self.speed_m_s = speed_m_s
        self._current = _Running(leg, speed_m_s)
        self._previous: _Running | None = None
        self._next: _Running | None = None
        self._overlap_s = 0.0
        self._pace = 1.0
        self.paused = False

    @property
    def leg(self) -> Leg:
        return self._current.leg

    @property
    def has_next(self) -> bool:
        return self._next is not None

    @property
    def next_started(self) -> bool:
        return self._next is not None and self._next.time_s > 0

    def follow_with(self, leg: Leg | None) -> None:
        """Give the leg to blend into; None = stop at the end. Ignored once the next leg has begun."""
        if self.next_started:
            return
        self._next = _Running(leg, self.speed_m_s) if leg else None
        self._overlap_s = overlap_s(self.leg, leg, self._radius_m) if leg else 0.0

    @property
    def reached(self) -> bool:
        current = self._current
        left = current.leg.profile.total_s - current.time_s
        if self._next is None:
            return left <= 0
        return self._next.time_s > 0 and self._next.time_s >= left

    def change_speed(self, speed_m_s: float, limits: Limits) -> None:
        """On the leg that is flown and on the next one; a curve is flown slower only, until the next leg."""
        self.speed_m_s = speed_m_s
        corner_cut = self.next_started
        for running in (self._current, self._next):
            if running is not None and running.leg.curve is None:
                running.leg = running.leg.at_speed(running.time_s, limits)
                running.speed_m_s = speed_m_s
        if self._previous is not None:
            self._previous.speed_m_s = speed_m_s
        if self._next is not None and not corner_cut:
            following = self._next.leg
            self.follow_with(Leg.between(self.leg.end, following.end, limits) if following.curve is None else following)

    def advance(self) -> None:
        """The next leg becomes the current one; only where there is one."""
        if self._next is None:
            raise ValueError("no leg to advance to")
        self._previous, self._current, self._next = self._current, self._next, None
        self._overlap_s = 0.0

    def step(self, dt: float, frame: Airframe, out: Setpoint) -> None:
        self._pace += (self._can_follow(frame, out) - self._pace) * dt / PACE_LAG_S
        rate = self._pace
        wanted = 0.0 if self.paused else self.speed_m_s
        for running in (self._previous, self._current):
            if running:
                running.pass_time(dt * rate, wanted)
        left = self._current.leg.profile.total_s - self._current.time_s
        if self._next and left <= self._overlap_s:
            self._next.pass_time(dt * rate, wanted)
        if self._previous and self._previous.time_s >= self._previous.leg.profile.total_s:
            self._previous = None
        self._write(out)

    def _can_follow(self, frame: Airframe, out: Setpoint) -> float:
        """How fast time may pass on the leg (0 to 1) so that the vehicle, as it flies now, keeps up."""
        speed = sqrt(out.north_m_s**2 + out.east_m_s**2 + out.climb_m_s**2)
        if speed < 1e-6:
            return 1.0
        unit = out.north_m_s / speed, out.east_m_s / speed, out.climb_m_s / speed
        behind = out.north_m - frame.north_m, out.east_m - frame.east_m, out.up_m - frame.up_m
        flown = frame.north_m_s, frame.east_m_s, frame.climb_m_s
        along = sum((velocity - gap) * axis for velocity, gap, axis in zip(flown, behind, unit, strict=True))
        return max(0.0, min(1.0, PACE_SPARE + along / speed))

    def _write(self, out: Setpoint) -> None:
        at = list(self._current.leg.start)
        velocity = [0.0, 0.0, 0.0]
        accel = [0.0, 0.0, 0.0]
        for running, offset in ((self._previous, True), (self._current, False), (self._next, False)):
            if running is None:
                continue
            leg = running.leg
            distance, speed, push = leg.profile.at(running.time_s)
            way, unit = leg.place(distance)
            pace = running.scale
            for axis in range(3):
                along = unit[axis]
                at[axis] += way[axis] - (leg.end[axis] - leg.start[axis] if offset else 0.0)
                velocity[axis] += speed * pace * along
                accel[axis] += push * pace * pace * along
        out.north_m, out.east_m, out.up_m = at
        out.north_m_s, out.east_m_s, out.climb_m_s = velocity
        out.north_m_s2, out.east_m_s2, out.climb_m_s2 = accel


def braking_speed(distance_m: float, accel: float, gain: float = 1.0) -> float:
    """The speed at which a vehicle may be `distance_m` from its stop: linear close by, a root further off."""
    knee = accel / (gain * gain)
    if distance_m <= knee:
        return gain * distance_m
    return sqrt(2 * accel * (distance_m - knee / 2))


class PointShaper:
    """Moves the setpoint to a point in three dimensions, or at a velocity, with limited acceleration and jerk."""

    def __init__(self, frame: Airframe, limits: Limits, standing_at: Point | None = None) -> None:
        """`standing_at` is a place that the setpoint stands at from the start; None: it moves as the vehicle does."""
        self.limits = limits
        self._at = list(standing_at or (frame.north_m, frame.east_m, frame.up_m))
        self._velocity = [0.0] * 3 if standing_at else [frame.north_m_s, frame.east_m_s, frame.climb_m_s]
        self._accel = [0.0, 0.0, 0.0]
        self.target: Point = (frame.north_m, frame.east_m, frame.up_m)
        self.velocity: Point | None = None
        self.accel_limit, self._gain = GUIDED_ACCEL, POINT_GAIN

    def brake_as(self, how: str) -> None:
        """Which of STOPS is flown from now on."""
        self.accel_limit, self._gain = STOPS[how]

    def go_to(self, target: Point) -> None:
        self.target, self.velocity = target, None

    def move_at(self, velocity: Point) -> None:
        """Fly at a velocity (north, east, up); a still setpoint then stays where it has come to rest."""
        self.velocity = velocity

    @property
    def distance_m(self) -> float:
        return sqrt(sum((a - b) ** 2 for a, b in zip(self.target, self._at, strict=True)))

    def step(self, dt: float, out: Setpoint) -> None:
        wanted = self.velocity if self.velocity is not None else self._wanted()
        gap = wanted[0] - self._velocity[0], wanted[1] - self._velocity[1]
        level = self._level_ask(gap) if self.velocity is not None else _steered(gap, wanted[:2], self.accel_limit)
        ask = (*level, max(-1.1, min(1.1, 3.0 * (wanted[2] - self._velocity[2]))))
        jerk = GUIDED_JERK * dt
        for axis in range(3):
            self._accel[axis] += max(-jerk, min(jerk, ask[axis] - self._accel[axis]))
            self._velocity[axis] += self._accel[axis] * dt
            self._at[axis] += self._velocity[axis] * dt
        out.north_m, out.east_m, out.up_m = self._at
        out.north_m_s, out.east_m_s, out.climb_m_s = self._velocity
        out.north_m_s2, out.east_m_s2, out.climb_m_s2 = self._accel

    def _level_ask(self, gap: tuple[float, float]) -> tuple[float, float]:
        """The acceleration that brings the velocity there: as much as can be taken back in time with the jerk."""
        size, limit, gain = hypot(*gap), self.accel_limit, self._gain
        if size < 1e-9:
            return 0.0, 0.0
        if gain > 0:
            ask = min(gain, limit / size)
            return gap[0] * ask, gap[1] * ask
        ask = braking_speed(size, GUIDED_JERK, GUIDED_JERK / limit) / size
        return _cornered((self._velocity[0], self._velocity[1]), (gap[0] * ask, gap[1] * ask), limit)

    def _wanted(self) -> Point:
        gap = [a - b for a, b in zip(self.target, self._at, strict=True)]
        distance = sqrt(gap[0] ** 2 + gap[1] ** 2 + gap[2] ** 2)
        if distance < 1e-9:
            return (0.0, 0.0, 0.0)
        unit = (gap[0] / distance, gap[1] / distance, gap[2] / distance)
        speed, _ = self.limits.along(unit)
        level = hypot(unit[0], unit[1])
        accel = min(
            GUIDED_BRAKE / level if level > 1e-6 else inf, CLIMB_BRAKE / abs(unit[2]) if abs(unit[2]) > 1e-6 else inf
        )
        speed = min(speed, braking_speed(distance, accel))
        return (unit[0] * speed, unit[1] * speed, unit[2] * speed)


def _steered(gap: tuple[float, float], wanted: tuple[float, float], limit: float) -> tuple[float, float]:
    """The acceleration that brings the velocity to the wanted one on the way to a point, within its limit: as
    ArduCopter keeps some of it for what is across the way."""
    size, speed = hypot(*gap), hypot(*wanted)
    if size < 1e-9:
        return 0.0, 0.0
    ask = braking_speed(size, GUIDED_JERK, POINT_GAIN)
    accel = gap[0] * ask / size, gap[1] * ask / size
    unit = (wanted[0] / speed, wanted[1] / speed) if speed > 1e-9 else (1.0, 0.0)
    along, across = accel[0] * unit[0] + accel[1] * unit[1], accel[1] * unit[0] - accel[0] * unit[1]
    if speed <= 1e-9 or abs(along) <= abs(across):
        share = min(1.0, limit / ask)
        return accel[0] * share, accel[1] * share
    across = max(-limit * ACROSS, min(limit * ACROSS, across))
    room = sqrt(limit * limit - across * across)
    along = max(-room, min(room, along))
    return along * unit[0] - across * unit[1], along * unit[1] + across * unit[0]


def _cornered(velocity: tuple[float, float], accel: tuple[float, float], limit: float) -> tuple[float, float]:
    """An acceleration cut to its limit: what brakes goes before what turns, what turns before what speeds up."""
    size, speed = hypot(*accel), hypot(*velocity)
    if size <= limit or speed < 1e-6:
        share = min(1.0, limit / size) if size > 0 else 1.0
        return accel[0] * share, accel[1] * share
    share = min(1.0, 2.0 * limit / size)
    unit = velocity[0] / speed, velocity[1] / speed
    along = (accel[0] * unit[0] + accel[1] * unit[1]) * share
    across = (accel[1] * unit[0] - accel[0] * unit[1]) * share
    if along > 0:
        across = max(-limit, min(limit, across))
        along = min(along, sqrt(limit * limit - across * across))
    else:
        along = max(along, -limit)
        room = sqrt(limit * limit - along * along)
        across = max(-room, min(room, across))
    return along * unit[0] - across * unit[1], along * unit[1] + across * unit[0]


class ClimbShaper:
    """Moves the height of the setpoint; the level part stays where it is."""

    def __init__(self, up_m: float, climb_m_s: float = 0.0, accel: float = 1.05) -> None:
        self.up_m, self.climb_m_s, self.accel = up_m, climb_m_s, accel

    def step(self, dt: float, wanted_m_s: float, out: Setpoint) -> None:
        change = self.accel * dt
        step = max(-change, min(change, wanted_m_s - self.climb_m_s))
        self.climb_m_s += step
        self.up_m += self.climb_m_s * dt
        out.up_m, out.climb_m_s, out.climb_m_s2 = self.up_m, self.climb_m_s, step / dt


def still(out: Setpoint) -> None:
    """The level part of the setpoint stands where it is."""
    out.north_m_s = out.east_m_s = out.north_m_s2 = out.east_m_s2 = 0.0


def stand(out: Setpoint, north_m: float, east_m: float, up_m: float) -> None:
    """Hold a point."""
    out.north_m, out.east_m, out.up_m = north_m, east_m, up_m
    out.climb_m_s = out.climb_m_s2 = 0.0
    out.level = False
    still(out)
