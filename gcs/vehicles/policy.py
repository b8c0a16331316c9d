"""Which commands may go to a vehicle as it is known now. Pure."""

from __future__ import annotations

from gcs.fleet.modes import mode_number
from gcs.fleet.state import VehicleState
from telemetry.constants import MavCmd
from telemetry.dialect import Message

HOMEWARD_MODES = frozenset(map(mode_number, ("RTL", "SMART_RTL", "LAND", "BRAKE")))
TWINS = "two vehicles answer to this system id: nobody can tell which one would obey"


def refusal(state: VehicleState | None, message: Message, now_s: float) -> str | None:
    """Why `message` (COMMAND_LONG or COMMAND_INT) must not be sent; None when it may.

    A silent vehicle is not commanded, since nobody would see what comes of it; only the ways to stop and to come
    home go out, as it may well hear us. Two with one id are not commanded. One whose mission is unknown is not
    armed: it might fly half of one mission and half of another.
    """
    if state is None:
        return "the vehicle was never heard"
    if state.stale(now_s) and not ends_flight(message):
        return f"the vehicle has been silent for {state.silence_s(now_s):.0f} s"
    if state.conflict:
        return TWINS
    if arms(message) and not state.mission_known:
        return "the vehicle's mission is unknown: upload it, or read it back, first"
    return None


def arms(message: Message) -> bool:
    return bool(message.command == MavCmd.COMPONENT_ARM_DISARM and message.param1 == 1)


def ends_flight(message: Message) -> bool:
    """Whether the command can only stop the vehicle or bring it to the ground as it was going to be."""
    if message.command == MavCmd.DO_SET_MODE:
        return int(message.param2) in HOMEWARD_MODES
    return message.command in (MavCmd.NAV_RETURN_TO_LAUNCH, MavCmd.NAV_LAND)


def transfer_refusal(state: VehicleState | None, now_s: float) -> str | None:
    """Why a mission must not be uploaded now; None when it may. Never to an armed vehicle: uploads are
    not atomic, and ArduPilot takes them while it flies."""
    if state is None:
        return "the vehicle was never heard"
    if state.stale(now_s):
        return f"the vehicle has been silent for {state.silence_s(now_s):.0f} s"
    if state.conflict:
        return TWINS
    return "the vehicle is armed" if state.armed else None


def command_name(message: Message) -> str:
    """The command in words: `NAV_LAND`, or its number when it is not one that we use."""
    try:
        return MavCmd(message.command).name
    except ValueError:
        return f"COMMAND {message.command}"
