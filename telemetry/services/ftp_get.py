"""Reads a file from a vehicle.

The vehicle sends bursts of chunks without being asked for each; what got lost is then asked for piece by
piece. The size it tells on opening is not believed (ArduPilot makes some files up while they are read):
the file ends where the vehicle says END_OF_FILE.
"""

from __future__ import annotations

from dataclasses import dataclass

from telemetry.services.ftp_dialogue import FtpDialogue
from telemetry.services.ftp_payload import MAX_DATA, FtpError, FtpPayload, Op
from telemetry.services.machine import Progress
from telemetry.services.peer import Address

DEFAULT_LIMIT = 256 * 1024 * 1024
FARTHEST_AHEAD = 1024 * 1024
NUMBERS_A_BURST = 4096
"""A burst uses up sequence numbers that nobody hears of; the next request must not look like one of them
(ArduPilot takes a request whose number is one before its last answer's for a repeated one)."""


@dataclass(frozen=True, slots=True)
class FtpGetOutcome:
    """The file's bytes; None when it could not be read whole, with the reason."""

    data: bytes | None
    reason: str = ""


class FtpGet(FtpDialogue[FtpGetOutcome]):
    """Reads `path`; a file of more than `limit` bytes is given up."""

    def __init__(self, target: Address, own: Address, path: str, limit: int = DEFAULT_LIMIT) -> None:
        super().__init__(target, own)
        self._path = path.encode()
        self._limit = limit
        self._data = bytearray()
        self._told_size = 0
        self._gaps: list[tuple[int, int]] = []
        self._bursts = True
        self._flowing = self._ends = self._whole = self._reset = False

    @property
    def progress(self) -> Progress:
        """The size that was told is a guess for people only."""
        here = len(self._data) - sum(end - start for start, end in self._gaps)
        return Progress(here, self._told_size if self._told_size >= len(self._data) > 0 else None, "bytes")

    def start(self, now_s: float) -> None:
        self._ask(Op.OPEN_FILE_RO, now_s, data=self._path)

    def handle_timer(self, now_s: float) -> None:
        """A burst that stopped on the way is asked for again from where it stopped."""
        if self._flowing and self._result is None and self._again_s is not None and now_s >= self._again_s:
            self._go_on(now_s)
        else:
            super().handle_timer(now_s)

    def _answers(self, answer: FtpPayload, request: FtpPayload) -> bool:
        """Each chunk of a burst has the next number; late ones of the burst before do not count."""
        if request.opcode == Op.BURST_READ_FILE and answer.req_opcode == request.opcode:
            return (answer.seq - request.seq - 1) % 65536 < NUMBERS_A_BURST
        return super()._answers(answer, request)

    def _acknowledged(self, answer: FtpPayload, request: FtpPayload, now_s: float) -> None:
        if request.opcode == Op.RESET_SESSIONS:
            self._ask(Op.OPEN_FILE_RO, now_s, data=self._path)
        elif request.opcode == Op.OPEN_FILE_RO:
            self._session = answer.session
            self._told_size = int.from_bytes(answer.data[:4], "little")
            self._go_on(now_s)
        elif request.opcode == Op.READ_FILE:
            self._read(request.offset, answer.data, now_s)
        else:
            self._chunk(answer, now_s)

    def _read(self, offset: int, data: bytes, now_s: float) -> None:
        if not data:
            self._fail("the vehicle reads nothing", now_s, session_open=True)
            return
        self._ends = False
        self._keep(offset, data)
        self._go_on(now_s)

    def _chunk(self, answer: FtpPayload, now_s: float) -> None:
        """ArduPilot begins some bursts with an answer that holds nothing."""
        self._keep(answer.offset, answer.data)
        if answer.burst_complete:
            self._go_on(now_s)
        else:
            self._flowing = True
            self._again_s = now_s + self._round_trip.wait_s

    def _refused(self, error: FtpError, request: FtpPayload, now_s: float) -> None:
        if error is FtpError.END_OF_FILE and request.opcode in (Op.READ_FILE, Op.BURST_READ_FILE):
            self._ended(request, now_s)
        elif error is FtpError.NO_SESSIONS_AVAILABLE and not self._reset:
            self._reset = True
            self._ask(Op.RESET_SESSIONS, now_s)
        elif request.opcode == Op.BURST_READ_FILE and error is FtpError.UNKNOWN_COMMAND:
            self._bursts = False
            self._go_on(now_s)
        else:
            opened = request.opcode in (Op.READ_FILE, Op.BURST_READ_FILE)
            self._fail(f"the vehicle refuses {Op(request.opcode).name}: {error.name}", now_s, session_open=opened)

    def _ended(self, request: FtpPayload, now_s: float) -> None:
        """The end of a burst may have been lost: a single read past what is here shows whether it ends there."""
        if request.opcode == Op.READ_FILE and request.offset < len(self._data):
            self._fail("the file became shorter while it was read", now_s, session_open=True)
            return
        self._whole = request.opcode == Op.READ_FILE
        self._ends = True
        self._go_on(now_s)

    def _failed(self, reason: str) -> FtpGetOutcome:
        return FtpGetOutcome(None, reason)

    def _go_on(self, now_s: float) -> None:
        """To the end first, then what is missing before it."""
        self._flowing = False
        if len(self._data) > self._limit:
            self._fail(f"the file is larger than {self._limit} bytes", now_s, session_open=True)
        elif not self._whole:
            bursts = self._bursts and not self._ends
            self._ask(Op.BURST_READ_FILE if bursts else Op.READ_FILE, now_s, offset=len(self._data), size=MAX_DATA)
            if bursts:
                self._seq = (self._seq + NUMBERS_A_BURST) % 65536
        elif self._gaps:
            start, end = self._gaps[0]
            self._ask(Op.READ_FILE, now_s, offset=start, size=min(MAX_DATA, end - start))
        else:
            self._end(FtpGetOutcome(bytes(self._data)), now_s, session_open=True)

    def _keep(self, offset: int, data: bytes) -> None:
        end = offset + len(data)
        if offset > len(self._data) + FARTHEST_AHEAD:
            return
        if offset > len(self._data):
            self._gaps.append((len(self._data), offset))
            self._data.extend(bytes(offset - len(self._data)))
        self._data[offset:end] = data
        self._gaps = [rest for gap in self._gaps for rest in _without(gap, offset, end)]


def _without(gap: tuple[int, int], start: int, end: int) -> list[tuple[int, int]]:
    """What is left of `gap` once start..end is known."""
    low, high = gap
    left = [(low, min(high, start)), (max(low, end), high)]
    return [(a, b) for a, b in left if a < b]
