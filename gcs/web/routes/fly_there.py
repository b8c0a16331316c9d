"""Sends a drone that is in the air, and that no operation has, to look from above a sighting or a place."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from gcs.dispatch.fly_there import HIGHEST_M, LOWEST_M, NotSentError
from gcs.web.commanding import UNANSWERED, send_command
from gcs.web.holding import confirmed, take_lease
from gcs.web.problem import ProblemError
from gcs.web.route import Call, Route
from gcs.web.routes.lookout import Name, Place
from telemetry.services import commands


class FlyThereRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Above a sighting, or above a place. `alt_m` above home; as high as it flies unless told. `confirm` names the
    vehicle again."""

    confirm: Name
    sighting: Name | None = None
    place: Place | None = None
    alt_m: Annotated[float, Meta(ge=LOWEST_M, le=HIGHEST_M)] | None = None


class OnItsWay(msgspec.Struct, frozen=True, kw_only=True):
    """The vehicle has taken the command; `alt_m` is the height that was free. `looks`: its camera turns there too."""

    vehicle: str
    alt_m: float
    looks: bool


async def fly_there(call: Call[FlyThereRequest]) -> OnItsWay:
    asked, services = call.body, call.services
    vehicle = confirmed(call, asked.confirm)
    simulated = services.fleet.vehicles[vehicle].simulated is True
    if (asked.sighting is None) == (asked.place is None):
        raise ProblemError(422, "body.invalid", "name either a sighting or a place", field="sighting")
    if asked.place is not None:
        lat_deg, lon_deg = asked.place.lat, asked.place.lon
    else:
        sighting = await services.desk.find(asked.sighting or "")
        lat_deg, lon_deg, simulated = sighting.place.lat_deg, sighting.place.lon_deg, sighting.simulated
    desk = services.look_desk
    try:
        alt_m = desk.height_there_m(vehicle, (lon_deg, lat_deg), simulated=simulated, wanted_m=asked.alt_m)
    except NotSentError as error:
        raise ProblemError(409, "vehicle.not_sent", f"{vehicle}: {error}") from None
    take_lease(call, vehicle)
    target = services.station.target(vehicle)
    try:
        await send_command(call, vehicle, "fly_there", commands.reposition(target, lat_deg, lon_deg, alt_m))
    except ProblemError as problem:
        if problem.problem.code == UNANSWERED:
            desk.on_its_way(vehicle, (lon_deg, lat_deg), alt_m)
        raise
    desk.on_its_way(vehicle, (lon_deg, lat_deg), alt_m)
    looks = await services.lookout.look(vehicle, lat_deg, lon_deg, call.actor)
    return OnItsWay(vehicle=vehicle, alt_m=round(alt_m, 1), looks=looks.ok)


ROUTES = (
    Route(
        "POST", "/vehicles/{id}/fly-there", fly_there, "sends a drone in the air to look from above", "vehicles",
        body=FlyThereRequest, answer=OnItsWay, problems=(409, 504),
    ),
)  # fmt: skip
