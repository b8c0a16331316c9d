"""How long units take to a sighting, by a route server (OSRM) where one is configured.

One `table` call a sighting. What the server says holds for a while; when it does not answer within two seconds,
nothing is known, and whoever asks estimates (see `assign`).
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Annotated

import aiohttp
import msgspec

from gcs.clock import Clock
from gcs.dispatch.model import Unit
from gcs.sightings.model import Place, Sighting

LOG = logging.getLogger(__name__)
ANSWER_WITHIN_S = 2.0
HOLDS_S = 30.0
MOST_UNITS = 90
MOST_KEPT = 1000
UNKNOWN: Mapping[str, float] = MappingProxyType({})


class _Table(msgspec.Struct, frozen=True):
    durations: Annotated[list[list[float | None]], msgspec.Meta(max_length=MOST_UNITS)]


class Travel:
    """`url` as `http://HOST:5000`; empty: nothing is ever known and nobody is asked. `told` is called when an answer,
    or the lack of one, is there."""

    def __init__(self, url: str, clock: Clock) -> None:
        self._url = url.rstrip("/")
        self._clock = clock
        self._known: dict[str, tuple[float, Mapping[str, float]]] = {}
        self._asking: dict[str, asyncio.Task[None]] = {}
        self._session: aiohttp.ClientSession | None = None
        self.told: Callable[[], None] = lambda: None

    def times(self, sighting: Sighting, units: Sequence[Unit]) -> Mapping[str, float] | None:
        """Seconds by unit, as far as known; None while the server is being asked."""
        if not self._url:
            return UNKNOWN
        at_s, found = self._known.get(sighting.id, (-math.inf, UNKNOWN))
        if self._clock.monotonic_s() - at_s <= HOLDS_S:
            return found
        if sighting.id not in self._asking:
            task = asyncio.get_running_loop().create_task(self._ask(sighting.id, sighting.place, tuple(units)))
            self._asking[sighting.id] = task
            task.add_done_callback(lambda _: self._asking.pop(sighting.id, None))
        return None

    async def wait(self, sighting: Sighting, units: Sequence[Unit]) -> Mapping[str, float]:
        """As `times`, once the server has answered or has not."""
        if self.times(sighting, units) is None:
            await asyncio.shield(self._asking[sighting.id])
        return self._known.get(sighting.id, (0.0, UNKNOWN))[1]

    async def close(self) -> None:
        for task in tuple(self._asking.values()):
            task.cancel()
        await asyncio.gather(*self._asking.values(), return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    async def _ask(self, sighting_id: str, place: Place, units: Sequence[Unit]) -> None:
        placed = [unit for unit in units if unit.lat_deg is not None and unit.lon_deg is not None][:MOST_UNITS]
        found = await self._table(place, placed) if placed else UNKNOWN
        if len(self._known) >= MOST_KEPT:
            self._known.pop(next(iter(self._known)))
        self._known[sighting_id] = (self._clock.monotonic_s(), found)
        self.told()

    async def _table(self, place: Place, units: Sequence[Unit]) -> Mapping[str, float]:
        points = [(place.lon_deg, place.lat_deg), *((unit.lon_deg, unit.lat_deg) for unit in units)]
        where = ";".join(f"{lon:.6f},{lat:.6f}" for lon, lat in points)
        sources = ";".join(str(number) for number in range(1, len(points)))
        url = f"{self._url}/table/v1/driving/{where}?sources={sources}&destinations=0&annotations=duration"
        try:
            if self._session is None:
                timeout = aiohttp.ClientTimeout(total=ANSWER_WITHIN_S)
                self._session = aiohttp.ClientSession(timeout=timeout, trust_env=False)
            async with self._session.get(url) as answer:
                rows = msgspec.json.decode(await answer.read(), type=_Table).durations
            seconds = {unit.id: row[0] for unit, row in zip(units, rows, strict=True)}
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError, IndexError) as error:
            LOG.warning("the route server does not answer, ways are estimated: %s", error or "too slow")
            return UNKNOWN
        good = {name: s for name, s in seconds.items() if s is not None and math.isfinite(s) and s >= 0}
        return MappingProxyType(good)
