"""Whom a vehicle itself obeys: asking it for control, and giving that back, where it keeps count."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from gcs.web.commanding import CommandAnswer, send_command
from gcs.web.holding import confirmed, take_lease
from gcs.web.route import Call, Route
from telemetry.services.operator_control import LONGEST_S, SHORTEST_S, release_control, request_control


class OperatorRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`allow_takeover`: other stations may take it from us without asking. Whoever has it now is asked for up to
    `timeout_s`. `confirm` names the vehicle again."""

    action: Literal["request", "release"]
    allow_takeover: bool = False
    timeout_s: Annotated[float, Meta(ge=SHORTEST_S, le=LONGEST_S)] = 10.0
    confirm: Annotated[str, Meta(max_length=100)]


async def control_vehicle(call: Call[OperatorRequest]) -> CommandAnswer:
    """For this ground control as a whole: which of its seats commands is its own business."""
    asked, services = call.body, call.services
    vehicle = confirmed(call, asked.confirm)
    take_lease(call, vehicle)
    target, own_sysid = services.station.target(vehicle), services.station.own[0]
    if asked.action == "release":
        return await send_command(call, vehicle, "release_control", release_control(target, own_sysid))
    message = request_control(target, own_sysid, allow_takeover=asked.allow_takeover, timeout_s=asked.timeout_s)
    return await send_command(call, vehicle, "request_control", message)


ROUTES = (
    Route(
        "POST",
        "/vehicles/{id}/operator",
        control_vehicle,
        "asks the vehicle to obey this ground station, or no longer only this one",
        "vehicles",
        body=OperatorRequest,
        answer=CommandAnswer,
        problems=(409, 504),
    ),
)
