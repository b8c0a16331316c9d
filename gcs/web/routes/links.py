"""Links on phones that do one thing once; whoever has one needs no token."""

from __future__ import annotations

from typing import Any

import msgspec
from aiohttp import web

from gcs.dispatch.links import Errand, still_waits
from gcs.dispatch.requests import StepRequest
from gcs.sightings.errors import UnknownSightingError
from gcs.sightings.model import Sighting
from gcs.sightings.workflow import Action
from gcs.web.problem import ProblemError, not_found
from gcs.web.route import Call, Route

USED = "this link was used, or somebody else has the task by now"


class Accepted(msgspec.Struct, frozen=True, kw_only=True):
    """The task is the unit's."""

    unit: str
    status: str


async def use_link(call: Call[None]) -> Accepted:
    """Accepts the task that the link is for, if it still waits for that answer."""
    errand, _ = await _errand(call)
    request = StepRequest(action=Action.ACCEPT, unit=errand.unit)
    after = await call.services.desk.step(errand.sighting, request, errand.unit)
    return Accepted(unit=errand.unit, status=after.status.value)


async def get_linked_picture(call: Call[None]) -> web.Response:
    """The newest picture of the task, as coarse blocks."""
    _, sighting = await _errand(call)
    newest = sighting.pictures[-1].name if sighting.pictures else ""
    found = await call.services.pictures.read(newest, mask=True) if newest else None
    if found is None:
        raise not_found("picture", newest)
    return web.Response(body=found[0], content_type=found[1])


async def _errand(call: Call[Any]) -> tuple[Errand, Sighting]:
    errand = call.services.link_reader(call.part("link"))
    if errand is None:
        raise ProblemError(404, "link.unknown", "this link was not made here, or its time is over")
    try:
        sighting = await call.services.desk.find(errand.sighting)
    except UnknownSightingError:
        raise ProblemError(410, "link.used", USED) from None
    if not still_waits(errand, sighting):
        raise ProblemError(410, "link.used", USED)
    return errand, sighting


ROUTES = (
    Route(
        "POST", "/links/{link}", use_link, "accepts the task that the link is for, once", "sightings",
        answer=Accepted, open_to_all=True, problems=(404, 409, 410, 503, 507),
    ),
    Route(
        "GET", "/links/{link}/picture", get_linked_picture, "the picture of that task, masked", "sightings",
        content="image/jpeg", open_to_all=True, problems=(404, 410, 503),
    ),
)  # fmt: skip
