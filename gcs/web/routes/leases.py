"""Who may command a vehicle: taking it, keeping it, letting go. What is taken over is told to both."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from gcs.events import Event
from gcs.web.holding import confirmed, take_lease
from gcs.web.route import Call, Route
from maps.layers import script_view
from maps.views import ScriptView


class LeaseRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`confirm` names the vehicle again; `take_over` takes it from whoever has it."""

    confirm: Annotated[str, Meta(max_length=100)]
    take_over: bool = False


class ReleaseRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`confirm` names the vehicle again."""

    confirm: Annotated[str, Meta(max_length=100)]


class LeaseAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """`holder` alone may command the vehicle now (None: anybody); `before` is whom it was taken from; `script`, where a
    script flies it, is there while doors for scripts are switched on."""

    vehicle: str
    holder: str | None
    before: str | None = None
    script: ScriptView | UnsetType = UNSET


async def take(call: Call[LeaseRequest]) -> LeaseAnswer:
    vehicle = confirmed(call, call.body.confirm)
    taken = take_lease(call, vehicle, take_over=call.body.take_over)
    await call.services.scripts.look()
    script = script_view(call.services.scripts.of(vehicle)) or UNSET
    return LeaseAnswer(vehicle=vehicle, holder=taken.seat, before=taken.before, script=script)


async def release(call: Call[ReleaseRequest]) -> LeaseAnswer:
    vehicle, services = confirmed(call, call.body.confirm), call.services
    now_s = services.clock.monotonic_s()
    if services.leases.release(vehicle, call.actor, now_s):
        services.publish(
            Event(kind="vehicle.lease_released", at=services.clock.utc(), actor=call.actor, vehicle=vehicle)
        )
        services.live.mark("vehicles", vehicle)
        await services.scripts.look()
    return LeaseAnswer(vehicle=vehicle, holder=services.leases.holder(vehicle, now_s))


ROUTES = (
    Route(
        "POST",
        "/vehicles/{id}/lease",
        take,
        "takes a vehicle, or keeps it: from now on nobody else may command it",
        "vehicles",
        body=LeaseRequest,
        answer=LeaseAnswer,
        problems=(409,),
    ),
    Route(
        "POST",
        "/vehicles/{id}/release",
        release,
        "lets go of a vehicle",
        "vehicles",
        body=ReleaseRequest,
        answer=LeaseAnswer,
    ),
)
