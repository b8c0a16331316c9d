"""Giving up what is being moved from or to a vehicle."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from gcs.web.holding import confirmed, take_lease
from gcs.web.problem import not_found
from gcs.web.route import Call, Route


class CancelRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`confirm` names the vehicle again."""

    confirm: Annotated[str, Meta(max_length=100)]


class Cancelled(msgspec.Struct, frozen=True, kw_only=True):
    """Whoever waited for it is told."""

    vehicle: str
    transfer: str


async def cancel_transfer(call: Call[CancelRequest]) -> Cancelled:
    """One's own, or of a vehicle that one commands."""
    vehicle, wanted = confirmed(call, call.body.confirm), call.part("transfer")
    station = call.services.station
    transfer = next((each for each in station.transfers(vehicle) if each.id == wanted), None)
    if transfer is None:
        raise not_found("transfer", wanted)
    if transfer.actor != call.actor:
        take_lease(call, vehicle)
    station.give_up(vehicle, transfer, call.actor)
    return Cancelled(vehicle=vehicle, transfer=wanted)


ROUTES = (
    Route(
        "POST", "/vehicles/{id}/transfers/{transfer}/cancel", cancel_transfer, "gives up a transfer that is under way",
        "vehicles", body=CancelRequest, answer=Cancelled, problems=(409,),
    ),
)  # fmt: skip
