"""First a unit's own page and its TAK client; only when neither says to have the task, its phone rings."""

import asyncio
from collections import deque
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from gcs.dispatch.channels.ntfy import Ntfy
from gcs.dispatch.channels.settings import NtfySettings
from gcs.dispatch.links import Links
from gcs.dispatch.outbox import Outbox
from gcs.dispatch.receipts import MOST, Receipts
from gcs.events import Event
from gcs.sightings.catalogue import default_catalogue
from gcs.sightings.model import Place, Sighting, SightingStatus, Source, Step
from gcs.sites.sites import Sites
from gcs.store.outbox import Waiting

AFTER_S = 10.0


class Phones(Ntfy):
    """Writes down when it rang, instead of asking a server."""

    def __init__(self, clock, receipts, after_s, time_scale):
        units = {"car-1": "one", "car-2": "two"}
        settings = NtfySettings(name="phones", url="https://x", topic="centre", units=units, after_s=after_s)
        links = Links(clock)
        own = {"receipts": receipts, "clock": clock, "time_scale": time_scale}
        super().__init__(settings, default_catalogue(), Sites(), links, **own)
        self._poster = Server()
        self.clock, self.began, self.rang = clock, clock.utc(), []

    def _message(self, delivery, sighting):
        self.rang.append((delivery.event.unit, round((self.clock.utc() - self.began).total_seconds(), 2)))
        return super()._message(delivery, sighting)


class Server:
    """Takes whatever is posted."""

    async def post(self, url, body, headers):
        return 200

    async def close(self):
        pass


class Queue:
    """What an outbox needs of a store: the events that wait, in their order."""

    def __init__(self):
        self.events, self.sightings = deque(), {}

    async def list_waiting(self, channel, limit):
        return tuple(Waiting(channel, event, 0, 0, "") for event in self.events)

    async def delivered(self, channel, seqs):
        self.events = deque(event for event in self.events if event.seq not in seqs)

    async def put_off(self, channel, seq, until, problem):
        raise AssertionError("to wait for another way is no failure")

    async def get_sighting(self, name):
        return self.sightings[name]


class Town:
    def __init__(self, clock, after_s, time_scale):
        self.clock, self.queue, self.receipts = clock, Queue(), Receipts()
        self.phones = Phones(clock, self.receipts, after_s, time_scale)
        self.outbox = Outbox(self.queue, [self.phones], self.queue.get_sighting, clock)

    def task(self, name, unit, status=SightingStatus.ASSIGNED):
        now = self.clock.utc()
        step = Step(at=now, actor="x", action="assign", status=SightingStatus.ASSIGNED, unit=unit)
        self.queue.sightings[name] = Sighting(
            id=name, klass="crowd", priority=1, place=Place(lat_deg=29.9, lon_deg=121.8), seen_at=now, received_at=now,
            source=Source(kind="camera"), unit=unit, status=status, history=(step,),
        )  # fmt: skip
        event = Event(kind="sighting.assigned", at=now, actor="x", sighting=name, unit=unit)
        self.queue.events.append(replace(event, seq=len(self.queue.sightings)))
        self.outbox.look_again("phones")

    def says(self, name, unit, *, read=False):
        event = self.receipts.event(self.queue.sightings[name], unit, self.clock.utc(), read=read)
        if event is not None:
            self.receipts.note(event)
        return event


@pytest.fixture
def live(virtual):
    """Lives through a story in virtual time; when phones rang, in seconds of it."""

    def live(story, after_s=AFTER_S, time_scale=1.0):
        async def play():
            town = Town(virtual, after_s, time_scale)
            await town.outbox.start()
            await story(town)
            await asyncio.sleep(60)
            await town.outbox.stop()
            assert not town.queue.events
            assert town.outbox.problem("phones") == "", "to wait is no trouble"
            return town.phones.rang

        return virtual.run(play())

    return live


def test_without_a_receipt_the_phone_rings_after_ten_seconds_and_not_before(live):
    async def story(town):
        town.task("a", "car-1")

    assert live(story) == [("car-1", pytest.approx(AFTER_S, abs=0.1))]
    assert live(story, 0.0) == [("car-1", 0.0)], "all at once, when nobody asked for an order"


def test_how_long_a_phone_waits_stands_in_the_catalogue_unless_the_server_has_a_figure_of_its_own(live):
    async def story(town):
        town.task("a", "car-1")

    own_s = default_catalogue().receipt_s("crowd", 1)
    assert own_s == 10
    assert live(story, None) == [("car-1", pytest.approx(own_s, abs=0.1))]


def test_where_time_runs_five_times_as_fast_the_phone_rings_after_two_seconds(live):
    async def story(town):
        town.task("a", "car-1")

    assert live(story, time_scale=5.0) == [("car-1", pytest.approx(AFTER_S / 5, abs=0.1))]


def test_a_receipt_of_the_page_or_of_tak_spares_the_phone(live):
    async def story(town):
        town.task("a", "car-1")
        town.task("b", "car-2")
        await asyncio.sleep(4)
        assert town.says("a", "car-1").kind == "task.delivered"
        town.receipts.note(Event(kind="task.read", at=town.clock.utc(), actor="car-2", sighting="b", unit="car-2"))

    assert live(story) == []


def test_a_receipt_of_somebody_else_or_of_an_earlier_time_spares_nobody(live):
    async def story(town):
        earlier = town.clock.utc() - timedelta(seconds=1)
        for unit, at in (("car-2", town.clock.utc()), ("car-1", earlier)):
            town.receipts.note(Event(kind="task.read", at=at, actor=unit, sighting="a", unit=unit))
        town.task("a", "car-1")

    assert [unit for unit, _ in live(story)] == ["car-1"]


def test_what_was_accepted_meanwhile_does_not_ring(live):
    async def story(town):
        town.task("a", "car-1", SightingStatus.ACCEPTED)

    assert live(story) == []


def test_a_task_that_waits_delays_no_other_beyond_its_own_time(live):
    async def story(town):
        town.task("a", "car-1")
        await asyncio.sleep(3)
        town.task("b", "car-2")

    assert [at_s for _, at_s in live(story)] == [pytest.approx(10, abs=0.1), pytest.approx(13, abs=0.1)]


def test_a_receipt_is_written_down_once_and_only_of_who_has_the_task(live):
    async def story(town):
        town.task("a", "car-1")
        await asyncio.sleep(1)
        said = [town.says("a", "car-1", read=read) for read in (False, False, True, False)]
        assert [event and event.kind for event in said] == ["task.delivered", None, "task.read", None]
        assert town.says("a", "car-2") is None

    assert live(story) == []


def test_only_so_many_are_remembered():
    receipts, at = Receipts(), datetime(2026, 1, 1, tzinfo=UTC)
    for number in range(MOST + 1):
        receipts.note(Event(kind="task.read", at=at, actor="u", sighting=str(number), unit="u"))
    assert [receipts.since(name, "u", at) for name in ("0", "1")] == [None, "task.read"]
