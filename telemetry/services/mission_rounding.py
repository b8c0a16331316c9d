"""What ArduPilot makes of the items it is given: the one place that knows.

It keeps whole numbers where MAVLink has floats, centimetres for heights, no place for commands that need
none, and drops what it does not use. So what is read back is not what was sent, and must be compared
with what the vehicle should have made of it. Found from 184 recorded items (ArduCopter 4.7), each sent
and read back (`tests/data/sitl/readback.json`).

A rule is seven letters, for param1 to param4, x, y and z:

    f  kept           i  whole, 16 bits        s  whole, 16 bits, signed     b  whole, 8 bits
    m  centimetres    h  half-precision float  t  whole metres              0, 1, 2  always that

A command without a place (x is not `f`) loses its frame as well. Commands that have no rule are kept as sent.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from dataclasses import replace
from math import isfinite, isnan, trunc
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from telemetry.constants import MavMissionType

if TYPE_CHECKING:
    from telemetry.services.mission_item import MissionItem

_RULES = MappingProxyType(
    {
        16: "i000ffm", 17: "00s0ffm", 18: "i0s1ffm", 19: "i011ffm", 20: "0000000", 21: "i001ffm", 22: "i000ffm",
        30: "i000ffm", 31: "0s01ffm", 82: "i000ffm", 84: "0000ffm", 85: "i000ffm", 92: "b000ffm", 93: "fsss000",
        94: "m000ffm", 112: "f000000", 114: "f000000", 115: "ffss000", 177: "is00000", 178: "iff0000",
        179: "b000ffm", 181: "ii00000", 182: "iif0000", 183: "ii00000", 184: "iiif000", 188: "0000ffm",
        189: "0000ffm", 191: "0000ffm", 193: "b000000", 195: "i000ffm", 197: "i000000", 201: "i000ffm",
        202: "iiiibbf", 203: "iiiibb0", 205: "fff0002", 206: "f0i0000", 207: "i000000", 208: "i000000",
        210: "i000000", 211: "ii00000", 212: "i000000", 213: "ffi0000", 216: "i000000", 218: "ii00000",
        222: "ifff000", 223: "b1m1000", 531: "if00000", 532: "if00000", 600: "i000000", 601: "is00000",
        1000: "iiiib0s", 2000: "ifii000", 2001: "i000000", 2500: "i000000", 2501: "i000000", 42600: "iiff000",
        42702: "iihhss0", 42703: "iiiis00",
    }
)  # fmt: skip
_FRAMES = MappingProxyType({0: 0, 2: 0, 3: 3, 5: 0, 6: 3, 10: 10, 11: 10})
_AS_SENT = "fffffff"
_FENCE = "fffffff"
_RALLY = "fffffft"
_FIELDS = ("param1", "param2", "param3", "param4", "x", "y", "z")
_FLOAT32_MAX = 3.4028234663852886e38


def normal(item: MissionItem, mission_type: int = MavMissionType.MISSION) -> MissionItem:
    """The item as it is meant once it is kept: the same for what is sent and for what is read back."""
    kept: dict[str, Any] = {
        name: _NORMAL[letter](getattr(item, name)) for name, letter in _rules(item.command, mission_type)
    }
    return replace(item, frame=_frame(item, mission_type), autocontinue=_autocontinue(mission_type), **kept)


def on_wire(item: MissionItem, mission_type: int = MavMissionType.MISSION) -> MissionItem:
    """The item as it is sent: the numbers that MAVLink can hold, chosen so that cutting keeps the meant one.

    Whole centimetres that no float holds would be cut to one less; they are sent a trifle larger.
    """
    sent: dict[str, Any] = {
        name: _WIRE.get(letter, _float32)(getattr(item, name))
        for name, letter in _rules(item.command, mission_type)
        if name not in ("x", "y")
    }
    return replace(item, **sent)


def difference(sent: MissionItem, read: MissionItem, mission_type: int = MavMissionType.MISSION) -> str | None:
    """What of `read` is not as it should be when `sent` was uploaded; None when it is exactly that.

    Each field must hold precisely what was on the wire or precisely what ArduPilot makes of it.
    """
    wire, kept = on_wire(sent, mission_type), as_kept(sent, mission_type)
    for name in ("seq", "command", "frame", *_FIELDS, "autocontinue"):
        found, allowed = getattr(read, name), (getattr(wire, name), getattr(kept, name))
        if not any(found == value or (_nan(found) and _nan(value)) for value in allowed):
            return f"item {sent.seq}: {name} is {found:g}, not {allowed[1]:g}"
    return None


def as_kept(item: MissionItem, mission_type: int = MavMissionType.MISSION) -> MissionItem:
    """The item as ArduPilot gives it back after it was sent as `on_wire` sends it."""
    meant = normal(item, mission_type)
    rules = _rules(item.command, mission_type)
    back: dict[str, Any] = {name: _back_to_metres(getattr(meant, name)) for name, letter in rules if letter == "m"}
    return replace(meant, **back)


def _rules(command: int, mission_type: int) -> tuple[tuple[str, str], ...]:
    if mission_type == MavMissionType.FENCE:
        letters = _FENCE
    elif mission_type == MavMissionType.RALLY:
        letters = _RALLY
    else:
        letters = _RULES.get(command, _AS_SENT)
    return tuple(zip(_FIELDS, letters, strict=True))


def _frame(item: MissionItem, mission_type: int) -> int:
    if mission_type == MavMissionType.FENCE:
        return 0
    if mission_type == MavMissionType.MISSION and _RULES.get(item.command, _AS_SENT)[4] != "f":
        return 0
    return _FRAMES.get(item.frame, item.frame)


def _autocontinue(mission_type: int) -> int:
    return 1 if mission_type == MavMissionType.MISSION else 0


def _nan(value: float) -> bool:
    return isnan(value)


def _float32(value: float) -> float:
    """The nearest float32; NaN and infinities stay what they are."""
    if not isfinite(value):
        return value
    return float(struct.unpack("<f", struct.pack("<f", max(-_FLOAT32_MAX, min(_FLOAT32_MAX, value))))[0])


def _kept_float(value: float) -> float:
    if isinstance(value, int):
        return value
    return _float32(value) if isfinite(value) else 0.0


def _whole(value: float) -> int:
    return trunc(value) if isfinite(value) else 0


def _signed16(value: float) -> float:
    return type(value)((_whole(value) + 0x8000) % 0x10000 - 0x8000)


def _hundredths(value: float) -> float:
    return round(value * 100) / 100 if isfinite(value) else 0.0


def _half(value: float) -> float:
    bounded = max(-65504.0, min(65504.0, value)) if isfinite(value) else 0.0
    return float(struct.unpack("<e", struct.pack("<e", bounded))[0])


def _metres(value: float) -> float:
    return float(round(value)) if isfinite(value) else 0.0


def _outward(value: float) -> float:
    """The float32 next to whole centimetres on the side away from zero, so that cutting cannot lose one."""
    if not isfinite(value):
        return value
    meant = _hundredths(value)
    near = _float32(meant)
    if abs(near) >= abs(meant):
        return near
    (bits,) = struct.unpack("<i", struct.pack("<f", near))
    return float(struct.unpack("<f", struct.pack("<i", bits + 1))[0])


def _back_to_metres(value: float) -> float:
    return _float32(round(value * 100) * _CENTI)


_CENTI = _float32(0.01)
_NORMAL: Mapping[str, Callable[[Any], Any]] = MappingProxyType(
    {
        "f": _kept_float,
        "i": lambda value: type(value)(_whole(value) & 0xFFFF),
        "s": _signed16,
        "b": lambda value: type(value)(_whole(value) & 0xFF),
        "m": _hundredths,
        "h": _half,
        "t": _metres,
        "0": lambda value: type(value)(0),
        "1": lambda value: type(value)(1),
        "2": lambda value: type(value)(2),
    }
)
_WIRE: Mapping[str, Callable[[float], float]] = MappingProxyType({"m": _outward, "t": _metres})
