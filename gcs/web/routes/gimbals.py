"""A vehicle's gimbal: pointed, at rest, or folded away."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from gcs.web.commanding import CommandAnswer, send_command
from gcs.web.holding import confirmed, take_lease
from gcs.web.problem import ProblemError
from gcs.web.route import Call, Route
from telemetry.services import gimbal


class GimbalRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where to point: pitch up positive, yaw from the nose, or from north when `earth_frame`; or how to rest instead.
    `confirm` names the vehicle again."""

    confirm: Annotated[str, Meta(max_length=100)]
    pitch_deg: Annotated[float, Meta(ge=-120, le=90)] | None = None
    yaw_deg: Annotated[float, Meta(ge=-180, le=360)] = 0.0
    earth_frame: bool = False
    rest: Literal["neutral", "stow"] | None = None


async def use_gimbal(call: Call[GimbalRequest]) -> CommandAnswer:
    """Control of the gimbal is taken first where it is not ours already."""
    asked, vehicle, services = call.body, confirmed(call, call.body.confirm), call.services
    if (asked.pitch_deg is None) == (asked.rest is None):
        raise ProblemError(422, "body.invalid", "name either pitch_deg or rest", field="pitch_deg")
    take_lease(call, vehicle)
    target, control = services.station.target(vehicle), services.fleet.payloads.of(vehicle).control
    if control is None or control.primary != services.station.own:
        await send_command(call, vehicle, "gimbal", gimbal.take_control(target))
    if asked.pitch_deg is not None:
        message = gimbal.point(target, asked.pitch_deg, asked.yaw_deg, earth_frame=asked.earth_frame)
    else:
        message = gimbal.stow(target) if asked.rest == "stow" else gimbal.look_neutral(target)
    return await send_command(call, vehicle, "gimbal", message)


ROUTES = (
    Route(
        "POST", "/vehicles/{id}/gimbal", use_gimbal, "points the gimbal, or has it rest", "vehicles",
        body=GimbalRequest, answer=CommandAnswer, problems=(409, 504),
    ),
)  # fmt: skip
