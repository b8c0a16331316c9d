"""What takes too long is said once, shown, kept, and taken back when it is over."""

import asyncio

from gcs.dispatch.timings import DispatchTimings


def told(p, seen):
    return [
        (event.kind.removeprefix("sighting."), event.data.get("reason"))
        for event in p.events
        if event.sighting == seen and event.kind.endswith("supervised")
    ]


def test_nobody_free_is_said_once_and_taken_back_when_somebody_is(post):
    async def story(p):
        seen = await p.report("accident")
        await asyncio.sleep(200.0)
        assert p.desk.sightings[seen].supervised.reason == "nobody_free"
        await p.unit("car")
        await asyncio.sleep(1.0)
        assert p.desk.sightings[seen].supervised is None
        assert told(p, seen) == [("supervised", "nobody_free")]

    post(story)


def test_a_unit_that_does_not_arrive_is_late(post):
    async def story(p):
        await p.unit("car", 4000)
        seen = await p.report("accident")
        await asyncio.sleep(1.0)
        await p.step(seen, "accept", "car")
        assert p.desk.sightings[seen].history[-1].eta_s == 700
        await asyncio.sleep(1040.0)
        assert p.desk.sightings[seen].supervised is None
        await asyncio.sleep(20.0)
        assert p.desk.sightings[seen].supervised.reason == "late"
        await p.step(seen, "arrive", "car")
        assert p.desk.sightings[seen].supervised is None

    post(story)


def test_unsettled_turns_amber_then_red_and_stands_until_it_is_settled(post):
    async def story(p):
        await p.unit("car")
        seen = await p.report("accident")
        await asyncio.sleep(0.1)
        await p.step(seen, "accept", "car")
        await p.step(seen, "arrive", "car")
        await asyncio.sleep(400.0)
        assert told(p, seen) == [("supervised", "unsettled"), ("supervised", "unsettled")]
        assert p.desk.sightings[seen].supervised.level == "red"
        await p.step(seen, "resolve", "car", outcome="done")
        assert p.desk.sightings[seen].supervised is None

    post(story, timings=DispatchTimings(time_scale=10.0))


def test_a_full_disk_delays_it(post, store):
    async def story(p):
        seen = await p.report("accident")
        store.full = True
        await asyncio.sleep(200.0)
        assert p.desk.sightings[seen].supervised is None
        store.full = False
        await asyncio.sleep(10.0)
        assert p.desk.sightings[seen].supervised.reason == "nobody_free"
        assert store.sightings[seen].supervised is not None

    post(story)
