"""What of an operation is left to fly: asked over HTTP; `rest_plan.py` plans it beside the event loop."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from gcs.plan_fleet import Latitude, Longitude
from gcs.web.plan_request import WindRequest
from missions.fleet import MOST_DRONES
from missions.plan import LonLat

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
