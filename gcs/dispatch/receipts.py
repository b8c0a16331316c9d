"""Which tasks a unit's device has said to have. Pure; in memory only: after a restart a phone rings once more."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime

from gcs.events import Event
from gcs.sightings.model import Sighting, SightingStatus
from gcs.sightings.workflow import moved_last

DELIVERED, READ = "task.delivered", "task.read"
MOST = 5000


class Receipts:
    """By sighting and unit: the newest receipt."""

    def __init__(self) -> None:
        self._newest: OrderedDict[tuple[str, str], tuple[datetime, str]] = OrderedDict()

    def note(self, event: Event) -> None:
        """Take in an event; all but receipts are none of its business."""
        if event.kind in (DELIVERED, READ) and event.sighting is not None and event.unit is not None:
            self._newest[event.sighting, event.unit] = (event.at, event.kind)
            self._newest.move_to_end((event.sighting, event.unit))
            if len(self._newest) > MOST:
                self._newest.popitem(last=False)

    def since(self, sighting: str, unit: str, at: datetime) -> str | None:
        """The kind of the newest receipt, unless that is older than `at`."""
        received_at, kind = self._newest.get((sighting, unit), (None, ""))
        return kind if received_at is not None and received_at >= at else None

    def event(self, sighting: Sighting, unit: str, at: datetime, *, read: bool) -> Event | None:
        """The receipt of a unit for its task, to be kept; None when it has none, or that was said before."""
        if sighting.unit != unit or sighting.status is not SightingStatus.ASSIGNED:
            return None
        step = sighting.history[moved_last(sighting)]
        known, kind = self.since(sighting.id, unit, step.at), READ if read else DELIVERED
        if known in (READ, kind):
            return None
        return Event(kind=kind, at=at, actor=unit, sighting=sighting.id, unit=unit, data={"channel": "web"})
