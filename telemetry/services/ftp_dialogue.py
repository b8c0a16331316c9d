"""What the file transfer machines have in common: one request at a time, repeated until it is answered.

A request is repeated with the same sequence number, so that a vehicle that has done it already only
repeats its answer. A machine ends by closing its session; that answer is waited for only briefly.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import TypeVar

from telemetry.messages import new
from telemetry.received import Received
from telemetry.services.ftp_payload import FtpError, FtpPayload, Op, decode
from telemetry.services.machine import Transfer
from telemetry.services.peer import Address, Peer
from telemetry.services.round_trip import RoundTrip

T = TypeVar("T")

GIVE_UP_S = 20.0
CLOSE_ATTEMPTS = 2


class FtpDialogue(Transfer[T]):
    """Subclasses ask with `_ask` and are called back with the answer."""

    def __init__(self, target: Address, own: Address) -> None:
        super().__init__()
        self._peer = Peer(target, own)
        self._round_trip = RoundTrip()
        self._seq = 0
        self._session = 0
        self._request: FtpPayload | None = None
        self._attempts = 0
        self._sent_s = self._asked_s = 0.0
        self._again_s: float | None = None
        self._result: T | None = None

    def receive(self, received: Received, now_s: float) -> None:
        if self.done or received.message.message_name != "FILE_TRANSFER_PROTOCOL" or not self._peer.speaks(received):
            return
        answer = decode(received.message.payload)
        if answer.opcode not in (Op.ACK, Op.NAK) or self._request is None or not self._answers(answer, self._request):
            return
        if self._attempts == 1 and self._request.opcode != Op.BURST_READ_FILE:
            self._round_trip.measured(now_s - self._sent_s)
        if self._result is not None:
            self._close_ended()
        elif answer.opcode == Op.ACK:
            self._acknowledged(answer, self._request, now_s)
        else:
            self._refused(answer.error, self._request, now_s)

    def handle_timer(self, now_s: float) -> None:
        if self.done or self._again_s is None or now_s < self._again_s or self._request is None:
            return
        self._round_trip.missed()
        closing = self._result is not None
        if self._attempts < CLOSE_ATTEMPTS if closing else now_s < self._asked_s + GIVE_UP_S:
            self._send(now_s)
        elif closing:
            self._close_ended()
        else:
            self._fail(f"no answer to {Op(self._request.opcode).name}", now_s)

    def next_deadline(self) -> float | None:
        return None if self.done else self._again_s

    def give_up(self, reason: str, now_s: float) -> None:
        """A session may be open although its answer was not heard yet."""
        if not self.done and self._result is None:
            self._fail(reason, now_s, session_open=True)

    @abstractmethod
    def _acknowledged(self, answer: FtpPayload, request: FtpPayload, now_s: float) -> None:
        """The vehicle did what `request` asked for."""

    @abstractmethod
    def _refused(self, error: FtpError, request: FtpPayload, now_s: float) -> None:
        """The vehicle did not."""

    @abstractmethod
    def _failed(self, reason: str) -> T:
        """The outcome of a transfer that came to nothing."""

    def _answers(self, answer: FtpPayload, request: FtpPayload) -> bool:
        return answer.req_opcode == request.opcode and answer.seq == (request.seq + 1) % 65536

    def _ask(self, opcode: Op, now_s: float, *, offset: int = 0, data: bytes = b"", size: int | None = None) -> None:
        self._request = FtpPayload(self._seq, opcode, self._session, offset, data, size)
        self._seq = (self._seq + 1) % 65536
        self._attempts, self._asked_s = 0, now_s
        self._send(now_s)

    def _send(self, now_s: float) -> None:
        if self._request is not None:
            payload = self._request.encode()
            self._outbox.append(new("FILE_TRANSFER_PROTOCOL", **self._peer.address, payload=payload))
        self._attempts += 1
        self._sent_s = now_s
        self._again_s = now_s + self._round_trip.wait_s

    def _end(self, result: T, now_s: float, *, session_open: bool) -> None:
        """The result is known; the session is closed before it is handed out."""
        self._result = result
        if session_open:
            self._ask(Op.TERMINATE_SESSION, now_s)
        else:
            self._close_ended()

    def _fail(self, reason: str, now_s: float, *, session_open: bool = False) -> None:
        self._end(self._failed(reason), now_s, session_open=session_open)

    def _close_ended(self) -> None:
        self.outcome, self._again_s = self._result, None
