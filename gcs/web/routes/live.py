"""The live feed's door: who may listen, and how many."""

from __future__ import annotations

from aiohttp import web

from gcs.auth import Person, Role
from gcs.web.problem import ProblemError, not_found
from gcs.web.route import Call, Query, Route
from gcs.web.sockets import SOCKETS
from maps.live import live_socket


async def live(call: Call[None]) -> web.StreamResponse:
    unit = unit_to_show(call.person, call.request.query.get("unit"))
    ws = live_socket()
    if not ws.can_prepare(call.request).ok:
        headers = {"Upgrade": "websocket", "Connection": "Upgrade"}
        raise ProblemError(426, "live.upgrade", "this is a WebSocket: connect with one", headers=headers)
    if call.person.role is Role.CENTRE and unit is not None and unit not in call.services.desk.units:
        raise not_found("unit", unit)
    with call.request.app[SOCKETS].admitted(ws, call.person.unit):
        await ws.prepare(call.request)
        await call.services.live.serve(ws, unit, rows=call.request.query.get("moved") == "rows")
    return ws


def unit_to_show(person: Person, asked: str | None) -> str | None:
    """Whose feed it is; a unit's token shows that unit's only."""
    if person.role is Role.CENTRE:
        return asked or None
    if asked and asked != person.unit:
        raise ProblemError(403, "unit.scope", "a unit's token opens only that unit's feed")
    return person.unit


ROUTES = (
    Route(
        "GET",
        "/live",
        live,
        "the live feed, a WebSocket",
        "state",
        status=101,
        query=(
            Query("unit", "only what concerns this unit", "string"),
            Query("moved", "rows: vehicles that only moved come as one row each", "string"),
        ),
        units=True,
        problems=(404, 426, 503),
    ),
)
