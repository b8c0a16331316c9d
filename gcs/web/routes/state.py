"""Everything that is shown, and whether ground control is well."""

from __future__ import annotations

import msgspec
from aiohttp import web

from gcs.web.answering import json_answer
from gcs.web.route import Call, Route
from gcs.web.version import VERSION
from maps.views import State, Trail


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """`status` is `ok` or `trouble`; `troubles` by code, in English."""

    status: str
    version: str
    replay: bool
    troubles: dict[str, str] = {}


async def get_state(call: Call[None]) -> State:
    return call.services.state()


async def get_trails(call: Call[None]) -> tuple[Trail, ...]:
    return call.services.trails()


async def get_health(call: Call[None]) -> web.Response:
    """503 while something keeps ground control from its work, such as a store that cannot keep records."""
    troubles = {code: english for code, (_, english) in call.services.troubles().items()}
    status = "trouble" if troubles else "ok"
    health = Health(status=status, version=VERSION, replay=call.services.replay, troubles=troubles)
    return json_answer(health, 503 if troubles else 200)


ROUTES = (
    Route("GET", "/state", get_state, "everything that is shown", "state", answer=State),
    Route("GET", "/trails", get_trails, "where each vehicle was lately", "state", answer=tuple[Trail, ...]),
    Route("GET", "/health", get_health, "whether all is well", "state", answer=Health, open_to_all=True),
)
