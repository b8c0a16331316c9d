"""Promise 5: links that go up and down.

Goal: of 100 vehicles, each behind a link of its own that goes down again and again, every one is heard again and hears
ground control after every outage, and nothing is left behind: 0 tasks, 0 descriptors. Outages of 1 to 30 s go by
a thousand times as fast here, and so does the waiting between two calls; 300 of TCP and 300 of UDP, 10 000 in
`make soak`.
"""

import asyncio
from pathlib import Path

import pytest

from simulators.seeded import Seeded
from telemetry.links import backoff
from telemetry.links.endpoint import Endpoint
from telemetry.links.url import LinkError
from telemetry.messages import new

VEHICLES = 100
FASTER = 1000.0
HEARTBEAT = new("HEARTBEAT", autopilot=3)
DESCRIPTORS = Path("/proc/self/fd")


def left_open() -> int:
    return len(list(DESCRIPTORS.iterdir())) if DESCRIPTORS.exists() else 0


class Station(Endpoint):
    """Knows by system id whom it has heard since it last asked."""

    def __init__(self, sysid):
        super().__init__(sysid=sysid, compid=1, subscribed=frozenset({"HEARTBEAT"}), on_message=self._hear_one)
        self.heard = set()

    def _hear_one(self, received):
        self.heard.add(received.sysid)


async def beat(stations):
    while True:
        for station in stations:
            station.send(HEARTBEAT)
        await asyncio.sleep(0.02)


async def both_hear(one, other):
    one.heard.discard(other.sysid)
    other.heard.discard(one.sysid)
    async with asyncio.timeout(60):
        while other.sysid not in one.heard or one.sysid not in other.heard:  # noqa: ASYNC110  heard is no event
            await asyncio.sleep(0.01)


async def reopen(vehicle, url):
    """At the same port, once it is free: another program of this machine may have been given it meanwhile."""
    async with asyncio.timeout(60):
        while True:
            try:
                return await vehicle.add(url)
            except LinkError:
                await asyncio.sleep(0.01)


async def flap(vehicle, ground, url, outages):
    random = Seeded(vehicle.sysid)
    for _ in range(outages):
        await both_hear(vehicle, ground)
        await vehicle.remove(url)
        await asyncio.sleep(random.between(1.0, 30.0) / FASTER)
        await reopen(vehicle, url)
    await both_hear(vehicle, ground)


@pytest.mark.parametrize(("server", "client"), [("tcpin", "tcpout"), ("udpin", "udpout")])
async def test_after_every_outage_frames_flow_again_both_ways_and_nothing_is_left(server, client, monkeypatch, soak):
    monkeypatch.setattr(backoff, "FIRST_S", backoff.FIRST_S / FASTER)
    monkeypatch.setattr(backoff, "LONGEST_S", backoff.LONGEST_S / FASTER)
    outages = 100 if soak else 3
    tasks, descriptors = len(asyncio.all_tasks()), left_open()
    ground, vehicles = Station(255), [Station(n) for n in range(1, VEHICLES + 1)]
    urls = [(await vehicle.add(f"{server}://127.0.0.1:0")).url for vehicle in vehicles]
    for url in urls:
        await ground.add(url.replace(server, client))
    beating = asyncio.create_task(beat([ground, *vehicles]))
    await asyncio.gather(*(flap(vehicle, ground, url, outages) for vehicle, url in zip(vehicles, urls, strict=True)))
    beating.cancel()
    during = len(asyncio.all_tasks())
    for station in (ground, *vehicles):
        await station.stop()
    await asyncio.sleep(0)
    leaked = len(asyncio.all_tasks()) - tasks, left_open() - descriptors

    print(
        f"promise 5: goal 0 tasks and 0 descriptors left after {outages * VEHICLES} outages of {client} over "
        f"{VEHICLES} vehicles; measured {leaked}"
    )
    assert leaked == (0, 0)
    assert during <= tasks + 2 + VEHICLES
