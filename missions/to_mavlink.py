"""A sortie as a MAVLink mission: home, take-off, speed, waypoints, return to launch or a landing at a swap pad.

Places are whole 1e-7 degrees, altitudes whole centimetres and stays whole seconds, as ArduPilot keeps them, so that a
read-back can be compared exactly. The last leg is straight home, or to the pad, and free of zones by the plan: the
return to launch, or the landing, flies it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from missions.plan import Sortie, Waypoint
from telemetry.services.mission_item import MissionItem

NAV_WAYPOINT, NAV_RETURN_TO_LAUNCH, NAV_LAND, NAV_TAKEOFF, DO_CHANGE_SPEED = 16, 20, 21, 22, 178
FRAME_GLOBAL, FRAME_GLOBAL_RELATIVE_ALT = 0, 3
GROUND_SPEED = 1.0
KEEP_THROTTLE = -1.0
LANDS_AS_KEPT = 1.0
"""What ArduPilot keeps in the landing's fourth parameter."""


def mission_items(sortie: Sortie, *, home_alt_m: float = 0.0) -> tuple[MissionItem, ...]:
    """Items in order of `seq`. Item 0 stands for home (altitude above sea level); the vehicle keeps its own."""
    return tuple(_items(sortie, home_alt_m))


def _items(sortie: Sortie, home_alt_m: float) -> Iterator[MissionItem]:
    home, way = sortie.path[0], sortie.path[1:-1]
    x, y = degrees_e7(home)
    yield MissionItem(0, NAV_WAYPOINT, FRAME_GLOBAL, x=x, y=y, z=whole_centimetres(home_alt_m))
    top = whole_centimetres(home.alt_rel_m)
    yield MissionItem(1, NAV_TAKEOFF, FRAME_GLOBAL_RELATIVE_ALT, x=x, y=y, z=top)
    yield MissionItem(
        2,
        DO_CHANGE_SPEED,
        FRAME_GLOBAL_RELATIVE_ALT,
        param1=GROUND_SPEED,
        param2=sortie.speed_m_s,
        param3=KEEP_THROTTLE,
    )
    for seq, waypoint in enumerate(way, start=3):
        x, y = degrees_e7(waypoint)
        z = whole_centimetres(waypoint.alt_rel_m)
        stay = float(math.ceil(waypoint.stay_s))
        yield MissionItem(seq, NAV_WAYPOINT, FRAME_GLOBAL_RELATIVE_ALT, param1=stay, x=x, y=y, z=z)
    seq = 3 + len(way)
    if not sortie.lands_at_end:
        yield MissionItem(seq, NAV_RETURN_TO_LAUNCH, FRAME_GLOBAL_RELATIVE_ALT)
        return
    x, y = degrees_e7(sortie.path[-1])
    yield MissionItem(seq, NAV_LAND, FRAME_GLOBAL_RELATIVE_ALT, param4=LANDS_AS_KEPT, x=x, y=y)


def degrees_e7(waypoint: Waypoint) -> tuple[int, int]:
    """(latitude, longitude) in whole 1e-7 degrees, the order of MISSION_ITEM_INT's x and y."""
    return round(waypoint.lat_deg * 1e7), round(waypoint.lon_deg * 1e7)


def whole_centimetres(metres: float) -> float:
    return round(metres * 100) / 100
