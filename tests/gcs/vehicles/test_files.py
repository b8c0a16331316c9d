"""Logs and files of a vehicle, read and written on its wire."""

import asyncio

import pytest
from scripted_files import ScriptedFtp

from gcs.vehicles.files import LARGEST, LARGEST_PUT, FileDesk, FileUnreadError, FileUnwrittenError, UnknownLogError
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


def test_a_log_is_seen_on_its_way_and_given_up_by_name(post, desk):
    keep_logs(post)
    give, seen = post.autopilot._log_request_data, []

    def slowly(message):
        give(message.replace(count=CHUNK))

    post.autopilot._log_request_data = slowly

    async def story():
        reading = asyncio.create_task(desk.log("main-1", 4, "chen"))
        while not seen or seen[-1].progress.done < 2 * CHUNK:
            await asyncio.sleep(0.1)
            seen.extend(each for each in post.station.transfers("main-1") if each.kind == "log")
        post.station.give_up("main-1", seen[-1], "li")
        with pytest.raises(FileUnreadError, match="cancelled by li"):
            await reading
        assert post.station.transfers("main-1") == ()

    post.run(story)
    assert (seen[-1].about, seen[-1].actor, seen[-1].progress.total) == ("4", "chen", SIZE)
    assert [event.kind for event in post.events if event.actor in ("chen", "li")][-2:] == [
        "transfer.cancelled", "log.failed",
    ]  # fmt: skip


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


SCRIPT = b"gcs:send_text(6, 'hello')" * 40


def keep_files(post, ftp):
    def answer(message):
        for told in ftp.take(message, (255, 190), 0.0):
            post.autopilot.say(told.message_name, **told.as_dict())

    post.autopilot._file_transfer_protocol = answer


def test_a_file_that_is_put_replaces_what_was_there_and_is_read_back(post, desk):
    ftp = ScriptedFtp({"/APM/a.lua": b"older"})
    keep_files(post, ftp)
    post.run(lambda: desk.put("main-1", "/APM/a.lua", SCRIPT, "chen"))
    assert ftp.files == {"/APM/a.lua": SCRIPT}
    told = [event for event in post.events if event.kind.startswith("file.")]
    assert [event.kind for event in told] == ["file.put.started", "file.put.done", "file.started", "file.done"]
    assert {(event.actor, event.data["path"]) for event in told} == {("chen", "/APM/a.lua")}
    assert told[0].data["size"] == len(SCRIPT)


class Careless(ScriptedFtp):
    """Agrees to everything and keeps the first bytes only, also where it says the checksum of what it was given."""

    def _calc_file_crc32(self, request):
        told = super()._calc_file_crc32(request)
        self.files = {path: held[:10] for path, held in self.files.items()}
        return told


def test_a_file_that_is_not_read_back_as_it_was_given_is_an_error(post, desk):
    keep_files(post, Careless())

    async def story():
        with pytest.raises(FileUnwrittenError, match="differs"):
            await desk.put("main-1", "/a.lua", SCRIPT, "chen")

    post.run(story)


def test_a_vehicle_that_takes_no_files_is_an_error_and_an_event(post, desk):
    async def story():
        with pytest.raises(FileUnwrittenError):
            await desk.put("main-1", "/a.lua", SCRIPT, "chen")

    post.run(story)
    assert [event.kind for event in post.events if event.kind.startswith("file.")] == [
        "file.put.started",
        "file.put.failed",
    ]


def test_nothing_is_put_where_parameters_and_missions_are_nor_beyond_all_measure_nor_while_armed(post, desk):
    ftp = ScriptedFtp()
    keep_files(post, ftp)

    async def story():
        for path in ("@PARAM/param.pck", "@MISSION/mission.dat", "", "/" * 240):
            with pytest.raises(ValueError, match=r"file|path"):
                await desk.put("main-1", path, SCRIPT, "chen")
        with pytest.raises(ValueError, match="bytes"):
            await desk.put("main-1", "/a", bytes(LARGEST_PUT + 1), "chen")
        post.autopilot.armed = True
        await asyncio.sleep(2)
        with pytest.raises(WorkRefusedError, match="armed"):
            await desk.put("main-1", "/a", SCRIPT, "chen")

    post.run(story)
    assert ftp.requests == []
