"""The payload of FILE_TRANSFER_PROTOCOL: MAVLink's file transfer in 251 bytes.

    seq u16 | session u8 | opcode u8 | size u8 | req_opcode u8 | burst_complete u8 | pad u8 | offset u32 | data

little-endian; `size` bytes of `data` count (at most 239), except that a read's request says there how much
is wanted. An answer carries the request's opcode in `req_opcode` and its sequence number plus one.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum

MAX_DATA = 239
PAYLOAD = 251
_HEAD = struct.Struct("<HBBBBBBI")


class Op(IntEnum):
    """What is asked for; ACK and NAK are answers."""

    TERMINATE_SESSION = 1
    RESET_SESSIONS = 2
    LIST_DIRECTORY = 3
    OPEN_FILE_RO = 4
    READ_FILE = 5
    CREATE_FILE = 6
    WRITE_FILE = 7
    REMOVE_FILE = 8
    CREATE_DIRECTORY = 9
    REMOVE_DIRECTORY = 10
    OPEN_FILE_WO = 11
    TRUNCATE_FILE = 12
    RENAME = 13
    CALC_FILE_CRC32 = 14
    BURST_READ_FILE = 15
    ACK = 128
    NAK = 129


class FtpError(IntEnum):
    """Why the vehicle refuses."""

    NONE = 0
    FAIL = 1
    FAIL_ERRNO = 2
    INVALID_DATA_SIZE = 3
    INVALID_SESSION = 4
    NO_SESSIONS_AVAILABLE = 5
    END_OF_FILE = 6
    UNKNOWN_COMMAND = 7
    FILE_EXISTS = 8
    FILE_PROTECTED = 9
    FILE_NOT_FOUND = 10


@dataclass(frozen=True, slots=True)
class FtpPayload:
    """`size` None stands for the length of `data`."""

    seq: int
    opcode: int
    session: int = 0
    offset: int = 0
    data: bytes = b""
    size: int | None = None
    req_opcode: int = 0
    burst_complete: bool = False

    def encode(self) -> tuple[int, ...]:
        """The 251 bytes, as the message's field holds them. ValueError when `data` is too long."""
        if len(self.data) > MAX_DATA:
            raise ValueError(f"{len(self.data)} bytes do not fit into {MAX_DATA}")
        size = len(self.data) if self.size is None else self.size
        complete = int(self.burst_complete)
        head = _HEAD.pack(self.seq, self.session, self.opcode, size, self.req_opcode, complete, 0, self.offset)
        return tuple((head + self.data).ljust(PAYLOAD, b"\0"))

    @property
    def error(self) -> FtpError:
        """The reason of a NAK; FAIL when it gives none that is known."""
        try:
            return FtpError(self.data[0])
        except (IndexError, ValueError):
            return FtpError.FAIL


def decode(payload: tuple[int, ...]) -> FtpPayload:
    """The payload of a FILE_TRANSFER_PROTOCOL message; a size beyond the field is cut to it."""
    raw = bytes(payload).ljust(PAYLOAD, b"\0")
    seq, session, opcode, size, req_opcode, complete, _, offset = _HEAD.unpack_from(raw)
    data = raw[_HEAD.size : _HEAD.size + min(size, MAX_DATA)]
    return FtpPayload(seq, opcode, session, offset, data, size, req_opcode, bool(complete))
