"""Sends a command for a person, and says what the vehicle made of it."""

from __future__ import annotations

from typing import Any

import msgspec

from gcs.web.problem import ProblemError
from gcs.web.route import Call
from telemetry.dialect import Message
from telemetry.services.command import CommandOutcome

UNANSWERED = "command.timeout"
"""The code of a problem that leaves open whether the vehicle has heard the command."""


class CommandAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The vehicle has taken the command; `result` is its MAV_RESULT."""

    vehicle: str
    command: str
    result: str
    attempts: int


async def send_command(call: Call[Any], vehicle: str, name: str, message: Message) -> CommandAnswer:
    """ProblemError 504 when the vehicle does not answer, 409 when it refuses or must not be commanded."""
    outcome = await call.services.station.command(vehicle, message, call.actor)
    refuse_unless_taken(vehicle, outcome)
    result = outcome.result.name if outcome.result is not None else ""
    return CommandAnswer(vehicle=vehicle, command=name, result=result, attempts=outcome.attempts)


def refuse_unless_taken(vehicle: str, outcome: CommandOutcome) -> None:
    """ProblemError 504 when the vehicle has not answered, 409 when it refused or must not be commanded."""
    if outcome.timed_out:
        raise ProblemError(504, UNANSWERED, f"{vehicle} has not answered; the command may have arrived")
    if not outcome.ok:
        said = outcome.result.name if outcome.result is not None else "not sent"
        raise ProblemError(409, "command.refused", f"{vehicle}: {said} {outcome.detail}".strip())
