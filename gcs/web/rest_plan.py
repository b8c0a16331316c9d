"""Plans what of an operation is left to fly, in the planner's process: it alone loads the planner."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec

from gcs.web.rest_request import RestRequest, RestTask
from missions.areas.area import load_zones
from missions.coverage.rest import what_is_left
from missions.coverage.resume import fleet_of
from missions.fleet import FleetSpec, PlanError
from missions.formats import geojson
from missions.plan import Plan
from missions.wind import Wind


def rest_of(task: RestTask) -> Plan:
    """The plan of what no track has looked at. PlanError or AreaError when there is none."""
    asked, whole = task.asked, geojson.loads(bytes(task.plan))
    zones = load_zones(msgspec.json.encode(asked.no_fly), "no_fly") if asked.no_fly is not None else ()
    return what_is_left(whole, task.tracks, _fleet(whole, asked), no_fly=zones)


def _fleet(whole: Plan, asked: RestRequest) -> FleetSpec:
    if not whole.sorties:
        raise PlanError("the plan has no sorties: plan afresh")
    fleet = fleet_of(whole)
    changes: dict[str, Any] = {"drones": asked.drones, "endurance_s": asked.endurance_s}
    return replace(
        fleet,
        starts=tuple((lon, lat) for lat, lon in asked.starts) or fleet.starts,
        wind=Wind(asked.wind.from_deg, asked.wind.speed_m_s) if asked.wind else None,
        **{name: value for name, value in changes.items() if value is not None},
    )
