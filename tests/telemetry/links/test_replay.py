"""Recordings played together, by one time that can be paused, sped up and set."""

import asyncio

import pytest

from telemetry.frames import encode_frame
from telemetry.links.replay import Replay
from telemetry.messages import new
from telemetry.tlog import TlogError, span_of

NOON_S = 1_790_000_000


def record(path, sysid, begins_s, beats):
    data = b""
    for seq in range(beats):
        stamp_us = int((NOON_S + begins_s + seq) * 1_000_000)
        data += stamp_us.to_bytes(8, "big") + encode_frame(new("HEARTBEAT"), seq=seq, sysid=sysid, compid=1)
    path.write_bytes(data)
    return path


@pytest.fixture
def play(stations, tmp_path):
    """Two recordings: one of 21 s, and one that begins 5 s later and lasts 11 s."""
    replays = []

    async def begin(*, speed=0.1, start=0.0, later_s=5.0):
        ground, forgotten = stations(), []
        urls = (record(tmp_path / "one.tlog", 1, 0.0, 21), record(tmp_path / "two.tlog", 2, later_s, 11))
        links = [await ground.add(f"tlog://{path}?speed={speed}&start={start}") for path in urls]
        stood = []
        replay = Replay(lambda: (forgotten.append(len(ground.heard)), ground.heard.clear()), stood.append)
        replays.append(replay)
        await replay.begin(links)
        ground.forgotten, ground.stood = forgotten, stood
        return ground, replay, links

    yield begin
    for replay in replays:
        asyncio.get_event_loop().create_task(replay.stop())


def heard(ground):
    return [(received.sysid, received.seq) for received in ground.heard]


async def test_times_are_aligned_whatever_the_order_of_the_files(play):
    ground, replay, _ = await play(start=7.5)
    await ground.until(11)
    await asyncio.sleep(0.02)
    assert sorted(heard(ground)) == [*((1, seq) for seq in range(8)), *((2, seq) for seq in range(3))]
    assert (replay.from_s, replay.to_s) == (NOON_S, NOON_S + 20.0)
    assert replay.at_s == pytest.approx(NOON_S + 7.5, abs=0.2)
    assert [(span.name, span.from_s) for span in replay.spans] == [("one.tlog", NOON_S), ("two.tlog", NOON_S + 5.0)]


async def test_forward_tells_what_lies_between_and_back_tells_all_again(play):
    ground, replay, _ = await play()
    await ground.until(1)
    replay.seek(NOON_S + 10.2)
    await ground.until(17)
    assert len(ground.forgotten) == 1
    replay.seek(NOON_S + 2.2)
    await ground.until(3)
    await asyncio.sleep(0.02)
    assert heard(ground) == [(1, 0), (1, 1), (1, 2)]
    assert len(ground.forgotten) == 2


async def test_while_paused_nothing_comes_but_what_is_sought(play):
    ground, replay, _ = await play(speed=100.0)
    replay.pause()
    stood_at_s = replay.at_s
    await asyncio.sleep(0.05)
    assert replay.at_s == stood_at_s
    ground.heard.clear()
    replay.seek(NOON_S + 20.0)
    await asyncio.sleep(0.05)
    assert replay.paused
    assert {(1, 20), (2, 10)} <= {*heard(ground)}


async def test_at_the_end_it_stands_and_can_be_played_again(play):
    ground, replay, links = await play(speed=100.0)
    async with asyncio.timeout(5):
        for link in links:
            await link.finished.wait()
    assert len(heard(ground)) == 32
    await asyncio.sleep(0.02)
    assert replay.at_s == replay.to_s
    replay.seek(replay.from_s)
    async with asyncio.timeout(5):
        for link in links:
            await link.finished.wait()
    assert len(heard(ground)) == 32


async def test_nobody_falls_silent_when_the_recordings_end_and_time_goes_on_when_they_are_played_again(
    play, eventually
):
    ground, replay, _ = await play(speed=100.0)
    await eventually(lambda: ground.stood == [True])
    replay.play(0.1)
    assert ground.stood == [True, True]
    replay.seek(replay.from_s)
    await eventually(lambda: ground.stood == [True, True, False])
    replay.pause()
    assert ground.stood[-1]


async def test_a_time_in_which_no_recording_has_anything_is_skipped(play):
    ground, _, links = await play(speed=100.0, later_s=86_400.0)
    async with asyncio.timeout(5):
        for link in links:
            await link.finished.wait()
    assert len(heard(ground)) == 32


async def test_speeds_have_bounds_and_places_are_brought_into_the_recordings(play):
    _, replay, _ = await play()
    for speed in (0.0, 0.01, 101.0):
        with pytest.raises(ValueError, match=r"speed must be 0\.1 to 100"):
            replay.play(speed)
    replay.seek(0.0)
    assert replay.at_s == pytest.approx(replay.from_s, abs=0.1)
    replay.seek(NOON_S * 2.0)
    assert replay.at_s == replay.to_s


def test_a_span_is_read_from_the_ends_also_of_damaged_files(tmp_path):
    path = record(tmp_path / "one.tlog", 1, 0.0, 9000)
    assert span_of(path) == (NOON_S, NOON_S + 8999.0)
    path.write_bytes(path.read_bytes() + b"\xfd rubbish at the end")
    assert span_of(path) == (NOON_S, NOON_S + 8999.0)
    empty = tmp_path / "empty.tlog"
    empty.write_bytes(b"")
    assert span_of(empty) == (0.0, 0.0)
    with pytest.raises(TlogError, match="nowhere"):
        span_of(tmp_path / "nowhere.tlog")
