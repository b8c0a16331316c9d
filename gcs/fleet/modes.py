"""Flight modes of ArduCopter by number and by name.

The numbers are ArduPilot's `custom_mode`; a number that is not in the table is shown as `MODE 42`,
never guessed. Source: AVAILABLE_MODES of ArduCopter 4.7.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from telemetry.constants import MavAutopilot, MavModeFlag, MavType

COPTER_MODES: Mapping[int, str] = MappingProxyType(
    {
        0: "STABILIZE",
        1: "ACRO",
        2: "ALT_HOLD",
        3: "AUTO",
        4: "GUIDED",
        5: "LOITER",
        6: "RTL",
        7: "CIRCLE",
        9: "LAND",
        11: "DRIFT",
        13: "SPORT",
        14: "FLIP",
        15: "AUTOTUNE",
        16: "POSHOLD",
        17: "BRAKE",
        18: "THROW",
        19: "AVOID_ADSB",
        20: "GUIDED_NOGPS",
        21: "SMART_RTL",
        22: "FLOWHOLD",
        23: "FOLLOW",
        24: "ZIGZAG",
        25: "SYSTEMID",
        26: "AUTOROTATE",
        27: "AUTO_RTL",
        28: "TURTLE",
    }
)
_NUMBERS = {name: number for number, name in COPTER_MODES.items()}
COPTER_TYPES = frozenset(
    {
        MavType.QUADROTOR,
        MavType.COAXIAL,
        MavType.HELICOPTER,
        MavType.HEXAROTOR,
        MavType.OCTOROTOR,
        MavType.TRICOPTER,
        MavType.DODECAROTOR,
        MavType.DECAROTOR,
    }
)
RETURNING_MODES = frozenset({"RTL", "SMART_RTL", "AUTO_RTL", "LAND"})
"""Modes in which a copter is on its way to the ground by itself."""


def mode_name(autopilot: int, vehicle_type: int, base_mode: int, custom_mode: int) -> str:
    """The mode in words; `MODE n` when the number means nothing known for this vehicle."""
    known = (
        autopilot == MavAutopilot.ARDUPILOTMEGA
        and vehicle_type in COPTER_TYPES
        and base_mode & MavModeFlag.CUSTOM_MODE_ENABLED
    )
    return COPTER_MODES.get(custom_mode, f"MODE {custom_mode}") if known else f"MODE {custom_mode}"


def mode_number(name: str) -> int:
    """The ArduCopter number of a mode name; KeyError when there is none of that name."""
    return _NUMBERS[name]
