"""Brings waiting sightings and free units together, the most urgent first, as often as something changes."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime

from gcs.clock import Clock
from gcs.dispatch.asked import passed_over
from gcs.dispatch.assign import Candidate, nearest_unit, rank_units
from gcs.dispatch.book import Book
from gcs.dispatch.model import Unit, UnitKind, UnitStatus
from gcs.dispatch.timings import DispatchTimings
from gcs.dispatch.travel import Travel
from gcs.sightings.catalogue import Catalogue
from gcs.sightings.model import Sighting, SightingStatus
from gcs.sites.sites import Sites

Offer = Callable[[Sighting, Candidate], Awaitable[None]]
Told = Callable[[Sighting], Awaitable[None]]
Flights = Callable[[Sighting], Mapping[str, float]]
"""Seconds until each drone that can look at a sighting is there, by vehicle."""
STOP_S = 3.0


class Matcher:
    """`offer` gives a sighting to a unit; `waits` is told once of each sighting that nobody is free for.

    `flights` says which drones can look at it, and when; without it they are taken to fly straight.
    Many offers run side by side, so that they share a commit; a unit is promised to one of them at a time.
    """

    def __init__(
        self,
        book: Book,
        clock: Clock,
        catalogue: Catalogue,
        sites: Sites,
        *,
        timings: DispatchTimings,
        travel: Travel,
        offer: Offer,
        waits: Told,
        flights: Flights | None = None,
    ) -> None:
        self._book = book
        self._clock = clock
        self._catalogue = catalogue
        self._sites = sites
        self._timings = timings
        self._travel = travel
        travel.told = self.wake
        self._offer = offer
        self._waits = waits
        self._flights = flights
        self._changed = asyncio.Event()
        self._new: set[str] = set()
        self._told: set[str] = set()
        self._promised: set[str] = set()
        self._under_way: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def follow(self, sighting: Sighting) -> None:
        """A sighting is new or has changed."""
        if sighting.status is SightingStatus.NEW:
            self._new.add(sighting.id)
            self.wake()
        else:
            self._new.discard(sighting.id)
            self._told.discard(sighting.id)

    def wake(self) -> None:
        """Something has changed that may let a waiting sighting find its unit."""
        self._changed.set()

    def best(self, sighting: Sighting) -> Candidate | None:
        """Who would go now."""
        return self._best(sighting, self._free())

    def kinds(self, sighting: Sighting) -> frozenset[UnitKind]:
        """The kinds of units that may go: of those that the class allows, those that serve the site, if any do."""
        allowed = self._catalogue.kinds(sighting.klass)
        return (allowed & self._sites.units(sighting.site)) or allowed

    def _fit(self, sighting: Sighting, units: Sequence[Unit], now: datetime) -> list[Unit]:
        """Those on shift that have every skill the class asks for; no drone that is not heard."""
        needed = self._catalogue.skills(sighting.klass)
        ready = (u for u in units if not u.silent and (u.shift_until is None or now < u.shift_until))
        return [u for u in ready if needed.issubset(u.skills)]

    async def run(self) -> None:
        """Until cancelled. Looks by itself too: pauses of units that refused run out without anybody telling."""
        while True:
            self._changed.clear()
            self._look()
            pause_s = self._timings.look_every_s / self._timings.time_scale if self._new else None
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause_s):
                    await self._changed.wait()

    async def stop(self) -> None:
        """Wait for the offers under way; those that wait for the store are given up."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=STOP_S)
            for task in late:
                task.cancel()

    def _look(self) -> None:
        waiting = [self._book.sightings[i] for i in self._new - self._under_way]
        free = self._free()
        for sighting in sorted(waiting, key=lambda s: (s.priority, s.received_at, s.id)):
            if not self._catalogue.automatic(sighting.klass):
                continue
            if free and self._travel.times(sighting, free) is None:
                continue
            candidate = self._best(sighting, free)
            if candidate is not None:
                free.remove(candidate.unit)
                self._promised.add(candidate.unit.id)
                self._start(sighting.id, self._make_offer(sighting, candidate))
            elif sighting.id not in self._told:
                self._told.add(sighting.id)
                self._start(sighting.id, self._waits(sighting))

    def _free(self) -> list[Unit]:
        return [u for u in self._book.units.values() if u.status is UnitStatus.FREE and u.id not in self._promised]

    def _best(self, sighting: Sighting, free: Sequence[Unit]) -> Candidate | None:
        if not free:
            return None
        now, kinds = self._clock.utc(), self.kinds(sighting)
        passed = passed_over(sighting, now, self._timings)
        able, travel_s = self._with_flights(
            sighting, self._fit(sighting, free, now), self._travel.times(sighting, free)
        )
        return nearest_unit(sighting, able, kinds, now, passed, travel_s=travel_s)

    async def candidates(self, sighting: Sighting, most: int) -> tuple[Candidate, ...]:
        """Who could go now, best first, once a route server has answered or has not; whoever refused is asked, too."""
        free, now = self._free(), self._clock.utc()
        roads = await self._travel.wait(sighting, free) if free else {}
        able, travel_s = self._with_flights(sighting, self._fit(sighting, free, now), roads)
        return rank_units(sighting, able, self.kinds(sighting), now, travel_s=travel_s)[:most]

    def _with_flights(
        self, sighting: Sighting, units: Sequence[Unit], roads: Mapping[str, float] | None
    ) -> tuple[list[Unit], Mapping[str, float]]:
        """Those that can go, and how long each takes: drones take no roads, and are ranked as whoever asks for a look
        sees them. One that an operation has stays, to be shown behind all others."""
        travel_s = {u.id: roads[u.id] for u in units if u.kind is not UnitKind.DRONE and u.id in roads} if roads else {}
        drones = [u for u in units if u.kind is UnitKind.DRONE and u.vehicle is not None]
        if self._flights is None or not drones or UnitKind.DRONE not in self.kinds(sighting):
            return list(units), travel_s
        arrivals = self._flights(sighting)
        travel_s |= {u.id: arrivals[u.vehicle] for u in drones if u.vehicle and u.vehicle in arrivals}
        stay = [u.id for u in drones if u.vehicle not in arrivals and u.operation is None]
        return [u for u in units if u.id not in stay], travel_s

    async def _make_offer(self, sighting: Sighting, candidate: Candidate) -> None:
        try:
            await self._offer(sighting, candidate)
        finally:
            self._promised.discard(candidate.unit.id)

    def _start(self, sighting_id: str, work: Awaitable[None]) -> None:
        self._under_way.add(sighting_id)
        task = asyncio.ensure_future(self._finish(sighting_id, work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _finish(self, sighting_id: str, work: Awaitable[None]) -> None:
        try:
            await work
        finally:
            self._under_way.discard(sighting_id)
            self.wake()
