"""The steps beside the way of a unit: classes, duplicates, supervision, what comes after it is settled."""

import asyncio
from datetime import timedelta

import pytest

from gcs.dispatch.model import UnitKind
from gcs.dispatch.requests import StepRequest
from gcs.sightings.errors import IllegalSightingStepError, InvalidReportError, UnknownSightingError
from gcs.sightings.intake import SightingReport
from gcs.sightings.workflow import Action
from gcs.sites.read import load_sites


async def step(stage, sighting_id, action, **fields):
    return await stage.desk.step(sighting_id, StepRequest(action=Action(action), **fields), "centre")


async def archived(stage):
    """One that was dealt with, assessed, and put away."""
    await stage.unit("car-1")
    sighting_id = await stage.report()
    await asyncio.sleep(0.1)
    for action in ("accept", "arrive"):
        await stage.step(sighting_id, action, "car-1")
    await stage.step(sighting_id, "resolve", "car-1", outcome="moved")
    await step(stage, sighting_id, "assess", note="in time")
    await step(stage, sighting_id, "archive")
    return sighting_id


def test_another_class_is_offered_to_whoever_fits_it(post):
    async def story(stage):
        sighting_id = await stage.report("damaged_road")
        await stage.unit("car-1")
        await asyncio.sleep(0.1)
        assert stage.now(sighting_id) == ("new", None)
        await step(stage, sighting_id, "classify", klass="accident", priority=1)
        await asyncio.sleep(0.1)
        assert stage.now(sighting_id) == ("assigned", "car-1")

    post(story)


@pytest.mark.parametrize(("fields", "field"), [({"klass": "unheard"}, "klass"), ({"priority": 9}, "priority")])
def test_a_class_that_is_not_there_is_refused(post, fields, field):
    async def story(stage):
        with pytest.raises(InvalidReportError) as refused:
            await step(stage, await stage.report(), "classify", **fields)
        assert refused.value.field == field

    post(story)


def test_a_task_taken_back_by_the_centre_is_told_to_the_unit_and_one_it_hands_back_is_not(post):
    async def story(stage):
        await stage.unit("car-1")
        sighting_id = await stage.report("accident")
        await asyncio.sleep(0.1)
        await step(stage, sighting_id, "refuse")
        assert stage.now(sighting_id) == ("new", None)
        assert (stage.status("car-1"), stage.events[-1].data.get("from")) == ("free", "car-1")
        await stage.step(sighting_id, "assign", "car-1")
        await stage.step(sighting_id, "refuse", "car-1")
        assert "from" not in stage.events[-1].data

    post(story)


def test_what_is_said_about_a_sighting_gives_its_unit_no_longer_to_answer(post):
    async def story(stage):
        await stage.unit("car-1")
        sighting_id = await stage.report("accident")
        await asyncio.sleep(50)
        await step(stage, sighting_id, "supervise", note="the mayor asks")
        assert stage.desk.sightings[sighting_id].supervised.reason == "asked"
        await asyncio.sleep(11)
        assert "expire" in [s.action for s in stage.desk.sightings[sighting_id].history]

    post(story)


def test_a_duplicate_frees_its_unit_and_the_other_goes_on_with_both_sources(post, store):
    async def story(stage):
        await stage.unit("car-1")
        first = await stage.report()
        await asyncio.sleep(0.1)
        second = await stage.report("accident")
        await step(stage, first, "duplicate", of=second)
        assert (stage.now(first)[0], stage.desk.sightings[first].duplicate_of) == ("duplicate", second)
        assert [seen.id for seen in stage.desk.sightings[second].views] == [second, first]
        await asyncio.sleep(0.1)
        assert stage.now(second) == ("assigned", "car-1")
        assert await step(stage, first, "duplicate", of=second) == stage.desk.sightings[first]
        assert {"sighting.duplicate", "sighting.joined"} <= set(store.kinds())
        assert (await stage.desk.find(first)).id == first, "it is still found under its own id"

    post(story)


def test_a_duplicate_of_nothing_of_itself_or_of_an_exercise_is_refused(post):
    async def story(stage):
        first, simulated = await stage.report(), await stage.report(simulated=True)
        with pytest.raises(UnknownSightingError):
            await step(stage, first, "duplicate", of="nothing")
        for other in (first, simulated):
            with pytest.raises(InvalidReportError) as refused:
                await step(stage, first, "duplicate", of=other)
            assert refused.value.field == "of"
        assert stage.now(first)[0] == "new"

    post(story)


def test_what_is_archived_is_taken_up_by_a_new_one_once(post, store):
    async def story(stage):
        old = await archived(stage)
        before = stage.desk.sightings[old]
        with pytest.raises(IllegalSightingStepError):
            await step(stage, old, "classify", klass="accident")
        new = await step(stage, old, "reopen", note="again")
        again = await step(stage, old, "reopen", note="again")
        assert (new.follows, again.id) == (old, new.id)
        assert stage.desk.sightings[old] == before
        assert store.kinds().count("sighting.followed") == 1
        await asyncio.sleep(0.1)
        assert stage.now(new.id) == ("assigned", "car-1")

    post(story)


def test_a_sighting_inside_a_site_carries_it_and_goes_to_who_serves_it(post):
    async def story(stage):
        await stage.unit("car-1", 10.0)
        await stage.unit("grid-1", 900.0, UnitKind.GRID_WORKER)
        report = SightingReport(klass="flooding", lat=29.9044, lon=121.8402)
        sighting, _ = await stage.desk.report(report, "camera")
        assert sighting.site == "site-mingzhou"
        await asyncio.sleep(0.1)
        assert stage.now(sighting.id) == ("assigned", "grid-1"), "cars do not serve building sites"

    post(story, sites=load_sites("beilun"))


def test_a_tap_made_out_of_reach_keeps_its_time_and_is_told_when_it_is_heard_of(post):
    async def story(stage):
        await stage.unit("car-1")
        sighting = await stage.report()
        await asyncio.sleep(0.1)
        tapped = stage.clock.utc() + timedelta(seconds=5)
        await asyncio.sleep(40.0)
        request = StepRequest(action=Action.ACCEPT, unit="car-1", at=tapped)
        after, again = [await stage.desk.step(sighting, request, "car-1") for _ in range(2)]
        assert after == again, "sent twice, taken once"
        step, heard = after.history[-1], after.history[-1].received_at
        assert step.at == tapped
        assert tapped + timedelta(seconds=34) < heard < stage.clock.utc()
        (event,) = [event for event in stage.events if event.kind == "sighting.accepted"]
        assert (event.at, event.data["taken_at"]) == (heard, tapped.isoformat())

    post(story)
