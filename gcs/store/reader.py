"""What is kept, read without a say in it: beside a running server, and by the store itself.

Reads run on threads of their own; the event loop never waits for the disk.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Self, TypeVar

import sqlalchemy as sa

from gcs.dispatch.model import Unit
from gcs.events import Event
from gcs.operations.model import Operation
from gcs.operations.tracks import TrackPoint
from gcs.sightings.intakes import Intake
from gcs.sightings.model import Sighting
from gcs.store import events as kept_events
from gcs.store import intakes as kept_intakes
from gcs.store import operations as kept_operations
from gcs.store import sightings as kept_sightings
from gcs.store.engine import READERS, explain, reading_engine
from gcs.store.errors import StoreError
from gcs.store.form import check_form
from gcs.store.times import microseconds
from missions.plan import Plan

T = TypeVar("T")
FILE_NAME = "aeropatrol.db"


class StoreReader:
    """The store of one data folder, of which nothing is changed. Every method raises StoreError when the disk fails."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._file = folder / FILE_NAME
        self._readers = reading_engine(self._file)
        self._threads = ThreadPoolExecutor(READERS, thread_name_prefix="store reader")

    @classmethod
    def open_beside(cls, folder: Path) -> Self:
        """Open what a server keeps in `folder`, also while it runs: no lock is taken and nothing is made.

        Raises StoreError, in one line, when there is no store or it is of another version.
        """
        file = folder / FILE_NAME
        if not file.is_file():
            raise StoreError(f"{folder} holds no store; name the data folder of the server with --data")
        reader = cls(folder)
        try:
            check_form(reader._readers, file)
        except (sa.exc.SQLAlchemyError, OSError) as error:
            reader._readers.dispose()
            raise explain(error, file) from error
        return reader

    async def close(self) -> None:
        await asyncio.to_thread(self._threads.shutdown)
        self._readers.dispose()

    async def get_plan(self, plan_hash: str) -> Plan | None:
        return await self._read(lambda connection: kept_operations.get_plan(connection, plan_hash))

    async def list_operations(self) -> tuple[Operation, ...]:
        """All operations, oldest first."""
        return await self._read(kept_operations.list_operations)

    async def read_track(self, operation: str, vehicle: str) -> Sequence[TrackPoint]:
        """The track of one vehicle, as it was appended."""
        tracks = await self._read(lambda connection: kept_operations.read_tracks(connection, operation, vehicle))
        return tracks.get(vehicle, [])

    async def read_tracks(self, operation: str) -> Mapping[str, Sequence[TrackPoint]]:
        """The tracks of an operation by vehicle."""
        return await self._read(lambda connection: kept_operations.read_tracks(connection, operation, None))

    async def read_events(
        self, after: int, limit: int, *, operation: str | None = None, sighting: str | None = None
    ) -> tuple[Event, ...]:
        """The first `limit` events after number `after`, of one operation or sighting where it is named."""
        return await self._read(
            lambda connection: kept_events.read_events(connection, after, limit, operation=operation, sighting=sighting)
        )

    async def get_sighting(self, sighting_id: str) -> Sighting | None:
        return await self._read(lambda connection: kept_sightings.get_sighting(connection, sighting_id))

    async def list_open_sightings(self) -> tuple[Sighting, ...]:
        """Every sighting that is not settled, oldest first."""
        return await self._read(kept_sightings.list_open)

    async def list_newest_sightings(self, limit: int, before_us: int | None = None) -> tuple[Sighting, ...]:
        """The newest sightings first; `before_us` (microseconds UTC of receipt) turns the page."""
        return await self._read(lambda connection: kept_sightings.list_newest(connection, limit, before_us))

    async def list_sightings_since(self, since: datetime, limit: int) -> tuple[Sighting, ...]:
        """The sightings received since then, the newest `limit` of them, oldest first."""
        return await self._read(lambda connection: kept_sightings.list_since(connection, microseconds(since), limit))

    async def list_operation_sightings(self, operation: str) -> tuple[Sighting, ...]:
        """The sightings that came in from an operation, oldest first."""
        return await self._read(lambda connection: kept_sightings.list_of_operation(connection, operation))

    async def list_units(self) -> tuple[Unit, ...]:
        return await self._read(kept_sightings.list_units)

    async def list_intakes(self) -> tuple[Intake, ...]:
        """The doors made for other systems, by name."""
        return await self._read(kept_intakes.list_intakes)

    async def _read(self, question: Callable[[sa.Connection], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._answer, question)

    def _answer(self, question: Callable[[sa.Connection], T]) -> T:
        try:
            with self._readers.connect() as connection:
                return question(connection)
        except sa.exc.SQLAlchemyError as error:
            raise explain(error, self._file) from error
