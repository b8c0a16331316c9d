"""One vehicle, and the few commands that go to it directly. Nothing here arms or takes off."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from gcs.fleet.modes import mode_number
from gcs.web.commanding import CommandAnswer, send_command
from gcs.web.holding import confirmed, take_lease
from gcs.web.problem import not_found
from gcs.web.route import Call, Route
from maps.views import VehicleView
from telemetry.dialect import Message
from telemetry.services import commands
from telemetry.services.high_latency import set_high_latency

Target = tuple[int, int]
MAKERS: Mapping[str, Callable[[Target], Message]] = MappingProxyType(
    {
        "rtl": commands.rtl,
        "land": lambda target: commands.set_mode(target, mode_number("LAND")),
        "brake": lambda target: commands.set_mode(target, mode_number("BRAKE")),
        "pause": commands.pause,
        "continue": commands.resume,
        "satellite_on": lambda target: set_high_latency(target, on=True),
        "satellite_off": lambda target: set_high_latency(target, on=False),
    }
)


class CommandRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`confirm` names the vehicle again."""

    command: Literal["rtl", "land", "brake", "pause", "continue", "satellite_on", "satellite_off"]
    confirm: Annotated[str, Meta(max_length=100)]


async def get_vehicle(call: Call[None]) -> VehicleView:
    wanted = call.part("id")
    for vehicle in call.services.state().vehicles:
        if vehicle.id == wanted:
            return vehicle
    raise not_found("vehicle", wanted)


async def command_vehicle(call: Call[CommandRequest]) -> CommandAnswer:
    asked = call.body
    vehicle = confirmed(call, asked.confirm)
    take_lease(call, vehicle)
    message = MAKERS[asked.command](call.services.station.target(vehicle))
    return await send_command(call, vehicle, asked.command, message)


ROUTES = (
    Route("GET", "/vehicles/{id}", get_vehicle, "one vehicle", "vehicles", answer=VehicleView),
    Route(
        "POST",
        "/vehicles/{id}/command",
        command_vehicle,
        "commands one vehicle, which is named twice",
        "vehicles",
        body=CommandRequest,
        answer=CommandAnswer,
        problems=(409, 504),
    ),
)
