"""Compiles, per message type, the two functions between payload bytes and field values.

Bytes are in wire order, values in the order of the XML. Arrays are tuples. Texts (char arrays) end at the
first NUL and are read as UTF-8; each run of bytes that is not UTF-8 becomes U+FFFD. A text too long for its
field is cut between two characters, never inside one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter
from struct import Struct
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from telemetry.dialect import Field

Values = tuple[Any, ...]
T = TypeVar("T")
Reader = Callable[[bytes, int, int], T]
Writer = Callable[[Values], bytes]


def compile_reader(
    build: Callable[[Values], T], wire: Struct, fields: Sequence[Field], wire_fields: Sequence[Field]
) -> Reader[T]:
    """What reads `length` payload bytes at `at` of `data` and hands the values to `build`.

    A payload shorter than `wire` gets its zeros back, of a longer one the end is ignored.
    """
    unpack, size, zeros = wire.unpack_from, wire.size, bytes(wire.size)
    arrange = _arrangement(fields, wire_fields)
    texts = [i for i, field in enumerate(fields) if field.is_text]

    def read(data: bytes, at: int, length: int) -> T:
        return build(unpack(data, at) if length >= size else unpack(data[at : at + length] + zeros))

    def read_arranged(data: bytes, at: int, length: int) -> T:
        return build(arrange(unpack(data, at) if length >= size else unpack(data[at : at + length] + zeros)))

    def read_with_texts(data: bytes, at: int, length: int) -> T:
        values = list(arrange(unpack(data, at) if length >= size else unpack(data[at : at + length] + zeros)))
        for i in texts:
            values[i] = values[i].split(b"\0", 1)[0].decode("utf-8", "replace")
        return build(tuple(values))

    if texts:
        return read_with_texts
    return read if arrange is _as_is else read_arranged


def _as_is(raw: Values) -> Values:
    return raw


def _alone(raw: Values) -> Values:
    return (raw,)


def _arrangement(fields: Sequence[Field], wire_fields: Sequence[Field]) -> Callable[[Values], Values]:
    """From unpacked numbers, flat and in wire order, to values."""
    places: dict[str, int | slice] = {}
    at = 0
    for field in wire_fields:
        width = 1 if field.is_text else max(field.array_length, 1)
        single = field.is_text or not field.array_length
        places[field.name] = at if single else slice(at, at + width)
        at += width
    wanted = [places[field.name] for field in fields]
    if wanted == list(range(at)):
        return _as_is
    if len(wanted) == 1:
        return _alone
    return itemgetter(*wanted)


def compile_writer(wire: Struct, fields: Sequence[Field], wire_fields: Sequence[Field]) -> Writer:
    """Values to the full-length payload. Raises struct.error on a value out of its type's range."""
    pack = wire.pack
    at = {field.name: i for i, field in enumerate(fields)}
    plan = [(at[field.name], field) for field in wire_fields]
    order = [i for i, _ in plan]
    if all(field.array_length == 0 for field in fields):
        return lambda values: pack(*[values[i] for i in order])

    def write(values: Values) -> bytes:
        flat: list[Any] = []
        for i, field in plan:
            if field.is_text:
                flat.append(_text_bytes(values[i], field.array_length))
            elif field.array_length:
                flat.extend(values[i])
            else:
                flat.append(values[i])
        return pack(*flat)

    return write


def _text_bytes(text: str, room: int) -> bytes:
    encoded = text.encode("utf-8", "replace")
    if len(encoded) <= room:
        return encoded
    return encoded[:room].decode("utf-8", "ignore").encode("utf-8")
