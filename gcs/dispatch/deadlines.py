"""One timer for each sighting that waits for a unit's answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from gcs.clock import Clock
from gcs.dispatch.timings import DispatchTimings
from gcs.sightings.catalogue import Catalogue
from gcs.sightings.model import Sighting, SightingStatus
from gcs.sightings.workflow import moved_last

Missed = Callable[[str, int], None]


class Deadlines:
    """Calls `missed` with the sighting's id and the number of the step that began it, when the time to accept is over.

    What changes about a sighting without moving it on does not move its deadline.
    """

    def __init__(self, clock: Clock, catalogue: Catalogue, timings: DispatchTimings, missed: Missed) -> None:
        self._clock = clock
        self._catalogue = catalogue
        self._timings = timings
        self._missed = missed
        self._timers: dict[str, tuple[int, asyncio.TimerHandle]] = {}

    def follow(self, sighting: Sighting) -> None:
        """Arm the sighting's timer when it waits for an answer, else disarm it."""
        waits, steps = sighting.status is SightingStatus.ASSIGNED, moved_last(sighting)
        if waits and self._timers.get(sighting.id, (None,))[0] == steps:
            return
        self._disarm(sighting.id)
        if waits:
            self._arm(sighting.id, steps, self._left_s(sighting))

    def try_again(self, sighting_id: str, steps: int) -> None:
        """The deadline could not be acted on: once more in a moment."""
        self._disarm(sighting_id)
        self._arm(sighting_id, steps, self._timings.store_retry_s)

    def stop(self) -> None:
        for sighting_id in tuple(self._timers):
            self._disarm(sighting_id)

    def _left_s(self, sighting: Sighting) -> float:
        """A clock that was set meanwhile neither cuts a unit's time short nor draws it out."""
        scale = self._timings.time_scale
        whole = self._catalogue.accept_s(sighting.klass, sighting.priority) / scale
        gone = (self._clock.utc() - sighting.history[moved_last(sighting)].at).total_seconds()
        return min(whole, max(whole - gone, self._timings.grace_s / scale))

    def _arm(self, sighting_id: str, steps: int, after_s: float) -> None:
        timer = asyncio.get_running_loop().call_later(after_s, self._fire, sighting_id, steps)
        self._timers[sighting_id] = (steps, timer)

    def _fire(self, sighting_id: str, steps: int) -> None:
        del self._timers[sighting_id]
        self._missed(sighting_id, steps)

    def _disarm(self, sighting_id: str) -> None:
        _, timer = self._timers.pop(sighting_id, (0, None))
        if timer is not None:
            timer.cancel()
