"""Rally points, put on a simulated vehicle by the station and read back."""

import asyncio

import pytest
from msgspec.structs import replace

from gcs.vehicles.rally import FARTHEST_M, MOST_POINTS, RallyDesk, RallyPoint, RallyUnwrittenError
from gcs.vehicles.work import WorkRefusedError
from telemetry.services.mission_item import MissionItem, to_message

POINTS = (RallyPoint(29.9010000, 121.8410000, 30.0), RallyPoint(29.8990000, 121.8420000, 45.0))


@pytest.fixture
def desk(post):
    return RallyDesk(post.station)


def test_they_are_put_there_and_read_back_with_who_asked(post, desk):
    async def story():
        await desk.put(post.state, POINTS, "chen")
        return await desk.read("main-1", "wang")

    assert post.run(story) == POINTS
    assert {(item.command, item.frame, item.mission_type) for item in post.autopilot.items} == {(5100, 3, 2)}
    told = [(event.kind, event.actor) for event in post.events if event.kind.startswith("rally")]
    assert told == [
        ("rally.started", "chen"),
        ("rally.done", "chen"),
        ("rally.read.started", "wang"),
        ("rally.read.done", "wang"),
    ]


def test_what_a_height_is_above_is_told(post, desk):
    def item(seq, frame):
        return MissionItem(seq, 5100, frame=frame, x=299000000, y=1218400000, z=20.0)

    async def story():
        told = [(0, "sea"), (3, "home"), (10, "ground"), (99, "unknown")]
        post.autopilot.items = [to_message(item(seq, frame), (255, 190), 2) for seq, (frame, _) in enumerate(told)]
        return [point.above for point in await desk.read("main-1", "chen")], [above for _, above in told]

    read, told = post.run(story)
    assert read == told


def test_an_upload_that_breaks_is_an_error_and_an_event(post, desk):
    post.autopilot.break_upload_at = 1

    async def story():
        with pytest.raises(RallyUnwrittenError):
            await desk.put(post.state, POINTS, "chen")

    post.run(story)
    assert [event.kind for event in post.events if event.kind.startswith("rally")] == ["rally.started", "rally.failed"]


def test_points_far_from_home_or_of_a_vehicle_without_home_or_too_many_are_not_sent(post, desk):
    swapped = RallyPoint(29.9, 121.84 + 2 * FARTHEST_M / 96_000, 30.0)

    async def story():
        before = len(post.wire.sent)
        for points, reason in (((swapped,), "m from home"), (POINTS * MOST_POINTS, "at most")):
            with pytest.raises(ValueError, match=reason):
                await desk.put(post.state, points, "chen")
        with pytest.raises(ValueError, match="home"):
            await desk.put(replace(post.state, home=None), POINTS, "chen")
        return [m for _, m, _ in post.wire.sent[before:] if m.message_name == "MISSION_COUNT"]

    assert post.run(story) == []


def test_nothing_is_put_while_armed(post, desk):
    async def story():
        post.autopilot.armed = True
        await asyncio.sleep(2)
        with pytest.raises(WorkRefusedError, match="armed"):
            await desk.put(post.state, POINTS, "chen")

    post.run(story)
