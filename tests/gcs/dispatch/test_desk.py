"""A report is kept, reaches the nearest free unit at once, and is followed until it is settled."""

import asyncio
import uuid
from datetime import timedelta

import pytest

from gcs.dispatch.model import UnitKind
from gcs.dispatch.requests import Duty, UnitPosition, UnitStatusChange
from gcs.sightings.errors import (
    IllegalSightingStepError,
    InvalidReportError,
    NobodyFreeError,
    NotYourSightingError,
    SimulatedMixError,
    UnitBusyError,
    UnknownSightingError,
    UnknownUnitError,
)
from gcs.sightings.intake import SightingReport
from gcs.sightings.model import Picture

ID = "0f8fad5b-d9cb-469f-a165-70867728950e"
SOON_S = 0.1


def test_from_seen_to_settled(post):
    async def story(p):
        await p.unit("far", 2000)
        await p.unit("near", 100)
        seen = await p.report()
        await asyncio.sleep(SOON_S)
        assert (p.now(seen), p.status("near"), p.status("far")) == (("assigned", "near"), "assigned", "free")
        await p.step(seen, "accept", "near")
        assert (p.now(seen), p.status("near")) == (("accepted", "near"), "en_route")
        await p.step(seen, "arrive", "near")
        assert (p.now(seen), p.status("near")) == (("on_scene", "near"), "on_scene")
        await p.step(seen, "resolve", "near", outcome="dispersed")
        assert (p.now(seen), p.status("near")) == (("resolved", "near"), "free")
        assert p.desk.units["near"].sighting is None
        return [event.kind for event in p.events if event.sighting == seen], p.events

    kinds, events = post(story)
    assert kinds == [
        "sighting.created",
        "sighting.assigned",
        "sighting.accepted",
        "sighting.on_scene",
        "sighting.resolved",
    ]
    assigned = next(event for event in events if event.kind == "sighting.assigned")
    assert (assigned.actor, assigned.unit, assigned.data["distance_m"]) == ("system", "near", 100)
    assert events[-1].data["outcome"] == "dispersed"


def test_nothing_is_shown_that_is_not_kept(post, store):
    async def story(p):
        store.delay_s = 5.0
        report = asyncio.ensure_future(p.report())
        await asyncio.sleep(4.9)
        assert not p.desk.sightings
        assert not p.events
        await report
        assert store.sightings
        assert p.desk.sightings

    post(story)


def test_a_report_repeated_is_kept_once_also_when_both_come_at_once(post, store):
    async def story(p):
        reports = [SightingReport(id=i, klass="crowd", lat=29.9, lon=121.8) for i in (ID, ID.upper(), ID)]
        answers = await asyncio.gather(*(p.desk.report(report, "camera") for report in reports))
        assert [new for _, new in answers] == [True, False, False]
        assert len({sighting.id for sighting, _ in answers}) == 1
        again, new = await p.desk.report(reports[0], "camera")
        assert (again, new) == (p.desk.sightings[ID], False)
        assert store.kinds().count("sighting.created") == 1

    post(story)


def test_a_report_repeated_days_later_gets_the_same_answer(post, virtual):
    report = SightingReport(id=ID, klass="crowd", lat=29.9, lon=121.8, seen_at=virtual.utc())

    async def before(p):
        await p.desk.report(report, "camera")
        await p.step(ID, "dismiss", note="nothing")

    async def after(p):
        del p.desk._book._sightings[ID]
        kept, new = await p.desk.report(report, "camera")
        assert (kept.status, new) == ("dismissed", False)
        with pytest.raises(InvalidReportError, match="seen_at"):
            await p.report(id=str(uuid.uuid4()), seen_at=report.seen_at)

    post(before)
    virtual._selector.now_s += timedelta(days=9).total_seconds()
    post(after)


def test_what_a_phone_sends_again_because_no_answer_came_is_kept_once(post):
    async def story(p):
        await p.unit("car", 100)
        sighting = await p.report()
        await asyncio.sleep(SOON_S)
        first = await p.step(sighting, "accept", unit="car", id="tap-1")
        await p.step(sighting, "supervise", note="by noon")
        assert len((await p.step(sighting, "accept", unit="car", id="tap-1")).history) == len(first.history) + 1
        picture = Picture(name="0" * 64, media_type="image/jpeg", size=9, at=p.desk._clock.utc(), by="car")
        for _ in range(2):
            assert (await p.desk.attach(sighting, picture, "car")).pictures == (picture,)

    post(story)


def test_when_nobody_is_free_it_waits_and_goes_to_the_first_who_is(post):
    async def story(p):
        await p.unit("car", 100)
        first, second = await p.report(), await p.report()
        await asyncio.sleep(SOON_S)
        assert (p.now(first), p.now(second)) == (("assigned", "car"), ("new", None))
        assert [e.sighting for e in p.events if e.kind == "sighting.waiting"] == [second]
        await p.step(first, "accept")
        await p.step(first, "arrive")
        await p.step(first, "resolve", outcome="done")
        await asyncio.sleep(SOON_S)
        assert p.now(second) == ("assigned", "car")

    post(story)


def test_who_registers_or_comes_on_duty_gets_what_waits_the_most_urgent_first(post):
    async def story(p):
        low = await p.report("damaged_road", priority=4)
        high = await p.report("accident")
        await p.unit("grid", kind=UnitKind.GRID_WORKER)
        await p.unit("car")
        await asyncio.sleep(SOON_S)
        assert (p.now(low), p.now(high)) == (("assigned", "grid"), ("assigned", "car"))
        urgent, later = await p.report("accident"), await p.report("crowd")
        await p.unit("car-2")
        await asyncio.sleep(SOON_S)
        assert (p.now(urgent), p.now(later)) == (("assigned", "car-2"), ("new", None))

    post(story)


def test_many_at_once_each_get_a_unit_of_their_own(post):
    async def story(p):
        for i in range(20):
            await p.unit(f"car-{i}", 10.0 * i)
        ids = await asyncio.gather(*(p.report() for _ in range(30)))
        await asyncio.sleep(SOON_S)
        taken = [p.now(i)[1] for i in ids if p.now(i)[1]]
        assert len(taken) == len(set(taken)) == 20
        assert all(p.desk.units[name].sighting in ids for name in taken)

    post(story)


def test_simulated_sightings_go_to_simulated_units_only_even_by_hand(post):
    async def story(p):
        await p.unit("real", 1)
        await p.unit("played", 900, simulated=True)
        played, real = await p.report(simulated=True), await p.report()
        await asyncio.sleep(SOON_S)
        assert (p.now(played), p.now(real)) == (("assigned", "played"), ("assigned", "real"))
        with pytest.raises(SimulatedMixError):
            await p.step(played, "assign", "real")

    post(story)


def test_the_dispatcher_may_choose_any_free_unit(post):
    async def story(p):
        await p.unit("car", 1)
        await p.unit("grid", 2, UnitKind.GRID_WORKER)
        seen, other = await p.report(), await p.report()
        await asyncio.sleep(SOON_S)
        await p.step(seen, "assign", "grid")
        assert (p.now(seen), p.status("grid")) == (("assigned", "grid"), "assigned")
        await asyncio.sleep(SOON_S)
        assert p.now(other) == ("assigned", "car")
        with pytest.raises(UnitBusyError) as busy:
            await p.step(seen, "assign", "car")
        assert busy.value.sighting == other
        with pytest.raises(UnknownUnitError):
            await p.step(seen, "assign", "ghost")

    post(story)


def test_assign_without_a_unit_asks_for_the_nearest(post):
    async def story(p):
        seen = await p.report()
        with pytest.raises(NobodyFreeError):
            await p.step(seen, "assign")
        await p.unit("a", 100)
        await asyncio.sleep(SOON_S)
        await p.unit("b", 50)
        assert (await p.step(seen, "assign")).unit == "b"
        assert p.status("a") == "free"

    post(story)


def test_illegal_steps_say_what_is_legal_and_change_nothing(post, store):
    async def story(p):
        await p.unit("car")
        seen = await p.report()
        await asyncio.sleep(SOON_S)
        before = store.kinds()
        with pytest.raises(IllegalSightingStepError) as refused:
            await p.step(seen, "arrive", "car")
        assert refused.value.legal == ("assign", "accept", "refuse", "dismiss", "classify", "supervise", "duplicate")
        with pytest.raises(IllegalSightingStepError, match="nobody asks"):
            await p.step(seen, "expire")
        await p.unit("other", kind=UnitKind.GRID_WORKER)
        with pytest.raises(NotYourSightingError):
            await p.step(seen, "accept", "other")
        with pytest.raises(UnknownSightingError):
            await p.step("nope", "accept", "car")
        assert store.kinds() == [*before, "unit.registered"]
        assert p.now(seen) == ("assigned", "car")

    post(story)


def test_a_step_repeated_is_kept_once(post, store):
    async def story(p):
        await p.unit("car")
        seen = await p.report()
        await asyncio.sleep(SOON_S)
        await asyncio.gather(*(p.step(seen, "accept", "car") for _ in range(3)))
        assert store.kinds().count("sighting.accepted") == 1

    post(story)


def test_dismissing_frees_the_unit(post):
    async def story(p):
        await p.unit("car")
        seen = await p.report()
        await asyncio.sleep(SOON_S)
        await p.step(seen, "dismiss", note="a shadow")
        assert (p.now(seen), p.status("car")) == (("dismissed", "car"), "free")

    post(story)


def test_going_off_duty_hands_the_sighting_to_the_next(post):
    async def story(p):
        await p.unit("near", 10)
        await p.unit("far", 500)
        seen = await p.report()
        await asyncio.sleep(SOON_S)
        await p.step(seen, "accept", "near")
        with pytest.raises(UnitBusyError):
            await p.desk.unit_status("near", UnitStatusChange(status=Duty.FREE), "near")
        off = await p.desk.unit_status("near", UnitStatusChange(status=Duty.OFF), "near")
        assert (off.status, off.sighting) == ("off", None)
        await asyncio.sleep(SOON_S)
        assert p.now(seen) == ("assigned", "far")
        await p.desk.unit_status("near", UnitStatusChange(status=Duty.FREE), "near")
        assert [e.data["status"] for e in p.events if e.kind == "unit.status"] == ["off", "free"]

    post(story)


def test_a_unit_moves_without_an_event_and_is_found_nearer(post):
    async def story(p):
        await p.unit("a", 100)
        await p.unit("b", 500)
        told = len(p.events)
        moved = await p.desk.unit_position("b", UnitPosition(lat=29.9, lon=121.84), "b")
        assert (moved, len(p.events)) == (p.desk.units["b"], told)
        seen = await p.report()
        await asyncio.sleep(SOON_S)
        assert p.now(seen) == ("assigned", "b")
        with pytest.raises(UnknownUnitError):
            await p.desk.unit_position("ghost", UnitPosition(lat=29.9, lon=121.84), "ghost")

    post(story)


def test_registering_again_tells_only_what_changed(post):
    async def story(p):
        await p.unit("car", 1)
        await p.unit("car", 1)
        await p.unit("car", 300)
        await p.unit("car", 300, UnitKind.OFFICER)
        assert [e.kind for e in p.events] == ["unit.registered", "unit.changed"]
        assert len(p.desk.units) == 1

    post(story)


def test_a_step_begun_is_finished_when_nobody_waits_for_it_any_more(post, store):
    async def story(p):
        store.delay_s = 1.0
        asked = asyncio.ensure_future(p.report(id=ID))
        await asyncio.sleep(0.5)
        asked.cancel()
        await asyncio.sleep(1.0)
        assert p.now(ID) == ("new", None)
        assert ID in store.sightings

    post(story)
