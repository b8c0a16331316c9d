"""Compiles, per message type, the two functions between payload bytes and field values.

Bytes and values are both in wire order, so that a message without arrays is what the struct module unpacks.
Arrays are tuples. Texts (char arrays) end at the first NUL and are read as UTF-8; what is not UTF-8 becomes
U+FFFD. A text too long for its field is cut between two characters, never inside one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from struct import Struct
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from telemetry.dialect import Field

Values = tuple[Any, ...]
T = TypeVar("T")
Writer = Callable[[Values], bytes]


@dataclass(frozen=True, slots=True)
class Reader(Generic[T]):
    """What reads `length` payload bytes at `at` of `data`; the parser does the same without the call.

    A payload shorter than `size` gets its `zeros` back, of a longer one the end is ignored.
    """

    unpack: Callable[..., Values]
    size: int
    zeros: bytes
    build: Callable[[Values], T]

    def __call__(self, data: bytes, at: int, length: int) -> T:
        whole = length >= self.size
        return self.build(self.unpack(data, at) if whole else self.unpack(data[at : at + length] + self.zeros))


def compile_reader(build: Callable[[Values], T], wire: Struct, wire_fields: Sequence[Field]) -> Reader[T]:
    """What reads payloads of `wire` and hands the values to `build`."""
    return Reader(wire.unpack_from, wire.size, bytes(wire.size), _from_flat(build, wire_fields))


def _from_flat(build: Callable[[Values], T], wire_fields: Sequence[Field]) -> Callable[[Values], T]:
    """From what the struct module unpacks, where arrays are flat and texts are bytes."""
    texts = [i for i, field in enumerate(wire_fields) if field.is_text]
    if not texts and not any(field.array_length for field in wire_fields):
        return build
    arrange = _arrangement(wire_fields)
    if not texts:
        return lambda flat: build(arrange(flat))

    def with_texts(flat: Values) -> T:
        values = list(arrange(flat))
        for i in texts:
            values[i] = values[i].split(b"\0", 1)[0].decode("utf-8", "replace")
        return build(tuple(values))

    return with_texts


def _arrangement(wire_fields: Sequence[Field]) -> Callable[[Values], Values]:
    """Takes the members of each array together."""
    places: list[int | slice] = []
    at = 0
    for field in wire_fields:
        single = field.is_text or not field.array_length
        width = 1 if single else field.array_length
        places.append(at if single else slice(at, at + width))
        at += width
    if len(places) == 1:
        only = itemgetter(*places)
        return lambda flat: (only(flat),)
    return itemgetter(*places)


def compile_writer(wire: Struct, wire_fields: Sequence[Field]) -> Writer:
    """Values to the full-length payload. Raises struct.error on a value out of its type's range."""
    pack = wire.pack
    if not any(field.array_length for field in wire_fields):
        return lambda values: pack(*values)

    def write(values: Values) -> bytes:
        flat: list[Any] = []
        for field, value in zip(wire_fields, values, strict=True):
            if field.is_text:
                flat.append(_text_bytes(value, field.array_length))
            elif field.array_length:
                flat.extend(value)
            else:
                flat.append(value)
        return pack(*flat)

    return write


def _text_bytes(text: str, room: int) -> bytes:
    encoded = text.encode("utf-8", "replace")
    if len(encoded) <= room:
        return encoded
    return encoded[:room].decode("utf-8", "ignore").encode("utf-8")
