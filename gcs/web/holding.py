"""What every request that commands a vehicle goes through: it names the vehicle twice, and its seat holds it."""

from __future__ import annotations

from typing import Any

from gcs.events import Event
from gcs.leases import Taken
from gcs.web.problem import ProblemError, not_found
from gcs.web.route import Call


def confirmed(call: Call[Any], confirm: str) -> str:
    """The vehicle of the path; ProblemError when it was never heard or `confirm` names another."""
    vehicle = call.part("id")
    if vehicle not in call.services.fleet.vehicles:
        raise not_found("vehicle", vehicle)
    if confirm != vehicle:
        raise ProblemError(422, "command.not_confirmed", f"confirm must name the vehicle: {vehicle}", field="confirm")
    return vehicle


def askable(call: Call[Any]) -> str:
    """The vehicle of the path; ProblemError when it was never heard, or in a recording, where nobody can be asked."""
    vehicle = call.part("id")
    if vehicle not in call.services.fleet.vehicles:
        raise not_found("vehicle", vehicle)
    if call.services.replay:
        raise ProblemError(409, "replay.read_only", "this is a recording: nobody can be asked")
    return vehicle


def take_lease(call: Call[Any], vehicle: str, *, take_over: bool = False) -> Taken:
    """Take the vehicle for the caller's seat, or keep it. Raises HeldError when another seat has it."""
    services = call.services
    taken = services.leases.take(vehicle, call.actor, services.clock.monotonic_s(), take_over=take_over)
    if taken.new:
        data = {"before": taken.before}
        services.publish(
            Event(kind="vehicle.lease_taken", at=services.clock.utc(), actor=call.actor, vehicle=vehicle, data=data)
        )
        services.live.mark("vehicles", vehicle)
    return taken
