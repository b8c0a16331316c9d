"""What a failsafe or a breached fence asks for: by the parameter's value, the modes to try, in order.

As ArduCopter documents FS_GCS_ENABLE, FS_THR_ENABLE, BATT_FS_LOW_ACT, BATT_FS_CRT_ACT and FENCE_ACTION, and as a real
one was seen to do. A landing sequence in the mission is never found: what asks for one returns.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from simulators.autopilot.state import AUTO, BRAKE, GUIDED, LAND, RTL, SMART_RTL

Modes = tuple[int, ...]

_RETURN: Final[Modes] = (RTL, LAND)
_LAND: Final[Modes] = (LAND,)
_SMART: Final[Modes] = (SMART_RTL, RTL, LAND)
_SMART_OR_LAND: Final[Modes] = (SMART_RTL, LAND)
_BRAKE: Final[Modes] = (BRAKE, LAND)

LINK_LOST: Mapping[int, Modes] = MappingProxyType(
    {1: _RETURN, 2: _RETURN, 3: _LAND, 4: _SMART, 5: _SMART_OR_LAND, 6: _RETURN, 7: _BRAKE}
)
"""FS_THR_ENABLE; anything else that is not 0 lands."""
GCS_LOST: Mapping[int, Modes] = MappingProxyType(
    {1: _RETURN, 2: _RETURN, 3: _SMART, 4: _SMART_OR_LAND, 5: _LAND, 6: _RETURN, 7: _BRAKE}
)
"""FS_GCS_ENABLE; anything else that is not 0 returns."""
BATTERY_LOW: Mapping[int, Modes] = MappingProxyType(
    {1: _LAND, 2: _RETURN, 3: _SMART, 4: _SMART_OR_LAND, 6: _RETURN, 7: _BRAKE}
)
"""BATT_FS_LOW_ACT and BATT_FS_CRT_ACT, but 0 (nothing) and 5 (motors off)."""
FENCE_BREACHED: Mapping[int, Modes] = MappingProxyType({2: _LAND, 3: _SMART, 4: _BRAKE, 5: _SMART_OR_LAND})
"""FENCE_ACTION; anything else that is not 0 returns."""

AUTO_GOES_ON_WITHOUT_GCS, PILOT_GOES_ON_WITHOUT_GCS = 2, 16
AUTO_GOES_ON_WITHOUT_RADIO, GUIDED_GOES_ON_WITHOUT_RADIO, LANDING_GOES_ON = 1, 4, 8
"""Bits of FS_OPTIONS."""
_AUTOPILOT: Final = frozenset({AUTO, GUIDED, RTL, LAND, SMART_RTL, 7, 19, 20, 25, 27})
"""Modes that fly without a pilot's sticks, by ArduCopter's count: BRAKE is not among them."""


def link_lost(enable: int) -> Modes:
    return LINK_LOST.get(enable, _LAND)


def gcs_lost(enable: int) -> Modes:
    return GCS_LOST.get(enable, _RETURN)


def battery_low(action: int) -> Modes:
    return BATTERY_LOW.get(action, ())


def fence_breached(action: int) -> Modes:
    return FENCE_BREACHED.get(action, _RETURN) if action else ()


def goes_on_without_gcs(mode: int, options: int) -> str:
    """What goes on in this mode when ground control is lost; empty when nothing does."""
    if mode == LAND and options & LANDING_GOES_ON:
        return "Landing"
    if mode == AUTO and options & AUTO_GOES_ON_WITHOUT_GCS:
        return "Auto Mode"
    return "Pilot Control" if mode not in _AUTOPILOT and options & PILOT_GOES_ON_WITHOUT_GCS else ""


def goes_on_without_radio(mode: int, options: int) -> str:
    """What goes on in this mode when the radio is lost; empty when nothing does."""
    if mode == LAND and options & LANDING_GOES_ON:
        return "Landing"
    if mode == AUTO and options & AUTO_GOES_ON_WITHOUT_RADIO:
        return "Auto"
    return "Guided Mode" if mode in {GUIDED, 20} and options & GUIDED_GOES_ON_WITHOUT_RADIO else ""
