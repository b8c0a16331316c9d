"""Nobody answers, somebody refuses, the disk is full, the program starts again: the sighting goes on."""

import asyncio

import pytest

from gcs.dispatch.requests import UnitPosition
from gcs.dispatch.timings import DispatchTimings

SOON_S = 0.1


def test_no_answer_in_time_and_the_next_unit_is_asked(post):
    async def story(p):
        await p.unit("near", 10)
        await p.unit("far", 500)
        seen = await p.report("accident")
        await asyncio.sleep(59.9)
        assert p.now(seen) == ("assigned", "near")
        await asyncio.sleep(0.3)
        assert (p.now(seen), p.status("near")) == (("assigned", "far"), "free")
        assert [e.kind for e in p.events if e.sighting == seen][-2:] == ["sighting.expired", "sighting.assigned"]
        assert p.desk.sightings[seen].history[-2].unit == "near"

    post(story)


def test_an_answer_in_time_stops_the_timer(post):
    async def story(p):
        await p.unit("near")
        seen = await p.report("accident")
        await asyncio.sleep(59.0)
        await p.step(seen, "accept", "near")
        await asyncio.sleep(3600.0)
        assert p.now(seen) == ("accepted", "near")

    post(story)


def test_time_to_accept_follows_the_priority_and_the_scale(post):
    async def story(p):
        await p.unit("near", 10)
        await p.unit("far", 500)
        seen = await p.report("crowd")
        await asyncio.sleep(17.9)
        assert p.now(seen) == ("assigned", "near")
        await asyncio.sleep(0.2)
        assert p.now(seen) == ("assigned", "far")

    post(story, timings=DispatchTimings(time_scale=10))


def test_who_refuses_is_passed_over_until_a_pause_is_over_and_pauses_grow(post):
    async def story(p):
        await p.unit("only")
        seen = await p.report("accident")
        asked_after = []
        for _ in range(3):
            await asyncio.sleep(SOON_S)
            before = p.clock.monotonic_s()
            while p.now(seen)[0] != "assigned":  # noqa: ASYNC110  virtual time
                await asyncio.sleep(1.0)
            asked_after.append(p.clock.monotonic_s() - before)
            await p.step(seen, "refuse", "only")
        assert asked_after == pytest.approx([0.0, 300.0, 600.0], abs=6.0)
        assert p.status("only") == "free"

    post(story)


def test_a_full_disk_delays_and_loses_nothing(post, store):
    async def story(p):
        await p.unit("near", 10)
        await p.unit("far", 500)
        seen = await p.report("accident")
        await asyncio.sleep(SOON_S)
        store.full = True
        with pytest.raises(OSError, match="no space"):
            await p.report()
        with pytest.raises(OSError, match="no space"):
            await p.step(seen, "accept", "near")
        assert len(p.desk.sightings) == 1
        await asyncio.sleep(300.0)
        assert p.now(seen) == ("assigned", "near")
        store.full = False
        await asyncio.sleep(5.0)
        assert p.now(seen) == ("assigned", "far")

    post(story)


def test_a_disk_that_was_full_when_it_had_to_be_assigned(post, store):
    async def story(p):
        seen = await p.report("accident")
        await p.unit("near", 10)
        store.full = True
        await asyncio.sleep(60.0)
        assert p.now(seen) == ("new", None)
        store.full = False
        await asyncio.sleep(3.0)
        assert p.now(seen) == ("assigned", "near")

    post(story)


def test_positions_move_on_the_map_while_the_disk_is_full(post, store):
    async def story(p):
        await p.unit("car", 10)
        store.full = True
        await asyncio.sleep(1.0)
        p.units_shown.clear()
        await p.desk.unit_position("car", UnitPosition(lat=29.91, lon=121.84), "car")
        assert p.desk.units["car"].lat_deg == 29.91
        assert [u.lat_deg for u in p.units_shown] == [29.91]

    post(story)


def test_after_a_restart_everything_goes_on_where_it_was(post):
    ids = {}

    async def before(p):
        await p.unit("near", 10)
        await p.unit("mid", 100)
        ids["asked"] = await p.report("accident")
        await asyncio.sleep(SOON_S)
        ids["accepted"] = await p.report("crowd")
        await asyncio.sleep(SOON_S)
        await p.step(ids["accepted"], "accept", "mid")
        ids["waiting"] = await p.report("crowd")
        ids["done"] = await p.report("crowd")
        await p.step(ids["done"], "dismiss", note="x")

    async def after(p):
        assert p.now(ids["asked"]) == ("assigned", "near")
        assert p.now(ids["accepted"]) == ("accepted", "mid")
        assert p.now(ids["waiting"]) == ("new", None)
        assert p.now(ids["done"]) == ("dismissed", None)
        assert p.status("mid") == "en_route"
        await p.unit("far", 900)
        await asyncio.sleep(SOON_S)
        assert p.now(ids["waiting"]) == ("assigned", "far")
        await asyncio.sleep(61.0)
        assert [s.action for s in p.desk.sightings[ids["asked"]].history] == ["report", "assign", "expire"]

    post(before)
    post(after)


def test_after_a_long_rest_a_unit_still_has_a_moment_to_answer(post, virtual):
    ids = {}

    async def before(p):
        await p.unit("near", 10)
        ids["asked"] = await p.report("accident")
        await asyncio.sleep(SOON_S)

    async def after(p):
        await asyncio.sleep(14.0)
        assert p.now(ids["asked"]) == ("assigned", "near")
        await asyncio.sleep(2.0)
        assert p.now(ids["asked"]) == ("new", None)

    post(before)
    virtual._selector.now_s += 3600
    post(after)
