"""COMMAND_CANCEL, which ends a command that a vehicle has said is in progress. Only ever sent.

It stands in MAVLink's common definitions (id 80), not in ArduPilot's, of which pymavlink's tables are made: ArduPilot
takes a frame of an id that it does not know for damage on the line, so none of its vehicles is sent one. The
answer is a COMMAND_ACK of the command with the result CANCELLED; a vehicle that was done before may say nothing.
"""

from __future__ import annotations

import struct

from telemetry.dialect import Field, Message, MessageType, message_class
from telemetry.payload import compile_writer
from telemetry.services.peer import Address

_WIRE = struct.Struct("<HBB")
_FIELDS = (
    Field("target_system", "uint8_t", 0, "", ""),
    Field("target_component", "uint8_t", 0, "", ""),
    Field("command", "uint16_t", 0, "", "MAV_CMD"),
)
_WIRE_FIELDS = (_FIELDS[2], _FIELDS[0], _FIELDS[1])
CommandCancel = message_class(
    MessageType(
        id=80,
        name="COMMAND_CANCEL",
        crc_extra=14,
        fields=_FIELDS,
        wire_fields=_WIRE_FIELDS,
        wire=_WIRE,
        base_size=_WIRE.size,
        write=compile_writer(_WIRE, _WIRE_FIELDS),
    )
)


def command_cancel(target: Address, number: int) -> Message:
    """End the command `number` that `target` is carrying out."""
    return CommandCancel((int(number), *target))
