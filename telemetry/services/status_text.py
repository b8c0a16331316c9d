"""Joins STATUSTEXT chunks to whole texts, and takes texts apart.

A text of up to 50 bytes comes as one message with id 0. A longer one comes as chunks of 50 bytes that
share an id above 0 and count from 0; the first chunk that is shorter is the last. Chunks may come twice,
out of order, or not at all: what is missing after `COMPLETE_WITHIN_S` is marked with `GAP`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from telemetry.dialect import Message
from telemetry.messages import new
from telemetry.received import Received

CHUNK_BYTES = 50
COMPLETE_WITHIN_S = 2.0
REMEMBER_S = 5.0
MAX_PENDING = 16
GAP = "[…]"


@dataclass(frozen=True, slots=True)
class WholeText:
    """`severity` is a MAV_SEVERITY, 0 the worst."""

    severity: int
    text: str


@dataclass(slots=True)
class _Pending:
    severity: int
    since_s: float
    chunks: dict[int, str] = field(default_factory=dict)
    told: bool = False

    @property
    def last(self) -> int | None:
        """The number of the last chunk, once it is known."""
        short = [seq for seq, text in self.chunks.items() if len(text.encode()) < CHUNK_BYTES]
        return min(short, default=None)

    @property
    def complete(self) -> bool:
        last = self.last
        return last is not None and all(seq in self.chunks for seq in range(last + 1))

    def whole(self) -> WholeText:
        self.told = True
        top = max(self.chunks) if self.last is None else self.last
        parts = [self.chunks.get(seq, GAP) for seq in range(top + 1)]
        if self.last is None:
            parts.append(GAP)
        return WholeText(self.severity, "".join(parts).replace(GAP + GAP, GAP))


class StatusTextJoiner:
    """For any number of senders; at most `MAX_PENDING` texts are under way at a time."""

    def __init__(self) -> None:
        self._pending: dict[tuple[int, int, int], _Pending] = {}

    @property
    def waits(self) -> bool:
        """Whether `expire` may have something to do."""
        return bool(self._pending)

    def receive(self, received: Received, now_s: float) -> list[WholeText]:
        """Take in one STATUSTEXT; the texts that are whole, or given up on, by now."""
        message = received.message
        if not message.id:
            return [*self.expire(now_s), WholeText(message.severity, message.text)]
        texts = self.expire(now_s)
        key = (received.sysid, received.compid, message.id)
        pending = self._pending.get(key)
        if pending is not None and pending.chunks.get(message.chunk_seq, message.text) != message.text:
            texts += self._give_up(key)
            pending = None
        if pending is None:
            texts += self._make_room()
            pending = self._pending[key] = _Pending(message.severity, now_s)
        pending.chunks[message.chunk_seq] = message.text
        if pending.complete and not pending.told:
            texts.append(pending.whole())
        return texts

    def expire(self, now_s: float) -> list[WholeText]:
        """Texts whose missing chunks are not waited for any longer. Told ones are remembered for a
        while, so that a chunk that comes twice does not begin the text anew."""
        texts: list[WholeText] = []
        for key, pending in tuple(self._pending.items()):
            age_s = now_s - pending.since_s
            if age_s >= COMPLETE_WITHIN_S and not pending.told:
                texts.append(pending.whole())
            if age_s >= REMEMBER_S:
                del self._pending[key]
        return texts

    def _give_up(self, key: tuple[int, int, int]) -> list[WholeText]:
        pending = self._pending.pop(key)
        return [] if pending.told else [pending.whole()]

    def _make_room(self) -> list[WholeText]:
        return self._give_up(next(iter(self._pending))) if len(self._pending) >= MAX_PENDING else []


def text_messages(text: str, severity: int, number: int) -> list[Message]:
    """A text as messages; `number` (1 to 65535) holds the chunks of one that is long together."""
    raw = text.encode()
    if len(raw) <= CHUNK_BYTES:
        return [new("STATUSTEXT", severity=severity, text=text)]
    cuts = range(0, len(raw) + 1, CHUNK_BYTES)
    parts = [raw[cut : cut + CHUNK_BYTES].decode(errors="replace") for cut in cuts]
    return [new("STATUSTEXT", severity=severity, text=part, id=number, chunk_seq=n) for n, part in enumerate(parts)]
