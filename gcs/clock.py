"""The only place that reads a clock; everything else is handed the time."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """`monotonic_s` for intervals and deadlines, `utc` for what is written down."""

    def monotonic_s(self) -> float: ...

    def utc(self) -> datetime: ...


class SystemClock:
    """The machine's clocks."""

    def monotonic_s(self) -> float:
        return time.monotonic()

    def utc(self) -> datetime:
        return datetime.now(UTC)


class StandingClock(SystemClock):
    """The machine's clocks; while it stands, no interval passes, so that nobody falls silent meanwhile."""

    def __init__(self) -> None:
        self._stood_s = 0.0
        self._since_s: float | None = None

    def monotonic_s(self) -> float:
        now_s = super().monotonic_s() if self._since_s is None else self._since_s
        return now_s - self._stood_s

    def stand(self, standing: bool) -> None:
        """Stand, or go on."""
        now_s = super().monotonic_s()
        if standing and self._since_s is None:
            self._since_s = now_s
        elif not standing and self._since_s is not None:
            self._stood_s += now_s - self._since_s
            self._since_s = None


class ManualClock:
    """A clock moved by hand, for tests and virtual time."""

    def __init__(self, utc: datetime = datetime(2026, 1, 1, tzinfo=UTC), monotonic_s: float = 0.0) -> None:
        self._utc = utc
        self._monotonic_s = monotonic_s

    def monotonic_s(self) -> float:
        return self._monotonic_s

    def utc(self) -> datetime:
        return self._utc

    def advance(self, seconds: float) -> None:
        self._monotonic_s += seconds
        self._utc += timedelta(seconds=seconds)
