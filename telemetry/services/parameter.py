"""A parameter of a vehicle, and its number on the wire.

ArduPilot sends every value as a float32, whatever its type. Integers up to 2^24 survive that; larger ones
(bit masks) are rounded, by the vehicle, before they are sent.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from math import isfinite
from types import MappingProxyType

from telemetry.constants import MavParamType
from telemetry.dialect import Message

WHOLE_BELOW = 1e7
NO_INDEX = 65535
"""The index of a value that is an answer to a name, or that the vehicle changed by itself."""
_RANGES = MappingProxyType(
    {
        MavParamType.UINT8: (0, 255),
        MavParamType.INT8: (-128, 127),
        MavParamType.UINT16: (0, 65535),
        MavParamType.INT16: (-32768, 32767),
        MavParamType.UINT32: (0, 2**32 - 1),
        MavParamType.INT32: (-(2**31), 2**31 - 1),
    }
)


@dataclass(frozen=True, slots=True)
class Parameter:
    """`kind` is a MAV_PARAM_TYPE; `index` counts in the vehicle's list (65535: not told)."""

    name: str
    value: float
    kind: int = MavParamType.REAL32
    index: int = NO_INDEX

    @property
    def whole(self) -> bool:
        return self.kind in _RANGES

    def shown(self) -> str:
        """As people write it: whole numbers without a point, others as short as float32 allows."""
        if self.whole and isfinite(self.value):
            return str(round(self.value))
        return shortest(self.value)


def from_message(message: Message) -> Parameter:
    """The parameter of a PARAM_VALUE."""
    return Parameter(message.param_id, message.param_value, message.param_type, message.param_index)


def kept(value: float, kind: int) -> float:
    """What ArduPilot keeps of `value` in a parameter of `kind`: cut toward zero and clamped, or a float32."""
    if kind not in _RANGES:
        return single(value)
    low, high = _RANGES[MavParamType(kind)]
    return single(float(max(low, min(high, int(value)))))


def single(value: float) -> float:
    """The nearest float32; OverflowError beyond its range."""
    return float(struct.unpack("<f", struct.pack("<f", value))[0])


def shortest(value: float) -> str:
    """The fewest digits that are the same float32."""
    if not isfinite(value):
        return str(value)
    value = single(value)
    if value == int(value) and abs(value) < WHOLE_BELOW:
        return str(int(value))
    texts = (f"{value:.{digits}g}" for digits in range(1, 10))
    return next((text for text in texts if single(float(text)) == value), repr(value))
