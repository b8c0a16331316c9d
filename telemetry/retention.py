"""Which recordings have to go when they take too much room: the oldest first, never a protected one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Recording:
    """A file of a recording: names sort by time; `protected` ones are kept whatever they cost."""

    name: str
    size: int
    protected: bool


def too_many(recordings: Iterable[Recording], keep_bytes: int) -> list[Recording]:
    """What to delete so that the rest takes at most `keep_bytes`. Protected ones count, and stay."""
    found = sorted(recordings, key=lambda recording: recording.name)
    excess = sum(recording.size for recording in found) - keep_bytes
    gone: list[Recording] = []
    for recording in found:
        if excess <= 0:
            break
        if not recording.protected:
            gone.append(recording)
            excess -= recording.size
    return gone
