"""Messages by name, payload bytes to messages and back. Rules for texts and arrays: `telemetry.payload`.

MAVLink 2 payloads lose their trailing zeros on the wire and get them back here.
"""

from __future__ import annotations

from typing import Any

from telemetry.dialect import ARDUPILOTMEGA, Dialect, Message
from telemetry.frames import V2, Frame


def new(name: str, /, *, dialect: Dialect = ARDUPILOTMEGA, **fields: Any) -> Message:
    """A message by name; fields left out are zero. Raises KeyError or TypeError on a wrong name."""
    cls = dialect.by_name[name]
    values = [fields.pop(field.name, field.default) for field in cls.TYPE.wire_fields]
    if fields:
        raise TypeError(f"{name} has no field {min(fields)!r}")
    return cls(tuple(value) if isinstance(value, list) else value for value in values)


def decode_payload(cls: type[Message], payload: bytes) -> Message:
    """The message held by `payload`, which may be shortened (zeros restored) or longer (ignored)."""
    return cls.READ(payload, 0, len(payload))


def decode_frame(cls: type[Message], frame: Frame) -> Message:
    """The message of a frame of that type."""
    raw = frame.raw
    return cls.READ(raw, 10 if raw[0] == V2 else 6, raw[1])


def encode_payload(message: Message) -> bytes:
    """The full-length payload, not shortened. Raises struct.error on a value out of its type's range."""
    return message.TYPE.write(message)
