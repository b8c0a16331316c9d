"""What both commands and mission items do: speeds, yaw, regions of interest, servos, relays, home."""

from __future__ import annotations

from math import isfinite, radians
from typing import Final

from simulators.autopilot.flight.controllers import Heading
from simulators.autopilot.flight.trajectory import Point
from simulators.autopilot.state import Home, Vehicle

NAMED_SERVOS, SERVOS, RELAYS = 16, 32, 1
_NONE, _PASSED_ON, _SPRAYER_PUMP, _SPRAYER_SPINNER, _GRIPPER = 0, 1, 22, 23, 28
_RC_PASSED_ON: Final = range(51, 67)
_FREE_FUNCTIONS: Final = frozenset({_NONE, _PASSED_ON, _SPRAYER_PUMP, _SPRAYER_SPINNER, _GRIPPER, *_RC_PASSED_ON})
_RELAY_PIN = 1 << 13
_FRAME_GLOBAL, _FRAME_GLOBAL_INT = 0, 5
OVER_TERRAIN: Final = frozenset({10, 11})
KNOWN_FRAMES = frozenset({0, 3, 5, 6, 10, 11})


def whole(value: float) -> int:
    """A parameter as a whole number, cut toward zero; -1 where it is no number."""
    return int(value) if isfinite(value) else -1


def local_point(vehicle: Vehicle, frame: int, x: int, y: int, z: float) -> Point:
    """A place in MAVLink's terms (degrees x 1e7, metres in the frame's datum) as local metres.

    0, 0 is the place where the vehicle is. Terrain that nobody has sent is taken as flat, at the height of home.
    """
    body = vehicle.body
    north, east = vehicle.local_of(x, y) if x or y else (body.north_m, body.east_m)
    ground = vehicle.home.up_m if vehicle.home else 0.0
    if frame in OVER_TERRAIN:
        height_m = vehicle.terrain.height_m(*vehicle.frame.to_geo(north, east))
        ground = ground if height_m is None else height_m - vehicle.frame.alt_m
    return north, east, (z - vehicle.frame.alt_m if frame in {_FRAME_GLOBAL, _FRAME_GLOBAL_INT} else ground + z)


def turn(heading: Heading, params: tuple[float, float, float, float]) -> bool:
    """CONDITION_YAW: angle 0 to 360 degrees, rate in degrees a second, direction, 1 = relative."""
    angle_deg, rate_deg_s, direction, relative = params
    if not 0 <= angle_deg <= 360 or relative not in {0, 1}:
        return False
    if relative:
        heading.turn(radians(angle_deg if direction >= 0 else -angle_deg), rate_deg_s)
    else:
        heading.fixed(radians(angle_deg), rate_deg_s, direction if isfinite(direction) else 0.0)
    return True


def set_servo(vehicle: Vehicle, channel: float, pwm: float) -> bool:
    """DO_SET_SERVO; the motors' channels are taken."""
    if not servo_is_free(vehicle, channel):
        return False
    vehicle.servos[whole(channel)] = whole(pwm) & 0xFFFF
    return True


def servo_is_free(vehicle: Vehicle, channel: float) -> bool:
    """Of 32 outputs those that a parameter gives to nothing else: half of them have none and are never free."""
    number = whole(channel)
    if not 1 <= number <= SERVOS:
        return False
    free = number <= NAMED_SERVOS and vehicle.params[f"SERVO{number}_FUNCTION"] in _FREE_FUNCTIONS
    if not free:
        vehicle.say(6, f"ServoRelayEvent: Channel {number} is already in use")
    return free


def set_relay(vehicle: Vehicle, number: float, state: float) -> bool:
    if not 0 <= number < RELAYS:
        return False
    if vehicle.relays.get(int(number), False) != (state != 0):
        vehicle.announce("SIM_PIN_MASK", float(_RELAY_PIN if state else 0))
    vehicle.relays[int(number)] = state != 0
    return True


def set_home_at(vehicle: Vehicle, frame: int, x: int, y: int, z: float, *, locked: bool = True) -> bool:
    """DO_SET_HOME to a place; locked against the arming's own."""
    if abs(x) > 900_000_000 or abs(y) > 1_800_000_000 or not isfinite(z) or not vehicle.origin_set:
        return False
    north, east, up = local_point(vehicle, frame, x, y, z)
    lat, lon = (x / 1e7, y / 1e7) if x or y else vehicle.position_deg
    vehicle.set_home(Home(lat, lon, vehicle.frame.alt_m + up, north, east, up, locked=locked))
    return True


def knows_terrain(vehicle: Vehicle, frame: int, point: Point) -> bool:
    """Whether a height in this frame can be flown there: one over terrain needs terrain."""
    return frame not in OVER_TERRAIN or vehicle.terrain.height_m(*vehicle.frame.to_geo(point[0], point[1])) is not None
