"""SET_POSITION_TARGET_*: points and velocities for GUIDED. They are never answered."""

from __future__ import annotations

from math import atan2, cos, isfinite, sin

from simulators.autopilot import actions
from simulators.autopilot.failsafes.fence import Fence
from simulators.autopilot.flight.controllers import Guided
from simulators.autopilot.items.stored_items import MISSION, refusal, stored
from simulators.autopilot.items.transfer import GUIDED_POINT, item_of
from simulators.autopilot.modes import Pilot
from simulators.autopilot.state import Vehicle
from telemetry.constants import MavCmd, MavMissionResult
from telemetry.dialect import Message

MOST = 1e6
_NO_POSITION, _NO_VELOCITY, _NO_YAW, _NO_YAW_RATE = 0b111, 0b111000, 1 << 10, 1 << 11
LAPSE_S = 3.0
_LOCAL_NED, _OFFSET_NED, _BODY_NED, _BODY_OFFSET = 1, 7, 8, 9


def follow_global(vehicle: Vehicle, pilot: Pilot, message: Message) -> None:
    """SET_POSITION_TARGET_GLOBAL_INT; ignored outside GUIDED and in unknown frames."""
    controller = pilot.controller
    if not isinstance(controller, Guided) or message.coordinate_frame not in actions.KNOWN_FRAMES:
        return
    mask = message.type_mask
    if not mask & _NO_POSITION:
        if abs(message.lat_int) <= 900_000_000 and abs(message.lon_int) <= 1_800_000_000 and _flyable(message.alt):
            frame = message.coordinate_frame
            controller.go_to(actions.local_point(vehicle, frame, message.lat_int, message.lon_int, message.alt))
    elif not mask & _NO_VELOCITY and _flyable(message.vx, message.vy, message.vz):
        controller.move_at((message.vx, message.vy, -message.vz))
    _face(pilot, message)


def follow_local(vehicle: Vehicle, pilot: Pilot, message: Message) -> None:
    """SET_POSITION_TARGET_LOCAL_NED in the frames 1, 7, 8 and 9."""
    controller = pilot.controller
    frame = message.coordinate_frame
    if not isinstance(controller, Guided) or frame not in {_LOCAL_NED, _OFFSET_NED, _BODY_NED, _BODY_OFFSET}:
        return
    turned = vehicle.body.yaw_rad if frame in {_BODY_NED, _BODY_OFFSET} else 0.0
    cosine, sine = cos(turned), sin(turned)
    mask = message.type_mask
    if not mask & _NO_POSITION and _flyable(message.x, message.y, message.z):
        north, east = message.x * cosine - message.y * sine, message.x * sine + message.y * cosine
        body = vehicle.body
        if frame == _LOCAL_NED:
            controller.go_to((north, east, -message.z))
        else:
            controller.go_to((body.north_m + north, body.east_m + east, body.up_m - message.z))
    elif mask & _NO_POSITION and not mask & _NO_VELOCITY and _flyable(message.vx, message.vy, message.vz):
        north, east = message.vx * cosine - message.vy * sine, message.vx * sine + message.vy * cosine
        controller.move_at((north, east, -message.vz))
    _face(pilot, message)


def follow_item(vehicle: Vehicle, pilot: Pilot, fence: Fence, message: Message) -> int:
    """A mission item with current 2 says where to go in GUIDED; with 3 (a height) ArduCopter takes and ignores it.

    Returns the MAV_MISSION_RESULT.
    """
    item = item_of(message)
    result = refusal(item, MISSION)
    if result != MavMissionResult.ACCEPTED or message.current != GUIDED_POINT:
        return result
    controller = pilot.controller
    kept = stored(item, MISSION)
    if not isinstance(controller, Guided):
        return MavMissionResult.ERROR
    if item.command == MavCmd.CONDITION_YAW:
        actions.turn(pilot.heading, (kept.param1, kept.param2, kept.param3, min(1.0, kept.param4)))
        return MavMissionResult.ACCEPTED
    point = actions.local_point(vehicle, kept.frame, kept.x, kept.y, kept.z)
    ground = vehicle.home.up_m if vehicle.home else 0.0
    if item.command != MavCmd.NAV_WAYPOINT or not fence.allows(point[0], point[1], point[2] - ground):
        return MavMissionResult.ERROR
    if actions.knows_terrain(vehicle, kept.frame, point):
        controller.go_to(point)
    return MavMissionResult.ACCEPTED


def _flyable(*values: float) -> bool:
    """Numbers that can be flown; ArduPilot ignores setpoints with others."""
    return all(isfinite(value) and abs(value) < MOST for value in values)


def _face(pilot: Pilot, message: Message) -> None:
    """An angle, or a rate for as long as velocities last."""
    if not message.type_mask & _NO_YAW and isfinite(message.yaw):
        pilot.heading.fixed(atan2(sin(message.yaw), cos(message.yaw)))
    elif not message.type_mask & _NO_YAW_RATE and isfinite(message.yaw_rate):
        pilot.heading.spin(message.yaw_rate, pilot.vehicle.params["GUID_TIMEOUT"] or LAPSE_S)
