"""What was put in comes out the same, also after the program starts again."""

import asyncio
from dataclasses import replace

import msgspec
import pytest

from gcs.sightings.model import SightingStatus
from gcs.store.engine import writing_engine
from gcs.store.errors import UnstorableError
from gcs.store.operations import get_plan
from gcs.store.schema import plans
from missions.areas.zones import Zone


async def test_events_are_numbered_in_their_order_and_never_twice(store, make, reopened):
    first = await store.append_events([make.event(), make.event("test.second", sighting="s")])
    assert [event.seq for event in first] == [1, 2]
    again = await reopened(store)
    (third,) = await again.append_events([make.event()])
    assert (third.seq, again.last_seq) == (3, 3)
    kept = await again.read_events(0, 100)
    assert kept == (*first, third)
    assert kept[0].data == {"zh": "值", "n": [1, 2.5, None]}
    assert await again.read_events(1, 1) == (first[1],)
    await again.close()


async def test_events_of_one_operation_or_sighting(store, make):
    await store.append_events([make.event(operation="a"), make.event(operation="b"), make.event(sighting="s")])
    assert [e.seq for e in await store.read_events(0, 9, operation="b")] == [2]
    assert [e.seq for e in await store.read_events(0, 9, sighting="s")] == [3]
    assert await store.read_events(2, 9, operation="b") == ()


def test_a_plan_kept_before_zones_had_heights_is_read(make, tmp_path):
    plan = make.plan()
    zone = Zone(plan.area[0])
    kept = msgspec.json.decode(msgspec.json.encode(replace(plan, no_fly=(zone,))))
    kept["no_fly"] = [zone.rings]
    with writing_engine(tmp_path / "old.db").begin() as connection:
        plans.create(connection)
        connection.execute(plans.insert(), {"hash": "old", "body": kept})
        assert get_plan(connection, "old").no_fly == (zone,)


async def test_a_plan_keeps_its_hash(store, make):
    plan = make.plan()
    await store.put_plan(plan)
    await store.put_plan(plan)
    kept = await store.get_plan(plan.hash)
    assert kept == plan
    assert kept.hash == plan.hash
    assert await store.get_plan("unknown") is None


async def test_an_operation_is_kept_as_it_is_now_with_what_happened(store, make, reopened):
    await store.put_operation(make.operation("late", 5), [])
    await store.put_operation(make.operation("early"), [make.event(operation="early")])
    (event,) = await store.put_operation(make.operation("early", reason="wind"), [make.event(operation="early")])
    assert event.seq == 2
    again = await reopened(store)
    assert [(o.id, o.reason) for o in await again.list_operations()] == [("early", "wind"), ("late", "")]
    await again.close()


async def test_tracks_grow_in_their_order(store):
    await store.append_track("op", "v-2", [(3.0, 29.0, 121.0, 50.0)])
    await store.append_track("op", "v-1", [(1.0, 29.1, 121.0, 50.0), (2.0, 29.2, 121.0, 50.0)])
    await store.append_track("op", "v-1", [(4.0, 29.3, 121.0, 50.0)])
    await store.append_track("other", "v-1", [(9.0, 0.0, 0.0, 0.0)])
    assert [p[0] for p in await store.read_track("op", "v-1")] == [1.0, 2.0, 4.0]
    assert {v: len(points) for v, points in (await store.read_tracks("op")).items()} == {"v-1": 3, "v-2": 1}
    assert list(await store.read_track("op", "v-9")) == []


async def test_a_sighting_is_kept_once_whoever_comes_second(store, make):
    first = make.sighting(note="first")
    second = make.sighting(note="second")
    answers = await asyncio.gather(*(store.add_sighting(s, [make.event()]) for s in (first, second, second)))
    assert [answer.new for answer in answers] == [True, False, False]
    assert {answer.sighting for answer in answers} == {first}
    assert store.last_seq == 1
    assert await store.get_sighting("s-1") == first


async def test_a_step_moves_sighting_and_unit_together(store, make, reopened):
    seen = make.sighting()
    await store.add_sighting(seen, [])
    after = make.sighting(status=SightingStatus.ASSIGNED, unit="car-1")
    (event,) = await store.record([after], [make.unit(sighting="s-1")], [make.event(sighting="s-1")])
    assert event.seq == 1
    again = await reopened(store)
    assert await again.get_sighting("s-1") == after
    assert await again.list_units() == (make.unit(sighting="s-1"),)
    await again.close()


async def test_sightings_are_found_open_new_and_by_operation(store, make):
    for i in range(6):
        status = SightingStatus.RESOLVED if i % 2 else SightingStatus.NEW
        await store.add_sighting(make.sighting(f"s-{i}", i, status=status, operation="op" if i < 2 else None), [])
    assert [s.id for s in await store.list_open_sightings()] == ["s-0", "s-2", "s-4"]
    newest = await store.list_newest_sightings(2)
    assert [s.id for s in newest] == ["s-5", "s-4"]
    before_us = int(newest[-1].received_at.timestamp() * 1e6)
    assert [s.id for s in await store.list_newest_sightings(2, before_us)] == ["s-3", "s-2"]
    assert [s.id for s in await store.list_operation_sightings("op")] == ["s-0", "s-1"]


async def test_a_record_that_cannot_be_written_fails_alone(store, make):
    bad = make.event(operation="x", kind="half \ud83d pair")
    answers = await asyncio.gather(
        *(store.append_events([event]) for event in (make.event(), bad, make.event())), return_exceptions=True
    )
    assert isinstance(answers[1], UnstorableError)
    assert [answers[0][0].seq, answers[2][0].seq] == [1, 2]
    assert store.problem is None
    assert len(await store.read_events(0, 10)) == 2


async def test_nothing_is_taken_after_closing(store, make, reopened):
    again = await reopened(store)
    with pytest.raises(OSError, match="closed"):
        await store.append_events([make.event()])
    await again.close()


async def test_a_report_that_joined_leads_to_its_sighting_and_joins_once(store, make, reopened):
    await store.add_sighting(make.sighting(), [])
    both = make.sighting(note="seen twice")
    first = await store.join_sighting("r-2", both, [make.event()])
    again = await store.join_sighting("r-2", make.sighting(note="seen thrice"), [make.event()])
    assert (first.new, again.new, store.last_seq) == (True, False, 1)
    assert first.sighting == again.sighting == both
    assert (await store.add_sighting(make.sighting("r-2"), [make.event()])).sighting == both
    later = await reopened(store)
    assert await later.get_sighting("r-2") == both
    await later.close()
