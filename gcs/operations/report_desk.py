"""Writes the report of an operation: everything kept about it, gathered, drawn beside the loop, put down whole."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from gcs.clock import Clock
from gcs.dispatch.model import Unit
from gcs.events import Event
from gcs.operations.model import Operation
from gcs.operations.tracks import TrackPoint
from gcs.sightings.model import Sighting
from maps.report import report_html
from missions.plan import Plan

EVENTS_AT_ONCE = 2000
LATE_EVENTS = timedelta(hours=1)
"""How long after the end something may still be kept that belongs to the operation: a disk was full."""


class Records(Protocol):
    """What a report is made of; `gcs.store.store.Store` has it."""

    async def get_plan(self, plan_hash: str) -> Plan | None: ...

    async def read_tracks(self, operation: str) -> Mapping[str, Sequence[TrackPoint]]: ...

    async def list_operation_sightings(self, operation: str) -> Sequence[Sighting]: ...

    async def list_units(self) -> Sequence[Unit]: ...

    async def read_events(self, after: int, limit: int, *, operation: str | None = None) -> Sequence[Event]: ...


class ReportDesk:
    """`names` are the classes of sightings as `{id: (zh, en)}`."""

    def __init__(self, records: Records, folder: Path, clock: Clock, names: Mapping[str, tuple[str, str]]) -> None:
        self._records = records
        self._folder = folder
        self._clock = clock
        self._names = names

    async def write(self, operation: Operation) -> str | None:
        """Write the report to the folder; its path. OSError when it cannot be written, None without a plan."""
        draw = await self.gather(operation)
        if draw is None:
            return None
        path = self._folder / f"{operation.id}.html"
        await asyncio.to_thread(_draw_and_write, draw, path)
        return str(path)

    async def gather(self, operation: Operation) -> Callable[[], str] | None:
        """Everything the report needs, read; call what is returned, beside the loop, for the page."""
        plan = await self._records.get_plan(operation.plan_hash)
        if plan is None:
            return None
        tracks = await self._records.read_tracks(operation.id)
        sightings = await self._records.list_operation_sightings(operation.id)
        units = await self._records.list_units()
        events = await self._events(operation)
        written_at, names = self._clock.utc(), self._names
        return lambda: report_html(
            operation, plan, tracks, sightings, units, events, written_at=written_at, names=names
        )

    async def _events(self, operation: Operation) -> list[Event]:
        """What happened from the operation's first event until well after its end."""
        events: list[Event] = []
        first = await self._records.read_events(0, 1, operation=operation.id)
        after = first[0].seq - 1 if first else 0
        end = operation.closed_at + LATE_EVENTS if operation.closed_at else None
        while page := await self._records.read_events(after, EVENTS_AT_ONCE):
            after = page[-1].seq
            events += page
            if end is not None and page[0].at > end:
                break
        return events


def _draw_and_write(draw: Callable[[], str], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    written = path.with_suffix(".new")
    with written.open("w", encoding="utf-8") as file:
        file.write(draw())
        file.flush()
        os.fsync(file.fileno())
    written.replace(path)
