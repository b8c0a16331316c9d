"""A phone rings: what is said on its screen, to whom, and the one tap."""

import pytest
from msgspec.structs import replace

from gcs.clock import ManualClock
from gcs.dispatch.channels.ntfy import Ntfy
from gcs.dispatch.channels.settings import NtfySettings
from gcs.dispatch.links import HOLDS_S, Links, still_waits
from gcs.dispatch.receipts import Receipts
from gcs.sightings.catalogue import default_catalogue
from gcs.sightings.model import Level, SightingStatus, Supervision
from gcs.sites.read import load_sites

from .conftest import NOW


@pytest.fixture
def links():
    links = Links(ManualClock(NOW))
    links.use(b"key of this server, 32 bytes....")
    return links


@pytest.fixture
def ntfy(http, links):
    def make(**more):
        settings = {
            "name": "phones", "url": http.url, "topic": "centre", "units": {"car-1": "car-1-secret"},
            "public_url": "https://gcs.example/", **more,
        }  # fmt: skip
        return Ntfy(
            NtfySettings(**settings), default_catalogue(), load_sites("beilun"), links,
            receipts=Receipts(), clock=ManualClock(NOW),
        )  # fmt: skip

    return make


async def test_a_task_rings_the_units_phone_with_one_tap_to_accept(line, http, ntfy, links):
    to = await line(ntfy(token="tk_secret"))
    task = await to.see("sighting.assigned", unit="car-1", note="王女士 13800000000", site="school-xinqi")
    await to.empty()
    (message,) = http.bodies
    assert (message["topic"], message["priority"]) == ("car-1-secret", 4)
    assert message["title"] == "人员聚集 / Crowd P2"
    assert "新碶小学" in message["message"]
    assert "王女士" not in str(message), "what somebody wrote is not for a lock screen"
    (action,) = message["actions"]
    assert (action["method"], action["url"].startswith("https://gcs.example/api/v1/links/")) == ("POST", True)
    errand = links.read(action["url"].rpartition("/")[2])
    assert (errand.sighting, errand.unit, still_waits(errand, task)) == (task.id, "car-1", True)
    assert http.headers[0]["Authorization"] == "Bearer tk_secret"


async def test_a_unit_without_a_topic_rings_nobody(line, http, ntfy):
    to = await line(ntfy())
    await to.see("sighting.assigned", unit="car-2")
    await to.see("sighting.created")
    assert await to.waiting() == 0
    assert http.bodies == []


async def test_what_takes_too_long_rings_the_centre_loudly(line, http, ntfy):
    to = await line(ntfy())
    await to.see("sighting.supervised", supervised=Supervision(level=Level.RED, reason="unsettled", since=NOW))
    await to.empty()
    assert (http.bodies[0]["topic"], http.bodies[0]["priority"], "actions" in http.bodies[0]) == ("centre", 5, False)


async def test_it_is_tried_until_it_is_taken_and_exercises_stay_among_themselves(line, http, ntfy):
    http.answers = [500, 429]
    to = await line(ntfy(exercise=True))
    await to.see("sighting.assigned", unit="car-1", simulated=True)
    await to.see("sighting.assigned", unit="car-1")
    await to.empty()
    assert len(http.bodies) == 3
    assert len({body["sequence_id"] for body in http.bodies}) == 1
    assert http.bodies[-1]["title"].startswith("演练 / EXERCISE")


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
