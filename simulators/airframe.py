"""The physics of a multirotor: one explicit step of a point mass that leans.

Level motion: ArduCopter's position and velocity loops (P, then PI with feed-forward) ask for an
acceleration; the lean that gives it follows with a lag and is limited to 30 degrees; drag
(0.3205 v + 0.0245 v2 m/s2, from the recorded lean of 23 degrees at 8.05 and 29.9 degrees at 9.98 m/s)
works against the air. Out of these come the recorded cruise of 9.98 m/s, the slow last metre per
second and the 0.9 m of overshoot. Up is positive; the ground is the plane `up_m` = 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import atan2, cos, hypot, pi, radians, sin, sqrt, tan

GRAVITY = 9.80665
DRAG_LINEAR = 0.3205
DRAG_SQUARE = 0.02451
DRAG_FALLING = 0.0365  # from 8.17 m/s after 3.93 m and 11.78 m/s after 10 m
LEAN_LIMIT_M_S2 = GRAVITY * tan(radians(30.0))
LEAN_LAG_S = 0.22
LIFT_LAG_S = 0.08
POSITION_P = 1.0
POSITION_ACCEL, HEIGHT_ACCEL = 2.5, 1.0
VELOCITY_P = 2.0
VELOCITY_I = 1.0
CLIMB_P = 5.0
CLIMB_ACCEL_LIMIT = 4.5
YAW_ACCEL_RAD_S2 = radians(180.0)


@dataclass(slots=True)
class Setpoint:
    """Where the vehicle should be now and how fast it should pass there; reused from step to step."""

    north_m: float = 0.0
    east_m: float = 0.0
    up_m: float = 0.0
    north_m_s: float = 0.0
    east_m_s: float = 0.0
    climb_m_s: float = 0.0
    north_m_s2: float = 0.0
    east_m_s2: float = 0.0
    climb_m_s2: float = 0.0
    yaw_rad: float = 0.0
    yaw_rate_rad_s: float = radians(60.0)
    level: bool = False  # hold the attitude level instead of a position (take-off ramp, STABILIZE)


def _pull(away_m: float, accel_m_s2: float) -> float:
    """Speed asked for per metre of error: what can be braked in time with `accel_m_s2` (a root law far away)."""
    knee = accel_m_s2 / (POSITION_P * POSITION_P)
    return POSITION_P if away_m <= knee else sqrt(2 * accel_m_s2 * (away_m - knee / 2)) / away_m


class Airframe:
    """State of motion, metres and radians in a local north-east-up frame."""

    __slots__ = (
        "_integral_east", "_integral_north", "_thrust_east", "_thrust_north", "climb_m_s", "climb_m_s2", "east_m",
        "east_m_s", "north_m", "north_m_s", "on_ground", "pitch_rad", "pitch_rate", "roll_rad", "roll_rate",
        "touch_speed_m_s", "up_m", "yaw_rad", "yaw_rate",
    )  # fmt: skip

    def __init__(self, yaw_rad: float = 0.0) -> None:
        self.yaw_rad = yaw_rad
        self.roll_rad = self.pitch_rad = self.roll_rate = self.pitch_rate = self.yaw_rate = 0.0
        self._thrust_north = self._thrust_east = self._integral_north = self._integral_east = 0.0
        self.place(0.0, 0.0)

    def place(self, north_m: float, east_m: float) -> None:
        """Stand still on the ground at a place."""
        self.north_m, self.east_m, self.up_m = north_m, east_m, 0.0
        self.north_m_s = self.east_m_s = self.climb_m_s = self.climb_m_s2 = 0.0
        self.touch_speed_m_s = 0.0
        self._settle()
        self.on_ground = True

    @property
    def ground_m_s(self) -> float:
        return hypot(self.north_m_s, self.east_m_s)

    @property
    def lean_rad(self) -> float:
        return atan2(hypot(self._thrust_north, self._thrust_east), GRAVITY)

    def lift_off(self) -> None:
        """The motors carry the vehicle from now on."""
        self.on_ground = False

    def begin_anew(self) -> None:
        """Another controller takes over: what the vehicle leans for now is what it goes on to lean for."""
        self._integral_north, self._integral_east = self._thrust_north, self._thrust_east

    def fly(self, dt: float, want: Setpoint, wind_north: float, wind_east: float) -> None:
        """One step of powered flight towards the setpoint; on the ground nothing moves."""
        if self.on_ground:
            self._turn(dt, self.yaw_rad, 0.0)
            return
        self._lean(dt, want)
        self._climb(dt, want)
        self._turn(dt, want.yaw_rad, want.yaw_rate_rad_s)
        self._move(dt, wind_north, wind_east)

    def fall(self, dt: float, wind_north: float, wind_east: float) -> None:
        """One step without thrust: gravity and drag."""
        if self.on_ground:
            return
        self._thrust_north = self._thrust_east = 0.0
        drag = DRAG_FALLING * self.climb_m_s * abs(self.climb_m_s)
        self.climb_m_s2 = -GRAVITY - drag
        self._move(dt, wind_north, wind_east)

    def _lean(self, dt: float, want: Setpoint) -> None:
        if want.level:
            ask_north = ask_east = 0.0
        else:
            ask_north, ask_east = self._level_demand(dt, want)
        blend = dt / (LEAN_LAG_S + dt)
        self._thrust_north += (ask_north - self._thrust_north) * blend
        self._thrust_east += (ask_east - self._thrust_east) * blend

    def _level_demand(self, dt: float, want: Setpoint) -> tuple[float, float]:
        away_north, away_east = want.north_m - self.north_m, want.east_m - self.east_m
        pull = _pull(hypot(away_north, away_east), POSITION_ACCEL)
        error_north = want.north_m_s + pull * away_north - self.north_m_s
        error_east = want.east_m_s + pull * away_east - self.east_m_s
        north = want.north_m_s2 + VELOCITY_P * error_north + self._integral_north
        east = want.east_m_s2 + VELOCITY_P * error_east + self._integral_east
        size = hypot(north, east)
        if size > LEAN_LIMIT_M_S2:
            shrink = LEAN_LIMIT_M_S2 / size
            growing = error_north * self._integral_north + error_east * self._integral_east > 0
            if not growing:
                self._integrate(dt, error_north, error_east)
            return north * shrink, east * shrink
        self._integrate(dt, error_north, error_east)
        return north, east

    def _integrate(self, dt: float, error_north: float, error_east: float) -> None:
        self._integral_north += VELOCITY_I * error_north * dt
        self._integral_east += VELOCITY_I * error_east * dt

    def _climb(self, dt: float, want: Setpoint) -> None:
        away = want.up_m - self.up_m
        error = want.climb_m_s + _pull(abs(away), HEIGHT_ACCEL) * away - self.climb_m_s
        ask = max(-CLIMB_ACCEL_LIMIT, min(CLIMB_ACCEL_LIMIT, want.climb_m_s2 + CLIMB_P * error))
        self.climb_m_s2 += (ask - self.climb_m_s2) * dt / (LIFT_LAG_S + dt)

    def _turn(self, dt: float, yaw_rad: float, limit_rad_s: float) -> None:
        error = (yaw_rad - self.yaw_rad + pi) % (2 * pi) - pi
        brake = sqrt(2 * YAW_ACCEL_RAD_S2 * 0.6 * abs(error))
        wanted = min(limit_rad_s, brake, abs(error) * 4.0)
        wanted = wanted if error >= 0 else -wanted
        change = max(-YAW_ACCEL_RAD_S2 * dt, min(YAW_ACCEL_RAD_S2 * dt, wanted - self.yaw_rate))
        self.yaw_rate += change
        self.yaw_rad = (self.yaw_rad + self.yaw_rate * dt + pi) % (2 * pi) - pi

    def _move(self, dt: float, wind_north: float, wind_east: float) -> None:
        air_north, air_east = self.north_m_s - wind_north, self.east_m_s - wind_east
        drag = DRAG_LINEAR + DRAG_SQUARE * hypot(air_north, air_east)
        self.north_m_s += (self._thrust_north - drag * air_north) * dt
        self.east_m_s += (self._thrust_east - drag * air_east) * dt
        self.climb_m_s += self.climb_m_s2 * dt
        self.north_m += self.north_m_s * dt
        self.east_m += self.east_m_s * dt
        self.up_m += self.climb_m_s * dt
        self._attitude(dt)
        if self.up_m <= 0.0 and self.climb_m_s <= 0.0:
            self._touch()

    def _attitude(self, dt: float) -> None:
        cosine, sine = cos(self.yaw_rad), sin(self.yaw_rad)
        forward = self._thrust_north * cosine + self._thrust_east * sine
        right = -self._thrust_north * sine + self._thrust_east * cosine
        pitch, roll = -atan2(forward, GRAVITY), atan2(right, GRAVITY)
        self.pitch_rate, self.roll_rate = (pitch - self.pitch_rad) / dt, (roll - self.roll_rad) / dt
        self.pitch_rad, self.roll_rad = pitch, roll

    def _touch(self) -> None:
        self.touch_speed_m_s = -self.climb_m_s
        self.up_m = self.north_m_s = self.east_m_s = self.climb_m_s = self.climb_m_s2 = 0.0
        self._settle()
        self.on_ground = True

    def _settle(self) -> None:
        self._thrust_north = self._thrust_east = self._integral_north = self._integral_east = 0.0
        self.roll_rad = self.pitch_rad = self.roll_rate = self.pitch_rate = self.yaw_rate = 0.0
