"""Puts a list of items on a vehicle: one attempt, which ends when it is worth reading back or starting over.

How ArduPilot behaves, and what follows:

* It asks with MISSION_REQUEST and wants MISSION_ITEM_INT. It asks again only every 1.0 s and gives up 8 s
  after the last item, so the asked item is sent again each time an answer is overdue.
* An item that it has already is answered with INVALID_SEQUENCE, and changes nothing: its next request was
  lost, so the items after the asked one are offered, one an answer.
* An item when no transfer is under way is answered with ERROR: it is complete, or it was given up. Which
  of them, only reading back can tell.
* COUNT cuts the mission at once and items overwrite in place: whatever happens after the first COUNT, the
  mission is unknown until it was read back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from telemetry.constants import MavMissionResult, MavMissionType
from telemetry.dialect import Message
from telemetry.messages import new
from telemetry.received import Received
from telemetry.services.machine import Machine
from telemetry.services.mission_item import MissionItem, to_message
from telemetry.services.peer import Address, Peer
from telemetry.services.round_trip import RoundTrip

NO_PROGRESS_S = 30.0
ANSWER_AFTER_LAST_S = 4.0
OFFERED_AHEAD = 3
ASKED_AGAIN_S = 0.9
"""From here on a request may be the vehicle's second one (it asks again after 1.0 s): no measure of anything."""
MAX_RESTARTS = 20
OTHER_STATION = "another ground station is writing to the vehicle"
_REQUESTS = frozenset({"MISSION_REQUEST", "MISSION_REQUEST_INT"})


class UploadEnd(Enum):
    """What to do next: compare, try once more, or give up (for good, or because nobody answers)."""

    READ_BACK = "read back"
    AGAIN = "again"
    REFUSED = "refused"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class UploadOutcome:
    end: UploadEnd
    reason: str = ""


class MissionUpload(Machine[UploadOutcome]):
    """One attempt to put `items` (in order of seq from 0; none clears the list) on `target`."""

    def __init__(
        self,
        target: Address,
        own: Address,
        items: Sequence[MissionItem],
        mission_type: int = MavMissionType.MISSION,
        round_trip: RoundTrip | None = None,
    ) -> None:
        super().__init__()
        self._peer = Peer(target, own)
        self._items = tuple(items)
        self._wire = [to_message(item, target, mission_type) for item in items]
        self._type = int(mission_type)
        self._round_trip = round_trip or RoundTrip()
        self._asked: int | None = None
        self._offered = 0
        self._sends = 0
        self._sent_s = 0.0
        self._resend_s = 0.0
        self._progress_s = 0.0
        self._last_offered_s: float | None = None
        self._highest = -1
        self._restarts = 0
        self._backward: tuple[int, float] | None = None

    @property
    def asked_for(self) -> int:
        """How many items the vehicle has asked for, from the first on."""
        return self._highest + 1

    def cancelled(self) -> Message:
        """Tells the vehicle that no more will come."""
        said: dict[str, Any] = {"type": MavMissionResult.OPERATION_CANCELLED, "mission_type": self._type}
        return new("MISSION_ACK", **self._peer.address, **said)

    def start(self, now_s: float) -> None:
        self._progress_s = now_s
        self._send(now_s)

    def receive(self, received: Received, now_s: float) -> None:
        message = received.message
        if self.done or not self._concerns(received):
            return
        if message.message_name in _REQUESTS:
            self._requested(message.seq, now_s)
        elif message.message_name == "MISSION_ACK":
            self._acknowledged(message.type, now_s)

    def handle_timer(self, now_s: float) -> None:
        deadline_s = self.next_deadline()
        if deadline_s is None or now_s < deadline_s:
            return
        if self._last_offered_s is not None and now_s >= self._last_offered_s + ANSWER_AFTER_LAST_S:
            self._end(UploadEnd.READ_BACK, "the final answer did not come")
        elif now_s >= self._progress_s + NO_PROGRESS_S:
            at = "its count" if self._asked is None else f"item {self._asked}"
            self._end(UploadEnd.SILENT, f"nothing came of {at} for {NO_PROGRESS_S:.0f} s")
        else:
            self._round_trip.missed()
            self._send(now_s)

    def next_deadline(self) -> float | None:
        if self.done:
            return None
        ends_s = [self._resend_s, self._progress_s + NO_PROGRESS_S]
        if self._last_offered_s is not None:
            ends_s.append(self._last_offered_s + ANSWER_AFTER_LAST_S)
        return min(ends_s)

    def answer_late(self, received: Received) -> list[Message]:
        """What to send to a request that comes although the upload was thought to be over."""
        message = received.message
        asks = message.message_name in _REQUESTS and self._concerns(received) and message.seq < len(self._wire)
        return [self._wire[message.seq]] if asks else []

    def _concerns(self, received: Received) -> bool:
        message = received.message
        return getattr(message, "mission_type", None) == self._type and self._peer.speaks(received)

    def _requested(self, seq: int, now_s: float) -> None:
        if seq >= len(self._wire) or self._out_of_turn(seq, now_s):
            return
        if seq == self._asked and now_s - self._sent_s < self._round_trip.wait_s / 2:
            return
        if seq != self._asked:
            in_turn = seq == (0 if self._asked is None else self._asked + 1)
            if in_turn and self._sends == 1 and now_s - self._sent_s < ASKED_AGAIN_S:
                self._round_trip.measured(now_s - self._sent_s)
            self._sends = 0
        if seq > self._highest:
            self._highest, self._progress_s = seq, now_s
        self._asked, self._backward = seq, None
        self._send(now_s)

    def _out_of_turn(self, seq: int, now_s: float) -> bool:
        """A request for an earlier item came late, unless it is made again or the transfer began anew."""
        if self._asked is None or seq >= self._asked:
            return False
        if seq == 0:
            self._restarts += 1
            if self._restarts > MAX_RESTARTS:
                self._end(UploadEnd.AGAIN, "the vehicle began anew too often")
                return True
            self._highest, self._last_offered_s = -1, None
            return False
        if self._backward is None or self._backward[0] != seq:
            self._backward = (seq, now_s)
            return True
        return now_s - self._backward[1] < ASKED_AGAIN_S

    def _acknowledged(self, result: int, now_s: float) -> None:
        all_offered = self._last_offered_s is not None or not self._items
        if result == MavMissionResult.DENIED:
            self._end(UploadEnd.REFUSED, OTHER_STATION)
        elif result == MavMissionResult.ACCEPTED:
            if all_offered:
                self._end(UploadEnd.READ_BACK)
        elif result == MavMissionResult.INVALID_SEQUENCE:
            self._offer_next(now_s)
        elif result in (MavMissionResult.ERROR, MavMissionResult.OPERATION_CANCELLED):
            self._broken(result, all_offered=all_offered)
        else:
            self._end(UploadEnd.REFUSED, self._refusal(result))

    def _broken(self, result: int, *, all_offered: bool) -> None:
        if self._asked is None and self._items:
            return
        said = MavMissionResult(result).name
        if result == MavMissionResult.ERROR and all_offered:
            self._end(UploadEnd.READ_BACK, f"the last item was answered with {said}")
        else:
            self._end(UploadEnd.AGAIN, f"the vehicle broke off at item {self._asked or 0}: {said}")

    def _refusal(self, result: int) -> str:
        try:
            said = MavMissionResult(result).name
        except ValueError:
            said = f"result {result}"
        if self._asked is None:
            return f"the vehicle refuses {len(self._items)} items: {said}"
        return f"the vehicle refuses item {self._offered} (command {self._items[self._offered].command}): {said}"

    def _offer_next(self, now_s: float) -> None:
        if self._asked is None or self._offered >= min(self._asked + OFFERED_AHEAD, len(self._wire) - 1):
            return
        self._offer(self._offered + 1, now_s)

    def _send(self, now_s: float) -> None:
        """Send what is asked for; all waits begin again."""
        if self._asked is None:
            fields: dict[str, Any] = {"count": len(self._wire), "mission_type": self._type}
            self._outbox.append(new("MISSION_COUNT", **self._peer.address, **fields))
            if not self._items and self._last_offered_s is None:
                self._last_offered_s = now_s
        else:
            self._offer(self._asked, now_s)
        self._sends += 1
        self._sent_s = now_s
        self._resend_s = now_s + self._round_trip.wait_s

    def _offer(self, seq: int, now_s: float) -> None:
        self._outbox.append(self._wire[seq])
        self._offered = seq
        if seq == len(self._wire) - 1 and self._last_offered_s is None:
            self._last_offered_s = now_s

    def _end(self, end: UploadEnd, reason: str = "") -> None:
        self.outcome = UploadOutcome(end, reason)
