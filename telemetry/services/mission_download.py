"""Reads the list of items that a vehicle holds.

Items are asked for a few at a time, each again when its answer is overdue: ArduPilot answers them in any
order. A vehicle that objects is asked for one at a time. A count or an item that changes on the way shows
that somebody else is writing: reading starts over.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from telemetry.constants import MavMissionResult, MavMissionType
from telemetry.dialect import Message
from telemetry.messages import new
from telemetry.received import Received
from telemetry.services.machine import Progress, Transfer
from telemetry.services.mission_item import MissionItem, from_message
from telemetry.services.mission_upload import OTHER_STATION
from telemetry.services.peer import Address, Peer
from telemetry.services.round_trip import RoundTrip

NO_PROGRESS_S = 30.0
DENIED_FOR_S = 12.0
"""ArduPilot gives an abandoned upload up after 8 s; until then nobody may read."""
DENIED_AGAIN_S = 1.0
AT_A_TIME = 4
MAX_RESTARTS = 5


@dataclass(frozen=True, slots=True)
class DownloadOutcome:
    """`items` in order of seq from 0; None when they could not be read, with the reason."""

    items: tuple[MissionItem, ...] | None
    reason: str = ""


@dataclass(slots=True)
class _Asked:
    """A request under way: sent `sends` times, the last at `sent_s`, to be sent again at `again_s`."""

    sent_s: float
    again_s: float
    sends: int = 1


class MissionDownload(Transfer[DownloadOutcome]):
    """Reads the mission, fence or rally points of `target`."""

    def __init__(
        self,
        target: Address,
        own: Address,
        mission_type: int = MavMissionType.MISSION,
        round_trip: RoundTrip | None = None,
    ) -> None:
        super().__init__()
        self._peer = Peer(target, own)
        self._type = int(mission_type)
        self._round_trip = round_trip or RoundTrip()
        self._count: int | None = None
        self._items: dict[int, MissionItem] = {}
        self._asked: dict[int | None, _Asked] = {}
        self._at_a_time = AT_A_TIME
        self._progress_s = 0.0
        self._denied_s: float | None = None
        self._restarts = 0

    @property
    def progress(self) -> Progress:
        return Progress(len(self._items), self._count, "items")

    def give_up(self, reason: str, now_s: float) -> None:  # noqa: ARG002 - the vehicle need not answer
        if not self.done:
            self._say(MavMissionResult.OPERATION_CANCELLED)
            self._fail(reason)

    def start(self, now_s: float) -> None:
        self._progress_s = now_s
        self._ask(None, now_s)

    def receive(self, received: Received, now_s: float) -> None:
        message = received.message
        if self.done or getattr(message, "mission_type", None) != self._type or not self._peer.speaks(received):
            return
        if message.message_name == "MISSION_COUNT":
            self._counted(int(getattr(message, "count", 0)), now_s)
        elif message.message_name == "MISSION_ITEM_INT":
            self._told(message, now_s)
        elif message.message_name == "MISSION_ACK":
            self._refused(message.type, now_s)

    def handle_timer(self, now_s: float) -> None:
        if self.done:
            return
        if now_s >= self._progress_s + NO_PROGRESS_S:
            got = "it was asked" if self._count is None else f"{len(self._items)} of {self._count} items"
            self._fail(f"nothing came for {NO_PROGRESS_S:.0f} s after {got}")
            return
        due = [key for key, asked in self._asked.items() if now_s >= asked.again_s]
        if due:
            self._round_trip.missed()
        for key in due:
            self._ask(key, now_s)

    def next_deadline(self) -> float | None:
        if self.done:
            return None
        return min([self._progress_s + NO_PROGRESS_S, *(asked.again_s for asked in self._asked.values())])

    def _counted(self, count: int, now_s: float) -> None:
        if self._count is None:
            self._answered(None, now_s)
            self._count = count
            self._fill(now_s)
        elif count != self._count:
            self._start_over(now_s)

    def _told(self, message: Message, now_s: float) -> None:
        if self._count is None or message.seq >= self._count:
            return
        item = from_message(message)
        before = self._items.setdefault(item.seq, item)
        if before != item and repr(before) != repr(item):
            self._start_over(now_s)
        elif before is item:
            self._answered(item.seq, now_s)
            self._fill(now_s)

    def _refused(self, result: int, now_s: float) -> None:
        if result == MavMissionResult.DENIED:
            self._denied_s = now_s if self._denied_s is None else self._denied_s
            self._progress_s = now_s
            if now_s - self._denied_s >= DENIED_FOR_S:
                self._fail(OTHER_STATION)
            for asked in self._asked.values():
                asked.again_s = now_s + DENIED_AGAIN_S
        elif self._count is None and result == MavMissionResult.UNSUPPORTED:
            self._fail("the vehicle has no list of this kind")
        elif result != MavMissionResult.ACCEPTED:
            self._at_a_time = 1

    def _start_over(self, now_s: float) -> None:
        self._restarts += 1
        if self._restarts > MAX_RESTARTS:
            self._fail("the list changes while it is read")
            return
        self._count = None
        self._items.clear()
        self._asked.clear()
        self._progress_s = now_s
        self._ask(None, now_s)

    def _answered(self, key: int | None, now_s: float) -> None:
        asked = self._asked.pop(key, None)
        if asked is not None and asked.sends == 1:
            self._round_trip.measured(now_s - asked.sent_s)
        self._progress_s, self._denied_s = now_s, None

    def _fill(self, now_s: float) -> None:
        """Ask for the next items, or end when all are there."""
        count = self._count or 0
        if len(self._items) == count:
            self._say(MavMissionResult.ACCEPTED)
            self.outcome = DownloadOutcome(tuple(self._items[seq] for seq in range(count)))
            return
        wanted = (seq for seq in range(count) if seq not in self._items and seq not in self._asked)
        for seq in wanted:
            if len(self._asked) >= self._at_a_time:
                return
            self._ask(seq, now_s)

    def _ask(self, key: int | None, now_s: float) -> None:
        """Ask for the item `key`, or for the count when it is None."""
        name = "MISSION_REQUEST_LIST" if key is None else "MISSION_REQUEST_INT"
        fields: dict[str, Any] = {} if key is None else {"seq": key}
        self._outbox.append(new(name, **self._peer.address, mission_type=self._type, **fields))
        again_s = now_s + self._round_trip.wait_s
        asked = self._asked.get(key)
        if asked is None:
            self._asked[key] = _Asked(now_s, again_s)
        else:
            asked.sent_s, asked.again_s, asked.sends = now_s, again_s, asked.sends + 1

    def _say(self, result: MavMissionResult) -> None:
        said: dict[str, Any] = {"type": result, "mission_type": self._type}
        self._outbox.append(new("MISSION_ACK", **self._peer.address, **said))

    def _fail(self, reason: str) -> None:
        self.outcome = DownloadOutcome(None, reason)
