"""A phone rings: what is said on its screen, to whom, and the one tap."""

import asyncio

import pytest
from msgspec.structs import replace

from gcs.clock import ManualClock
from gcs.dispatch.channels.channel import Delivery
from gcs.dispatch.channels.ntfy import Ntfy
from gcs.dispatch.channels.settings import NtfySettings
from gcs.dispatch.links import HOLDS_S, Links, still_waits
from gcs.dispatch.receipts import Receipts
from gcs.sightings.catalogue import default_catalogue
from gcs.sightings.model import Level, Picture, SightingStatus, Supervision
from gcs.sites.read import load_sites

from .conftest import NOW


@pytest.fixture
def links():
    links = Links(ManualClock(NOW))
    links.use(b"key of this server, 32 bytes....")
    return links


@pytest.fixture
def ntfy(phones, links):
    def make(**more):
        settings = {
            "name": "phones", "url": phones.url, "topic": "centre", "units": {"car-1": "car-1-secret"},
            "public_url": "https://gcs.example/", "after_s": 0, **more,
        }  # fmt: skip
        return Ntfy(
            NtfySettings(**settings), default_catalogue(), load_sites("beilun"), links,
            receipts=Receipts(), clock=ManualClock(NOW),
        )  # fmt: skip

    return make


async def test_a_task_rings_the_units_phone_with_one_tap_to_accept(line, phones, ntfy, links):
    phones.token = "tk_secret"
    to = await line(ntfy(token="tk_secret"))
    task = await to.see("sighting.assigned", unit="car-1", note="王女士 13800000000", site="school-xinqi")
    await to.empty()
    (message,) = phones.bodies
    assert (message["topic"], message["priority"]) == ("car-1-secret", 4)
    assert message["title"] == "人员聚集 / Crowd P2"
    assert "新碶小学" in message["message"]
    assert "王女士" not in str(message), "what somebody wrote is not for a lock screen"
    (action,) = message["actions"]
    assert (action["method"], action["url"].startswith("https://gcs.example/api/v1/links/")) == ("POST", True)
    errand = links.read(action["url"].rpartition("/")[2])
    assert (errand.sighting, errand.unit, still_waits(errand, task)) == (task.id, "car-1", True)
    assert phones.refused == []


async def test_a_unit_without_a_topic_rings_nobody(line, phones, ntfy):
    to = await line(ntfy())
    await to.see("sighting.assigned", unit="car-2")
    await to.see("sighting.created")
    assert await to.waiting() == 0
    assert phones.bodies == []


async def test_what_takes_too_long_rings_the_centre_loudly(line, phones, ntfy):
    to = await line(ntfy())
    await to.see("sighting.supervised", supervised=Supervision(level=Level.RED, reason="unsettled", since=NOW))
    await to.empty()
    assert (phones.bodies[0]["topic"], phones.bodies[0]["priority"], "actions" in phones.bodies[0]) == (
        "centre",
        5,
        False,
    )


async def test_it_is_tried_until_it_is_taken_and_exercises_stay_among_themselves(line, phones, ntfy):
    phones.answers = [500, 429]
    to = await line(ntfy(exercise=True))
    await to.see("sighting.assigned", unit="car-1", simulated=True)
    await to.see("sighting.assigned", unit="car-1")
    await to.empty()
    assert [status for status, *_ in phones.refused] == [500, 429]
    (shown,) = phones.shown("car-1-secret")
    assert shown["title"].startswith("演练 / EXERCISE")


async def test_a_message_whose_answer_was_lost_is_sent_again_and_shown_once(line, phones, ntfy):
    to = await line(ntfy())
    task = await to.see("sighting.assigned", unit="car-1")
    await to.empty()
    event = (await to.store.read_events(0, 10))[0]
    for attempt in (2, 3):
        await to.channel.send(Delivery(f"phones-{event.seq}", event, task, attempt))
    assert len(phones.bodies) == 3
    assert len(phones.shown("car-1-secret")) == 1


@pytest.mark.parametrize("name", ["phones", "手机 一号", "a.b:c/d", "x" * 200])
async def test_whatever_the_channel_is_called_the_server_takes_its_messages(line, phones, ntfy, name):
    to = await line(ntfy(name=name))
    await to.see("sighting.assigned", unit="car-1")
    await to.see("sighting.supervised", supervised=Supervision(level=Level.RED, reason="unsettled", since=NOW))
    await to.empty()
    assert phones.refused == []
    assert [len(phones.shown(topic)) for topic in ("car-1-secret", "centre")] == [1, 1]


async def test_a_picture_goes_with_the_task_by_a_link_that_shows_coarse_blocks(line, phones, ntfy):
    picture = Picture(name="a" * 64, media_type="image/png", size=9, at=NOW, by="x")
    to = await line(ntfy())
    await to.see("sighting.assigned", unit="car-1", pictures=(picture,))
    await to.empty()
    (message,) = phones.bodies
    assert message["attach"] == f"{message['actions'][0]['url']}/picture"
    assert message["filename"].endswith(".jpg"), "by its ending the app knows it for a picture"


async def test_a_wrong_token_is_a_trouble_that_is_told_and_the_message_waits(line, phones, ntfy):
    phones.token = "tk_right"
    to = await line(ntfy(token="tk_wrong"))
    await to.see("sighting.assigned", unit="car-1")
    async with asyncio.timeout(10):
        while not to.outbox.problem("phones"):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert (to.outbox.problem("phones"), await to.waiting()) == ("answered 401", 1)


@pytest.mark.parametrize("url", ["https://ntfy.example/centre", "https://ntfy.example/?x=1"])
def test_messages_go_to_the_root_of_a_server(url):
    assert any("root" in problem for problem in NtfySettings(name="n", url=url, topic="t").problems())
    assert NtfySettings(name="n", url="https://ntfy.example/", topic="t").problems() == []


def task(**fields):
    from gcs.sightings.model import Place, Sighting, Source, Step

    step = Step(at=NOW, actor="x", action="assign", status=SightingStatus.ASSIGNED, unit="car-1")
    return Sighting(
        **{
            "id": "s", "klass": "crowd", "priority": 2, "place": Place(lat_deg=1, lon_deg=1), "seen_at": NOW,
            "received_at": NOW, "source": Source(kind="camera"), "status": SightingStatus.ASSIGNED, "unit": "car-1",
            "history": (step,), **fields,
        }
    )  # fmt: skip


def test_a_link_ends_with_the_answer_with_the_unit_and_with_its_time(links):
    waits = task()
    errand = links.read(links.make(waits, "car-1"))
    assert still_waits(errand, waits)
    accepted = replace(waits.history[0], action="accept", status=SightingStatus.ACCEPTED)
    assert not still_waits(errand, replace(waits, status=SightingStatus.ACCEPTED, history=(*waits.history, accepted)))
    assert not still_waits(errand, replace(waits, unit="car-2"))
    assert not still_waits(errand, replace(waits, history=(*waits.history, *waits.history))), "given to it once more"
    assert links.make(waits, "car-2") is None


def test_a_link_lives_for_an_hour():
    clock = ManualClock(NOW)
    links = Links(clock)
    links.use(b"k" * 32)
    made = links.make(task(), "car-1")
    clock.advance(HOLDS_S - 1)
    assert links.read(made) is not None
    clock.advance(2)
    assert links.read(made) is None


def test_a_link_that_was_not_made_here_is_none(links):
    made = links.make(task(), "car-1")
    body, _, signature = made.partition(".")
    other = Links(ManualClock(NOW))
    assert other.make(task(), "car-1") is None, "without a key nothing is signed"
    assert other.read(made) is None
    other.use(b"another key")
    assert other.read(made) is None
    flipped = ("A" if body[0] != "A" else "B") + body[1:]
    for wrong in ("", ".", body, f"{body}.", f"{flipped}.{signature}", f"{body}.{signature}x", "é" * 9, "x" * 10_000):
        assert links.read(wrong) is None
