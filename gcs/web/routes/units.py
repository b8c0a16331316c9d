"""Units: registered, where they are, on duty or off, and the token of their phone."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec

from gcs.dispatch.model import Unit
from gcs.dispatch.requests import UnitPosition, UnitReport, UnitStatusChange
from gcs.events import Event
from gcs.sightings.errors import UnknownUnitError
from gcs.web.problem import ProblemError
from gcs.web.route import Call, Route
from gcs.web.routes.flying import Nothing


class NewToken(msgspec.Struct, frozen=True, kw_only=True):
    """Shown this once. `path` opens the unit's page with it."""

    unit: str
    token: str
    path: str


async def list_units(call: Call[None]) -> tuple[Unit, ...]:
    return tuple(unit for unit in call.services.desk.units.values() if call.person.may_act_for(unit.id))


async def get_unit(call: Call[None]) -> Unit:
    return _known(call, _own(call, call.part("id")))


async def put_unit(call: Call[UnitReport]) -> Unit:
    _own(call, call.body.id)
    return await call.services.desk.put_unit(call.body, call.actor)


async def move_unit(call: Call[UnitPosition]) -> Unit:
    return await call.services.desk.unit_position(_own(call, call.part("id")), call.body, call.actor)


async def change_unit(call: Call[UnitStatusChange]) -> Unit:
    return await call.services.desk.unit_status(_own(call, call.part("id")), call.body, call.actor)


async def new_token(call: Call[Nothing]) -> NewToken:
    """A new token for the unit's phone; the one before opens nothing from now on."""
    services, unit = call.services, _known(call, call.part("id"))
    if services.tokens is None:
        raise ProblemError(409, "token.not_needed", "on a loopback address nobody needs a token")
    token = await asyncio.to_thread(services.tokens.new_unit_token, unit.id)
    services.publish(Event(kind="unit.token_issued", at=services.clock.utc(), actor=call.actor, unit=unit.id))
    return NewToken(unit=unit.id, token=token, path=f"/unit?token={token}")


def _own(call: Call[Any], unit: str) -> str:
    if not call.person.may_act_for(unit):
        raise ProblemError(403, "unit.scope", "a unit's token acts for that unit only")
    return unit


def _known(call: Call[Any], unit: str) -> Unit:
    found = call.services.desk.units.get(unit)
    if found is None:
        raise UnknownUnitError(unit[:80])
    return found


ROUTES = (
    Route("GET", "/units", list_units, "units", "units", answer=tuple[Unit, ...], units=True),
    Route("GET", "/units/{id}", get_unit, "one unit", "units", answer=Unit, units=True),
    Route(
        "POST", "/units", put_unit, "registers a unit, or brings it up to date", "units",
        body=UnitReport, answer=Unit, units=True, problems=(409, 503, 507),
    ),
    Route(
        "POST", "/units/{id}/position", move_unit, "where a unit is", "units",
        body=UnitPosition, answer=Unit, units=True, problems=(503, 507),
    ),
    Route(
        "POST", "/units/{id}/status", change_unit, "free, or off duty", "units",
        body=UnitStatusChange, answer=Unit, units=True, problems=(409, 503, 507),
    ),
    Route(
        "POST", "/units/{id}/token", new_token, "a new token for the unit's phone, shown once", "units",
        body=Nothing, answer=NewToken, problems=(409,),
    ),
)  # fmt: skip
