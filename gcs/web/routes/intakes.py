"""Doors by which other systems report: an address and a secret each, a sample body, a test that sends nobody."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from aiohttp import web
from msgspec import Meta

from gcs.sightings.intakes import ForeignReport, Intake, sample_body
from gcs.web.answering import json_answer
from gcs.web.problem import ProblemError
from gcs.web.route import PREFIX, Call, Query, Route
from gcs.web.routes.flying import Nothing

HEADER = "X-Intake-Secret"
_BEARER = "bearer "
_SAMPLE_PLACE = (29.9, 121.84)


class IntakeRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`name` is the other system's; `klass` what a report is that names none; `exercise`: all of it is simulated."""

    name: Annotated[str, Meta(max_length=100)]
    klass: str = "other"
    exercise: bool = False


class IntakeView(msgspec.Struct, frozen=True, kw_only=True):
    """A door; `path` is where the other system posts."""

    id: str
    name: str
    klass: str
    exercise: bool
    path: str


class NewIntake(msgspec.Struct, frozen=True, kw_only=True):
    """`secret` is shown this once; it goes into the header `X-Intake-Secret`. `sample` is a body that is taken."""

    intake: IntakeView
    secret: str
    sample: dict[str, Any]


async def list_intakes(call: Call[None]) -> tuple[IntakeView, ...]:
    return tuple(_view(intake) for intake in call.services.intakes.intakes.values())


async def open_intake(call: Call[IntakeRequest]) -> NewIntake:
    asked = call.body
    intake, secret = await call.services.intakes.open(asked.name, asked.klass, call.actor, exercise=asked.exercise)
    return NewIntake(intake=_view(intake), secret=secret, sample=sample_body(intake, *_SAMPLE_PLACE))


async def close_intake(call: Call[Nothing]) -> IntakeView:
    return _view(await call.services.intakes.close(call.part("id"), call.actor))


async def test_intake(call: Call[Nothing]) -> Nothing:
    """The centre's own test: a notice, and nothing else happens."""
    call.services.intakes.test(call.part("id"), None, call.actor)
    return Nothing()


async def take_report(call: Call[ForeignReport]) -> web.Response:
    """201 for a new sighting, 200 for one that is known; with `test=1` a notice only."""
    intakes = call.services.intakes
    intake = intakes.let_in(call.part("id"), _secret(call.request))
    if intake is None:
        raise ProblemError(401, "intake.wrong_secret", f"show this door's secret in the header {HEADER}")
    if call.number("test", 0):
        intakes.test(intake.id, call.body, intake.name)
        return json_answer({"test": True})
    sighting, new = await intakes.take(intake, call.body)
    return json_answer({"id": sighting.id, "status": sighting.status, "new": new}, 201 if new else 200)


def _secret(request: web.Request) -> str:
    said = request.headers.get("Authorization", "")
    bearer = said[len(_BEARER) :].strip() if said.casefold().startswith(_BEARER) else ""
    return (request.headers.get(HEADER) or bearer)[:200]


def _view(intake: Intake) -> IntakeView:
    path = f"{PREFIX}/intakes/{intake.id}/reports"
    return IntakeView(id=intake.id, name=intake.name, klass=intake.klass, exercise=intake.exercise, path=path)


ROUTES = (
    Route("GET", "/intakes", list_intakes, "doors for other systems", "intakes", answer=tuple[IntakeView, ...]),
    Route(
        "POST", "/intakes", open_intake, "a new door with its secret, shown once", "intakes",
        body=IntakeRequest, answer=NewIntake, status=201, problems=(503, 507),
    ),
    Route(
        "POST", "/intakes/{id}/test", test_intake, "a notice that the door works; nobody is sent", "intakes",
        body=Nothing, answer=Nothing,
    ),
    Route(
        "POST", "/intakes/{id}/close", close_intake, "closes a door for good", "intakes",
        body=Nothing, answer=IntakeView, problems=(503, 507),
    ),
    Route(
        "POST", "/intakes/{id}/reports", take_report, "where another system reports, with its secret", "intakes",
        body=ForeignReport, status=201, open_to_all=True, query=(Query("test", "1: a notice only"),),
        problems=(401, 503, 507),
    ),
)  # fmt: skip
