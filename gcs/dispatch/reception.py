"""Where reports come in: each is kept once, and what a camera sees again joins what is known."""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import dataclass
from itertools import takewhile

from msgspec.structs import replace

from gcs.clock import Clock
from gcs.dispatch.begun import Begun
from gcs.dispatch.book import Book
from gcs.dispatch.locks import NamedLocks
from gcs.dispatch.telling import sighting_created, sighting_joined
from gcs.sightings.catalogue import Catalogue
from gcs.sightings.errors import InvalidReportError
from gcs.sightings.intake import SightingReport, make_sighting, sighting_id
from gcs.sightings.merge import joined, same_as
from gcs.sightings.model import Sighting
from gcs.sites.sites import Sites


@dataclass(frozen=True, slots=True)
class _Arrival:
    """A report that is being kept."""

    sighting: Sighting
    kept: asyncio.Task[tuple[Sighting, bool]]


class Reception:
    """`locks` are those of sightings; `tasks` finishes what was begun."""

    def __init__(
        self, book: Book, clock: Clock, catalogue: Catalogue, sites: Sites, *, locks: NamedLocks, tasks: Begun
    ) -> None:
        self._book = book
        self._sites = sites
        self._clock = clock
        self._catalogue = catalogue
        self._locks = locks
        self._tasks = tasks
        self._arriving: dict[str, _Arrival] = {}

    async def report(self, report: SightingReport, actor: str) -> tuple[Sighting, bool]:
        """As `Desk.report`."""
        new_id = sighting_id(report) or str(uuid.uuid4())
        kept = self._book.held(new_id)
        if kept is not None:
            return kept, False
        arriving = self._arriving.get(new_id)
        if arriving is not None:
            return (await asyncio.shield(arriving.kept))[0], False
        try:
            now = self._clock.utc()
            sighting = make_sighting(report, self._catalogue, new_id=new_id, now=now, actor=actor)
        except InvalidReportError:
            kept = await self._book.find(new_id)
            if kept is None:
                raise
            return kept, False
        site = self._sites.at(sighting.place.lat_deg, sighting.place.lon_deg)
        return await self._keep(replace(sighting, site=site), actor)

    async def _keep(self, sighting: Sighting, actor: str) -> tuple[Sighting, bool]:
        task = self._tasks.start(self._add_or_join(sighting, actor))
        self._arriving[sighting.id] = _Arrival(sighting, task)
        task.add_done_callback(lambda _: self._arriving.pop(sighting.id))
        return await asyncio.shield(task)

    async def _add_or_join(self, newcomer: Sighting, actor: str) -> tuple[Sighting, bool]:
        """Of two reports of one thing that come at once, the second waits for the first."""
        while True:
            arrivals = takewhile(lambda arrival: arrival.sighting is not newcomer, self._arriving.values())
            earlier = {arrival.sighting.id: arrival for arrival in arrivals}
            known = [arrival.sighting for arrival in earlier.values()] + list(self._book.open.values())
            same = same_as(newcomer, known, self._catalogue)
            if same is None:
                return await self._book.add(newcomer, (sighting_created(newcomer, actor),))
            if same in earlier:
                await asyncio.wait((earlier[same].kept,))
            kept = await self._join(same, newcomer, actor)
            if kept is not None:
                return kept, False

    async def _join(self, known_id: str, newcomer: Sighting, actor: str) -> Sighting | None:
        """Add the view to what is known; None when that was not kept, or has changed so that it does not fit."""
        known = self._book.held(known_id)
        if known is None:
            return None
        async with self._locks.hold(known.id):
            current = self._book.held(known.id)
            if current is None or same_as(newcomer, (current,), self._catalogue) is None:
                return None
            after = joined(current, newcomer)
            return await self._book.join(newcomer.id, after, (sighting_joined(after, newcomer, actor),))
