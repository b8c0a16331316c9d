"""Sightings: reported, and followed step by step."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from aiohttp import web
from msgspec.structs import replace

from gcs.auth import Role
from gcs.dispatch.requests import StepRequest
from gcs.sightings.cap import cap_message
from gcs.sightings.catalogue import SightingClass
from gcs.sightings.errors import UnknownSightingError
from gcs.sightings.intake import SightingReport
from gcs.sightings.masking import in_hand, is_volunteer, masked_for
from gcs.sightings.model import Sighting
from gcs.sightings.workflow import BY_UNITS, Action
from gcs.web.answering import json_answer
from gcs.web.problem import ProblemError
from gcs.web.route import Call, Route

CAP_SENDER = "aeropatrol"


async def list_sightings(call: Call[None]) -> tuple[Sighting, ...]:
    return tuple(_shown(call, sighting) for sighting in seen_by(call))


async def get_sighting(call: Call[None]) -> Sighting:
    return _shown(call, await find_seen(call))


async def find_seen(call: Call[Any]) -> Sighting:
    """The sighting that the path names, however old, if whoever asks may see it."""
    wanted = call.part("id")[:80]
    found = await call.services.desk.find(wanted)
    if not _may_see(call, found):
        raise UnknownSightingError(wanted)
    return found


def seen_by(call: Call[Any]) -> list[Sighting]:
    """Those held in memory that whoever asks may see."""
    return [sighting for sighting in call.services.desk.sightings.values() if _may_see(call, sighting)]


def by_volunteer(call: Call[Any]) -> bool:
    return call.person.role is Role.UNIT and is_volunteer(call.services.desk.units.get(call.person.unit or ""))


async def get_cap(call: Call[None]) -> web.Response:
    """The sighting as it is now, for systems that read the Common Alerting Protocol."""
    found = await call.services.desk.find(call.part("id")[:80])
    body = cap_message(found, call.services.catalogue, CAP_SENDER)
    return web.Response(body=body, content_type="application/cap+xml", charset="utf-8")


async def report_sighting(call: Call[SightingReport]) -> web.Response:
    """201 when it is new and kept; 200 with what is kept when it was reported before."""
    sighting, new = await call.services.desk.report(_with_operation(call), call.actor)
    return json_answer(sighting, 201 if new else 200)


def _with_operation(call: Call[SightingReport]) -> SightingReport:
    """What a vehicle saw belongs to the operation that holds it, unless the report says otherwise."""
    report = call.body
    if report.operation is not None or report.source is None or report.source.vehicle is None:
        return report
    operation = call.services.conductor.operation_of(report.source.vehicle)
    return replace(report, operation=operation.id) if operation else report


async def step_sighting(call: Call[StepRequest]) -> Sighting:
    """A unit takes its own steps and only for itself; that it holds the sighting is the desk's to check."""
    asked = call.body
    if asked.action is Action.EXPIRE:
        raise ProblemError(
            422, "step.internal", "a sighting expires by itself: ask to refuse or assign", field="action"
        )
    if call.person.role is Role.UNIT:
        if asked.action not in BY_UNITS or asked.unit not in (None, call.person.unit):
            raise ProblemError(
                403, "unit.scope", "a unit accepts, refuses, arrives, reports back and resolves, for itself"
            )
        asked = replace(asked, unit=call.person.unit)
    return _shown(call, await call.services.desk.step(call.part("id"), asked, call.actor))


class TaskReceipt(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The unit whose page it is, and whether somebody has looked at the task."""

    unit: Annotated[str, msgspec.Meta(max_length=100)]
    read: bool = False


async def receive_task(call: Call[TaskReceipt]) -> Sighting:
    """Said again, or of a task that is not the unit's (any more), it changes nothing."""
    found, unit = await find_seen(call), call.body.unit
    if not call.person.may_act_for(unit):
        raise ProblemError(403, "unit.scope", "a unit says for itself what it has received")
    call.services.receipts.received(found, unit, read=call.body.read)
    return _shown(call, found)


async def list_classes(call: Call[None]) -> tuple[SightingClass, ...]:
    return tuple(call.services.catalogue.values())


def _may_see(call: Call[Any], sighting: Sighting) -> bool:
    """A unit sees what it has, and what it had; a volunteer what they have now."""
    person = call.person
    if by_volunteer(call):
        return in_hand(sighting, person.unit or "")
    return person.may_act_for(sighting.unit) or any(step.unit == person.unit for step in sighting.history)


def _shown(call: Call[Any], sighting: Sighting) -> Sighting:
    return masked_for(sighting, call.person.unit or "") if by_volunteer(call) else sighting


ROUTES = (
    Route(
        "GET", "/sightings", list_sightings, "sightings with their history", "sightings",
        answer=tuple[Sighting, ...], units=True,
    ),
    Route("GET", "/sightings/{id}", get_sighting, "one sighting", "sightings", answer=Sighting, units=True),
    Route(
        "GET", "/sightings/{id}/cap", get_cap, "a sighting as CAP 1.2 message", "sightings",
        content="application/cap+xml",
    ),
    Route(
        "GET", "/classes", list_classes, "classes of sightings", "sightings",
        answer=tuple[SightingClass, ...], units=True,
    ),
    Route(
        "POST", "/sightings", report_sighting, "reports a sighting; the same id again changes nothing", "sightings",
        body=SightingReport, answer=Sighting, status=201, problems=(503, 507),
    ),
    Route(
        "POST", "/sightings/{id}/steps", step_sighting, "takes a step of a sighting", "sightings",
        body=StepRequest, answer=Sighting, units=True, problems=(409, 503, 507),
    ),
    Route(
        "POST", "/sightings/{id}/receipts", receive_task, "a unit's page has its task", "sightings",
        body=TaskReceipt, answer=Sighting, units=True,
    ),
)  # fmt: skip
