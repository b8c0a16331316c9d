"""Reads .tlog recordings, whole or damaged, plain or gzipped.

    record = 8 bytes unix microseconds (big-endian) + one MAVLink frame

Frames of known ids are checked and what is damaged is skipped to the next good frame. An id that the dialect
lacks cannot be checked: its frame is taken when a record follows where it says it ends. Times may go back.
"""

from __future__ import annotations

import gzip
import os
import zlib
from collections.abc import Iterable, Iterator
from io import BufferedReader, BytesIO
from pathlib import Path
from typing import Protocol

from telemetry.dialect import ARDUPILOTMEGA, Dialect
from telemetry.frames import MAX_FRAME, START, Frame, checked_frame, claimed_size, header_of, without_signature
from telemetry.signing import KEY_BEARER

STAMP = 8
LARGEST_RECORD = STAMP + MAX_FRAME
PIECE = 1 << 18
UNREADABLE = (OSError, EOFError, zlib.error)
_GZIP = b"\x1f\x8b"
_NEAR_US = 24 * 3600 * 1_000_000


class TlogError(ValueError):
    """A file that cannot be read as a recording, in one line."""


Recording = gzip.GzipFile | BufferedReader


class Readable(Protocol):
    """A binary file as far as a reader needs it."""

    def read1(self, size: int, /) -> bytes: ...


def open_tlog(path: Path) -> Recording:
    """The bytes of a recording, unpacked when gzipped. Raises TlogError when it cannot be opened."""
    try:
        with path.open("rb") as file:
            packed = file.read(2) == _GZIP
        return gzip.open(path) if packed else path.open("rb")
    except OSError as error:
        raise TlogError(f"{path}: cannot be read: {error.strerror}") from None


def position(file: Recording) -> int:
    """How many bytes of the file itself were read, packed ones when it is gzipped."""
    return os.lseek(file.fileno(), 0, os.SEEK_CUR)


def read_tlog(path: Path, dialect: Dialect = ARDUPILOTMEGA) -> Iterator[tuple[int, Frame]]:
    """Unix microseconds and frame of each record. Raises TlogError when the file cannot be opened."""
    with open_tlog(path) as file:
        yield from TlogReader(file, dialect)


def span_of(path: Path, dialect: Dialect = ARDUPILOTMEGA) -> tuple[float, float]:
    """Unix seconds of the first record and of the latest one near the end; zeros when there is none. A packed
    recording is unpacked for it, as its end is nowhere else. Raises TlogError when the file cannot be opened."""
    first = next(((at_us / 1e6) for at_us, _ in read_tlog(path, dialect)), 0.0)
    with open_tlog(path) as file:
        tail = _tail(file)
    return first, max((at_us / 1e6 for at_us, _ in TlogReader(BytesIO(tail), dialect)), default=first)


def _tail(file: Recording) -> bytes:
    """The last bytes of what can be read."""
    if isinstance(file, BufferedReader):
        file.seek(max(0, file.seek(0, os.SEEK_END) - PIECE))
    tail = b""
    try:
        while piece := file.read1(PIECE):
            tail = (tail + piece)[-PIECE:]
    except UNREADABLE:
        return tail
    return tail


def plain_records(records: Iterable[tuple[int, Frame]], dialect: Dialect = ARDUPILOTMEGA) -> Iterator[bytes]:
    """The records of a copy for others: without signatures, and without messages that carry a key."""
    for unix_us, frame in records:
        if frame.msgid != KEY_BEARER:
            yield unix_us.to_bytes(STAMP, "big") + without_signature(frame, dialect)


class TlogReader:
    """Iterates over the records of an open file; counts what it could not use.

    `skipped_bytes` are in no record, `unknown` counts frames of unknown ids, `damage` says why the file
    ended early (a gzip stream that is cut) and is empty otherwise.
    """

    def __init__(self, file: Readable, dialect: Dialect = ARDUPILOTMEGA) -> None:
        self._file = file
        self._dialect = dialect
        self._data = b""
        self._at = 0
        self._ended = False
        self._last_us = 0
        self.frames = 0
        self.unknown = 0
        self.skipped_bytes = 0
        self.damage = ""

    def __iter__(self) -> Iterator[tuple[int, Frame]]:
        while self._fill():
            frame = self._good_frame() or self._unknown_frame()
            if frame is None:
                self._skip()
            else:
                self._at += STAMP + len(frame.raw)
                self.frames += 1
                yield self._last_us, frame

    def _fill(self) -> bool:
        """Make sure that a whole record is at hand; False at the end."""
        while not self._ended and len(self._data) - self._at < 2 * LARGEST_RECORD:
            try:
                piece = self._file.read1(PIECE)
            except UNREADABLE as error:
                self.damage, piece = str(error), b""
            self._ended = not piece
            self._data, self._at = self._data[self._at :] + piece, 0
        return self._at < len(self._data)

    def _good_frame(self) -> Frame | None:
        """The record here, when its frame is good: whatever its time says, the checksum counts."""
        frame = checked_frame(self._data, self._at + STAMP, self._dialect)
        if frame is not None:
            self._last_us = self._stamp(self._at)
        return frame

    def _unknown_frame(self) -> Frame | None:
        """The record here, when its id is unknown, its time is near and another record (or the end) follows."""
        data, start = self._data, self._at + STAMP
        size = claimed_size(data, start)
        if size is None or start + size > len(data):
            return None
        frame = header_of(data[start : start + size])
        after = start + size
        follows = after == len(data) or claimed_size(data, after + STAMP) is not None
        if frame.msgid in self._dialect.by_id or not follows or not self._near(self._at, after):
            return None
        self.unknown += 1
        self._last_us = self._stamp(self._at)
        return frame

    def _near(self, *places: int) -> bool:
        """Whether the times there are within a day of the last one; before the first, of each other."""
        stamps = [self._stamp(place) for place in places if place < len(self._data)]
        reference = self._last_us or stamps[0]
        return all(abs(stamp - reference) < _NEAR_US for stamp in stamps)

    def _skip(self) -> None:
        """To the nearest place where a record could start."""
        found = START.search(self._data, self._at + STAMP + 1)
        beyond = len(self._data) if self._ended else max(len(self._data) - STAMP, self._at + 1)
        to = found.start() - STAMP if found else beyond
        self.skipped_bytes += to - self._at
        self._at = to

    def _stamp(self, at: int) -> int:
        return int.from_bytes(self._data[at : at + STAMP], "big")
