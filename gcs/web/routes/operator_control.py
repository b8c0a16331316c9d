"""Whom a vehicle itself obeys, where it keeps count: asking it for control, giving that back, and answering it when
another station asks."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from gcs.web.commanding import CommandAnswer, send_command
from gcs.web.holding import confirmed, take_lease
from gcs.web.problem import ProblemError
from gcs.web.route import Call, Route
from telemetry.services.operator_control import LONGEST_S, SHORTEST_S, release_control, request_control

ANSWERS = frozenset({"grant", "refuse"})


class OperatorRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`allow_takeover`: other stations may take it from us without asking. Whoever has it now is asked for up to
    `timeout_s`. `grant` and `refuse` answer the vehicle's own question. `confirm` names the vehicle again."""

    action: Literal["request", "release", "grant", "refuse"]
    allow_takeover: bool = False
    timeout_s: Annotated[float, Meta(ge=SHORTEST_S, le=LONGEST_S)] = 10.0
    confirm: Annotated[str, Meta(max_length=100)]


async def control_vehicle(call: Call[OperatorRequest]) -> CommandAnswer:
    """For this ground control as a whole: which of its seats commands is its own business. Granting lets other
    stations take over until the vehicle is asked for control again; refusing sends nothing, the asking runs out."""
    asked, services = call.body, call.services
    vehicle = confirmed(call, asked.confirm)
    take_lease(call, vehicle)
    target, own_sysid = services.station.operator_target(vehicle), services.station.own[0]
    granting = asked.action == "grant"
    if asked.action in ANSWERS and vehicle not in services.station.takeovers:
        raise ProblemError(409, "operator.not_asked", f"no other station asks for {vehicle}, or not any more")
    if asked.action == "refuse":
        services.station.settle_takeover(vehicle, call.actor, granted=False)
        return CommandAnswer(vehicle=vehicle, command="refuse_takeover", result="", attempts=0)
    if asked.action == "release":
        return await send_command(call, vehicle, "release_control", release_control(target, own_sysid))
    allows = asked.allow_takeover or granting
    message = request_control(target, own_sysid, allow_takeover=allows, timeout_s=asked.timeout_s)
    answer = await send_command(call, vehicle, "request_control", message)
    if granting:
        services.station.settle_takeover(vehicle, call.actor, granted=True)
    return answer


ROUTES = (
    Route(
        "POST",
        "/vehicles/{id}/operator",
        control_vehicle,
        "asks the vehicle to obey this ground station, or no longer only this one, or answers who asks for it",
        "vehicles",
        body=OperatorRequest,
        answer=CommandAnswer,
        problems=(409, 504),
    ),
)
