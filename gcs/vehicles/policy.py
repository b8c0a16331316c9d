"""Which commands may go to a vehicle as it is known now. Pure."""

from __future__ import annotations

from gcs.fleet.modes import mode_number
from gcs.fleet.state import VehicleState
from telemetry.constants import MavCmd
from telemetry.dialect import Message
from telemetry.services.commands import set_mode

HOMEWARD_MODES = frozenset(map(mode_number, ("RTL", "SMART_RTL", "LAND", "BRAKE")))
SET_IN_FLIGHT = frozenset(
    {"WPNAV_SPEED", "WPNAV_SPEED_UP", "WPNAV_SPEED_DN", "WP_SPD", "WP_SPD_UP", "WP_SPD_DN", "LOIT_SPEED", "LOG_BITMASK"}
)
"""Parameters that an armed vehicle may be given: how fast it flies, and what it writes down of it."""
COMMANDS = frozenset({"COMMAND_LONG", "COMMAND_INT"})
ITEM_TRANSFERS = frozenset(
    {"MISSION_COUNT", "MISSION_ITEM", "MISSION_ITEM_INT", "MISSION_CLEAR_ALL", "MISSION_WRITE_PARTIAL_LIST"}
)
"""What changes the mission, fence or rally points that a vehicle holds."""
TRANSFERS = ITEM_TRANSFERS | {"FILE_TRANSFER_PROTOCOL"}
_ITEMS = frozenset({"MISSION_ITEM", "MISSION_ITEM_INT"})
_FLY_THERE, _CHANGE_HEIGHT = 2, 3
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
    if state.high_latency and message.command == MavCmd.CONTROL_HIGH_LATENCY and message.param1 == 0:
        return "it is heard over its satellite link alone: nothing would be heard of it any more"
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


def dialogue_refusal(state: VehicleState | None, now_s: float) -> str | None:
    """Why nothing must be asked of a vehicle now; None when it may. Over a satellite nothing is transferred."""
    if state is None:
        return "the vehicle was never heard"
    if state.stale(now_s):
        return f"the vehicle has been silent for {state.silence_s(now_s):.0f} s"
    if state.conflict:
        return TWINS
    return "the vehicle is heard over a satellite only" if state.high_latency else None


def transfer_refusal(state: VehicleState | None, now_s: float) -> str | None:
    """Why a mission or a file must not be transferred now; None when it may. Never with an armed vehicle:
    uploads are not atomic, ArduPilot takes them while it flies, and says less of itself meanwhile."""
    reason = dialogue_refusal(state, now_s)
    return "the vehicle is armed" if reason is None and state is not None and state.armed else reason


def param_refusal(state: VehicleState | None, name: str, now_s: float) -> str | None:
    """Why the parameter must not be set now; None when it may. An armed vehicle gets only `SET_IN_FLIGHT`."""
    reason = transfer_refusal(state, now_s)
    if reason is None or state is None or not state.armed or name not in SET_IN_FLIGHT:
        return reason
    return dialogue_refusal(state, now_s)


def guest_refusal(state: VehicleState | None, message: Message, now_s: float) -> str | None:
    """Why what another ground station or a script says to one vehicle must not reach it now; None when it may.

    The same as for what we send ourselves.
    """
    name = message.message_name
    if name in COMMANDS:
        return refusal(state, message, now_s)
    if name == "SET_MODE":
        return refusal(state, set_mode((message.target_system, 0), message.custom_mode), now_s)
    if name == "PARAM_SET":
        return param_refusal(state, message.param_id, now_s)
    if name in TRANSFERS and not says_where(message):
        return transfer_refusal(state, now_s)
    return dialogue_refusal(state, now_s)


def says_where(message: Message) -> bool:
    """Whether it is an item that no mission gets: "fly there now", or "change your height", as scripts say it."""
    return message.message_name in _ITEMS and message.current in (_FLY_THERE, _CHANGE_HEIGHT)


def command_name(message: Message) -> str:
    """The command in words: `NAV_LAND`, or its number when it is not one that we use."""
    try:
        return MavCmd(message.command).name
    except ValueError:
        return f"COMMAND {message.command}"
