"""The message table, taken from pymavlink's generated dialect once at import.

Each MAVLink message becomes a `Message` subclass: an immutable tuple of its field values in wire
order, read by attribute (`message.lat`). Nothing here parses frames.
"""

from __future__ import annotations

import importlib
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Self

from telemetry.payload import Reader, Writer, compile_reader, compile_writer


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a message: its name, C type (`uint16_t`, `char`, ...) and array length (0 = scalar)."""

    name: str
    type: str
    array_length: int
    units: str
    enum: str

    @property
    def is_text(self) -> bool:
        return self.type == "char"

    @property
    def default(self) -> Any:
        """The value of a field nobody set: zero, an array of zeros or an empty text."""
        if self.is_text and self.array_length:
            return ""
        zero: Any = 0.0 if self.type in ("float", "double") else 0
        return (zero,) * self.array_length if self.array_length else zero


@dataclass(frozen=True, slots=True)
class MessageType:
    """What the wire needs to know about one message id.

    `wire` is the little-endian struct of the full payload, in wire order; `wire_fields` names its fields in
    that order, which is the order of the values; `fields` keeps the order of the XML. `base_size` is the payload
    without extension fields, as MAVLink 1 sends it. `write` makes the payload of values (rules in
    `telemetry.payload`).
    """

    id: int
    name: str
    crc_extra: int
    fields: tuple[Field, ...]
    wire_fields: tuple[Field, ...]
    wire: struct.Struct
    base_size: int
    write: Writer = dataclass_field(compare=False, repr=False)

    @property
    def payload_size(self) -> int:
        return self.wire.size


class Message(tuple):  # type: ignore[type-arg]
    """An immutable message. Build one with `telemetry.messages.new(name, **fields)`."""

    __slots__ = ()
    TYPE: ClassVar[MessageType]
    message_name: ClassVar[str]
    READ: ClassVar[Reader[Message]]

    if TYPE_CHECKING:

        def __getattr__(self, field: str) -> Any: ...

    def as_dict(self) -> dict[str, Any]:
        """Field name to value, in the order of the XML."""
        return {field.name: getattr(self, field.name) for field in self.TYPE.fields}

    def replace(self, **changes: Any) -> Self:
        """A copy with some fields changed; an unknown field raises TypeError."""
        values = dict(zip((field.name for field in self.TYPE.wire_fields), self, strict=True))
        for name in changes:
            if name not in values:
                raise TypeError(f"{self.TYPE.name} has no field {name!r}")
        return type(self)((values | changes).values())

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self.as_dict().items())
        return f"{self.TYPE.name}({shown})"

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and tuple.__eq__(self, other)

    def __hash__(self) -> int:
        return hash((self.TYPE.id, tuple(self)))


# What named tuples read their fields with: half the time of a property.
_WIDE: Any = NamedTuple("_WIDE", [(f"value{i}", Any) for i in range(64)])  # type: ignore[misc]
_GETTERS: tuple[Any, ...] = tuple(vars(_WIDE)[f"value{i}"] for i in range(64))
_CODES = {
    "char": "s",
    "int8_t": "b",
    "uint8_t": "B",
    "int16_t": "h",
    "uint16_t": "H",
    "int32_t": "i",
    "uint32_t": "I",
    "int64_t": "q",
    "uint64_t": "Q",
    "float": "f",
    "double": "d",
}


class Dialect:
    """A set of messages, looked up by id or by name."""

    def __init__(self, name: str, classes: list[type[Message]]) -> None:
        self.name = name
        self.by_id: Mapping[int, type[Message]] = MappingProxyType({cls.TYPE.id: cls for cls in classes})
        self.by_name: Mapping[str, type[Message]] = MappingProxyType({cls.TYPE.name: cls for cls in classes})

    def __repr__(self) -> str:
        return f"Dialect({self.name!r}, {len(self.by_id)} messages)"


def _message_class(generated: Any) -> type[Message]:
    units, enums = generated.fieldunits_by_name, generated.fieldenums_by_name
    lengths = dict(zip(generated.ordered_fieldnames, generated.array_lengths, strict=True))
    fields = tuple(
        Field(name, kind, lengths[name], units.get(name, ""), enums.get(name, ""))
        for name, kind in zip(generated.fieldnames, generated.fieldtypes, strict=True)
    )
    by_name = {field.name: field for field in fields}
    wire = struct.Struct(generated.unpacker.format)
    wire_fields = tuple(by_name[name] for name in generated.ordered_fieldnames)
    return message_class(
        MessageType(
            id=generated.id,
            name=generated.msgname,
            crc_extra=generated.crc_extra,
            fields=fields,
            wire_fields=wire_fields,
            wire=wire,
            base_size=wire.size - struct.calcsize("<" + "".join(map(struct_code, _extensions(generated, fields)))),
            write=compile_writer(wire, wire_fields),
        )
    )


def message_class(message_type: MessageType) -> type[Message]:
    """The class of messages of that type."""
    wire_fields = message_type.wire_fields
    namespace: dict[str, Any] = {field.name: _GETTERS[i] for i, field in enumerate(wire_fields)}
    namespace |= {
        "__slots__": (),
        "TYPE": message_type,
        "message_name": message_type.name,
        "__doc__": f"MAVLink message {message_type.name}.",
    }
    cls: Any = type(message_type.name, (Message,), namespace)
    cls.READ = compile_reader(cls, message_type.wire, wire_fields)
    made: type[Message] = cls
    return made


def _extensions(generated: Any, fields: tuple[Field, ...]) -> tuple[Field, ...]:
    """Extension fields come last, and only they have defaults (but for a heartbeat's `mavlink_version`)."""
    count = len(generated.__init__.__defaults__ or ())
    return tuple(field for field in fields[len(fields) - count :] if field.name != "mavlink_version")


def struct_code(field: Field) -> str:
    """How the struct module writes the field, arrays and texts as one."""
    return f"{field.array_length or 1}{_CODES[field.type]}"


def load_dialect(name: str = "ardupilotmega") -> Dialect:
    """The dialect `name` of pymavlink; ModuleNotFoundError when pymavlink has none of that name."""
    return dialect_of(name, importlib.import_module(f"pymavlink.dialects.v20.{name}"))


def dialect_of(name: str, module: Any) -> Dialect:
    """What a module made by mavgen defines."""
    return Dialect(name, [_message_class(generated) for generated in module.mavlink_map.values()])


ARDUPILOTMEGA = load_dialect()
