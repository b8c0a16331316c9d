"""What changes without a message is marked once a second."""

import asyncio
from types import SimpleNamespace

from gcs.vehicles.quiet_changes import EVERY_S, VEHICLES_AT_A_TIME, QuietChanges


class Vehicle:
    def __init__(self, number, *, stale):
        self.id, self.is_stale = f"main-{number}", stale

    def stale(self, now_s):
        return self.is_stale


def test_links_aircraft_and_the_silent_are_marked_and_once_more_when_they_are_gone(virtual):
    marked, links, around = [], ["udpin://x"], [SimpleNamespace(icao=0xABC)]
    vehicles = {n: Vehicle(n, stale=n % 2 == 1) for n in range(VEHICLES_AT_A_TIME + 2)}
    traffic = SimpleNamespace(around=lambda now_s: around)
    clock = SimpleNamespace(monotonic_s=lambda: 0.0)
    quiet = QuietChanges(lambda: links, traffic, vehicles, clock, lambda kind, name: marked.append((kind, name)))

    async def story():
        running = asyncio.ensure_future(quiet.run())
        await asyncio.sleep(1.5 * EVERY_S)
        first = list(marked)
        marked.clear()
        links.clear(), around.clear(), vehicles.clear()
        await asyncio.sleep(2 * EVERY_S)
        running.cancel()
        return first

    first = virtual.run(story())
    assert ("links", "udpin://x") in first
    assert ("traffic", "000abc") in first
    silent = {name for kind, name in first if kind == "vehicles"}
    assert silent == {f"main-{n}" for n in range(1, VEHICLES_AT_A_TIME + 2, 2)}
    assert marked == [("links", "udpin://x"), ("traffic", "000abc")]
