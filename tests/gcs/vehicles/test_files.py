"""Logs of a vehicle, read on its wire."""

import asyncio

import pytest

from gcs.vehicles.files import LARGEST, FileDesk, FileUnreadError, UnknownLogError
from gcs.vehicles.work import WorkRefusedError

LOG = bytes(range(256)) * 3
SIZE = len(LOG)
CHUNK = 90


def keep_logs(post, size=SIZE):
    """The autopilot has one log, number 4."""

    def tell(_):
        post.autopilot.say("LOG_ENTRY", id=4, num_logs=1, last_log_num=4, size=size, time_utc=1_767_225_600)

    def give(message):
        for at in range(message.ofs, min(size, message.ofs + message.count), CHUNK):
            part = LOG[at : at + CHUNK]
            data = tuple(part.ljust(CHUNK, b"\0"))
            post.autopilot.say("LOG_DATA", id=4, ofs=at, count=len(part), data=data)

    post.autopilot._log_request_list, post.autopilot._log_request_data = tell, give


@pytest.fixture
def desk(post):
    return FileDesk(post.station)


def test_a_log_is_read_whole_and_told_with_who_read_it(post, desk):
    keep_logs(post)

    async def story():
        return await desk.logs("main-1", "chen"), await desk.log("main-1", 4, "chen")

    (entry,), data = post.run(story)
    assert (entry.id, entry.size, data) == (4, len(LOG), LOG)
    done = [event for event in post.events if event.kind == "log.done"]
    assert [(event.actor, event.data["log"], event.data["size"]) for event in done] == [("chen", 4, len(LOG))]


def test_a_log_that_is_not_there_or_beyond_all_measure_is_not_read(post, desk):
    keep_logs(post, size=LARGEST + 1)

    async def story():
        with pytest.raises(UnknownLogError):
            await desk.log("main-1", 5, "chen")
        with pytest.raises(FileUnreadError, match="larger"):
            await desk.log("main-1", 4, "chen")

    post.run(story)


def test_a_vehicle_that_answers_nothing_gives_an_error_and_an_event(post, desk):
    async def story():
        with pytest.raises(FileUnreadError):
            await desk.file("main-1", "/APM/x", "chen")

    post.run(story)
    assert [event.kind for event in post.events if event.kind.startswith("file.")] == ["file.started", "file.failed"]


def test_nothing_is_read_while_armed_and_odd_paths_are_not_asked_for(post, desk):
    async def story():
        for path in ("", "/" * 240, "/a\0b"):
            with pytest.raises(ValueError, match="path"):
                await desk.file("main-1", path, "chen")
        post.autopilot.armed = True
        await asyncio.sleep(2)
        with pytest.raises(WorkRefusedError, match="armed"):
            await desk.logs("main-1", "chen")

    post.run(story)
