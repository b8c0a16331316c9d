"""Lists and reads the dataflash logs that a vehicle keeps.

LOG_DATA comes in chunks of 90 bytes, a shorter one ends the log. What got lost is asked for again in one
stretch at a time, from the first gap. Finished, LOG_REQUEST_END lets the vehicle go on logging.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from telemetry.dialect import Message
from telemetry.messages import new
from telemetry.received import Received
from telemetry.services.machine import Progress, Transfer
from telemetry.services.peer import Address, Peer
from telemetry.services.round_trip import RoundTrip

CHUNK = 90
AGAIN_S = 1.0
NO_PROGRESS_S = 15.0
STRETCH = 45_000
ALL = 0xFFFF


@dataclass(frozen=True, slots=True)
class LogEntry:
    """`utc_s` is unix seconds of the log's end; None where the vehicle did not know the time."""

    id: int
    size: int
    utc_s: int | None


@dataclass(frozen=True, slots=True)
class LogListOutcome:
    """Entries in order of id; None when they could not be read, with the reason."""

    entries: tuple[LogEntry, ...] | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class LogOutcome:
    """The log's bytes; None when it could not be read whole, with the reason."""

    data: bytes | None
    reason: str = ""


class LogList(Transfer[LogListOutcome]):
    """Asks `target` for its logs."""

    def __init__(self, target: Address, own: Address) -> None:
        super().__init__()
        self._peer = Peer(target, own)
        self._entries: dict[int, LogEntry] = {}
        self._count: int | None = None
        self._again_s = 0.0
        self._progress_s = 0.0

    @property
    def progress(self) -> Progress:
        return Progress(len(self._entries), self._count, "items")

    def give_up(self, reason: str, now_s: float) -> None:  # noqa: ARG002 - nothing is open on the vehicle
        self.outcome = self.outcome or LogListOutcome(None, reason)

    def start(self, now_s: float) -> None:
        self._progress_s = now_s
        self._ask(now_s)

    def receive(self, received: Received, now_s: float) -> None:
        message = received.message
        if self.done or message.message_name != "LOG_ENTRY" or not self._peer.speaks(received):
            return
        self._count = message.num_logs
        self._again_s = now_s + AGAIN_S
        if message.num_logs and message.id not in self._entries:
            self._entries[message.id] = LogEntry(message.id, message.size, message.time_utc or None)
            self._progress_s = now_s
        if len(self._entries) >= message.num_logs:
            self.outcome = LogListOutcome(tuple(self._entries[id_] for id_ in sorted(self._entries)))

    def handle_timer(self, now_s: float) -> None:
        if self.done:
            return
        if now_s >= self._progress_s + NO_PROGRESS_S:
            self.outcome = LogListOutcome(None, f"nothing came for {NO_PROGRESS_S:.0f} s")
        elif now_s >= self._again_s:
            self._ask(now_s)

    def next_deadline(self) -> float | None:
        return None if self.done else min(self._again_s, self._progress_s + NO_PROGRESS_S)

    def _ask(self, now_s: float) -> None:
        self._outbox.append(new("LOG_REQUEST_LIST", **self._peer.address, start=0, end=ALL))
        self._again_s = now_s + AGAIN_S


class LogDownload(Transfer[LogOutcome]):
    """Reads the log `entry` of `target`."""

    def __init__(self, target: Address, own: Address, entry: LogEntry) -> None:
        super().__init__()
        self._peer = Peer(target, own)
        self._entry = entry
        self._data = bytearray(entry.size)
        self._have = bytearray(-(-entry.size // CHUNK))
        self._kept = 0
        self._first_gap = 0
        self._stretch_end = 0
        self._round_trip = RoundTrip()
        self._asked_s: float | None = None
        self._again_s = 0.0
        self._progress_s = 0.0

    @property
    def progress(self) -> Progress:
        return Progress(min(self._kept * CHUNK, self._entry.size), self._entry.size, "bytes")

    def give_up(self, reason: str, now_s: float) -> None:  # noqa: ARG002 - the vehicle need not answer
        if not self.done:
            self._outbox.append(new("LOG_REQUEST_END", **self._peer.address))
            self.outcome = LogOutcome(None, reason)

    def start(self, now_s: float) -> None:
        self._progress_s = now_s
        self._go_on(now_s)

    def receive(self, received: Received, now_s: float) -> None:
        message = received.message
        if self.done or message.message_name != "LOG_DATA" or not self._peer.speaks(received):
            return
        if message.id != self._entry.id:
            return
        if self._asked_s is not None:
            self._round_trip.measured(now_s - self._asked_s)
            self._asked_s = None
        if self._keep(message):
            self._progress_s = now_s
        self._again_s = now_s + self._round_trip.wait_s
        if message.ofs < self._stretch_end <= message.ofs + CHUNK:
            self._go_on(now_s)

    def handle_timer(self, now_s: float) -> None:
        if self.done:
            return
        if now_s >= self._progress_s + NO_PROGRESS_S:
            share = self._kept / max(1, len(self._have))
            self.outcome = LogOutcome(None, f"nothing came for {NO_PROGRESS_S:.0f} s after {share:.0%}")
        elif now_s >= self._again_s:
            self._round_trip.missed()
            self._go_on(now_s)
            self._asked_s = None

    def next_deadline(self) -> float | None:
        return None if self.done else min(self._again_s, self._progress_s + NO_PROGRESS_S)

    def _keep(self, message: Message) -> bool:
        """Whether the chunk brought something new."""
        chunk, rest = divmod(message.ofs, CHUNK)
        size = min(int(getattr(message, "count", 0)), CHUNK)
        wanted = min(CHUNK, self._entry.size - message.ofs)
        if rest or chunk >= len(self._have) or self._have[chunk] or size < wanted:
            return False
        self._data[message.ofs : message.ofs + wanted] = bytes(message.data[:wanted])
        self._have[chunk] = 1
        self._kept += 1
        return True

    def _gap(self) -> int:
        """The number of the first chunk that is missing."""
        found = self._have.find(0, self._first_gap)
        self._first_gap = len(self._have) if found < 0 else found
        return self._first_gap

    def _go_on(self, now_s: float) -> None:
        start = self._gap() * CHUNK
        if start >= self._entry.size:
            self._outbox.append(new("LOG_REQUEST_END", **self._peer.address))
            self.outcome = LogOutcome(bytes(self._data))
            return
        known = self._have.find(1, self._first_gap)
        end = min(self._entry.size if known < 0 else known * CHUNK, start + STRETCH)
        wanted: dict[str, Any] = {"id": self._entry.id, "ofs": start, "count": end - start}
        self._outbox.append(new("LOG_REQUEST_DATA", **self._peer.address, **wanted))
        self._stretch_end, self._asked_s, self._again_s = end, now_s, now_s + self._round_trip.wait_s
