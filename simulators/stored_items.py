"""Which mission, fence and rally items ArduCopter takes, and the form in which it keeps them.

Taken from 184 recorded upload-and-read-back pairs. A row of the table says what becomes of the four
parameters: `i` cut to a 16-bit whole number, `b` to 8 bits, `n` and `t` the same with a sign, `d` only the
sign (1 or -1), `m` to centimetres, `h` to a 16-bit float, `f` kept as float, `0`/`1` always that; the fifth
letter: `P` the place is kept, `-` it is lost (frame 0, zeros), `c` camera fields in x and y, `s` and `x`
16-bit fields in x and y or x alone.
"""

from __future__ import annotations

import struct
from dataclasses import replace
from math import isfinite
from types import MappingProxyType

from telemetry.services.mission_item import MissionItem

ACCEPTED, ERROR, BAD_FRAME, UNSUPPORTED, INVALID_PARAM1 = 0, 1, 2, 3, 6
FURTHEST_CM = 2_147_483_520.0  # the largest 32-bit float in a 32-bit whole number
INVALID_X, INVALID_Y, INVALID_Z = 10, 11, 12
MISSION, FENCE, RALLY = 0, 1, 2
_ROWS = MappingProxyType(
    {
        16: "i000P", 17: "00n0P", 18: "i0n1P", 19: "i0d1P", 20: "0000-", 21: "i001P", 22: "i000P", 30: "i000P",
        31: "0n01P", 82: "i000P", 84: "0000P", 85: "i000P", 92: "b000P", 93: "fttt-", 94: "m000P", 112: "f000-",
        114: "f000-", 115: "ffti-", 177: "in00-", 178: "iff0-", 179: "b000P", 181: "ii00-", 182: "inf0-", 183: "ii00-",
        184: "iinf-", 188: "0000P", 189: "0000P", 191: "0000P", 193: "b000-", 195: "i000P", 197: "i000-", 201: "i000P",
        202: "iiiic", 203: "iiiic", 205: "fff0-", 206: "f0i0-", 207: "i000-", 208: "i000-", 210: "i000-", 211: "ii00-",
        212: "i000-", 213: "ffi0-", 216: "i000-", 218: "ii00-", 222: "ifff-", 223: "b1m1-", 531: "if00-", 532: "if00-",
        600: "i000-", 601: "ii00-", 1000: "iiiic", 2000: "ifii-", 2001: "i000-", 2500: "i000-", 2501: "i000-",
        42600: "iiff-", 42702: "iihhs", 42703: "iiiix",
    }
)  # fmt: skip
_FRAMES = MappingProxyType({0: 0, 2: 0, 5: 0, 3: 3, 6: 3, 10: 10, 11: 10})
FENCE_COMMANDS = frozenset({5000, 5001, 5002, 5003, 5004})
RALLY_COMMANDS = frozenset({5100})


def refusal(item: MissionItem, mission_type: int) -> int:  # noqa: PLR0911 - one line a reason
    """MAV_MISSION_RESULT for an item as it arrives: 0 = taken."""
    wanted = {FENCE: FENCE_COMMANDS, RALLY: RALLY_COMMANDS}.get(mission_type)
    if item.command not in (wanted if wanted is not None else _ROWS):
        return UNSUPPORTED
    if item.frame not in _FRAMES:
        return BAD_FRAME
    if not isfinite(item.param1):
        return INVALID_PARAM1
    if mission_type == MISSION and _ROWS[item.command][4] != "P":
        return ACCEPTED
    if abs(item.x) > 900_000_000:
        return INVALID_X
    if abs(item.y) > 1_800_000_000:
        return INVALID_Y
    if not isfinite(item.z) or abs(item.z) >= 83886:
        return INVALID_Z
    return ACCEPTED


def stored(item: MissionItem, mission_type: int) -> MissionItem:
    """The item as it is read back later."""
    if mission_type == FENCE:
        return replace(item, frame=0, autocontinue=0)
    if mission_type == RALLY:
        return replace(item, z=float(int(item.z)), autocontinue=0)
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


def _kept(rule: str, value: float) -> float:  # noqa: PLR0911 - one line a rule
    if rule in "01":
        return float(rule)
    if not isfinite(value):
        return 0.0
    if rule == "f":
        return _float32(value)
    if rule == "m":
        return centimetres(value)
    if rule == "h":
        return _half(value)
    if rule == "d":
        return -1.0 if value < 0 else 1.0
    bits = 8 if rule in "bt" else 16
    whole = int(value) & (2**bits - 1)
    return float(whole - 2**bits if rule in "nt" and whole >= 2 ** (bits - 1) else whole)


def _camera_z(item: MissionItem) -> float:
    return {202: _float32(item.z), 1000: float(int(item.z)) if isfinite(item.z) else 0.0}.get(item.command, 0.0)


def centimetres(z: float) -> float:
    hundredths = int(_float32(max(-FURTHEST_CM, min(FURTHEST_CM, _float32(z) * 100.0))))
    return _float32(hundredths * _float32(0.01))


def _short(value: int) -> int:
    return (value + 0x8000) % 0x10000 - 0x8000


def _half(value: float) -> float:
    try:
        return float(struct.unpack("<e", struct.pack("<e", value))[0])
    except OverflowError:
        return 65504.0 if value > 0 else -65504.0


def _float32(value: float) -> float:
    return float(struct.unpack("<f", struct.pack("<f", value))[0])
