"""AUTO: flies the items of the mission, one behaviour an item."""

from __future__ import annotations

from collections.abc import Callable
from math import atan2, cos, dist, hypot, pi, radians, sin

from simulators.airframe import Setpoint
from simulators.autopilot import actions
from simulators.autopilot.flight.controllers import Controller, Heading, Land, TakeOff, limits_of, stopping_point
from simulators.autopilot.flight.guidance import LegTrack, PointShaper, still
from simulators.autopilot.flight.mission import MissionRunner
from simulators.autopilot.flight.returning import Return
from simulators.autopilot.flight.spline import STILL, curve
from simulators.autopilot.flight.trajectory import Leg, Point
from simulators.autopilot.flight.utc_delay import until_utc
from simulators.autopilot.payload.actions import do_item, look_at
from simulators.autopilot.state import Vehicle
from telemetry.services.mission_item import MissionItem

WAYPOINT, LOITER_UNLIM, LOITER_TURNS, LOITER_TIME, RTL, LAND, TAKEOFF, SPLINE = 16, 17, 18, 19, 20, 21, 22, 82
LOITER_TO_ALT, VTOL_TAKEOFF, VTOL_LAND, GUIDED_ENABLE, PAYLOAD_PLACE = 31, 84, 85, 92, 94
DELAY, CONDITION_DELAY, CONDITION_DISTANCE, CONDITION_YAW, CHANGE_SPEED = 93, 112, 114, 115, 178
SET_RELAY, SET_SERVO, ROI_LOCATION, ROI_NONE, ROI, SET_HOME = 181, 183, 195, 197, 201, 179
REPEAT_RELAY, REPEAT_SERVO, FENCE_ENABLE, GRIPPER = 182, 184, 207, 211
_FLOWS_ON = frozenset({WAYPOINT, LOITER_UNLIM, LOITER_TIME, SPLINE})
"""Items into which the vehicle flies without a stop."""
_TAKE_OFFS, _LANDINGS = frozenset({TAKEOFF, VTOL_TAKEOFF}), frozenset({LAND, VTOL_LAND})
_FLOWN = _FLOWS_ON | _TAKE_OFFS | _LANDINGS | {LOITER_TURNS, LOITER_TO_ALT, RTL, DELAY, GUIDED_ENABLE}
_ANNOUNCED = frozenset({WAYPOINT, SPLINE, LOITER_TIME})
CIRCLE_RATE_RAD_S = radians(20.0)
CIRCLE_RAMP_S = 1.5
LOITER_SETTLE_S = 0.7
TAKES_OFF_BY_ITSELF = 2  # a bit of AUTO_OPTIONS
AT_CENTRE_M = 0.5


class _Track(Controller):
    """Along legs that blend into each other."""

    def __init__(self, vehicle: Vehicle, leg: Leg, speed_m_s: float) -> None:
        super().__init__(vehicle)
        self.track = LegTrack(leg, speed_m_s, vehicle.params["WPNAV_RADIUS"] / 100)

    def step(self, dt: float, out: Setpoint) -> None:
        out.level = False
        self.track.step(dt, self.vehicle.body, out)

    def target(self) -> Point | None:
        return self.track.leg.end


class _Circle(Controller):
    """Turns round a centre."""

    def __init__(self, vehicle: Vehicle, centre: Point, radius_m: float) -> None:
        super().__init__(vehicle)
        body = vehicle.body
        self._centre, self._radius_m = centre, abs(radius_m)
        self._turn = 1.0 if radius_m >= 0 else -1.0
        self._angle = atan2(body.east_m - centre[1], body.north_m - centre[0])
        self._rate = 0.0
        self.turned_rad = 0.0
        self.told = 0

    def step(self, dt: float, out: Setpoint) -> None:
        self._rate = min(CIRCLE_RATE_RAD_S, self._rate + CIRCLE_RATE_RAD_S / CIRCLE_RAMP_S * dt)
        self.turned_rad += self._rate * dt
        angle = self._angle + self._turn * self.turned_rad
        north, east = cos(angle), sin(angle)
        speed = self._turn * self._rate * self._radius_m
        pull = self._rate * self._rate * self._radius_m
        out.level = False
        out.north_m, out.east_m = self._centre[0] + self._radius_m * north, self._centre[1] + self._radius_m * east
        out.north_m_s, out.east_m_s = -speed * east, speed * north
        out.north_m_s2, out.east_m_s2 = -pull * north, -pull * east
        out.up_m, out.climb_m_s, out.climb_m_s2 = self._centre[2], 0.0, 0.0
        out.yaw_rad = atan2(-east, -north)

    def target(self) -> Point | None:
        return self._centre


class _Hold(Controller):
    """Stops and stays."""

    def __init__(self, vehicle: Vehicle) -> None:
        super().__init__(vehicle)
        self._shaper = PointShaper(vehicle.body, limits_of(vehicle))
        self._shaper.brake_as("loiter")
        self._shaper.move_at((0.0, 0.0, 0.0))

    def step(self, dt: float, out: Setpoint) -> None:
        if not self.vehicle.body.on_ground:
            out.level = False
            self._shaper.step(dt, out)


class Auto(Controller):
    """The controller of AUTO; `runner` keeps the progress while other modes fly, `devices` does items that are
    neither flown nor the mission's own: repeated outputs, the fence."""

    def __init__(
        self,
        vehicle: Vehicle,
        heading: Heading,
        runner: MissionRunner,
        devices: Callable[[MissionItem], None],
        *,
        has_mission: bool,
    ) -> None:
        super().__init__(vehicle)
        self._heading = heading
        self._devices = devices
        self._runner = runner
        self._leaf: Controller = _Hold(vehicle)
        self._speed_m_s: float | None = None
        self._arrived_s: float | None = None
        self._item_since_s = vehicle.now_s
        self._do_since_s = vehicle.now_s
        self._delay_s = 0.0
        if has_mission and vehicle.origin_set:
            runner.start_or_resume(self)

    @property
    def taking_off(self) -> bool:
        return self._leaf.taking_off and self.vehicle.may_take_off

    @property
    def landing(self) -> bool:
        return self._leaf.landing

    @property
    def finished(self) -> bool:
        return self._leaf.finished

    def target(self) -> Point | None:
        return self._leaf.target()

    def leave(self) -> None:
        self._runner.stop()

    def disarmed(self) -> None:
        self._runner.ended_by_disarm(self)

    def step(self, dt: float, out: Setpoint) -> None:
        self._runner.step(self)
        if self._waits():
            still(out)
        else:
            self._leaf.step(dt, out)

    def _waits(self) -> bool:
        """A take-off waits until the mission was started, or AUTO_OPTIONS lets it go without."""
        vehicle = self.vehicle
        if vehicle.may_take_off or not isinstance(self._leaf, TakeOff) or not vehicle.body.on_ground:
            return False
        vehicle.may_take_off = bool(int(vehicle.params["AUTO_OPTIONS"]) & TAKES_OFF_BY_ITSELF)
        if vehicle.may_take_off:
            self.armed()
        return not vehicle.may_take_off

    def idle(self) -> None:
        """Disarmed, the mission goes on as far as nothing need be flown."""
        self._runner.step(self)

    def armed(self) -> None:
        """The motors run, or may lift from now on: a take-off that waited for that begins."""
        if isinstance(self._leaf, TakeOff) and self.vehicle.body.on_ground:
            self._leaf = TakeOff(self.vehicle, self._leaf.up_m)

    @property
    def returned(self) -> bool:
        """It flew home, by an item of the mission."""
        return isinstance(self._leaf, Return)

    def start(self) -> None:
        """MISSION_START: begin or take up again."""
        self._runner.start_or_resume(self)

    def let_off(self) -> None:
        """MISSION_START lets a take-off go that waited."""
        if self.vehicle.armed and not self.vehicle.may_take_off:
            self.vehicle.may_take_off = True
            self.armed()

    def pause(self, *, paused: bool) -> bool:
        """Stop on the way, or go on; False where the vehicle is on no way that could be stopped."""
        if paused and not isinstance(self._leaf, _Track):
            return False
        self._runner.paused = paused
        if isinstance(self._leaf, _Track):
            self._leaf.track.paused = paused
        return True

    def change_speed(self, speed_m_s: float) -> None:
        self._speed_m_s = speed_m_s
        if isinstance(self._leaf, _Track):
            self._leaf.track.change_speed(speed_m_s, limits_of(self.vehicle, speed_m_s))

    def mission_complete(self) -> None:
        """Behind the last item: hover where it ended."""
        if not isinstance(self._leaf, _Track | Land | Return):
            self._leaf = _Hold(self.vehicle)

    def start_item(self, item: MissionItem, following: MissionItem | None) -> None:
        if item.command in _FLOWN:
            self._arrived_s = None
            self._item_since_s = self.vehicle.now_s
            self._start_navigation(item, following)
        else:
            self._do_since_s = self.vehicle.now_s
            self._start_do(item)

    def _start_navigation(self, item: MissionItem, following: MissionItem | None) -> None:
        vehicle = self.vehicle
        if item.command in _TAKE_OFFS:
            self._leaf = TakeOff(vehicle, self._point(item)[2])
            self._heading.hold()
        elif item.command == RTL:
            self._heading.hold()
            self._leaf = Return(vehicle)
        elif item.command in _LANDINGS and not (item.x or item.y):
            self._leaf = Land(vehicle)
        elif item.command == DELAY:
            self._delay_s = item.param1 if item.param1 > 0 else until_utc(vehicle, item)
            vehicle.say(6, f"Delaying {int(self._delay_s)} sec")
            self._stay()
        elif item.command == GUIDED_ENABLE:
            self._stay()
        elif item.command in _LANDINGS:
            north, east, _ = self._point(item)
            self._fly_to((north, east, vehicle.body.up_m), None)
        elif item.command == LOITER_TURNS:
            self._fly_to(self._edge(self._point(item), abs(self._radius(item))), None)
        else:
            flows = item.command in {WAYPOINT, SPLINE} and int(item.param1) == 0
            flows = flows and following is not None and following.command in _FLOWS_ON
            self._fly_to(self._point(item), following if flows else None, item)

    def _stay(self) -> None:
        if not isinstance(self._leaf, _Track):
            self._leaf = _Hold(self.vehicle)

    def _point(self, item: MissionItem) -> Point:
        north, east, up = actions.local_point(self.vehicle, item.frame, item.x, item.y, item.z)
        if not (item.x or item.y) and isinstance(self._leaf, _Track):
            end = self._leaf.track.leg.end
            return end[0], end[1], up
        return north, east, up

    def _fly_to(self, point: Point, following: MissionItem | None, item: MissionItem | None = None) -> None:
        vehicle = self.vehicle
        limits = limits_of(vehicle, self._speed_m_s)
        leaf = self._blended(point) or self._same(point)
        if leaf is None:
            leaf = _Track(vehicle, self._leg(self._here(), point, item, None), limits.speed_m_s)
        self._leaf = leaf
        then = self._leg(point, self._point(following), following, leaf.track.leg) if following else None
        leaf.track.follow_with(then)
        self._heading.ahead()

    def _leg(self, start: Point, point: Point, item: MissionItem | None, before: Leg | None) -> Leg:
        """Straight, or curved for a spline; `before` is the leg that is flown into it without a stop."""
        limits = limits_of(self.vehicle, self._speed_m_s)
        if item is None or item.command != SPLINE or dist(start, point) < AT_CENTRE_M:
            return Leg.between(start, point, limits)
        after, arriving = self._runner.following(item), STILL
        if after is not None and after.command in _FLOWS_ON and int(item.param1) == 0:
            there, away = self._point(after), start if after.command == SPLINE else point
            arriving = (there[0] - away[0], there[1] - away[1], there[2] - away[2])
        return Leg.along(curve(start, point, before.arriving if before else STILL, arriving), limits)

    def _blended(self, point: Point) -> _Track | None:
        """The running track where its next leg has begun and ends at the point."""
        leaf = self._leaf
        if not isinstance(leaf, _Track) or not leaf.track.next_started:
            return None
        leaf.track.advance()
        return leaf if leaf.track.leg.end == point else None

    def _same(self, point: Point) -> _Track | None:
        """The running track where it leads to the point already (the item was started again)."""
        leaf = self._leaf
        if not isinstance(leaf, _Track) or leaf.track.reached or leaf.track.leg.end != point:
            return None
        leaf.track.paused = False
        return leaf

    def _here(self) -> Point:
        leaf = self._leaf
        if isinstance(leaf, _Track) and leaf.track.reached and not leaf.track.has_next:
            return leaf.track.leg.end
        return stopping_point(self.vehicle)

    def _start_do(self, item: MissionItem) -> None:
        vehicle = self.vehicle
        if item.command == CHANGE_SPEED and item.param1 in {0, 1} and item.param2 > 0:
            self.change_speed(item.param2)
        elif item.command == CONDITION_YAW:
            actions.turn(self._heading, (item.param1, item.param2, item.param3, item.param4))
        elif item.command == SET_SERVO:
            actions.set_servo(vehicle, item.param1, item.param2)
        elif item.command == SET_RELAY:
            actions.set_relay(vehicle, item.param1, item.param2)
        elif item.command in {ROI, ROI_LOCATION}:
            place = actions.local_point(vehicle, item.frame, item.x, item.y, item.z) if item.x or item.y else None
            look_at(vehicle, self._heading, place)
        elif item.command == ROI_NONE:
            look_at(vehicle, self._heading, None)
        elif item.command == SET_HOME:
            self._set_home(item)
        elif item.command == GRIPPER:
            vehicle.say(6, "Gripper Grabbed" if item.param2 else "Gripper Released")
        elif item.command in {REPEAT_RELAY, REPEAT_SERVO, FENCE_ENABLE}:
            self._devices(item)
        else:
            do_item(vehicle, item)

    def _set_home(self, item: MissionItem) -> None:
        """Here, or at a place; arming moves it again."""
        vehicle = self.vehicle
        if item.param1 == 1 or not (item.x or item.y or item.z):
            vehicle.set_home(vehicle.home_here(locked=False))
        else:
            actions.set_home_at(vehicle, item.frame, item.x, item.y, item.z, locked=False)

    def item_complete(self, item: MissionItem) -> bool:
        now_s = self.vehicle.now_s
        if item.command in _FLOWN:
            return self._navigated(item, now_s)
        if item.command == CONDITION_DELAY:
            return now_s - self._do_since_s >= item.param1
        if item.command == CONDITION_YAW:
            return self._heading.settled
        return item.command != CONDITION_DISTANCE or self._distance_m() < max(item.param1, 0.0)

    def _navigated(self, item: MissionItem, now_s: float) -> bool:
        if item.command in _TAKE_OFFS:
            return isinstance(self._leaf, TakeOff) and self._leaf.done
        if item.command == DELAY:
            return now_s - self._item_since_s >= self._delay_s
        if item.command == GUIDED_ENABLE:
            return item.param1 == 0
        return item.command != RTL and self._flown(item, now_s)

    def _distance_m(self) -> float:
        """Level distance to where it flies, 0 where it flies nowhere."""
        goal, body = self.target(), self.vehicle.body
        return hypot(goal[0] - body.north_m, goal[1] - body.east_m) if goal else 0.0

    def _flown(self, item: MissionItem, now_s: float) -> bool:
        if isinstance(self._leaf, _Circle):
            return self._circled(self._leaf, max(1, int(item.param1)))
        if not isinstance(self._leaf, _Track) or not self._leaf.track.reached:
            return False
        if self._arrived_s is None:
            self._arrived_s = now_s
        if item.command in _LANDINGS:
            self._leaf = Land(self.vehicle, self._leaf.track.leg.end[:2])
        elif item.command == LOITER_TURNS:
            self._leaf = _Circle(self.vehicle, self._point_of_circle(item), self._radius(item))
        if item.command in _LANDINGS | {LOITER_UNLIM, LOITER_TURNS}:
            return False
        if item.command == LOITER_TO_ALT:
            return True
        wait_s = item.param1 + (LOITER_SETTLE_S if item.command == LOITER_TIME else 0.0)
        done = now_s - self._arrived_s >= wait_s
        if done and item.command in _ANNOUNCED:
            self.vehicle.say(6, f"Reached command #{item.seq}")
        return done

    def _circled(self, circle: _Circle, turns: int) -> bool:
        """Whether all turns are flown; each that begins is told, and as recorded the one that is not flown, too."""
        flown = int(circle.turned_rad / (2 * pi))
        if flown >= circle.told:
            circle.told = flown + 1
            self.vehicle.say(6, f"Mission: starting circle {circle.told}/{turns}")
        return flown >= turns

    def _edge(self, centre: Point, radius_m: float) -> Point:
        """The point of a circle that is nearest."""
        body = self.vehicle.body
        north, east = body.north_m - centre[0], body.east_m - centre[1]
        away = hypot(north, east)
        unit = (north / away, east / away) if away > AT_CENTRE_M else (cos(body.yaw_rad), sin(body.yaw_rad))
        return centre[0] + unit[0] * radius_m, centre[1] + unit[1] * radius_m, centre[2]

    def _point_of_circle(self, item: MissionItem) -> Point:
        return actions.local_point(self.vehicle, item.frame, item.x, item.y, item.z)

    def _radius(self, item: MissionItem) -> float:
        return item.param3 or self.vehicle.params["CIRCLE_RADIUS"] / 100
