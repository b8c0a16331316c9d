"""Which ground station commands a vehicle, where the vehicle itself keeps count of that.

MAV_CMD_REQUEST_OPERATOR_CONTROL asks for control or gives it back; CONTROL_STATUS tells who has it (both from MAVLink's
development dialect). The vehicle hands a request on, by the same command, to the station that has control when that
has not allowed it beforehand. ArduPilot knows neither so far and answers UNSUPPORTED. The command is a number in a
COMMAND_LONG, so it needs no dialect; CONTROL_STATUS is heard with one that has it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

from telemetry.dialect import Message
from telemetry.services.commands import command_long
from telemetry.services.peer import Address

REQUEST_OPERATOR_CONTROL = 32100
CONTROL_STATUS = "CONTROL_STATUS"
SHORTEST_S, LONGEST_S = 3.0, 60.0
LAST_SYSID = 255
_WHOLE_SYSTEM, _TAKEOVER_ALLOWED = 1, 2
_RELEASE, _REQUEST = 0, 1


@dataclass(frozen=True, slots=True)
class OperatorControl:
    """`station` is the system id of the ground station in control, None for nobody; others may take over
    without asking when `takeover_allowed`. Requests go to the `component` of the vehicle that tells this."""

    station: int | None
    takeover_allowed: bool
    component: int


@dataclass(frozen=True, slots=True)
class AskedControl:
    """The ground station `station` asks for control, and waits `timeout_s`."""

    station: int
    timeout_s: float


def request_control(target: Address, own_sysid: int, *, allow_takeover: bool, timeout_s: float = 10.0) -> Message:
    """Ask for control; a station that has it is asked for up to `timeout_s` (3 to 60)."""
    return command_long(
        target, REQUEST_OPERATOR_CONTROL, _REQUEST, float(allow_takeover), _within(timeout_s), own_sysid
    )


def release_control(target: Address, own_sysid: int) -> Message:
    """Give control back."""
    return command_long(target, REQUEST_OPERATOR_CONTROL, _RELEASE, 0, 0, own_sysid)


def asked_of(message: Message) -> AskedControl | None:
    """What another station asks for, from the COMMAND_LONG by which a vehicle hands that on; None for any other."""
    if message.command != REQUEST_OPERATOR_CONTROL or message.param1 != _REQUEST:
        return None
    station, timeout_s = message.param4, message.param3
    if not (isfinite(station) and isfinite(timeout_s) and station == int(station) and 0 < station <= LAST_SYSID):
        return None
    return AskedControl(int(station), _within(timeout_s))


def _within(timeout_s: float) -> float:
    return max(SHORTEST_S, min(LONGEST_S, timeout_s))


def control_of(message: Message, component: int) -> OperatorControl | None:
    """From the CONTROL_STATUS of a component, with a dialect that has it: `gcs_main` was `sysid_in_control` before.
    None where it speaks for that component alone, or the dialect means something else by that name."""
    station = getattr(message, "gcs_main", getattr(message, "sysid_in_control", None))
    flags = getattr(message, "flags", None)
    if not isinstance(station, int) or not isinstance(flags, int) or not flags & _WHOLE_SYSTEM:
        return None
    return OperatorControl(station or None, bool(flags & _TAKEOVER_ALLOWED), component)
