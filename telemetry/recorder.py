"""Keeps every frame of both directions in .tlog files; a full disk never reaches the flight.

Frames are collected in memory and written by one thread, several times a second. When writing fails the
frames that wait are dropped and counted, `problem` says why, and a new file is tried some seconds later. On a full
disk the oldest recording goes each time, so that the flight under way is recorded rather than one of long ago.
"""

from __future__ import annotations

import errno
import os
import threading
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from io import FileIO
from math import inf
from pathlib import Path

from telemetry.retention import Recording, too_many

FLUSH_S = 0.2
SUFFIX, PROTECTED = ".tlog", ".keep"
SEGMENT_BYTES, SEGMENT_S = 256 * 1024 * 1024, 3600.0
KEEP_BYTES = 20 * 1024 * 1024 * 1024
RETRY_S = 5.0
SYNC_S = 10.0
LARGEST_BACKLOG = 200_000
DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
IN_USE_S = 60.0
"""A recording that was written to so lately may still be."""


class Recorder:
    """`record` and `record_all` cost an append and never raise. Files are named by the UTC time at which they start.

    `frames` were written, `lost` were dropped, `problem` is empty while all is well. A `label` stands in the names
    behind the time. A new file starts when one exceeds `segment_bytes` or an hour. Then the oldest ones go as far as
    all together exceed `keep_bytes`, but never one with a file NAME.tlog.keep beside it. `close` writes what is left.
    """

    def __init__(
        self,
        folder: Path,
        *,
        segment_bytes: int = SEGMENT_BYTES,
        keep_bytes: int = KEEP_BYTES,
        flush_s: float = FLUSH_S,
        label: str = "",
    ) -> None:
        self.frames = 0
        self.lost = 0
        self.problem = ""
        self._folder = folder
        self._label = f".{label}" if label else ""
        self._segment_bytes = segment_bytes
        self._keep_bytes = keep_bytes
        self._flush_s = flush_s
        self._waiting: deque[tuple[int, bytes]] = deque()
        self._taken = 0
        self._settled = 0
        self._file: FileIO | None = None
        self._written = 0
        self._started_s = 0.0
        self._retry_at_s = 0.0
        self._sync_at_s = 0.0
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    def record(self, raw: bytes, unix_us: int) -> None:
        """One frame, as it was on the wire, with its time."""
        self.record_all((raw,), unix_us)

    def record_all(self, raws: Sequence[bytes], unix_us: int) -> None:
        """Frames of one moment."""
        if self._taken - self._settled + len(raws) > LARGEST_BACKLOG:
            self.lost += len(raws)
            return
        stamp = unix_us.to_bytes(8, "big")
        self._taken += len(raws)
        self._waiting.append((len(raws), stamp + stamp.join(raws)))

    def close(self) -> None:
        """Write what waits and end; blocks for as long as the disk takes."""
        self._closing.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._closing.wait(self._flush_s):
            self._flush()
        self._retry_at_s = 0.0
        self._flush()
        self._close_file()

    def _flush(self) -> None:
        batches = [self._waiting.popleft() for _ in range(len(self._waiting))]
        if not batches:
            return
        count = sum(frames for frames, _ in batches)
        self._settled += count
        if time.monotonic() < self._retry_at_s:
            self.lost += count
            return
        try:
            self._write(b"".join(records for _, records in batches))
        except OSError as error:
            self.lost += count
            self.problem = f"{error.filename or self._folder}: {error.strerror or error}"
            self._retry_at_s = time.monotonic() + RETRY_S
            self._close_file()
            if error.errno in DISK_FULL:
                self._give_up_oldest()
        else:
            self.frames += count
            self.problem = ""

    def _write(self, data: bytes) -> None:
        if self._file is None or self._written >= self._segment_bytes or self._is_old():
            self._close_file()
            self._make_room()
            self._file, self._written, self._started_s = self._new_file(), 0, time.monotonic()
        view = memoryview(data)
        while view:
            taken = self._file.write(view)
            self._written += taken
            view = view[taken:]
        if time.monotonic() >= self._sync_at_s:
            os.fsync(self._file.fileno())
            self._sync_at_s = time.monotonic() + SYNC_S

    def _new_file(self) -> FileIO:
        self._folder.mkdir(parents=True, exist_ok=True)
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S.%f}Z"
        return FileIO(self._folder / f"{name}{self._label}{SUFFIX}", "x")

    def _is_old(self) -> bool:
        return time.monotonic() - self._started_s > SEGMENT_S

    def _make_room(self) -> None:
        """Delete what retention says. A file that cannot be deleted stays; the next new file tries again."""
        with suppress(OSError):
            for recording in too_many(self._recordings(), self._keep_bytes - self._segment_bytes):
                (self._folder / recording.name).unlink()

    def _give_up_oldest(self) -> None:
        """Delete one recording that is neither protected nor in use, if there is one."""
        with suppress(OSError):
            idle = self._recordings(before_s=time.time() - IN_USE_S)
            for recording in too_many(idle, sum(recording.size for recording in idle) - 1)[:1]:
                (self._folder / recording.name).unlink()

    def _recordings(self, before_s: float = inf) -> list[Recording]:
        """Those last written to before that time."""
        found = ((path, path.stat()) for path in self._folder.glob(f"*{SUFFIX}"))
        return [
            Recording(path.name, stat.st_size, path.with_name(path.name + PROTECTED).exists())
            for path, stat in found
            if stat.st_mtime < before_s
        ]

    def _close_file(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            with suppress(OSError):
                file.close()
