"""Looks at what is open again and again, and says what takes too long. Looking begins anew after a restart."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from gcs.clock import Clock
from gcs.dispatch.book import Book
from gcs.dispatch.timings import DispatchTimings
from gcs.sightings.catalogue import Catalogue
from gcs.sightings.model import Sighting, Supervision
from gcs.sightings.overdue import supervision

Supervise = Callable[[str], Awaitable[None]]


class Overseer:
    """`supervise` is called with the id of each sighting whose supervision is not what it should be."""

    def __init__(
        self, book: Book, clock: Clock, catalogue: Catalogue, timings: DispatchTimings, supervise: Supervise
    ) -> None:
        self._book = book
        self._clock = clock
        self._catalogue = catalogue
        self._timings = timings
        self._supervise = supervise

    def verdict(self, sighting: Sighting) -> Supervision | None:
        """What should stand now."""
        return supervision(sighting, self._clock.utc(), self._catalogue, self._timings.time_scale)

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(self._timings.look_every_s / self._timings.time_scale)
            for sighting in tuple(self._book.open.values()):
                if self.verdict(sighting) != sighting.supervised:
                    await self._supervise(sighting.id)
