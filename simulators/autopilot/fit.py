"""Messages whose numbers do not fit the wire are cut to what does: a fault may set any voltage."""

from __future__ import annotations

import re
from functools import cache
from math import isfinite
from typing import Any, Final

from telemetry.dialect import Field, Message

LARGEST_FLOAT: Final = 3.4028234663852886e38


def fitted(message: Message) -> Message:
    """The same message with every number inside its type's range."""
    pairs = zip(message.TYPE.wire_fields, message, strict=True)
    return type(message)(_fit(field, value) for field, value in pairs)


def _fit(field: Field, value: Any) -> Any:
    limits = _limits(field.type)
    if limits is None or field.is_text:
        return value
    if isinstance(value, tuple):
        return tuple(_between(limits, one) for one in value)
    return _between(limits, value)


def _between(limits: tuple[float, float], value: float) -> float:
    """What is no number, and infinities of floats, are fit to be sent."""
    return value if not isfinite(value) else max(limits[0], min(limits[1], value))


@cache
def _limits(kind: str) -> tuple[float, float] | None:
    if kind == "float":
        return -LARGEST_FLOAT, LARGEST_FLOAT
    found = re.fullmatch(r"(u?)int(\d+)_t(?:_mavlink_version)?", kind)
    if found is None:
        return None
    bits = int(found[2])
    return (0, 2**bits - 1) if found[1] else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
