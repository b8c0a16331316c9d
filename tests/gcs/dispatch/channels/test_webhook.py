"""Another system is told until it has taken it, over a real HTTP receiver that fails, stalls and repeats."""

import asyncio
import hashlib
import hmac
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import msgspec
import pytest
from aiohttp import web

from gcs.clock import SystemClock
from gcs.dispatch.channels import posting
from gcs.dispatch.channels.settings import WebhookSettings
from gcs.dispatch.channels.webhook import DELIVERY, SIGNATURE, Webhook
from gcs.dispatch.outbox import Outbox, OutboxTimings
from gcs.events import Event
from gcs.sightings.model import Place, Sighting, Source
from gcs.store.store import Store

SECRET = "sesame"
NOW = datetime.now(UTC)
QUICK = OutboxTimings(first_pause_s=0.02, longest_pause_s=0.05, look_every_s=0.5, store_retry_s=0.02)


class Receiver:
    """Takes what comes; `answers` are the statuses of the next requests (0: never answers), then 200."""

    def __init__(self):
        self.answers, self.bodies, self.headers = [], [], []
        self.url = ""

    @property
    def ids(self):
        return [body["id"] for body in self.bodies]

    async def handle(self, request):
        self.bodies.append(msgspec.json.decode(await request.read()))
        self.headers.append(request.headers)
        status = self.answers.pop(0) if self.answers else 200
        if status == 0:
            await asyncio.sleep(60)
        headers = {"Location": self.url} if status == 302 else None
        return web.Response(status=status, headers=headers)

    @asynccontextmanager
    async def serve(self):
        app = web.Application()
        app.router.add_post("/hook", self.handle)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
        yield self
        await runner.cleanup()

    async def until(self, count):
        async with asyncio.timeout(20):
            while len(self.bodies) < count:  # noqa: ASYNC110  a request tells nobody
                await asyncio.sleep(0.01)


@pytest.fixture
async def receiver():
    async with Receiver().serve() as receiver:
        yield receiver


@pytest.fixture
async def told(tmp_path, receiver):
    """A store whose events go to the receiver; `begin` starts (again) to deliver."""
    store = Store.open(tmp_path)

    class Told:
        outbox = None
        number = 0

        async def begin(self, **spec):
            spec = WebhookSettings(**{"name": "cad", "url": receiver.url, "secret": SECRET, **spec})
            self.outbox = Outbox(store, [Webhook(spec, SystemClock())], store.get_sighting, SystemClock(), QUICK)
            store.deliver(self.outbox.wanted)
            await self.outbox.start()

        async def see(self, kind="sighting.created", **fields):
            self.number += 1
            name = f"s-{self.number}"
            sighting = Sighting(
                id=name, klass="crowd", priority=2, place=Place(lat_deg=29.9, lon_deg=121.8), seen_at=NOW,
                received_at=NOW, source=Source(kind="camera"), note="人群", **fields,
            )  # fmt: skip
            event = Event(kind=kind, at=NOW, actor="x", sighting=name)
            kept = (await store.add_sighting(sighting, [event])).events[0]
            self.outbox.wake(kept)

        async def left(self, *, dead=False):
            return [waiting.event.sighting for waiting in await store.list_waiting("cad", 100, dead=dead)]

        async def empty(self):
            async with asyncio.timeout(20):
                while await self.left():  # noqa: ASYNC110
                    await asyncio.sleep(0.01)

    told = Told()
    told.store = store
    await told.begin()
    yield told
    await told.outbox.stop()
    await store.close()


async def test_it_is_told_once_signed_and_whole(told, receiver):
    await told.see()
    await told.empty()
    (body,) = receiver.bodies
    assert (body["id"], body["event"]["kind"], body["sighting"]["note"]) == ("cad-1", "sighting.created", "人群")
    assert body["exercise"] is False
    headers = receiver.headers[0]
    seconds, digest = (part.split("=")[1] for part in headers[SIGNATURE].split(","))
    raw = msgspec.json.encode(body)
    assert hmac.new(SECRET.encode(), f"{seconds}.".encode() + raw, hashlib.sha256).hexdigest() == digest
    assert headers[DELIVERY] == "cad-1"


async def test_it_is_repeated_under_the_same_id_until_it_is_taken_and_in_order(told, receiver):
    receiver.answers = [500, 503, 404, 302]
    await told.see()
    await told.see()
    await receiver.until(6)
    await told.empty()
    assert receiver.ids == ["cad-1"] * 5 + ["cad-2"]
    assert told.outbox.problems == {}


async def test_a_receiver_that_does_not_answer_is_asked_again(told, receiver, monkeypatch):
    await told.outbox.stop()
    monkeypatch.setattr(posting, "ANSWER_WITHIN_S", 0.2)
    receiver.answers = [0]
    await told.begin()
    await told.see()
    await receiver.until(2)
    await told.empty()
    assert receiver.ids == ["cad-1", "cad-1"]


async def test_what_will_never_be_taken_is_given_up_kept_and_may_be_revived(told, receiver):
    receiver.answers = [422]
    await told.see()
    await told.see()
    await told.empty()
    assert receiver.ids == ["cad-1", "cad-2"]
    assert await told.left(dead=True) == ["s-1"]
    assert await told.store.revive("cad", NOW) == 1
    await receiver.until(3)
    await told.empty()
    assert receiver.ids[-1] == "cad-1"


async def test_what_was_not_delivered_is_after_a_restart(told, receiver):
    receiver.answers = [500] * 1000
    await told.see()
    await receiver.until(2)
    await told.outbox.stop()
    receiver.answers.clear()
    await told.begin()
    await told.empty()
    assert set(receiver.ids) == {"cad-1"}


async def test_a_receiver_that_is_away_is_named_as_a_problem(told, receiver):
    await told.outbox.stop()
    await told.begin(url="http://127.0.0.1:9/hook")
    await told.see()
    async with asyncio.timeout(10):
        while not told.outbox.problems:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert "cannot be reached" in told.outbox.problems["cad"]
    assert await told.left() == ["s-1"]


@pytest.mark.parametrize("exercise", [True, False])
async def test_exercises_and_real_work_never_mix(told, receiver, exercise):
    await told.outbox.stop()
    await told.begin(exercise=exercise)
    await told.see(simulated=True)
    await told.see(simulated=False)
    await told.empty()
    assert [(body["sighting"]["simulated"], body["exercise"]) for body in receiver.bodies] == [(exercise, exercise)]


async def test_only_the_kinds_asked_for(told, receiver):
    await told.outbox.stop()
    await told.begin(kinds=("sighting.resolved",))
    await told.see()
    await told.see("sighting.resolved")
    await told.empty()
    assert [body["event"]["kind"] for body in receiver.bodies] == ["sighting.resolved"]


async def test_the_event_and_its_delivery_are_kept_by_one_commit(told, receiver):
    receiver.answers = [500] * 1000
    before = told.store.commits
    await told.outbox.stop()
    await told.see()
    assert told.store.commits == before + 1
    assert await told.left() == ["s-1"]
