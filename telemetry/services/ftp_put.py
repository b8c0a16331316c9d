"""Writes a file to a vehicle and makes sure that it is there.

What was there is removed first, since some vehicles do not overwrite. Chunks are written one at a time,
each until it is answered; at the end the vehicle's checksum of the file is compared with ours. Until then
the file on the vehicle is not to be trusted.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from telemetry.services.ftp_dialogue import FtpDialogue
from telemetry.services.ftp_payload import MAX_DATA, FtpError, FtpPayload, Op
from telemetry.services.machine import Progress
from telemetry.services.peer import Address

_POLYNOMIAL = 0xEDB88320


@dataclass(frozen=True, slots=True)
class FtpPutOutcome:
    """`ok`: the vehicle holds exactly the bytes that were sent."""

    ok: bool
    reason: str = ""


class FtpPut(FtpDialogue[FtpPutOutcome]):
    """Writes `data` to `path`, replacing what was there."""

    def __init__(self, target: Address, own: Address, path: str, data: bytes) -> None:
        super().__init__(target, own)
        self._path = path.encode()
        self._data = data
        self._written = 0
        self._reset = False

    @property
    def progress(self) -> Progress:
        return Progress(self._written, len(self._data), "bytes")

    def start(self, now_s: float) -> None:
        self._ask(Op.REMOVE_FILE, now_s, data=self._path)

    def _acknowledged(self, answer: FtpPayload, request: FtpPayload, now_s: float) -> None:
        if request.opcode in (Op.REMOVE_FILE, Op.RESET_SESSIONS):
            self._ask(Op.CREATE_FILE, now_s, data=self._path)
        elif request.opcode == Op.CREATE_FILE:
            self._session = answer.session
            self._write(now_s)
        elif request.opcode == Op.WRITE_FILE:
            self._written += len(request.data)
            self._write(now_s)
        elif request.opcode == Op.TERMINATE_SESSION:
            self._ask(Op.CALC_FILE_CRC32, now_s, data=self._path)
        else:
            self._compare(answer.data, now_s)

    def _refused(self, error: FtpError, request: FtpPayload, now_s: float) -> None:
        if request.opcode == Op.TERMINATE_SESSION:
            self._ask(Op.CALC_FILE_CRC32, now_s, data=self._path)
        elif request.opcode == Op.REMOVE_FILE:
            self._ask(Op.CREATE_FILE, now_s, data=self._path)
        elif error is FtpError.NO_SESSIONS_AVAILABLE and not self._reset:
            self._reset = True
            self._ask(Op.RESET_SESSIONS, now_s)
        else:
            writing = request.opcode == Op.WRITE_FILE
            self._fail(f"the vehicle refuses {Op(request.opcode).name}: {error.name}", now_s, session_open=writing)

    def _failed(self, reason: str) -> FtpPutOutcome:
        return FtpPutOutcome(ok=False, reason=reason)

    def _write(self, now_s: float) -> None:
        chunk = self._data[self._written : self._written + MAX_DATA]
        if chunk:
            self._ask(Op.WRITE_FILE, now_s, offset=self._written, data=chunk)
        else:
            self._ask(Op.TERMINATE_SESSION, now_s)

    def _compare(self, told: bytes, now_s: float) -> None:
        same = told[:4] == struct.pack("<I", file_crc32(self._data))
        outcome = FtpPutOutcome(ok=same, reason="" if same else "the file on the vehicle differs")
        self._end(outcome, now_s, session_open=False)


def file_crc32(data: bytes) -> int:
    """CRC-32 as MAVLink's file transfer has it: the usual polynomial, started at 0 and not inverted."""
    crc = 0
    for byte in data:
        crc = (crc >> 8) ^ _TABLE[(crc ^ byte) & 0xFF]
    return crc


def _entry(value: int) -> int:
    for _ in range(8):
        value = (value >> 1) ^ (_POLYNOMIAL if value & 1 else 0)
    return value


_TABLE = tuple(_entry(value) for value in range(256))
