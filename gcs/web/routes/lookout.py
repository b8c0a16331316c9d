"""What a vehicle does for those on the ground: look, follow a unit's approach, speak, light up. Each names it twice."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from gcs.dispatch.payloads import PayloadSettings, switch
from gcs.events import Event
from gcs.sightings.errors import UnknownUnitError
from gcs.sightings.text import clean_note
from gcs.web.commanding import refuse_unless_taken
from gcs.web.holding import confirmed, take_lease
from gcs.web.problem import ProblemError, not_found
from gcs.web.route import Call, Route

Name = Annotated[str, Meta(max_length=100)]
LONGEST_SPEECH = 500


class Place(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    lat: Annotated[float, Meta(ge=-90, le=90)]
    lon: Annotated[float, Meta(ge=-180, le=180)]


class LookRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """At a sighting, at a place on the ground, or after a unit on its way; with none of them, ahead again. `confirm`
    names the vehicle again."""

    confirm: Name
    sighting: Name | None = None
    place: Place | None = None
    unit: Name | None = None


class PayloadRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`text` is what is said over a loudspeaker; `confirm` names the vehicle again."""

    confirm: Name
    on: bool = True
    text: Annotated[str, Meta(max_length=LONGEST_SPEECH)] = ""


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """The vehicle has taken the command."""

    vehicle: str
    doing: str


async def look(call: Call[LookRequest]) -> Done:
    services, asked = call.services, call.body
    vehicle = confirmed(call, asked.confirm)
    if sum(target is not None for target in (asked.sighting, asked.place, asked.unit)) > 1:
        raise ProblemError(422, "body.invalid", "name one of sighting, place and unit")
    take_lease(call, vehicle)
    lookout = services.lookout
    if asked.place is not None:
        refuse_unless_taken(vehicle, await lookout.look(vehicle, asked.place.lat, asked.place.lon, call.actor))
        return Done(vehicle=vehicle, doing="looks")
    if asked.sighting is not None:
        place = (await services.desk.find(asked.sighting)).place
        refuse_unless_taken(vehicle, await lookout.look(vehicle, place.lat_deg, place.lon_deg, call.actor))
        return Done(vehicle=vehicle, doing="looks")
    if asked.unit is None:
        refuse_unless_taken(vehicle, await lookout.ahead(vehicle, call.actor))
        return Done(vehicle=vehicle, doing="looks ahead")
    unit = services.desk.units.get(asked.unit)
    if unit is None:
        raise UnknownUnitError(asked.unit)
    outcome = await lookout.follow(vehicle, unit, call.actor)
    if outcome is None:
        raise ProblemError(409, "unit.no_place", f"nobody knows where {asked.unit} is")
    refuse_unless_taken(vehicle, outcome)
    return Done(vehicle=vehicle, doing="follows")


async def list_payloads(call: Call[None]) -> tuple[PayloadSettings, ...]:
    return call.services.config.payloads


async def use_payload(call: Call[PayloadRequest]) -> Done:
    """Written down with who, when and what was said, whether or not the vehicle took it."""
    services, asked = call.services, call.body
    vehicle = confirmed(call, asked.confirm)
    payload = next((p for p in services.config.payloads if p.name == call.part("payload")), None)
    if payload is None:
        raise not_found("payload", call.part("payload"))
    text = clean_note(asked.text, "text", LONGEST_SPEECH)
    if payload.speaks and asked.on and not text:
        raise ProblemError(422, "payload.no_text", "say what is said over the loudspeaker", field="text")
    take_lease(call, vehicle)
    station = services.station
    outcome = await station.command(vehicle, switch(payload, station.target(vehicle), on=asked.on), call.actor)
    data = {"payload": payload.name, "on": asked.on, "text": text, "taken": outcome.ok}
    services.publish(Event(kind="payload.used", at=services.clock.utc(), actor=call.actor, vehicle=vehicle, data=data))
    refuse_unless_taken(vehicle, outcome)
    return Done(vehicle=vehicle, doing=f"{payload.name} {'on' if asked.on else 'off'}")


ROUTES = (
    Route("GET", "/payloads", list_payloads, "what vehicles carry", "vehicles", answer=tuple[PayloadSettings, ...]),
    Route(
        "POST", "/vehicles/{id}/look", look, "looks at a sighting, after a unit, or ahead", "vehicles",
        body=LookRequest, answer=Done, problems=(409, 503, 504),
    ),
    Route(
        "POST", "/vehicles/{id}/payloads/{payload}", use_payload, "speaks or lights up", "vehicles",
        body=PayloadRequest, answer=Done, problems=(409, 504),
    ),
)  # fmt: skip
