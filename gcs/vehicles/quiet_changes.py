"""Marks for the live feed what changes, or goes, without a message that would say so: links, silent vehicles, other
aircraft."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping

from gcs.clock import Clock
from gcs.fleet.state import VehicleState
from gcs.parts import parts
from telemetry.services.traffic import Traffic

EVERY_S = 1.0
VEHICLES_AT_A_TIME = 500


class QuietChanges:
    """`links` are the URLs of the links there are now; `mark` takes kind and id of what is to be shown anew."""

    def __init__(
        self,
        links: Callable[[], Iterable[str]],
        traffic: Traffic,
        vehicles: Mapping[str, VehicleState],
        clock: Clock,
        mark: Callable[[str, str], None],
    ) -> None:
        self._links = links
        self._traffic = traffic
        self._vehicles = vehicles
        self._clock = clock
        self._mark = mark

    async def run(self) -> None:
        """Look once a second, until cancelled. What was there at the last look and is no more is marked too."""
        aircraft, links = set[str](), set[str]()
        while True:
            await asyncio.sleep(EVERY_S)
            links, before = set(self._links()), links
            for url in links | before:
                self._mark("links", url)
            now_s = self._clock.monotonic_s()
            aircraft, before = {f"{a.icao:06x}" for a in self._traffic.around(now_s)}, aircraft
            for icao in aircraft | before:
                self._mark("traffic", icao)
            for states in parts(self._vehicles.values(), VEHICLES_AT_A_TIME):
                for state in states:
                    if state.stale(now_s):
                        self._mark("vehicles", state.id)
                await asyncio.sleep(0)
