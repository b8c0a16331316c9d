"""Endpoints over loopback, on ports that the system picks."""

import asyncio

import pytest

from telemetry.links.endpoint import Endpoint
from telemetry.messages import new

HEARTBEAT = new("HEARTBEAT", type=2, autopilot=3, system_status=4, mavlink_version=3)


class Station(Endpoint):
    """An endpoint that keeps what it hears and can be waited on."""

    def __init__(self, sysid=255, subscribed=frozenset({"HEARTBEAT", "PARAM_VALUE"}), **options):
        super().__init__(sysid=sysid, compid=190, subscribed=subscribed, on_message=self._keep, **options)
        self.heard = []
        self._news = asyncio.Event()

    def _keep(self, received):
        self.heard.append(received)
        self._news.set()

    async def until(self, count):
        """What was heard, once it is at least `count` messages."""
        async with asyncio.timeout(10):
            while len(self.heard) < count:
                self._news.clear()
                await self._news.wait()
        return self.heard


@pytest.fixture
async def stations():
    """Makes stations; all are stopped in the end, and nothing may be left behind."""
    made = []

    def make(**options):
        made.append(Station(**options))
        return made[-1]

    yield make
    for station in made:
        await station.stop()
    await asyncio.sleep(0)
    left = [task for task in asyncio.all_tasks() if task.get_name().startswith("link ")]
    assert not left


@pytest.fixture
def heartbeat():
    return HEARTBEAT


async def until(condition):
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110  what is waited for happens in the kernel
            await asyncio.sleep(0.005)


@pytest.fixture
def eventually():
    """Waits until something is so; ten seconds at most."""
    return until
