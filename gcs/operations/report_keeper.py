"""Writes a report anew when a sighting of its operation goes on after the landing.

The report is written when everybody is down; what was seen is often settled later.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from gcs.operations.model import Operation
from gcs.operations.ports import ReportWriter
from gcs.sightings.model import Sighting

SETTLE_S = 1.0
"""Steps follow each other; they are waited for a moment so that the report is not written for each."""


class ReportKeeper:
    """`operations` are those of the conductor; `write` writes one report, OSError or ValueError when it cannot."""

    def __init__(self, operations: Callable[[], Mapping[str, Operation]], write: ReportWriter) -> None:
        self._operations = operations
        self._write = write
        self._due: set[str] = set()
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def sighting_changed(self, sighting: Sighting) -> None:
        """Take note; returns at once."""
        operation = self._operations().get(sighting.operation or "")
        if operation is not None and operation.report is not None:
            self._due.add(operation.id)
            self._wake.set()

    async def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run(), name="report keeper")

    async def stop(self) -> None:
        """Write what is due, then stop."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
        await self._write_due()

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            await asyncio.sleep(SETTLE_S)
            await self._write_due()

    async def _write_due(self) -> None:
        """A report that cannot be written stays due until its next sighting changes, or the end."""
        for operation_id in tuple(self._due):
            self._due.discard(operation_id)
            try:
                await self._write(self._operations()[operation_id])
            except (OSError, ValueError):
                self._due.add(operation_id)
