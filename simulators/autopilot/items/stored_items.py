"""Which mission, fence and rally items ArduCopter takes, and the form in which it keeps them.

Held against 184 recorded upload-and-read-back pairs. A row of the table says what becomes of the four
parameters: `i` cut to a 16-bit whole number, `b` to 8 bits, `n` and `t` the same with a sign, `a` to 16 bits beside
its sign, `d` only the sign (1 or -1), `p` 1 above 0, else 0, `m` to centimetres, `h` to a 16-bit float, `f` kept as
float, `l` and `r` turns and radius of LOITER_TURNS, which share 16 bits, `q` the lowest bit, `0`/`1` always that; the
fifth letter: `P` the place is kept, `-` it is lost (frame 0, zeros), `c` camera fields in x and y, `s` and `x` 16-bit
fields in x and y or x alone.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from dataclasses import replace
from math import isfinite, isnan
from types import MappingProxyType

from telemetry.services.mission_item import MissionItem

ACCEPTED, ERROR, BAD_FRAME, UNSUPPORTED, INVALID, INVALID_PARAM1 = 0, 1, 2, 3, 5, 6
FURTHEST_CM = 2_147_483_520.0  # the largest 32-bit float in a 32-bit whole number
INVALID_X, INVALID_Y, INVALID_Z = 10, 11, 12
MISSION, FENCE, RALLY = 0, 1, 2
_ROWS = MappingProxyType(
    {
        16: "i000P", 17: "00a0P", 18: "l0rpP", 19: "i0dpP", 20: "0000-", 21: "i00dP", 22: "i000P", 30: "i000P",
        31: "0a0pP", 82: "i000P", 83: "ffb0-", 84: "0000P", 85: "i000P", 92: "i000P", 93: "fttt-", 94: "m000P",
        112: "f000-", 114: "f000-", 115: "fftb-", 177: "in00-", 178: "bff0-", 179: "i000P", 181: "bb00-", 182: "bnf0-",
        183: "bi00-", 184: "binf-", 188: "0000P", 189: "0000P", 191: "0000P", 193: "i000-", 194: "i000-",
        195: "i000P", 197: "i000-", 201: "i000P", 202: "bibic", 203: "bbtbc", 205: "fff0-", 206: "f0b0-",
        207: "i000-", 208: "i000-", 210: "i000-", 211: "bb00-", 212: "i000-", 213: "ffb0-", 215: "i000-",
        216: "i000-", 217: "ifff-", 218: "ib00-", 222: "ifff-", 223: "ppmq-", 531: "bf00-", 532: "bf00-",
        534: "bbb0-", 600: "i000-", 601: "in00-", 1000: "tnttc", 2000: "bfii-", 2001: "i000-", 2500: "b000-",
        2501: "b000-", 3000: "b000-", 42600: "bbff-", 42702: "bbhhs", 42703: "intnx",
    }
)  # fmt: skip
_FRAMES = MappingProxyType({0: 0, 2: 0, 5: 0, 3: 3, 6: 3, 10: 10, 11: 10})
_FENCE_FRAMES = frozenset(_FRAMES) - {2}
FENCE_COMMANDS = frozenset({5000, 5001, 5002, 5003, 5004})
RALLY_COMMANDS = frozenset({5100})
_FENCE_VERTICES, _FENCE_CIRCLES = frozenset({5001, 5002}), frozenset({5003, 5004})
_MOST_VERTICES = 255
_HIGHEST_M, _RALLY_HEIGHTS_M = 83_000, (-32_768, 32_767)
_RESERVED = frozenset({0, 1})
_MAY_BE_NAN = MappingProxyType({16: {3}, 17: {3}, 21: {3}, 22: {3}, 84: {3}, 85: {2, 3}})
"""Which parameters, counted from 0, may be left open."""


def has_place(command: int) -> bool:
    """Whether x and y of an item are a place, not fields of their own."""
    return command in FENCE_COMMANDS or command in RALLY_COMMANDS or _ROWS.get(command, "")[-1:] == "P"


def refusal(item: MissionItem, mission_type: int) -> int:
    """MAV_MISSION_RESULT for an item as it arrives: 0 = taken."""
    if mission_type == FENCE:
        return _fence_refusal(item)
    return _rally_refusal(item) if mission_type == RALLY else _mission_refusal(item)


def _mission_refusal(item: MissionItem) -> int:
    for index, value in enumerate((item.param1, item.param2, item.param3, item.param4)):
        if not isfinite(value) and not (isnan(value) and index in _MAY_BE_NAN.get(item.command, ())):
            return INVALID_PARAM1 + index
    if item.command in _RESERVED:
        return INVALID
    if item.command not in _ROWS:
        return UNSUPPORTED
    if _ROWS[item.command][4] != "P":
        return ACCEPTED
    high = not isfinite(item.z) or abs(item.z) >= _HIGHEST_M
    return _place_refusal(item) or (INVALID_Z if high else ACCEPTED if item.frame in _FRAMES else BAD_FRAME)


def _place_refusal(item: MissionItem) -> int:
    """Places are looked at before heights, and those before frames."""
    return INVALID_X if abs(item.x) > 900_000_000 else INVALID_Y if abs(item.y) > 1_800_000_000 else ACCEPTED


def _fence_refusal(item: MissionItem) -> int:
    """Places are looked at once the fence is whole."""
    if item.frame not in _FENCE_FRAMES:
        return BAD_FRAME
    if item.command not in FENCE_COMMANDS:
        return UNSUPPORTED
    return INVALID_PARAM1 if item.command in _FENCE_VERTICES and item.param1 > _MOST_VERTICES else ACCEPTED


def _rally_refusal(item: MissionItem) -> int:
    if item.command not in RALLY_COMMANDS:
        return UNSUPPORTED
    low, top = _RALLY_HEIGHTS_M
    high = item.z < low or item.z > top
    return _place_refusal(item) or (INVALID_Z if high else ACCEPTED if item.frame in _FENCE_FRAMES else BAD_FRAME)


def stored(item: MissionItem, mission_type: int) -> MissionItem:
    """The item as it is read back later."""
    if mission_type == FENCE:
        vertices = _kept("b", item.param1) if item.command in _FENCE_VERTICES else 0.0
        first = item.param1 if item.command in _FENCE_CIRCLES else vertices
        return replace(item, frame=0, autocontinue=0, param1=first, param2=0.0, param3=0.0, param4=0.0, z=0.0)
    if mission_type == RALLY:
        height, nothing = _kept("n", item.z), 0.0
        return replace(
            item, frame=_FRAMES[item.frame], autocontinue=0, z=height, param1=nothing, param2=nothing, param3=nothing,
            param4=nothing,
        )  # fmt: skip
    row = _ROWS[item.command]
    p1, p2, p3, p4 = (
        _kept(rule, value)
        for rule, value in zip(row, (item.param1, item.param2, item.param3, item.param4), strict=False)
    )
    kept = replace(item, param1=p1, param2=p2, param3=p3, param4=p4, autocontinue=1)
    if row[4] == "P":
        return replace(kept, frame=_FRAMES[item.frame], z=centimetres(item.z))
    if row[4] == "c":
        return replace(
            kept, frame=0, x=item.x & 0xFF, y=item.y & 0xFF if item.command != 1000 else 0, z=_camera_z(item)
        )
    if row[4] in "sx":
        return replace(kept, frame=0, x=_short(item.x), y=_short(item.y) if row[4] == "s" else 0, z=0.0)
    return replace(kept, frame=0, x=0, y=0, z=2.0 if item.command == 205 else 0.0)


def _kept(rule: str, value: float) -> float:
    if rule in "01":
        return float(rule)
    if not isfinite(value):
        return 1.0 if rule == "d" else 0.0
    bits, signed = _WHOLE.get(rule, (0, False))
    if not bits:
        return _FORMS[rule](value)
    whole = int(value) if abs(value) < 2**31 else 0
    whole &= 2**bits - 1
    return float(whole - 2**bits if signed and whole >= 2 ** (bits - 1) else whole)


def _turns(value: float) -> float:
    """8 bits; parts of one turn in 256ths."""
    if 0 < value < 1:
        return int(value * 256) / 256
    return float(int(min(255.0, value)) & 0xFF)


def _radius(value: float) -> float:
    """8 bits beside the sign; above 255 m in tens of metres."""
    size = abs(value)
    whole = int(size) if size <= 255 else int(min(255.0, size * 0.1)) * 10
    return float(-whole if value < 0 else whole)


def _sized(value: float) -> float:
    size = float(int(abs(value)) & 0xFFFF)
    return -size if value < 0 else size


def _camera_z(item: MissionItem) -> float:
    return {202: float32(item.z), 1000: float(int(item.z)) if isfinite(item.z) else 0.0}.get(item.command, 0.0)


def centimetres(z: float) -> float:
    hundredths = int(float32(max(-FURTHEST_CM, min(FURTHEST_CM, float32(z) * 100.0))))
    return float32(hundredths * float32(0.01))


def _short(value: int) -> int:
    return (value + 0x8000) % 0x10000 - 0x8000


def _half(value: float) -> float:
    try:
        return float(struct.unpack("<e", struct.pack("<e", value))[0])
    except OverflowError:
        return 65504.0 if value > 0 else -65504.0


def float32(value: float) -> float:
    """As far as 32 bits hold it."""
    return float(struct.unpack("<f", struct.pack("<f", value))[0])


_WHOLE: Mapping[str, tuple[int, bool]] = MappingProxyType(
    {"i": (16, False), "b": (8, False), "n": (16, True), "t": (8, True)}
)
"""Bits, and whether with a sign."""
_FORMS: Mapping[str, Callable[[float], float]] = MappingProxyType(
    {
        "f": float32, "m": centimetres, "h": _half, "l": _turns, "r": _radius, "a": _sized,
        "d": lambda value: -1.0 if value < 0 else 1.0, "p": lambda value: float(value > 0),
        "q": lambda value: float(int(value) & 1),
    }
)  # fmt: skip
