"""What a vehicle carries: pointing its gimbal, pictures and video of its camera."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from gcs.web.commanding import CommandAnswer, send_command
from gcs.web.holding import confirmed, take_lease
from gcs.web.problem import not_found
from gcs.web.route import Call, Route
from telemetry.dialect import Message
from telemetry.services import camera, gimbal

NUMBERS = 1_000_000
"""Numbers of pictures begin anew after so many: a float holds them."""
Confirm = Annotated[str, Meta(max_length=100)]
MAKERS: Mapping[str, Callable[[tuple[int, int], int, int], Message]] = MappingProxyType(
    {
        "photo": camera.take_image,
        "start_video": lambda target, _, device: camera.start_video(target, device),
        "stop_video": lambda target, _, device: camera.stop_video(target, device),
        "stop_tracking": lambda target, _, device: camera.stop_tracking(target, device),
    }
)


class GimbalRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Pitch up positive; yaw from the nose, or from north when `earth_frame`. `confirm` names the vehicle again."""

    pitch_deg: Annotated[float, Meta(ge=-120, le=90)]
    yaw_deg: Annotated[float, Meta(ge=-180, le=360)] = 0.0
    earth_frame: bool = False
    confirm: Confirm


class CameraRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`camera` is one of the vehicle's `cameras`, by id; without it the first, or the autopilot's.
    `confirm` names the vehicle again."""

    action: Literal["photo", "start_video", "stop_video", "stop_tracking"]
    camera: Annotated[str, Meta(max_length=20)] | None = None
    confirm: Confirm


async def point_gimbal(call: Call[GimbalRequest]) -> CommandAnswer:
    """Control of the gimbal is taken first where it is not ours already."""
    asked, vehicle, services = call.body, confirmed(call, call.body.confirm), call.services
    take_lease(call, vehicle)
    target, control = services.station.target(vehicle), services.fleet.payloads.of(vehicle).control
    if control is None or control.primary != services.station.own:
        await send_command(call, vehicle, "gimbal", gimbal.take_control(target))
    message = gimbal.point(target, asked.pitch_deg, asked.yaw_deg, earth_frame=asked.earth_frame)
    return await send_command(call, vehicle, "gimbal", message)


async def use_camera(call: Call[CameraRequest]) -> CommandAnswer:
    asked, vehicle = call.body, confirmed(call, call.body.confirm)
    take_lease(call, vehicle)
    target, device = _camera(call, vehicle, asked.camera)
    number = int(call.services.clock.utc().timestamp()) % NUMBERS
    return await send_command(call, vehicle, asked.action, MAKERS[asked.action](target, number, device))


def _camera(call: Call[Any], vehicle: str, wanted: str | None) -> tuple[tuple[int, int], int]:
    """The address of the camera's component, and its number there."""
    sysid, compid = call.services.station.target(vehicle)
    heard = {f"{key[0]}-{key[1]}": key for key in sorted(call.services.fleet.payloads.of(vehicle).cameras)}
    if wanted is not None and wanted not in heard:
        raise not_found("camera", wanted)
    key = heard[wanted] if wanted is not None else next(iter(heard.values()), (compid, 0))
    return (sysid, key[0]), key[1]


_TAG: dict[str, Any] = {"tag": "vehicles", "answer": CommandAnswer, "problems": (409, 504)}
ROUTES = (
    Route("POST", "/vehicles/{id}/gimbal", point_gimbal, "points the gimbal", body=GimbalRequest, **_TAG),
    Route("POST", "/vehicles/{id}/camera", use_camera, "pictures and video", body=CameraRequest, **_TAG),
)
