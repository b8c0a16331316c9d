"""A recording as a link."""

import asyncio
import time
from pathlib import Path

import pytest

from telemetry.frames import encode_frame
from telemetry.links.endpoint import Endpoint
from telemetry.links.url import LinkError
from telemetry.messages import new
from telemetry.recorder import Recorder
from telemetry.tlog import read_tlog

RECORDING = Path(__file__).parents[2] / "data/sitl/mission_ok.tlog.gz"
PAUSES_S = (0.0, 0.02, 3600.0, -50.0, 0.02)


async def test_as_fast_as_possible_everything_is_heard_in_order(stations):
    ground = stations(subscribed=None)
    link = await ground.add(f"tlog://{RECORDING}?speed=0")
    await link.finished.wait()

    wanted = [frame for _, frame in read_tlog(RECORDING)]
    assert [received.seq for received in ground.heard] == [frame.seq for frame in wanted]
    assert {received.origin.peer for received in ground.heard} == {RECORDING.name}
    assert link.status().state == "closed"


@pytest.fixture
def recording(tmp_path):
    path, at_us, data = tmp_path / "flight.tlog", 1_790_000_000_000_000, b""
    for seq, pause_s in enumerate(PAUSES_S):
        at_us += int(pause_s * 1e6)
        data += at_us.to_bytes(8, "big") + encode_frame(new("HEARTBEAT"), seq=seq, sysid=1, compid=1)
    path.write_bytes(data)
    return path


async def test_pauses_are_kept_at_the_speed_asked_for_and_never_longer_than_ten_seconds(stations, recording):
    ground = stations()
    start_s = time.monotonic()
    link = await ground.add(f"tlog://{recording}?speed=200")
    async with asyncio.timeout(5):
        await link.finished.wait()
    took_s = time.monotonic() - start_s

    assert [received.seq for received in ground.heard] == [0, 1, 2, 3, 4]
    assert took_s >= 10.04 / 200


async def test_playing_can_be_stopped_and_nothing_is_sent_or_recorded_again(recording, tmp_path, heartbeat):
    recorder = Recorder(tmp_path / "again")
    heard = []
    ground = Endpoint(sysid=255, compid=190, subscribed=None, on_message=heard.append, recorder=recorder)
    link = await ground.add(f"tlog://{recording}?speed=0.001")
    await asyncio.sleep(0)
    ground.send(heartbeat)
    await ground.stop()
    recorder.close()

    assert len(heard) == 1
    assert (link.status().state, link.unsent, recorder.frames) == ("closed", 1, 0)


async def test_a_file_that_is_not_there_is_one_clear_line(stations):
    with pytest.raises(LinkError, match="No such file"):
        await stations().add("tlog:///nowhere/flight.tlog")


async def test_what_lies_before_the_start_is_told_at_once(stations, recording):
    ground = stations()
    link = await ground.add(f"tlog://{recording}?speed=0.001&start=3000")
    await ground.until(2)
    await asyncio.sleep(0.02)

    assert [received.seq for received in ground.heard] == [0, 1]
    assert link.position_s == pytest.approx(0.02)


async def test_speed_and_place_change_while_it_plays_and_after_its_end(stations, recording):
    ground = stations()
    link = await ground.add(f"tlog://{recording}?speed=0.001")
    await ground.until(1)
    link.seek(0.02)
    await ground.until(2)
    link.play_at(0.0)
    await ground.until(5)
    await link.finished.wait()
    link.seek(0.0)

    assert link.status().state == "open"
    assert [received.seq for received in await ground.until(10)] == [0, 1, 2, 3, 4] * 2
    await link.finished.wait()


async def test_back_is_through_it_again_from_the_start(stations, recording):
    ground = stations()
    link = await ground.add(f"tlog://{recording}?speed=0.001&start=3599")
    await ground.until(2)
    link.seek(0.01)

    assert [received.seq for received in await ground.until(3)] == [0, 1, 0]
