"""From a route to a handler: the person, the checks, the body, and the answer as JSON."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import msgspec
from aiohttp import web

from gcs.auth import DEFAULT_SEAT, Person, Role
from gcs.web.body import parse_body, read_body
from gcs.web.doorman import Doorman
from gcs.web.problem import ProblemError
from gcs.web.route import JSON, PREFIX, Call, Route
from gcs.web.security import READING
from gcs.web.services import Services

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def add_routes(app: web.Application, routes: Sequence[Route], services: Services, doorman: Doorman) -> None:
    for route in routes:
        app.router.add_route(route.method, PREFIX + route.path, answering(route, services, doorman))


def answering(route: Route, services: Services, doorman: Doorman) -> _Handler:
    """The aiohttp handler of `route`. In a replay nothing can be changed but the replay."""

    async def handle(request: web.Request) -> web.StreamResponse:
        person = Person(DEFAULT_SEAT) if route.open_to_all else doorman.person(request)
        if person.role is Role.UNIT and not route.units:
            raise ProblemError(403, "unit.scope", "a unit's token opens only what belongs to that unit")
        if services.replay and route.method not in READING and not route.in_replay:
            raise ProblemError(409, "replay.read_only", "this is a recording: nothing can be changed or commanded")
        body = None
        if route.body is not None:
            body = parse_body(await read_body(request, route.max_body), route.body)
        answer = await route.handler(Call(services, person, request, body))
        return answer if isinstance(answer, web.StreamResponse) else json_answer(answer, route.status)

    return handle


def json_answer(value: Any, status: int = 200) -> web.Response:
    """`value` as JSON; NaN becomes null."""
    return web.Response(body=msgspec.json.encode(value), status=status, content_type=JSON)
