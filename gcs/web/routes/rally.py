"""A vehicle's rally points: reading them, and putting others there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from gcs.vehicles.rally import MOST_POINTS, Above, RallyPoint
from gcs.web.holding import askable, confirmed, take_lease
from gcs.web.problem import ProblemError
from gcs.web.route import Call, Route


class RallyPlace(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Degrees, and whole metres above home: ArduPilot keeps no more."""

    lat: Annotated[float, Meta(ge=-90, le=90)]
    lon: Annotated[float, Meta(ge=-180, le=180)]
    alt_rel_m: Annotated[int, Meta(ge=2, le=1000)]


class RallyRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All of them; none clears what the vehicle holds. `confirm` names the vehicle again."""

    points: Annotated[tuple[RallyPlace, ...], Meta(max_length=MOST_POINTS)]
    confirm: Annotated[str, Meta(max_length=100)]


class RallyView(msgspec.Struct, frozen=True, kw_only=True):
    """A point as the vehicle holds it."""

    lat: float
    lon: float
    alt_m: float
    above: Above


async def get_rally(call: Call[None]) -> tuple[RallyView, ...]:
    return _views(await call.services.rally.read(askable(call), call.actor))


async def put_rally(call: Call[RallyRequest]) -> tuple[RallyView, ...]:
    vehicle = confirmed(call, call.body.confirm)
    take_lease(call, vehicle)
    points = tuple(RallyPoint(place.lat, place.lon, float(place.alt_rel_m)) for place in call.body.points)
    try:
        await call.services.rally.put(call.services.fleet.vehicles[vehicle], points, call.actor)
    except ValueError as error:
        raise ProblemError(422, "rally.invalid", str(error), field="points") from error
    return _views(points)


def _views(points: Sequence[RallyPoint]) -> tuple[RallyView, ...]:
    return tuple(
        RallyView(lat=point.lat_deg, lon=point.lon_deg, alt_m=point.alt_m, above=point.above) for point in points
    )


_TAG: dict[str, Any] = {"tag": "vehicles", "answer": list[RallyView]}
ROUTES = (
    Route("GET", "/vehicles/{id}/rally", get_rally, "its rally points, read from it now", problems=(409, 504), **_TAG),
    Route(
        "PUT", "/vehicles/{id}/rally", put_rally, "puts rally points on a vehicle and reads them back",
        body=RallyRequest, problems=(409, 422, 504), **_TAG,
    ),
)  # fmt: skip
