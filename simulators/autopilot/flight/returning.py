"""The ways home: RTL, and SMARTRTL."""

from __future__ import annotations

from math import hypot
from typing import Final

from simulators.airframe import Airframe, Setpoint
from simulators.autopilot.flight.controllers import Controller, FlyLegs, Land, limits_of, stopping_point
from simulators.autopilot.flight.guidance import LegTrack
from simulators.autopilot.flight.trajectory import Leg, Point
from simulators.autopilot.state import Vehicle

LEAST_CLIMB_M: Final = 0.02  # a real one never hovers at its return height to the centimetre
CONE_EXTRA_M: Final = 0.35  # recorded: 6.6 m at 2.06 m, 12.8 m at 4.17 m
SMART_RETURN_ENDS_AT_M: Final = 2.0


class Return(Controller):
    """RTL: climb to the return height, bend into the way home, fly it without turning, hover, land.

    Height: max(current, min(RTL_ALT, cone of RTL_CONE_SLOPE times the distance)), as recorded.
    """

    def __init__(self, vehicle: Vehicle, speed_m_s: float | None = None) -> None:
        super().__init__(vehicle)
        self._goal = self._nearest()
        self._over = self._goal[:2]
        self._wait_until_s: float | None = None
        stop, up_m = stopping_point(vehicle), self._height()
        top = (stop[0], stop[1], up_m)
        away = FlyLegs(vehicle, top, None, speed_m_s, (*stop[:2], min(stop[2], up_m - LEAST_CLIMB_M)))
        away.track.follow_with(Leg.between(top, (*self._over, up_m), limits_of(vehicle, speed_m_s)))
        self._phase: Controller = away
        self.done = False

    @property
    def finished(self) -> bool:
        return self.done

    def _nearest(self) -> Point:
        """Home or a rally point, whichever is nearer; here where there is neither."""
        vehicle, body = self.vehicle, self.vehicle.body
        home, limit_m = vehicle.home, vehicle.params["RALLY_LIMIT_KM"] * 1000
        places = [p for p in vehicle.rally if limit_m <= 0 or _level_m(p, body) <= limit_m]
        if home and (vehicle.params["RALLY_INCL_HOME"] or not places):
            places.append((home.north_m, home.east_m, home.up_m))
        return min(places, key=lambda place: _level_m(place, body), default=(body.north_m, body.east_m, 0.0))

    def _height(self) -> float:
        body, params = self.vehicle.body, self.vehicle.params
        ground = self.vehicle.home.up_m if self.vehicle.home else 0.0
        cone = params["RTL_CONE_SLOPE"] * _level_m(self._goal, body) + CONE_EXTRA_M
        target = params["RTL_ALT"] / 100 if params["RTL_ALT"] > 0 else 0.0
        if params["RTL_CONE_SLOPE"] > 0:
            target = min(target, cone)
        return max(body.up_m, ground + target, self._goal[2])

    @property
    def landing(self) -> bool:
        return self._phase.landing

    def target(self) -> Point | None:
        phase = self._phase
        return (*self._over, phase.track.leg.end[2]) if isinstance(phase, FlyLegs) else None

    def step(self, dt: float, out: Setpoint) -> None:
        phase = self._phase
        phase.step(dt, out)
        if isinstance(phase, FlyLegs):
            if phase.reached:
                self._after_leg(phase.track)
        elif isinstance(phase, Land):
            self.done = phase.done

    def _after_leg(self, track: LegTrack) -> None:
        vehicle = self.vehicle
        if vehicle.body.on_ground:
            self._phase = Land(vehicle, self._over)
        elif track.has_next:
            track.advance()
        elif self._wait_until_s is None:
            self._wait_until_s = vehicle.now_s + vehicle.params["RTL_LOIT_TIME"] / 1000
        elif vehicle.now_s >= self._wait_until_s:
            self._phase = Land(vehicle, self._over)


class SmartReturn(Return):
    """SMARTRTL: back at the height at which it flies, down over home and landed without a pause. The real one retraces
    its way; here that is straightened."""

    def __init__(self, vehicle: Vehicle) -> None:
        super().__init__(vehicle)
        self._down = False

    def _height(self) -> float:
        return self.vehicle.body.up_m

    def _after_leg(self, track: LegTrack) -> None:
        vehicle, low_m = self.vehicle, self._goal[2] + SMART_RETURN_ENDS_AT_M
        if track.has_next:
            track.advance()
        elif self._down or vehicle.body.up_m <= low_m:
            self._phase = Land(vehicle, self._over)
        else:
            self._down = True
            self._phase = FlyLegs(vehicle, (*self._over, low_m), None)


def _level_m(place: Point, body: Airframe) -> float:
    return hypot(place[0] - body.north_m, place[1] - body.east_m)
