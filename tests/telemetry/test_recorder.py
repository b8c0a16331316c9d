"""Both directions are kept; a disk that is full or broken is told and never raises."""

import errno
import os
import time

import pytest

from telemetry import recorder as module
from telemetry.frames import encode_frame
from telemetry.messages import new
from telemetry.recorder import Recorder
from telemetry.tlog import read_tlog

FRAMES = [encode_frame(new("HEARTBEAT", custom_mode=n), seq=n % 256, sysid=1, compid=1) for n in range(500)]


@pytest.fixture
def recorder(tmp_path):
    made = []

    def make(folder=tmp_path / "recordings", **options):
        made.append(Recorder(folder, **options))
        return made[-1]

    yield make
    for each in made:
        each.close()


def test_what_is_recorded_is_read_back_with_its_times(recorder, tmp_path):
    kept = recorder()
    for number, frame in enumerate(FRAMES):
        kept.record(frame, 1_790_000_000_000_000 + number)
    kept.close()
    (path,) = (tmp_path / "recordings").iterdir()

    assert [(us - 1_790_000_000_000_000, frame.raw) for us, frame in read_tlog(path)] == list(enumerate(FRAMES))
    assert (kept.frames, kept.lost, kept.problem) == (len(FRAMES), 0, "")
    assert path.name.startswith("20")
    assert path.name.endswith("Z.tlog")


def test_a_new_file_starts_when_one_is_large(recorder, tmp_path):
    kept = recorder(segment_bytes=1, flush_s=0.001)
    for frame in FRAMES[:3]:
        before = kept.frames
        kept.record(frame, 1)
        while kept.frames == before:
            os.sched_yield()
    kept.close()
    paths = sorted((tmp_path / "recordings").iterdir())

    assert [frame.raw for path in paths for _, frame in read_tlog(path)] == FRAMES[:3]
    assert len(paths) == 3


def test_the_oldest_recordings_go_when_there_are_too_many_but_never_a_protected_one(recorder, tmp_path):
    folder = tmp_path / "recordings"
    folder.mkdir()
    for name in ("2020-a.tlog", "2020-b.tlog", "2020-c.tlog", "notes.txt"):
        (folder / name).write_bytes(bytes(1000))
    (folder / "2020-a.tlog.keep").touch()
    kept = recorder(keep_bytes=3000, segment_bytes=1000)
    kept.record(FRAMES[0], 1)
    kept.close()
    left = sorted(path.name for path in folder.iterdir())

    assert left[:3] == ["2020-a.tlog", "2020-a.tlog.keep", "2020-c.tlog"]
    assert left[-1] == "notes.txt"
    assert len(left) == 5


def test_without_frames_there_is_no_file(recorder, tmp_path):
    recorder().close()

    assert not (tmp_path / "recordings").exists()


def test_a_folder_that_cannot_be_is_told_and_costs_only_the_recording(recorder, tmp_path):
    (tmp_path / "file").write_text("")
    kept = recorder(tmp_path / "file" / "recordings")
    kept.record(FRAMES[0], 1)
    kept.close()

    assert (kept.frames, kept.lost) == (0, 1)
    assert "Not a directory" in kept.problem


def test_a_full_disk_is_told_and_recording_goes_on_in_a_new_file_when_there_is_room(recorder, tmp_path, monkeypatch):
    class Full(module.FileIO):
        full = True

        def write(self, data):
            if Full.full:
                super().write(bytes(data[:5]))
                raise OSError(errno.ENOSPC, "No space left on device")
            return super().write(data)

    monkeypatch.setattr(module, "FileIO", Full)
    monkeypatch.setattr(module, "RETRY_S", 0.0)
    kept = recorder(flush_s=0.001)
    kept.record(FRAMES[0], 1)
    while not kept.problem:
        os.sched_yield()
    problem, Full.full = kept.problem, False
    kept.record(FRAMES[1], 2)
    kept.close()

    assert "No space left on device" in problem
    assert (kept.frames, kept.lost, kept.problem) == (1, 1, "")
    paths = sorted((tmp_path / "recordings").iterdir())
    assert [frame.raw for path in paths for _, frame in read_tlog(path)] == [FRAMES[1]]


def test_on_a_full_disk_the_oldest_recording_goes_but_none_that_is_protected_or_in_use(recorder, tmp_path, monkeypatch):
    folder = tmp_path / "recordings"
    folder.mkdir()
    for name, age_s in (("2020-a", 9e6), ("2020-b", 9e6), ("2020-c", 9e6), ("2020-d.north", 1)):
        path = folder / f"{name}.tlog"
        path.write_bytes(bytes(1000))
        os.utime(path, (time.time() - age_s,) * 2)
    (folder / "2020-a.tlog.keep").touch()
    room_at = {"2020-a.tlog", "2020-d.north.tlog"}

    class Disk(module.FileIO):
        def write(self, data):
            if {path.name for path in folder.glob("2020-*.tlog")} != room_at:
                raise OSError(errno.ENOSPC, "No space left on device")
            return super().write(data)

    monkeypatch.setattr(module, "FileIO", Disk)
    monkeypatch.setattr(module, "RETRY_S", 0.0)
    kept = recorder(flush_s=0.001)
    while not kept.frames:
        kept.record(FRAMES[0], 1)
        os.sched_yield()
    kept.close()

    assert {path.name for path in folder.glob("2020-*.tlog")} == room_at
    assert kept.problem == ""


def test_a_disk_full_of_others_things_costs_no_more_than_the_recording(recorder, tmp_path, monkeypatch):
    class Full(module.FileIO):
        def write(self, data):
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(module, "FileIO", Full)
    kept = recorder(flush_s=0.001)
    kept.record(FRAMES[0], 1)
    kept.close()

    assert (kept.frames, kept.lost) == (0, 1)
    assert "No space left" in kept.problem


def test_memory_is_bounded_while_the_disk_hangs(recorder, monkeypatch):
    monkeypatch.setattr(module, "LARGEST_BACKLOG", 10)
    kept = recorder(flush_s=60.0)
    for frame in FRAMES:
        kept.record(frame, 1)

    assert kept.lost == len(FRAMES) - 10
