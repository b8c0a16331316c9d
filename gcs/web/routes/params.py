"""A vehicle's parameters: all of them, one of them, and setting one."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from gcs.vehicles.param_set import ParamSet
from gcs.web.holding import askable, confirmed, take_lease
from gcs.web.problem import ProblemError, not_found
from gcs.web.route import Call, Query, Route
from telemetry.services.param_access import ParamOutcome

LARGEST = 3.4e38


class ParamView(msgspec.Struct, frozen=True, kw_only=True):
    """`type` is MAVLink's MAV_PARAM_TYPE."""

    name: str
    value: float
    type: int


class ParamsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """All parameters of a vehicle as they were read at `read_at`; equal sets have equal hashes."""

    vehicle: str
    hash: str
    read_at: datetime
    params: tuple[ParamView, ...]


class ParamRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`confirm` names the vehicle again."""

    value: Annotated[float, Meta(ge=-LARGEST, le=LARGEST)]
    confirm: Annotated[str, Meta(max_length=100)]


async def list_params(call: Call[None]) -> ParamsAnswer:
    vehicle = call.part("id")
    if call.number("kept", 0):
        kept = await call.services.params.latest(vehicle)
        if kept is None:
            raise not_found("params", vehicle)
        return _answer(vehicle, kept)
    return _answer(vehicle, await call.services.params.read(askable(call), call.actor))


async def get_param(call: Call[None]) -> ParamView:
    vehicle = askable(call)
    try:
        outcome = await call.services.params.get(vehicle, call.part("name"), call.actor)
    except ValueError as error:
        raise ProblemError(422, "param.invalid", str(error), field="name") from error
    return _view(vehicle, outcome)


async def set_param(call: Call[ParamRequest]) -> ParamView:
    vehicle = confirmed(call, call.body.confirm)
    take_lease(call, vehicle)
    try:
        outcome = await call.services.params.set(vehicle, call.part("name"), call.body.value, call.actor)
    except ValueError as error:
        raise ProblemError(422, "param.invalid", str(error), field="name") from error
    return _view(vehicle, outcome)


def _answer(vehicle: str, params: ParamSet) -> ParamsAnswer:
    views = (ParamView(name=p.name, value=p.value, type=p.kind) for _, p in sorted(params.parameters.items()))
    return ParamsAnswer(vehicle=vehicle, hash=params.hash, read_at=params.read_at, params=tuple(views))


def _view(vehicle: str, outcome: ParamOutcome) -> ParamView:
    held = outcome.parameter
    if held is None:
        raise ProblemError(504, "param.timeout", f"{vehicle}: {outcome.reason}")
    if not outcome.ok:
        raise ProblemError(409, "param.refused", f"{vehicle}: {outcome.reason}")
    return ParamView(name=held.name, value=held.value, type=held.kind)


ROUTES = (
    Route(
        "GET",
        "/vehicles/{id}/params",
        list_params,
        "all parameters of a vehicle, read from it now; or as they were read last",
        "vehicles",
        answer=ParamsAnswer,
        query=(Query("kept", "1: as they were read last, without asking the vehicle"),),
        problems=(409, 504),
    ),
    Route(
        "GET",
        "/vehicles/{id}/params/{name}",
        get_param,
        "one parameter, read from the vehicle now",
        "vehicles",
        answer=ParamView,
        problems=(409, 422, 504),
    ),
    Route(
        "PUT",
        "/vehicles/{id}/params/{name}",
        set_param,
        "sets a parameter of a vehicle, which is named twice; armed vehicles take only a few",
        "vehicles",
        body=ParamRequest,
        answer=ParamView,
        problems=(409, 422, 504),
    ),
)
