"""Upload, read back, compare, until the vehicle holds exactly what it should.

An upload is not atomic and its last answer can be lost, so what counts is only what is read back. Every
attempt ends by comparing item by item with what the vehicle must hold; a mission's item 0 is the
vehicle's own home and is not compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from telemetry.constants import MavMissionType
from telemetry.received import Received
from telemetry.services.machine import Progress, Transfer
from telemetry.services.mission_download import MissionDownload
from telemetry.services.mission_item import MissionItem, counted
from telemetry.services.mission_rounding import difference
from telemetry.services.mission_upload import MissionUpload, UploadEnd
from telemetry.services.peer import Address
from telemetry.services.round_trip import RoundTrip

MAX_ATTEMPTS = 8
SAME_REASON_ENDS = 3


@dataclass(frozen=True, slots=True)
class TransferOutcome:
    """`verified`: the vehicle was read back and holds exactly the items. Otherwise what it holds is unknown."""

    verified: bool
    reason: str = ""
    attempts: int = 0

    @classmethod
    def refused(cls, reason: str) -> Self:
        """Nothing was sent, for this reason."""
        return cls(verified=False, reason=reason)


class MissionTransfer(Transfer[TransferOutcome]):
    """Puts `items` (in order of seq from 0) on `target` and verifies them."""

    def __init__(
        self,
        target: Address,
        own: Address,
        items: Sequence[MissionItem],
        mission_type: int = MavMissionType.MISSION,
    ) -> None:
        super().__init__()
        self._target, self._own = target, own
        self._items = tuple(items)
        self._type = mission_type
        self._round_trip = RoundTrip()
        self._attempts = 0
        self._reasons: list[str] = []
        self._upload = self._new_upload()
        self._download: MissionDownload | None = None

    @property
    def progress(self) -> Progress:
        """Each item counts twice: when it is asked for, and when it is read back."""
        read = 0 if self._download is None else self._download.progress.done
        sent = self._upload.asked_for if self._download is None else len(self._items)
        return Progress(min(sent + read, 2 * len(self._items)), 2 * len(self._items), "items")

    def give_up(self, reason: str, now_s: float) -> None:
        """What the vehicle holds is unknown from then on."""
        if self.done:
            return
        if self._download is None:
            self._outbox.append(self._upload.cancelled())
        else:
            self._download.give_up(reason, now_s)
            self._outbox += self._download.drain()
        self._fail(reason)

    def start(self, now_s: float) -> None:
        self._attempts += 1
        self._upload, self._download = self._new_upload(), None
        self._upload.start(now_s)
        self._collect(now_s)

    def receive(self, received: Received, now_s: float) -> None:
        if self.done:
            return
        if self._download is not None:
            self._outbox += self._upload.answer_late(received)
        self._working.receive(received, now_s)
        self._collect(now_s)

    def handle_timer(self, now_s: float) -> None:
        if self.done:
            return
        self._working.handle_timer(now_s)
        self._collect(now_s)

    def next_deadline(self) -> float | None:
        return None if self.done else self._working.next_deadline()

    @property
    def _working(self) -> MissionUpload | MissionDownload:
        return self._upload if self._download is None else self._download

    def _new_upload(self) -> MissionUpload:
        return MissionUpload(self._target, self._own, self._items, self._type, self._round_trip)

    def _collect(self, now_s: float) -> None:
        """Pass on what the machine at work wants sent, and go on when it is done."""
        self._outbox += self._working.drain()
        if self._download is not None:
            if self._download.outcome is not None:
                self._compare(self._download.outcome.items, self._download.outcome.reason, now_s)
        elif self._upload.outcome is not None:
            self._uploaded(self._upload.outcome.end, self._upload.outcome.reason, now_s)

    def _uploaded(self, end: UploadEnd, reason: str, now_s: float) -> None:
        if end is UploadEnd.READ_BACK:
            self._download = MissionDownload(self._target, self._own, self._type, self._round_trip)
            self._download.start(now_s)
            self._outbox += self._download.drain()
        elif end is UploadEnd.AGAIN:
            self._again(reason, now_s)
        else:
            self._fail(reason)

    def _compare(self, read: tuple[MissionItem, ...] | None, reason: str, now_s: float) -> None:
        if read is None:
            self._fail(f"it could not be read back: {reason}")
            return
        differs = self._difference(read)
        if differs is None:
            self.outcome = TransferOutcome(verified=True, attempts=self._attempts)
        else:
            self._again(f"it holds something else: {differs}", now_s)

    def _difference(self, read: tuple[MissionItem, ...]) -> str | None:
        wanted, held = counted(self._items, self._type), counted(read, self._type)
        if len(wanted) != len(held):
            return f"{len(held)} items, not {len(wanted)}"
        pairs = zip(wanted, held, strict=True)
        return next((text for sent, got in pairs if (text := difference(sent, got, self._type)) is not None), None)

    def _again(self, reason: str, now_s: float) -> None:
        self._reasons.append(reason)
        hopeless = self._reasons[-SAME_REASON_ENDS:] == [reason] * SAME_REASON_ENDS
        if hopeless or self._attempts >= MAX_ATTEMPTS:
            self._fail(reason)
        else:
            self.start(now_s)

    def _fail(self, reason: str) -> None:
        self.outcome = TransferOutcome(verified=False, reason=reason, attempts=self._attempts)
