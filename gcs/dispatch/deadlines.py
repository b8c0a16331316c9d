"""One timer for each sighting that waits for a unit's answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from gcs.clock import Clock
from gcs.dispatch.timings import DispatchTimings
from gcs.sightings.catalogue import Catalogue
from gcs.sightings.model import Sighting, SightingStatus


class Deadlines:
    """Calls `missed` with the sighting as it was armed, when the time to accept is over."""

    def __init__(
        self, clock: Clock, catalogue: Catalogue, timings: DispatchTimings, missed: Callable[[Sighting], None]
    ) -> None:
        self._clock = clock
        self._catalogue = catalogue
        self._timings = timings
        self._missed = missed
        self._timers: dict[str, asyncio.TimerHandle] = {}

    def follow(self, sighting: Sighting) -> None:
        """Arm the sighting's timer when it waits for an answer, else disarm it."""
        self._disarm(sighting.id)
        if sighting.status is SightingStatus.ASSIGNED:
            self._arm(sighting, self._left_s(sighting))

    def try_again(self, sighting: Sighting) -> None:
        """The deadline could not be acted on: once more in a moment."""
        self._disarm(sighting.id)
        self._arm(sighting, self._timings.store_retry_s)

    def stop(self) -> None:
        for sighting_id in tuple(self._timers):
            self._disarm(sighting_id)

    def _left_s(self, sighting: Sighting) -> float:
        """A clock that was set meanwhile neither cuts a unit's time short nor draws it out."""
        scale = self._timings.time_scale
        whole = self._catalogue.accept_s(sighting.klass, sighting.priority) / scale
        gone = (self._clock.utc() - sighting.history[-1].at).total_seconds()
        return min(whole, max(whole - gone, self._timings.grace_s / scale))

    def _arm(self, sighting: Sighting, after_s: float) -> None:
        loop = asyncio.get_running_loop()
        self._timers[sighting.id] = loop.call_later(after_s, self._fire, sighting)

    def _fire(self, sighting: Sighting) -> None:
        del self._timers[sighting.id]
        self._missed(sighting)

    def _disarm(self, sighting_id: str) -> None:
        timer = self._timers.pop(sighting_id, None)
        if timer is not None:
            timer.cancel()
