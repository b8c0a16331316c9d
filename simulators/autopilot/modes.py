"""Flight modes, arming and disarming: what may be entered when, and what flies in it.

Refusals and their texts are the recorded ones (228 commands in all states, modes 0 to 30).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from simulators.autopilot.boot import arming_problems
from simulators.autopilot.failsafes.actions import Modes
from simulators.autopilot.flight.auto import Auto
from simulators.autopilot.flight.controllers import LAND_PAUSE_S, Controller, Falling, Guided, Heading, Holding, Land
from simulators.autopilot.flight.returning import Return, SmartReturn
from simulators.autopilot.state import AUTO, BRAKE, GUIDED, LAND, MODE_NAMES, POSITION_MODES, RTL, SMART_RTL, Vehicle
from simulators.battery import draw_a

ARM_FORCED, DISARM_FORCED = (2989.0, 21196.0), 21196.0
LOITER_SINK_M_S: Final = 2.45  # nobody holds the throttle stick
DISARM_LAG_S: Final = 0.06
LEAST_FIX: Final = 3
LEARNED_HOVER: Final = 0.367
IN_FLIGHT_ALIGNMENT_M: Final = 3.0
LONGEST_MOTOR_TEST_S: Final = 600.0
_INIT_FAILED: Mapping[int, tuple[str, ...]] = MappingProxyType(
    {
        14: (), 15: (), 22: (), 28: (),
        23: ("Set FOLL_ENABLE = 1",),
        25: ("No axis selected, SID_AXIS = 0",),
        27: ("Unable to start landing sequence",),
    }
)  # fmt: skip
_AUTO_RTL, _THROW = 27, 18
_FLOWN_BY_STICK: Final = frozenset({0, 1, 11, 28})
_STEERS: Final = POSITION_MODES - {11, 18, 27}
_BLOCKABLE: Final = (0, 1, 2, 3, 4, 5, 7, 11, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28)
"""The modes by the bits of FLTMODE_GCSBLOCK."""
_GCS_CONTINUE: Final = 2
_NEEDS_POSITION_ARMED = POSITION_MODES - {LAND}
_STEERED, _TAKE_OFF_BY_COMMAND = frozenset({2, 5, 7, 16, 20, 22, 24}), frozenset({5, 16, 24})
"""Modes that hold a place and follow the sticks."""

_PLAIN: Mapping[int, Callable[[Vehicle], Controller]] = MappingProxyType(
    {LAND: Land, RTL: Return, SMART_RTL: SmartReturn}
)


def steers(mode: int) -> bool:
    """Whether the level position is controlled in a mode, disarmed too."""
    return mode in _STEERS


def _blocked(number: int, mask: int) -> bool:
    return number in _BLOCKABLE and bool(mask >> _BLOCKABLE.index(number) & 1)


class Pilot:
    """Owns the mode and what moves the vehicle in it. `make_auto` builds AUTO's controller, `takes_off_first` says
    whether the mission would go on with a take-off.

    `announce` changes a parameter of the vehicle's own accord.
    """

    def __init__(
        self,
        vehicle: Vehicle,
        make_auto: Callable[[Pilot], Controller],
        has_mission: Callable[[], bool],
        takes_off_first: Callable[[], bool],
        announce: Callable[[str, float], None],
    ) -> None:
        self.vehicle = vehicle
        self.heading = Heading(vehicle)
        self._make_auto = make_auto
        self.has_mission = has_mission
        self._takes_off_first = takes_off_first
        self._announce = announce
        self.mode_changed: Callable[[], None] = lambda: None
        self.controller: Controller = Falling(vehicle)
        self._idle_since_s = self._test_until_s = 0.0
        self._aligned_in_flight = self._flown = False
        self._was_on_ground = True

    def set_mode(self, number: int, *, by_gcs: bool = False) -> bool:
        """Enter a mode; False and a text where ArduCopter refuses it. `by_gcs`: a ground station asks."""
        vehicle = self.vehicle
        if number == vehicle.mode:
            return True
        if by_gcs and _blocked(number, int(vehicle.params["FLTMODE_GCSBLOCK"])):
            vehicle.say(4, f"Mode change to {MODE_NAMES[number]} failed: GCS entry disabled (FLTMODE_GCSBLOCK)")
            return False
        if number not in MODE_NAMES:
            vehicle.say(4, f"No such mode {number}")
            return False
        reason = self._mode_refusal(number)
        if reason is not None:
            for severity, text in self._told_before(number):
                vehicle.say(severity, text)
            vehicle.say(4, f"Mode change to {MODE_NAMES[number]} failed: {reason}")
            return False
        self.force_mode(number)
        return True

    def _told_before(self, number: int) -> list[tuple[int, str]]:
        """What a mode itself says of why it cannot be entered."""
        if number == AUTO and self.has_mission() and self.vehicle.position_ok:
            return [(2, "Auto: Missing Takeoff Cmd")]
        return [(4, text) for text in _INIT_FAILED.get(number, ())]

    def force_mode(self, number: int) -> None:
        """Enter a mode without asking (failsafes, boot)."""
        vehicle = self.vehicle
        leaving = self.controller
        vehicle.mode = number
        vehicle.steers = vehicle.steers or steers(number)
        vehicle.target = None
        self.heading.hold()
        leaving.leave()
        self.controller = self._controller(number)
        self.mode_changed()
        vehicle.steers = steers(number) and (vehicle.armed or number != RTL)
        if vehicle.fence.breached:
            vehicle.say(6, "Manual recovery started")

    def land_after_pause(self) -> None:
        """LAND as failsafes ask for it: the pilot has four seconds to take over before it goes down."""
        self.force_mode(LAND)
        self.controller = Land(self.vehicle, pause_s=LAND_PAUSE_S)

    def recover(self, modes: Modes) -> None:
        """The first of the modes that can be entered, as a failsafe asks for them."""
        for number in modes:
            if number == LAND and self.vehicle.mode != LAND:
                self.land_after_pause()
                return
            if self.set_mode(number):
                return

    def escape(self, modes: Modes) -> None:
        """The first of the modes that can be entered, as a breached fence asks for them: at once."""
        for number in modes:
            if self.set_mode(number):
                return

    def _mode_refusal(self, number: int) -> str | None:
        vehicle = self.vehicle
        if number == _AUTO_RTL:
            return "No return path or landing sequence found"
        if number in _INIT_FAILED or (number == SMART_RTL and vehicle.home is None):
            return "init failed"
        if vehicle.armed and number in _NEEDS_POSITION_ARMED and not vehicle.position_ok:
            return "requires position"
        if number in _FLOWN_BY_STICK and "radio" in vehicle.failsafes:
            return "in RC failsafe"
        failed = vehicle.armed and (number == _THROW or (number == AUTO and not self._auto_begins()))
        return "init failed" if failed else None

    def _auto_begins(self) -> bool:
        """Whether an armed vehicle may enter AUTO: with a mission, which from the ground begins with a take-off."""
        return self.has_mission() and (self.vehicle.flying or self._takes_off_first())

    def _controller(self, number: int) -> Controller:
        vehicle = self.vehicle
        if number == AUTO:
            return self._make_auto(self)
        if number in {GUIDED, 19}:
            return Guided(vehicle, self.heading)
        if number == BRAKE:
            return Holding(vehicle, "brake")
        if number in _STEERED:
            return Holding(vehicle, "loiter", LOITER_SINK_M_S, takes_off=number in _TAKE_OFF_BY_COMMAND)
        return _PLAIN.get(number, Falling)(vehicle)

    def arm(self, *, forced: bool = False) -> bool:
        """Arm, or say why not; True when armed already."""
        vehicle = self.vehicle
        if vehicle.armed:
            return True
        if not forced:
            problems = list(arming_problems(vehicle, MODE_NAMES[vehicle.mode], has_mission=self.has_mission()))
            for problem in problems:
                vehicle.say(2, f"Arm: {problem}")
            if problems:
                return False
            if vehicle.params["FS_GCS_ENABLE"] == _GCS_CONTINUE:
                vehicle.say(2, "Arm: FS_GCS_ENABLE=2 removed, see FS_OPTIONS")
        vehicle.armed = vehicle.motors_run = True
        vehicle.armed_at_s = vehicle.now_s
        self._idle_since_s = vehicle.link_s
        if vehicle.origin_set and vehicle.fix_type >= LEAST_FIX and not (vehicle.home and vehicle.home.locked):
            vehicle.set_home(vehicle.home_here(locked=False))
        vehicle.say(6, "Arming motors")
        if isinstance(self.controller, Auto):
            self.controller.armed()
        else:
            self.controller = self._controller(vehicle.mode)
        vehicle.steers = steers(vehicle.mode)
        return True

    def disarm(self, *, forced: bool = False) -> bool:
        """Stop the motors; refused in flight unless forced."""
        vehicle = self.vehicle
        if not vehicle.armed:
            return True
        if vehicle.flying and not forced:
            return False
        self.stop_motors()
        return True

    def test_motor(self, seconds: float) -> None:
        """A motor turns on the ground; the heartbeat says armed meanwhile."""
        self._test_until_s = self.vehicle.now_s + max(0.0, min(LONGEST_MOTOR_TEST_S, seconds))
        self.vehicle.motor_test = True
        self.vehicle.say(6, "starting motor test")
        self.mode_changed()

    def watch_motor_test(self) -> None:
        vehicle = self.vehicle
        if vehicle.motor_test and vehicle.now_s >= self._test_until_s:
            vehicle.motor_test = False
            vehicle.say(6, "finished motor test")
            self.mode_changed()
            self._announce("MOT_THST_HOVER", vehicle.params["MOT_THST_HOVER"])

    def stop_motors(self) -> None:
        vehicle, controller = self.vehicle, self.controller
        controller.disarmed()
        vehicle.armed = vehicle.motors_run = vehicle.may_take_off = False
        vehicle.steers = steers(vehicle.mode) and not (
            isinstance(controller, Return) or (isinstance(controller, Auto) and controller.returned)
        )
        vehicle.landed_state = 1
        vehicle.say(6, "Disarming motors")
        self._announce("MOT_THST_HOVER", LEARNED_HOVER if self._flown else vehicle.params["MOT_THST_HOVER"])

    def take_off(self, up_m: float) -> bool:
        """NAV_TAKEOFF in GUIDED: armed and on the ground only."""
        vehicle, controller = self.vehicle, self.controller
        if not vehicle.armed or not isinstance(controller, Guided | Holding) or not controller.take_off(up_m):
            return False
        vehicle.may_take_off = True
        return True

    def idle(self) -> None:
        """Time passes while the motors stand still."""
        if isinstance(self.controller, Auto):
            self.controller.idle()

    def step(self, dt: float) -> None:
        """One step of flight; the caller has moved the clock."""
        vehicle = self.vehicle
        body, wind = vehicle.body, vehicle.wind
        if vehicle.armed:
            self._fly(dt)
        elif not body.on_ground:
            wind.step(dt)
            body.fall(dt, wind.north_m_s, wind.east_m_s)
        vehicle.battery.step(
            dt, draw_a(vehicle.battery.spec, flying=vehicle.flying and vehicle.motors_run, climb_m_s=body.climb_m_s,
                       lean_rad=body.lean_rad)
        )  # fmt: skip
        if body.on_ground and not self._was_on_ground:
            self._aligned_in_flight = False
            vehicle.say(6, f"SIM Hit ground at {body.touch_speed_m_s:f} m/s")
        self._flown = self._flown or not body.on_ground
        self._was_on_ground = body.on_ground

    def _fly(self, dt: float) -> None:
        vehicle, controller = self.vehicle, self.controller
        body, want, wind = vehicle.body, vehicle.want, vehicle.wind
        wind.step(dt)
        controller.step(dt, want)
        vehicle.target = controller.target()
        if controller.thrust and not vehicle.motor_failed:
            self.heading.step(dt, want)
            body.fly(dt, want, wind.north_m_s, wind.east_m_s)
        else:
            body.fall(dt, wind.north_m_s, wind.east_m_s)
        if not self._aligned_in_flight and body.up_m > IN_FLIGHT_ALIGNMENT_M:
            self._aligned_in_flight = True
            for imu in (0, 1):
                vehicle.say(6, f"EKF3 IMU{imu} MAG0 in-flight yaw alignment complete")
        vehicle.landed_state = self._landed_state(controller)
        if controller.finished:
            controller.disarmed()
            self.stop_motors()
        else:
            self._disarm_when_idle()

    def _landed_state(self, controller: Controller) -> int:
        vehicle = self.vehicle
        if vehicle.body.on_ground:
            return 4 if controller.landing and vehicle.landed_state == 4 else 1
        return 3 if controller.taking_off else 4 if controller.landing else 2

    def _disarm_when_idle(self) -> None:
        vehicle = self.vehicle
        if not vehicle.body.on_ground or self.controller.taking_off or vehicle.motor_failed:
            self._idle_since_s = vehicle.link_s
        delay_s = vehicle.params["DISARM_DELAY"]
        if delay_s > 0 and vehicle.link_s - self._idle_since_s >= delay_s - DISARM_LAG_S:
            self.stop_motors()
