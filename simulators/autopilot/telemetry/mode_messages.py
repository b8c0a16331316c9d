"""AVAILABLE_MODES and AVAILABLE_MODES_MONITOR (435, 437), which the dialect's generator does not have yet.

Fields and checksum seeds are those of MAVLink's common.xml; the frames are the recorded ones byte for byte.
"""

from __future__ import annotations

import struct
from typing import Final

from simulators.autopilot.state import MODE_NAMES
from telemetry.dialect import Field, Message, MessageType, struct_code
from telemetry.payload import compile_writer

AVAILABLE_MODES_ID: Final = 435
MONITOR_ID: Final = 437
MONITOR_US: Final = 5_000_000
MODE_ORDER: Final = (27, 3, 1, 0, 2, 7, 5, 4, 9, 6, 11, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 28)
"""Modes in the order in which ArduCopter numbers them, from 1."""


def _kind(msgid: int, name: str, crc_extra: int, fields: tuple[Field, ...]) -> MessageType:
    wire = struct.Struct("<" + "".join(map(struct_code, fields)))
    return MessageType(msgid, name, crc_extra, fields, fields, wire, wire.size, compile_writer(wire, fields))


def _field(name: str, kind: str, length: int = 0) -> Field:
    return Field(name, kind, length, "", "")


class AvailableModes(Message):
    __slots__ = ()
    TYPE = _kind(
        AVAILABLE_MODES_ID, "AVAILABLE_MODES", 134,
        (
            _field("custom_mode", "uint32_t"), _field("properties", "uint32_t"), _field("number_modes", "uint8_t"),
            _field("mode_index", "uint8_t"), _field("standard_mode", "uint8_t"), _field("mode_name", "char", 35),
        ),
    )  # fmt: skip
    message_name = "AVAILABLE_MODES"


class AvailableModesMonitor(Message):
    __slots__ = ()
    TYPE = _kind(MONITOR_ID, "AVAILABLE_MODES_MONITOR", 30, (_field("seq", "uint8_t"),))
    message_name = "AVAILABLE_MODES_MONITOR"


def available_mode(index: float) -> Message | None:
    """The mode of that number; 0 asks for all and gets the first one, as recorded."""
    number = 1 if index == 0 else index
    if number not in range(1, len(MODE_ORDER) + 1):
        return None
    custom_mode = MODE_ORDER[int(number) - 1]
    return AvailableModes((custom_mode, 0, len(MODE_ORDER), int(number), 0, MODE_NAMES[custom_mode]))
