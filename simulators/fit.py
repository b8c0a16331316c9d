"""Messages whose numbers do not fit the wire are cut to what does: a fault may set any voltage."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from telemetry.dialect import Field, Message


def fitted(message: Message) -> Message:
    """The same message with every whole number inside its type's range."""
    pairs = zip(message.TYPE.wire_fields, message, strict=True)
    return type(message)(_fit(field, value) for field, value in pairs)


def _fit(field: Field, value: Any) -> Any:
    limits = _limits(field.type)
    if limits is None:
        return value
    if isinstance(value, tuple):
        return tuple(max(limits[0], min(limits[1], one)) for one in value)
    return max(limits[0], min(limits[1], value))


@cache
def _limits(kind: str) -> tuple[int, int] | None:
    found = re.fullmatch(r"(u?)int(\d+)_t(?:_mavlink_version)?", kind)
    if found is None:
        return None
    bits = int(found[2])
    return (0, 2**bits - 1) if found[1] else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
