"""What of signing outlives a restart: our signing time and the last timestamp of every stream."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import msgspec

from telemetry.signing import TICKS_PER_S

SAVE_EVERY_S = 1.0
UNSAVED = 2 * TICKS_PER_S


class TimesFileError(ValueError):
    """The file of signing times cannot be used: why, in one line."""


class Times(msgspec.Struct, frozen=True):
    """Our signing time, and `(sysid, compid, link id, timestamp)` of each stream."""

    latest: int = 0
    streams: tuple[tuple[int, int, int, int], ...] = ()


def load_times(path: Path) -> Times:
    """As saved, and two seconds on: what was heard after the last save must not be believed again.

    A file that is not there is a first start. Raises TimesFileError for one that cannot be read: to go on
    without it would let old frames in.
    """
    try:
        saved = msgspec.json.decode(path.read_bytes(), type=Times)
    except FileNotFoundError:
        return Times()
    except (OSError, msgspec.DecodeError) as error:
        raise TimesFileError(f"{path}: signing times cannot be read: {error}") from None
    streams = tuple((sysid, compid, link, last + UNSAVED) for sysid, compid, link, last in saved.streams)
    return Times(saved.latest + UNSAVED, streams)


def save_times(path: Path, times: Times) -> None:
    """All or nothing, synced to the disk. Raises OSError."""
    fresh = path.with_name(path.name + ".new")
    with fresh.open("wb") as file:
        file.write(msgspec.json.encode(times))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


class TimesKeeper:
    """Saves once a second while there is traffic, off the loop. `problem` says why the last save failed."""

    def __init__(self, path: Path, times: Callable[[], Times]) -> None:
        self.problem = ""
        self._path = path
        self._times = times
        self._due_s = 0.0
        self._saving: asyncio.Future[None] | None = None

    def note(self, now_s: float) -> None:
        """To be called when something was heard."""
        if now_s >= self._due_s and (self._saving is None or self._saving.done()):
            self._due_s = now_s + SAVE_EVERY_S
            self._saving = asyncio.get_running_loop().run_in_executor(None, self._save, self._times())

    async def close(self) -> None:
        """Save the end state."""
        if self._saving is not None:
            await self._saving
        await asyncio.to_thread(self._save, self._times())

    def _save(self, times: Times) -> None:
        try:
            save_times(self._path, times)
        except OSError as error:
            self.problem = f"{self._path}: {error.strerror}"
        else:
            self.problem = ""
