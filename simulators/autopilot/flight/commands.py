"""Commands that fly: modes, arming, take-off, going to places, speeds, yaw, pause, mission start."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isfinite
from types import MappingProxyType

from simulators.autopilot import actions
from simulators.autopilot.flight.controllers import Guided
from simulators.autopilot.modes import ARM_FORCED, DISARM_FORCED
from simulators.autopilot.parts import Command, Parts
from simulators.autopilot.payload.actions import look_at
from simulators.autopilot.state import AUTO, GUIDED, LAND, LOITER, RTL
from telemetry.constants import MavCmd, MavResult

_RELATIVE = 3
TERMINATED_ABOVE = 0.5
_VTOL_TAKEOFF, _VTOL_LAND = 84, 85
_SPEEDS = MappingProxyType({2: "WPNAV_SPEED_UP", 3: "WPNAV_SPEED_DN"})


def _arm(parts: Parts, command: Command) -> MavResult:
    wish, magic = command.params[0], command.params[1]
    if wish == 1:
        parts.prearm.look()
        return _result(parts.pilot.arm(forced=magic in ARM_FORCED))
    if wish == 0:
        return _result(parts.pilot.disarm(forced=magic == DISARM_FORCED))
    return MavResult.UNSUPPORTED


def _take_off(parts: Parts, command: Command) -> MavResult:
    if command.is_int and command.frame != _RELATIVE:
        return MavResult.DENIED
    if not isfinite(command.z) or command.z <= 0:
        return MavResult.FAILED
    ground = parts.vehicle.home.up_m if parts.vehicle.home else 0.0
    return _result(parts.pilot.take_off(ground + command.z))


def _mission_start(parts: Parts, command: Command) -> MavResult:
    if command.params[0] != 0 or command.params[1] != 0:
        return MavResult.DENIED
    entering = parts.vehicle.mode != AUTO
    if not parts.pilot.set_mode(AUTO, by_gcs=True):
        return MavResult.FAILED
    auto = parts.auto
    if (
        auto is not None
        and parts.store.has_mission
        and parts.vehicle.origin_set
        and (entering or not parts.runner.running)
    ):
        auto.start()
    if auto is not None:
        auto.let_off()
    return MavResult.ACCEPTED


def _set_mode(parts: Parts, command: Command) -> MavResult:
    base, number = command.params[0], command.params[1]
    if not isfinite(base) or not isfinite(number) or not int(base) & 1:
        return MavResult.DENIED
    return _result(parts.pilot.set_mode(int(number), by_gcs=True))


def _mode(number: int) -> Callable[[Parts, Command], MavResult]:
    return lambda parts, _command: _result(parts.pilot.set_mode(number, by_gcs=True))


def _reposition(parts: Parts, command: Command) -> MavResult:
    if not command.is_int:
        return MavResult.UNSUPPORTED
    if not _may_go(parts, command):
        return MavResult.DENIED
    vehicle = parts.vehicle
    point = actions.local_point(vehicle, command.frame, command.x, command.y, command.z)
    ground = vehicle.home.up_m if vehicle.home else 0.0
    if not parts.fence.allows(point[0], point[1], point[2] - ground) or not parts.pilot.set_mode(GUIDED, by_gcs=True):
        return MavResult.FAILED
    if isinstance(parts.pilot.controller, Guided) and actions.knows_terrain(vehicle, command.frame, point):
        parts.pilot.controller.go_to(point)
    return MavResult.ACCEPTED


def _may_go(parts: Parts, command: Command) -> bool:
    """Whether a DO_REPOSITION may change the mode where that is needed, and names a place."""
    flags = int(command.params[1]) if isfinite(command.params[1]) else 0
    if parts.vehicle.mode != GUIDED and not flags & 1:
        return False
    if command.frame not in actions.KNOWN_FRAMES:
        parts.vehicle.say(6, f"Unknown mavlink coordinate frame {command.frame}")
        return False
    nowhere = command.x == 0 and command.y == 0
    return not (nowhere or abs(command.x) > 900_000_000 or abs(command.y) > 1_800_000_000 or not isfinite(command.z))


def _yaw(parts: Parts, command: Command) -> MavResult:
    return _result(actions.turn(parts.pilot.heading, command.params))


def _speed(parts: Parts, command: Command) -> MavResult:
    kind, speed = command.params[0], command.params[1]
    if kind not in {0, 1, 2, 3} or not isfinite(speed) or speed <= 0:
        return MavResult.DENIED
    controller = parts.pilot.controller
    if int(kind) not in _SPEEDS:
        if isinstance(controller, Guided):
            controller.change_speed(speed)
        elif parts.auto is not None:
            parts.auto.change_speed(speed)
    return MavResult.ACCEPTED


def _roi(parts: Parts, command: Command) -> MavResult:
    if command.frame not in actions.KNOWN_FRAMES:
        parts.vehicle.say(6, f"Unknown mavlink coordinate frame {command.frame}")
        return MavResult.DENIED
    if abs(command.x) > 900_000_000 or abs(command.y) > 1_800_000_000:
        return MavResult.FAILED
    somewhere = (command.x != 0 or command.y != 0) and isfinite(command.z)
    place = actions.local_point(parts.vehicle, command.frame, command.x, command.y, command.z) if somewhere else None
    look_at(parts.vehicle, parts.pilot.heading, place)
    return MavResult.ACCEPTED


def _no_roi(parts: Parts, command: Command) -> MavResult:  # noqa: ARG001 - a handler's form
    look_at(parts.vehicle, parts.pilot.heading, None)
    return MavResult.ACCEPTED


def _pause(parts: Parts, command: Command) -> MavResult:
    wish = command.params[0]
    if wish not in {0, 1}:
        return MavResult.DENIED
    controller = parts.pilot.controller
    if isinstance(controller, Guided):
        controller.pause(paused=wish == 0)
    elif parts.auto is None or not parts.auto.pause(paused=wish == 0):
        parts.vehicle.say(6, "Failed to pause" if wish == 0 else "Failed to resume")
        return MavResult.FAILED
    return MavResult.ACCEPTED


def _terminate(parts: Parts, command: Command) -> MavResult:
    if not command.params[0] > TERMINATED_ABOVE:
        return MavResult.FAILED
    if parts.vehicle.armed:
        parts.pilot.stop_motors()
    return MavResult.ACCEPTED


def _result(done: bool) -> MavResult:
    return MavResult.ACCEPTED if done else MavResult.FAILED


FLIGHT: Mapping[int, Callable[[Parts, Command], MavResult]] = MappingProxyType(
    {
        MavCmd.COMPONENT_ARM_DISARM: _arm,
        MavCmd.NAV_TAKEOFF: _take_off,
        _VTOL_TAKEOFF: _take_off,
        _VTOL_LAND: _mode(LAND),
        MavCmd.MISSION_START: _mission_start,
        MavCmd.DO_SET_MODE: _set_mode,
        MavCmd.NAV_RETURN_TO_LAUNCH: _mode(RTL),
        MavCmd.NAV_LAND: _mode(LAND),
        MavCmd.NAV_LOITER_UNLIM: _mode(LOITER),
        MavCmd.DO_REPOSITION: _reposition,
        MavCmd.CONDITION_YAW: _yaw,
        MavCmd.DO_CHANGE_SPEED: _speed,
        MavCmd.DO_SET_ROI: _roi,
        MavCmd.DO_SET_ROI_LOCATION: _roi,
        MavCmd.DO_SET_ROI_NONE: _no_roi,
        MavCmd.DO_PAUSE_CONTINUE: _pause,
        MavCmd.DO_FLIGHTTERMINATION: _terminate,
    }
)
