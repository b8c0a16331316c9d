"""A store whose events go to one channel, and an HTTP server that keeps what it gets."""

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from aiohttp import web

from gcs.clock import SystemClock
from gcs.dispatch.outbox import Outbox, OutboxTimings
from gcs.events import Event
from gcs.sightings.model import Place, Sighting, SightingStatus, Source, Step
from gcs.store.store import Store

from .ntfy_server import NtfyServer

NOW = datetime.now(UTC)
QUICK = OutboxTimings(first_pause_s=0.02, longest_pause_s=0.05, look_every_s=0.5, store_retry_s=0.02)


class Line:
    """Sightings that happen, and the channel that tells of them."""

    def __init__(self, store, channel):
        self.store, self.channel = store, channel
        self.outbox = Outbox(store, [channel], store.get_sighting, SystemClock(), QUICK)
        store.deliver(self.outbox.wanted)
        self._number = 0

    async def see(self, kind="sighting.created", unit=None, **fields):
        """A sighting with an event about it; its id."""
        self._number += 1
        name = f"0f8fad5b-d9cb-469f-a165-{self._number:012d}"
        status = fields.pop("status", SightingStatus.ASSIGNED if unit else SightingStatus.NEW)
        step = Step(at=NOW, actor="x", action="assign" if unit else "report", status=status, unit=unit)
        sighting = Sighting(
            id=name, klass="crowd", priority=2, place=Place(lat_deg=29.9, lon_deg=121.8), seen_at=NOW, received_at=NOW,
            source=Source(kind="camera"), unit=unit, status=status, history=(step,), **fields,
        )  # fmt: skip
        event = Event(kind=kind, at=NOW, actor="x", sighting=name, unit=unit)
        for kept in (await self.store.add_sighting(sighting, [event])).events:
            self.outbox.wake(kept)
        return sighting

    async def waiting(self):
        return (await self.store.count_outbox(self.channel.name))[0]

    async def empty(self):
        async with asyncio.timeout(30):
            while await self.waiting():  # noqa: ASYNC110  the store tells nobody
                await asyncio.sleep(0.01)


@pytest.fixture
async def line(tmp_path):
    """Makes a line to a channel; it is stopped after the test."""
    lines = []

    @asynccontextmanager
    async def running(channel):
        store = Store.open(tmp_path / "store")
        made = Line(store, channel)
        await made.outbox.start()
        try:
            yield made
        finally:
            await made.outbox.stop()
            await store.close()

    async def begin(channel):
        context = running(channel)
        lines.append(context)
        return await context.__aenter__()

    yield begin
    for context in lines:
        await context.__aexit__(None, None, None)


class Receiver:
    """`answers` are the statuses of the next requests, then 200; `bodies` what came."""

    def __init__(self):
        self.answers, self.bodies, self.headers, self.url = [], [], [], ""

    async def handle(self, request):
        self.bodies.append(await request.json())
        self.headers.append(request.headers)
        return web.Response(status=self.answers.pop(0) if self.answers else 200)


@pytest.fixture
async def http():
    receiver = Receiver()
    async with listening(receiver, [web.post("/", receiver.handle)]):
        yield receiver


@pytest.fixture
async def phones():
    """A strict ntfy server."""
    server = NtfyServer()
    async with listening(server, [web.post("/", server.publish), web.post("/{elsewhere:.+}", server.elsewhere)]):
        yield server


@asynccontextmanager
async def listening(server, routes):
    app = web.Application()
    app.add_routes(routes)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    yield
    await runner.cleanup()
