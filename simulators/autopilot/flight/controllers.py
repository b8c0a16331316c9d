"""How each flight mode moves the vehicle: one controller a behaviour, stepped in simulated time.

A controller writes the vehicle's setpoint. `done` says that a take-off, landing or leg is over.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from math import atan2, hypot, inf, pi, radians

from simulators.airframe import Setpoint
from simulators.autopilot.flight.guidance import ClimbShaper, LegTrack, PointShaper, braking_speed, stand, still
from simulators.autopilot.flight.trajectory import Leg, Limits, Point
from simulators.autopilot.state import Vehicle

LIFT_AFTER_COMMAND_S = 1.36
LIFT_AFTER_ARMING_S = 3.36  # the motors spool up for two seconds after arming
HOP_AFTER_COMMAND_S, HOP_AFTER_ARMING_S, HOP_M_S = 0.0, 2.27, 0.9  # recorded in LOITER, with the stick down
MOST_SPIN_RAD_S = radians(180.0)
_DIRECTED = 0.05 / 100  # a share of WPNAV_SPEED, which is in centimetres
YAW_SETTLED_RAD = radians(2.0)
TAKEOFF_BRAKE = 0.56
LAND_SLOW_BELOW_M = 10.0
DISARM_AFTER_TOUCH_S = 2.09
AVOID_BRAKE = 1.0
CEILING_CREEP_M_S = 0.5  # recorded: velocity setpoints that are repeated get through the margin of a ceiling
STANDING_M_S = 0.1
MOST_STOP_UP_M, MOST_STOP_DOWN_M = 3.0, 2.0
LAND_PAUSE_S = 4.0
NEARLY_UP_M, NEARLY_UP_S = 0.5, 0.6
LEAST_SPEED, LEAST_ACCEL, MOST = 0.1, 0.25, 50.0


class Controller(ABC):
    """`step` is called once per simulated step while the mode is active and the vehicle is armed."""

    def __init__(self, vehicle: Vehicle) -> None:
        self.vehicle = vehicle

    @abstractmethod
    def step(self, dt: float, out: Setpoint) -> None: ...

    @property
    def thrust(self) -> bool:
        """Whether the motors carry the vehicle."""
        return True

    @property
    def landing(self) -> bool:
        return False

    @property
    def taking_off(self) -> bool:
        return False

    @property
    def finished(self) -> bool:
        """The vehicle has landed here and is to be disarmed."""
        return False

    def target(self) -> Point | None:
        """The point being flown to, local metres; None when not navigating."""
        return None

    def leave(self) -> None:  # noqa: B027 - most controllers have nothing to end
        """The mode is being left."""

    def disarmed(self) -> None:  # noqa: B027 - most controllers have nothing to end
        """The motors are being stopped."""


def limits_of(vehicle: Vehicle, speed_m_s: float | None = None) -> Limits:
    """The vehicle's WPNAV_* parameters (centimetres) as limits in metres, kept to what can be flown."""
    params = vehicle.params
    speed, up, down, accel, accel_z = (
        max(least, min(MOST, params[name] / 100))
        for name, least in (
            ("WPNAV_SPEED", LEAST_SPEED),
            ("WPNAV_SPEED_UP", LEAST_SPEED),
            ("WPNAV_SPEED_DN", LEAST_SPEED),
            ("WPNAV_ACCEL", LEAST_ACCEL),
            ("WPNAV_ACCEL_Z", LEAST_ACCEL),
        )
    )
    if speed_m_s:
        speed = max(LEAST_SPEED, min(MOST, speed_m_s))
    return Limits(speed, up, down, accel, accel_z)


def stopping_point(vehicle: Vehicle) -> Point:
    """Where a vehicle comes to rest when it brakes now; legs that begin in flight begin there."""
    body, limits = vehicle.body, limits_of(vehicle)
    speed = body.ground_m_s
    ahead = _stopping_m(speed, limits.accel_m_s2) / speed if speed > STANDING_M_S else 0.0
    rise = _stopping_m(abs(body.climb_m_s), limits.accel_z_m_s2)
    up = body.up_m + (min(rise, MOST_STOP_UP_M) if body.climb_m_s > 0 else -min(rise, MOST_STOP_DOWN_M))
    return body.north_m + ahead * body.north_m_s, body.east_m + ahead * body.east_m_s, up


def _stopping_m(speed: float, accel: float) -> float:
    """ArduPilot's: v while the position loop is linear (v below the acceleration), a/2 + v2/2a above."""
    return speed if speed < accel else accel / 2 + speed * speed / (2 * accel)


class Heading:
    """Where the nose points: held, along the flight, at an angle, or at a point."""

    def __init__(self, vehicle: Vehicle) -> None:
        self._vehicle = vehicle
        self._follows = False
        self._turn_rad = 0.0
        self._roi: tuple[float, float] | None = None
        self._spin_rad_s, self._spin_until_s = 0.0, 0.0
        self.rate_rad_s = radians(60.0)

    def ahead(self) -> None:
        """Point where the setpoint flies to, as long as that is fast enough to have a direction."""
        self._spin_rad_s = 0.0
        self._turn_rad = 0.0
        self._follows = self._vehicle.params["WP_YAW_BEHAVIOR"] != 0

    def fixed(self, yaw_rad: float, rate_deg_s: float = 0.0, direction: float = 0.0) -> None:
        """Turn to an angle: clockwise where `direction` is above 0, the other way below, the shorter way at 0."""
        turn = (yaw_rad - self._vehicle.want.yaw_rad + pi) % (2 * pi) - pi
        if turn * direction < 0:
            turn += 2 * pi if direction > 0 else -2 * pi
        self.turn(turn, rate_deg_s)

    def turn(self, by_rad: float, rate_deg_s: float = 0.0) -> None:
        self._spin_rad_s = 0.0
        self._follows, self._turn_rad = False, by_rad
        self.rate_rad_s = radians(rate_deg_s if rate_deg_s > 0 else 60.0)

    def spin(self, rate_rad_s: float, for_s: float) -> None:
        """Turn on and on, until nobody asks for it any more."""
        self._follows, self._turn_rad, self._roi = False, 0.0, None
        self._spin_rad_s = max(-MOST_SPIN_RAD_S, min(MOST_SPIN_RAD_S, rate_rad_s))
        self._spin_until_s = self._vehicle.link_s + for_s
        self.rate_rad_s = max(abs(self._spin_rad_s), radians(60.0))

    @property
    def settled(self) -> bool:
        """The nose is where it is to point."""
        error = (self._vehicle.want.yaw_rad - self._vehicle.body.yaw_rad + pi) % (2 * pi) - pi
        return self._turn_rad == 0.0 and abs(error) < YAW_SETTLED_RAD

    def look_at(self, point: tuple[float, float] | None) -> None:
        """North and east of a region of interest; None = no longer, and ahead again."""
        self._roi = point
        if point is None:
            self.ahead()

    def hold(self) -> None:
        self._spin_rad_s = 0.0
        self._follows, self._turn_rad = False, 0.0
        self._vehicle.want.yaw_rad = self._vehicle.body.yaw_rad
        self.rate_rad_s = radians(60.0)

    def step(self, dt: float, out: Setpoint) -> None:
        body = self._vehicle.body
        out.yaw_rate_rad_s = self.rate_rad_s
        if self._roi is not None:
            out.yaw_rad = atan2(self._roi[1] - body.east_m, self._roi[0] - body.north_m)
        elif self._spin_rad_s and self._vehicle.link_s <= self._spin_until_s:
            out.yaw_rad += self._spin_rad_s * dt
        elif self._turn_rad:
            most = self.rate_rad_s * dt
            part = max(-most, min(most, self._turn_rad))
            out.yaw_rad += part
            self._turn_rad -= part
        elif self._follows and hypot(out.north_m_s, out.east_m_s) > self._vehicle.params["WPNAV_SPEED"] * _DIRECTED:
            out.yaw_rad = atan2(out.east_m_s, out.north_m_s)


class Falling(Controller):
    """STABILIZE and its like with the stick at minimum: the motors idle."""

    def step(self, dt: float, out: Setpoint) -> None:  # noqa: ARG002 - nothing is flown
        body = self.vehicle.body
        stand(out, body.north_m, body.east_m, body.up_m)

    @property
    def thrust(self) -> bool:
        return False


class Holding(Controller):
    """BRAKE, or LOITER, which sinks at 2.45 m/s because nobody holds the throttle stick.

    `takes_off`: a take-off is taken, and is no more than a hop for the same reason.
    """

    def __init__(self, vehicle: Vehicle, how: str, sink_m_s: float = 0.0, *, takes_off: bool = False) -> None:
        super().__init__(vehicle)
        self._takes_off, self._hop_at_s = takes_off, inf
        self._shaper = PointShaper(vehicle.body, limits_of(vehicle))
        self._shaper.brake_as(how)
        self._shaper.move_at((0.0, 0.0, 0.0))
        self._sink = ClimbShaper(vehicle.body.up_m, vehicle.body.climb_m_s) if sink_m_s else None
        self._sink_m_s = sink_m_s

    def take_off(self, up_m: float) -> bool:
        vehicle = self.vehicle
        if not self._takes_off or not vehicle.body.on_ground or up_m <= vehicle.body.up_m:
            return False
        self._hop_at_s = max(vehicle.now_s + HOP_AFTER_COMMAND_S, vehicle.armed_at_s + HOP_AFTER_ARMING_S)
        return True

    def step(self, dt: float, out: Setpoint) -> None:
        if self.vehicle.now_s >= self._hop_at_s:
            self._hop_at_s = inf
            self.vehicle.body.lift_off()
            self._sink = ClimbShaper(self.vehicle.body.up_m, HOP_M_S)
        out.level = False
        self._shaper.step(dt, out)
        if self._sink:
            self._sink.step(dt, -self._sink_m_s, out)


class TakeOff(Controller):
    """Spool up, lift, climb at up to 2.5 m/s, slow down into the height; the place and the nose are held."""

    def __init__(self, vehicle: Vehicle, up_m: float) -> None:
        super().__init__(vehicle)
        self.up_m = up_m
        self._lift_at_s = max(vehicle.now_s + LIFT_AFTER_COMMAND_S, vehicle.armed_at_s + LIFT_AFTER_ARMING_S)
        self._climb = ClimbShaper(vehicle.body.up_m, max(0.0, vehicle.body.climb_m_s))
        self._north, self._east, _ = stopping_point(vehicle)
        near = not vehicle.body.on_ground and up_m - vehicle.body.up_m < NEARLY_UP_M
        self._up_at_s = vehicle.now_s + NEARLY_UP_S if near else inf
        self._start_up_m = vehicle.body.up_m
        self.done = not vehicle.body.on_ground and vehicle.body.up_m >= up_m

    @property
    def taking_off(self) -> bool:
        return not self.done

    @property
    def top(self) -> Point:
        return (self._north, self._east, self.up_m)

    def step(self, dt: float, out: Setpoint) -> None:
        vehicle = self.vehicle
        stand(out, self._north, self._east, self._climb.up_m)
        if vehicle.body.on_ground:
            if vehicle.now_s < self._lift_at_s:
                return
            vehicle.body.lift_off()
        left = self.up_m - self._climb.up_m
        top = vehicle.params["WPNAV_SPEED_UP"] / 100
        wanted = min(top, braking_speed(max(0.0, left), TAKEOFF_BRAKE, 1.6))
        self._climb.step(dt, wanted, out)
        risen = self._climb.up_m - self._start_up_m
        self.done = (
            self.done
            or vehicle.now_s >= self._up_at_s
            or (risen >= 0.9 * (self.up_m - self._start_up_m) and self._climb.climb_m_s < 0.1 * top)
        )


class Land(Controller):
    """Descend over one place: 1.5 m/s down to ten metres above home, then 0.5 m/s.

    Begun without a position the height above sea level is taken for that above ground, as ArduCopter does.
    """

    def __init__(self, vehicle: Vehicle, over: tuple[float, float] | None = None, pause_s: float = 0.0) -> None:
        super().__init__(vehicle)
        self._ground_m = 0.0 if vehicle.position_ok else -vehicle.frame.alt_m
        self._down_from_s = vehicle.now_s + pause_s
        body = vehicle.body
        self._shaper = PointShaper(body, limits_of(vehicle))
        if over is None:
            self._shaper.brake_as("loiter")
            self._shaper.move_at((0.0, 0.0, 0.0))
        else:
            self._shaper.go_to((over[0], over[1], body.up_m))
        self._climb = ClimbShaper(body.up_m, body.climb_m_s)
        self._touched_s: float | None = None
        self.done = False

    @property
    def finished(self) -> bool:
        return self.done

    @property
    def landing(self) -> bool:
        return True

    def step(self, dt: float, out: Setpoint) -> None:
        vehicle = self.vehicle
        if vehicle.body.on_ground:
            if self._touched_s is None:
                self._touched_s = vehicle.now_s
            self.done = vehicle.now_s - self._touched_s >= DISARM_AFTER_TOUCH_S
            return
        out.level = False
        self._shaper.step(dt, out)
        slow = vehicle.params["LAND_SPEED"] / 100
        fast = vehicle.params["LAND_SPEED_HIGH"] / 100 or vehicle.params["WPNAV_SPEED_DN"] / 100
        above = max(0.0, vehicle.relative_alt_m - self._ground_m - LAND_SLOW_BELOW_M)
        down = max(slow, min(fast, braking_speed(above, 1.0))) if vehicle.now_s >= self._down_from_s else 0.0
        self._climb.step(dt, -down, out)


class FlyLegs(Controller):
    """Along a leg, from rest; a moving vehicle comes to rest first, where it can."""

    def __init__(
        self,
        vehicle: Vehicle,
        to: Point,
        heading: Heading | None,
        speed_m_s: float | None = None,
        start: Point | None = None,
    ) -> None:
        super().__init__(vehicle)
        limits = limits_of(vehicle, speed_m_s)
        leg = Leg.between(start or stopping_point(vehicle), to, limits)
        self.track = LegTrack(leg, limits.speed_m_s, vehicle.params["WPNAV_RADIUS"] / 100)
        if heading:
            heading.ahead()

    def target(self) -> Point | None:
        return self.track.leg.end

    @property
    def reached(self) -> bool:
        return self.track.reached

    def step(self, dt: float, out: Setpoint) -> None:
        out.level = False
        self.track.step(dt, self.vehicle.body, out)


class Guided(Controller):
    """GUIDED: stands until told; takes off, goes to points, flies velocities that lapse after 3 s."""

    def __init__(self, vehicle: Vehicle, heading: Heading) -> None:
        super().__init__(vehicle)
        self._heading = heading
        self._shaper: PointShaper | None = None
        self._takeoff: TakeOff | None = None
        self._velocity_until_s: float | None = None
        self._asked: Point = (0.0, 0.0, 0.0)
        self._paused = self._to_point = False
        self._goal: Point | None = None
        self._speed_m_s: float | None = None
        if not vehicle.body.on_ground:
            heading.ahead()
            self._stop()

    def _stop(self) -> None:
        self._shaper = PointShaper(self.vehicle.body, limits_of(self.vehicle), stopping_point(self.vehicle))
        self._shaper.brake_as("loiter")
        self._shaper.move_at((0.0, 0.0, 0.0))

    @property
    def taking_off(self) -> bool:
        return self._takeoff is not None and self._takeoff.taking_off

    def target(self) -> Point | None:
        return None if self._takeoff else self._goal

    def take_off(self, up_m: float) -> bool:
        if not self.vehicle.body.on_ground or self._takeoff:
            return False
        self._takeoff = TakeOff(self.vehicle, up_m)
        return True

    def go_to(self, goal: Point, speed_m_s: float | None = None) -> None:
        """Fly to a point; on the ground nothing moves."""
        if self.vehicle.body.on_ground:
            return
        shaper = self._moving(to_point=True)
        shaper.limits = limits_of(self.vehicle, speed_m_s or self._speed_m_s)
        shaper.go_to(goal)
        self._goal, self._velocity_until_s, self._paused = goal, None, False
        self._heading.look_at(None)

    def move_at(self, velocity: Point) -> None:
        if self.vehicle.body.on_ground:
            return
        self._moving(to_point=False).move_at(velocity)
        self._asked = velocity
        self._heading.look_at(None)
        self._goal = None
        self._velocity_until_s = self.vehicle.link_s + (self.vehicle.params["GUID_TIMEOUT"] or 3.0)

    def pause(self, *, paused: bool) -> None:
        if self._shaper is None or paused == self._paused:
            return
        self._paused = paused
        if paused:
            self._asked = (0.0, 0.0, 0.0)
            self._shaper.move_at(self._asked)
        elif self._goal:
            self._shaper.go_to(self._goal)

    def change_speed(self, speed_m_s: float) -> None:
        """Until the mode is left."""
        self._speed_m_s = speed_m_s
        if self._shaper:
            self._shaper.limits = limits_of(self.vehicle, speed_m_s)

    def _moving(self, *, to_point: bool) -> PointShaper:
        """Points and velocities have controllers of their own: each begins with how the vehicle flies just then."""
        self._takeoff = None
        if self._shaper is None or to_point != self._to_point:
            self.vehicle.body.begin_anew()
            self._shaper = PointShaper(self.vehicle.body, limits_of(self.vehicle))
        self._to_point = to_point
        self._shaper.brake_as("velocity")
        return self._shaper

    def step(self, dt: float, out: Setpoint) -> None:
        if self._takeoff:
            self._takeoff.step(dt, out)
            if self._takeoff.done:
                self._goal, self._to_point = self._takeoff.top, True
                self._takeoff = None
                self._shaper = PointShaper(self.vehicle.body, limits_of(self.vehicle))
                self._shaper.go_to(self._goal)
            return
        if self._shaper is None:
            still(out)
            return
        if self._velocity_until_s is not None and self.vehicle.link_s > self._velocity_until_s:
            self._velocity_until_s = None
            self._asked = (0.0, 0.0, 0.0)
        if self._shaper.velocity is not None:
            self._shaper.move_at(self._allowed(self._asked))
        out.level = False
        self._shaper.step(dt, out)

    def _allowed(self, velocity: Point) -> Point:
        """The velocity, slowed so that the vehicle stops in front of a fence."""
        climb = self._climb_allowed(velocity[2])
        speed = hypot(velocity[0], velocity[1])
        if speed < 1e-6:
            return velocity[0], velocity[1], climb
        body = self.vehicle.body
        room_m = self.vehicle.room_ahead_m(body.north_m, body.east_m, (velocity[0] / speed, velocity[1] / speed))
        share = min(1.0, braking_speed(room_m, AVOID_BRAKE) / speed) if room_m < inf else 1.0
        if share < 1.0:
            self.vehicle.slowed_by_fence_s = self.vehicle.now_s
        return velocity[0] * share, velocity[1] * share, climb

    def _climb_allowed(self, climb_m_s: float) -> float:
        """Inside the limits of climb and descent, and slowed below a fence's ceiling."""
        limits = limits_of(self.vehicle)
        climb = max(-limits.descend_m_s, min(limits.climb_m_s, climb_m_s))
        room_m = self.vehicle.room_above_m()
        allowed = max(CEILING_CREEP_M_S, braking_speed(max(0.0, room_m), AVOID_BRAKE)) if climb > 0 else climb
        if allowed < climb:
            self.vehicle.slowed_by_fence_s = self.vehicle.now_s
        return min(climb, allowed)
