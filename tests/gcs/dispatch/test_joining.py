"""Several cameras see one thing: one sighting, one unit, nothing lost."""

import asyncio
import random
import uuid

from gcs.sightings.intake import SightingReport, SourceReport

LAT, LON = 29.9, 121.84
SOON_S = 0.1


def look(number, vehicle="main-1", north_m=0.0, **fields):
    source = SourceReport(kind="camera", name="cam", vehicle=vehicle)
    return SightingReport(
        id=str(uuid.UUID(int=number)),
        **{
            "klass": "illegal_parking",
            "lat": LAT + north_m / 111_320,
            "lon": LON,
            "ce90_m": 8.0,
            "source": source,
            **fields,
        },
    )


def test_a_second_look_joins_and_its_report_is_answered_with_the_sighting(post, store):
    async def story(p):
        await p.unit("car")
        first, new = await p.desk.report(look(1), "a")
        await asyncio.sleep(SOON_S)
        again, new_again = await p.desk.report(look(2, "main-2", 4.0), "b")
        assert (new, new_again) == (True, False)
        assert again.id == first.id
        assert len(p.desk.sightings) == 1
        assert p.now(first.id) == ("assigned", "car")
        assert p.desk.sightings[first.id].place.ce90_m < 6
        for _ in range(2):
            repeated, new = await p.desk.report(look(2, "main-2", 4.0), "b")
            assert (repeated, new) == (again, False)
        assert (await p.desk.find(look(2).id)).id == first.id
        assert store.kinds().count("sighting.joined") == 1
        await p.step(first.id, "accept", "car")

    post(story)


def test_looks_that_come_at_once_become_one(post, store):
    async def story(p):
        reports = [look(n, f"main-{n}", random.Random(n).uniform(-3, 3)) for n in range(1, 9)]
        answers = await asyncio.gather(*(p.desk.report(report, "cam") for report in reports))
        assert len({sighting.id for sighting, _ in answers}) == 1
        assert [new for _, new in answers].count(True) == 1
        (only,) = p.desk.sightings.values()
        assert {view.id for view in only.views} == {report.id for report in reports}
        kinds = [kind for kind in store.kinds() if kind != "sighting.waiting"]
        assert kinds == ["sighting.created", *["sighting.joined"] * 7]

    post(story)


def test_when_the_first_could_not_be_kept_the_second_stands_for_itself(post, store):
    async def story(p):
        store.delay_s = 1.0
        first = asyncio.ensure_future(p.desk.report(look(1), "a"))
        second = asyncio.ensure_future(p.desk.report(look(2, "main-2"), "b"))
        await asyncio.sleep(0.5)
        store.full = True
        await asyncio.sleep(0.6)
        store.full = False
        assert isinstance((await asyncio.gather(first, return_exceptions=True))[0], OSError)
        kept, new = await second
        assert (kept.id, new, len(p.desk.sightings)) == (look(2).id, True, 1)

    post(story)


def test_after_a_restart_a_view_still_leads_to_its_sighting(post):
    async def before(p):
        await p.desk.report(look(1), "a")
        await p.desk.report(look(2, "main-2"), "b")

    async def after(p):
        kept, new = await p.desk.report(look(2, "main-2"), "b")
        assert (kept.id, new) == (look(1).id, False)
        third, new = await p.desk.report(look(3, "main-3"), "c")
        assert (third.id, new, len(third.views)) == (look(1).id, False, 3)

    post(before)
    post(after)


def test_what_is_settled_is_left_and_a_new_one_begins(post):
    async def story(p):
        first, _ = await p.desk.report(look(1), "a")
        await p.step(first.id, "dismiss", note="gone")
        second, new = await p.desk.report(look(2, "main-2"), "b")
        assert (second.id, new) == (look(2).id, True)

    post(story)


def test_joining_does_not_stop_the_clock_of_the_unit_that_was_asked(post):
    async def story(p):
        await p.unit("near", 10)
        await p.unit("far", 500)
        first, _ = await p.desk.report(look(1, klass="accident"), "a")
        await asyncio.sleep(30.0)
        await p.desk.report(look(2, "main-2", klass="accident"), "b")
        await asyncio.sleep(29.0)
        assert p.now(first.id) == ("assigned", "near")
        await asyncio.sleep(1.5)
        assert p.now(first.id) == ("assigned", "far")

    post(story)
