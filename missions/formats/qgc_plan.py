"""QGroundControl's `.plan`: the mission of one sortie, with no-fly zones as exclusion fences.

A `.plan` holds one vehicle's mission; a plan of several sorties needs several files. Keys and their order
are those that QGroundControl writes (fileType "Plan", version 1; mission version 2; fence version 2).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from missions.areas.zones import closed_zones
from missions.plan import Plan, Ring, Sortie
from missions.to_mavlink import NAV_LAND, NAV_RETURN_TO_LAUNCH, NAV_TAKEOFF, NAV_WAYPOINT, mission_items

if TYPE_CHECKING:
    from telemetry.services.mission_item import MissionItem

ARDUPILOT, QUADROTOR = 3, 2
RELATIVE_ALTITUDE = 1
HAS_PLACE = (NAV_WAYPOINT, NAV_LAND, NAV_TAKEOFF)


def dumps(plan: Plan, drone: int = 0, sortie: int = 0) -> str:
    """One sortie of `plan` as text. KeyError when there is no such sortie."""
    for candidate in plan.sorties:
        if (candidate.drone, candidate.sortie) == (drone, sortie):
            return json.dumps(to_qgc(plan, candidate), indent=4) + "\n"
    raise KeyError((drone, sortie))


def to_qgc(plan: Plan, sortie: Sortie) -> dict[str, Any]:
    """The document of one sortie."""
    home = sortie.path[0]
    items = mission_items(sortie)[1:]
    return {
        "fileType": "Plan",
        "geoFence": {"circles": [], "polygons": [_exclusion(ring) for ring in _zones(plan)], "version": 2},
        "groundStation": "QGroundControl",
        "mission": {
            "cruiseSpeed": 15,
            "firmwareType": ARDUPILOT,
            "globalPlanAltitudeMode": RELATIVE_ALTITUDE,
            "hoverSpeed": sortie.speed_m_s,
            "items": [_item(item) for item in items],
            "plannedHomePosition": [home.lat_deg, home.lon_deg, 0],
            "vehicleType": QUADROTOR,
            "version": 2,
        },
        "rallyPoints": {"points": [], "version": 2},
        "version": 1,
    }


def _zones(plan: Plan) -> list[Ring]:
    """Outlines of the zones that are not flown over, and the holes of the area, which are zones too."""
    return [zone.rings[0] for zone in closed_zones(plan)] + [hole for rings in plan.area for hole in rings[1:]]


def _exclusion(ring: Ring) -> dict[str, Any]:
    corners = ring[:-1] if ring[0] == ring[-1] else ring
    return {"inclusion": False, "polygon": [[lat, lon] for lon, lat in corners], "version": 1}


def _item(item: MissionItem) -> dict[str, Any]:
    item_dict: dict[str, Any] = {
        "autoContinue": True,
        "command": item.command,
        "doJumpId": item.seq,
        "frame": 2 if item.command not in HAS_PLACE else item.frame,
        "params": [item.param1, item.param2, item.param3, _yaw(item), item.x / 1e7, item.y / 1e7, item.z],
        "type": "SimpleItem",
    }
    if item.command in HAS_PLACE:
        above = {"AMSLAltAboveTerrain": None, "Altitude": item.z, "AltitudeMode": RELATIVE_ALTITUDE}
        return above | item_dict
    return item_dict


def _yaw(item: MissionItem) -> float | None:
    """Null means the autopilot's own choice of heading."""
    return None if item.command in HAS_PLACE or item.command == NAV_RETURN_TO_LAUNCH else item.param4
