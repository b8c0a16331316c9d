"""Which ground station commands a vehicle, where the vehicle itself keeps count of that.

MAV_CMD_REQUEST_OPERATOR_CONTROL asks for control or gives it back; CONTROL_STATUS tells who has it (both
from MAVLink's development dialect). ArduPilot knows neither so far and answers UNSUPPORTED, so that this
only mirrors what the server itself has decided.
"""

from __future__ import annotations

from dataclasses import dataclass

from telemetry.dialect import Message
from telemetry.services.commands import command_long
from telemetry.services.peer import Address

REQUEST_OPERATOR_CONTROL = 32100
CONTROL_STATUS = "CONTROL_STATUS"
SHORTEST_S, LONGEST_S = 3.0, 60.0
_TAKEOVER_ALLOWED = 2


@dataclass(frozen=True, slots=True)
class OperatorControl:
    """`station` is the system id of the ground station in control, None for nobody; others may take over
    without asking when `takeover_allowed`."""

    station: int | None
    takeover_allowed: bool


def request_control(target: Address, own_sysid: int, *, allow_takeover: bool, timeout_s: float = 10.0) -> Message:
    """Ask for control; a station that has it is asked for up to `timeout_s` (3 to 60)."""
    waits_s = max(SHORTEST_S, min(LONGEST_S, timeout_s))
    return command_long(target, REQUEST_OPERATOR_CONTROL, 1, float(allow_takeover), waits_s, own_sysid)


def release_control(target: Address, own_sysid: int) -> Message:
    """Give control back."""
    return command_long(target, REQUEST_OPERATOR_CONTROL, 0, 0, 0, own_sysid)


def control_of(message: Message) -> OperatorControl | None:
    """From CONTROL_STATUS, with a dialect that has it: `gcs_main` was `sysid_in_control` before. None where the
    dialect means something else by that name."""
    station = getattr(message, "gcs_main", getattr(message, "sysid_in_control", None))
    flags = getattr(message, "flags", None)
    if not isinstance(station, int) or not isinstance(flags, int):
        return None
    return OperatorControl(station or None, bool(flags & _TAKEOVER_ALLOWED))
