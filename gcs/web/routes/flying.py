"""The steps of an operation, each asked for by name."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from gcs.operations.model import Operation
from gcs.sightings.text import clean_note
from gcs.web.route import Call, Handler, Route
from gcs.web.words import needed_note

Note = Annotated[str, Meta(max_length=500)]


class Nothing(msgspec.Struct, frozen=True):
    """`{}`: the step needs no more than its name."""


class Authorisation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`note` says why it may fly although findings are yellow."""

    note: Note = ""


class Abort(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    reason: Annotated[str, Meta(min_length=1, max_length=500)]


class Clear(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`vehicle` is who may take off again."""

    vehicle: str


async def check_operation(call: Call[Nothing]) -> Operation:
    return await call.services.conductor.check(call.part("id"), call.actor)


async def authorise_operation(call: Call[Authorisation]) -> Operation:
    return await call.services.conductor.authorise(call.part("id"), call.actor, clean_note(call.body.note, "note"))


async def upload_operation(call: Call[Nothing]) -> Operation:
    return await call.services.conductor.upload(call.part("id"), call.actor)


async def launch_operation(call: Call[Nothing]) -> Operation:
    return await call.services.conductor.launch(call.part("id"), call.actor)


async def pause_operation(call: Call[Nothing]) -> Operation:
    return await call.services.conductor.pause(call.part("id"), call.actor)


async def resume_operation(call: Call[Nothing]) -> Operation:
    return await call.services.conductor.resume(call.part("id"), call.actor)


async def clear_operation(call: Call[Clear]) -> Operation:
    return await call.services.conductor.clear(call.part("id"), call.body.vehicle, call.actor)


async def return_operation(call: Call[Nothing]) -> Operation:
    return await call.services.conductor.rtl_all(call.part("id"), call.actor)


async def abort_operation(call: Call[Abort]) -> Operation:
    reason = needed_note(call.body.reason, "reason")
    return await call.services.conductor.abort(call.part("id"), reason, call.actor)


async def close_operation(call: Call[Nothing]) -> Operation:
    return await call.services.conductor.close(call.part("id"), call.actor)


def _step(name: str, handler: Handler, about: str, body: Any = Nothing) -> Route:
    path, kept = f"/operations/{{id}}/{name}", (409, 503, 507)
    return Route("POST", path, handler, about, "flying", body=body, answer=Operation, problems=kept)


ROUTES = (
    _step("check", check_operation, "runs the pre-flight checks"),
    _step("authorise", authorise_operation, "a person answers for it", Authorisation),
    _step("upload", upload_operation, "puts the missions on the vehicles and reads them back"),
    _step("launch", launch_operation, "starts"),
    _step("pause", pause_operation, "everybody stops where they are"),
    _step("resume", resume_operation, "goes on"),
    _step("clear", clear_operation, "lets a real vehicle that has landed fly its next sortie", Clear),
    _step("rtl", return_operation, "calls every vehicle home"),
    _step("abort", abort_operation, "ends it for a reason and calls every vehicle home", Abort),
    _step("close", close_operation, "ends it when everybody is on the ground"),
)
