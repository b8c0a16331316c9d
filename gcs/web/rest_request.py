"""What of an operation is left to fly: asked over HTTP, and planned beside the event loop."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from gcs.plan_fleet import Latitude, Longitude
from gcs.web.plan_request import WindRequest
from missions.area import load_zones
from missions.fleet import MOST_DRONES, FleetSpec, PlanError
from missions.formats import geojson
from missions.plan import LonLat, Plan
from missions.resume import fleet_of, resume
from missions.wind import Wind

Track = tuple[LonLat, ...]


class RestRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`operation` by its id. What is left out is as in its plan; `starts` are [lat, lon], `no_fly` (GeoJSON) holds
    zones that are new."""

    operation: Annotated[str, Meta(max_length=100)]
    drones: Annotated[int, Meta(ge=1, le=MOST_DRONES)] | None = None
    starts: Annotated[tuple[tuple[Latitude, Longitude], ...], Meta(max_length=MOST_DRONES)] = ()
    endurance_s: Annotated[float, Meta(ge=60, le=86_400)] | None = None
    wind: WindRequest | None = None
    no_fly: dict[str, Any] | None = None


class RestTask(msgspec.Struct, frozen=True, kw_only=True):
    """What the planner's process gets: the plan file, and the tracks flown, [lon, lat]."""

    asked: RestRequest
    plan: msgspec.Raw
    tracks: tuple[Track, ...]


def rest_of(task: RestTask) -> Plan:
    """The plan of what no track has looked at. PlanError or AreaError when there is none."""
    asked, whole = task.asked, geojson.loads(bytes(task.plan))
    zones = load_zones(msgspec.json.encode(asked.no_fly), "no_fly") if asked.no_fly is not None else ()
    return resume(whole, task.tracks, _fleet(whole, asked), no_fly=zones)


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
