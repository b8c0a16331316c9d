"""Payload bytes to messages and back.

Rules: char arrays end at the first NUL and are read as UTF-8, bytes that are not UTF-8 become
U+FFFD; MAVLink 2 payloads lose their trailing zeros on the wire and get them back here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from telemetry.dialect import ARDUPILOTMEGA, Dialect, Field, Message


def new(name: str, *, dialect: Dialect = ARDUPILOTMEGA, **fields: Any) -> Message:
    """A message by name; fields left out are zero. Raises KeyError or TypeError on a wrong name."""
    cls = dialect.by_name[name]
    values = [fields.pop(field.name, field.default) for field in cls.TYPE.fields]
    if fields:
        raise TypeError(f"{name} has no field {min(fields)!r}")
    return cls(tuple(value) if isinstance(value, list) else value for value in values)


def decode_payload(cls: type[Message], payload: bytes) -> Message:
    """The message held by `payload`, which may be shortened (zeros restored) or longer (ignored)."""
    wire = cls.TYPE.wire
    values = _grouped(cls.TYPE.wire_fields, wire.unpack(payload[: wire.size].ljust(wire.size, b"\0")))
    by_name = dict(values)
    return cls(by_name[field.name] for field in cls.TYPE.fields)


def _grouped(fields: tuple[Field, ...], raw: tuple[Any, ...]) -> Iterator[tuple[str, Any]]:
    at = 0
    for field in fields:
        if field.is_text:
            yield field.name, raw[at].split(b"\0", 1)[0].decode("utf-8", "replace")
            at += 1
        elif field.array_length:
            yield field.name, raw[at : at + field.array_length]
            at += field.array_length
        else:
            yield field.name, raw[at]
            at += 1


def encode_payload(message: Message) -> bytes:
    """The full-length payload, not shortened. Raises struct.error on a value out of its type's range."""
    values = message.as_dict()
    flat: list[Any] = []
    for field in message.TYPE.wire_fields:
        value = values[field.name]
        if field.is_text:
            flat.append(value.encode("utf-8"))
        elif field.array_length:
            flat.extend(value)
        else:
            flat.append(value)
    return message.TYPE.wire.pack(*flat)
