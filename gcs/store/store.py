"""The store: what an await returned for is on the disk, synced.

Writes go through the one writer, reads run on threads of their own; the event loop never waits for the disk.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from gcs.dispatch.model import Unit
from gcs.events import Event
from gcs.operations.model import Operation
from gcs.operations.tracks import TrackPoint
from gcs.sightings.intakes import Intake
from gcs.sightings.model import Sighting
from gcs.store import intakes as kept_intakes
from gcs.store import operations as kept_operations
from gcs.store import outbox as kept_outbox
from gcs.store import sightings as kept_sightings
from gcs.store.batch import Wanted
from gcs.store.engine import explain, writing_engine
from gcs.store.errors import BadDatabaseError, UnstorableError
from gcs.store.folder import FolderLock
from gcs.store.form import is_current
from gcs.store.outbox import Waiting
from gcs.store.reader import FILE_NAME, StoreReader
from gcs.store.sightings import Added
from gcs.store.writer import Writer
from missions.plan import Plan

CHECKED_BYTES = 256 * 1024 * 1024
"""Up to this size the whole file is checked for damage when it is opened."""


class Store(StoreReader):
    """The store of one data folder, held by one server. Every method raises StoreError when the disk fails."""

    def __init__(self, folder: Path, lock: FolderLock, writer: Writer) -> None:
        super().__init__(folder)
        self._lock = lock
        self._writer = writer

    @classmethod
    def open(cls, folder: Path) -> Store:
        """Open `folder`, made when missing, with its database brought up to date. Takes a moment: not on a busy loop.

        Raises FolderInUseError, BadDatabaseError, or StoreError; each is one line for whoever started the server.
        """
        lock = FolderLock(folder)
        file = folder / FILE_NAME
        engine = writing_engine(file)
        try:
            _check(engine, file)
            _bring_up_to_date(engine, file)
            return cls(folder, lock, Writer(engine, lambda error: explain(error, file)))
        except (sa.exc.SQLAlchemyError, OSError) as error:
            lock.release()
            reason = explain(error, file)
            if isinstance(reason, UnstorableError):
                raise BadDatabaseError(file, f"cannot be brought up to date: {error}") from error
            raise reason from error

    async def close(self) -> None:
        """Write what waits, then let go of the folder."""
        await self._writer.stop()
        await super().close()
        self._lock.release()

    @property
    def problem(self) -> str | None:
        """Why nothing can be kept at the moment; None while all is well. Looked at again every second."""
        return self._writer.problem

    @property
    def last_seq(self) -> int:
        """The number of the newest event kept."""
        return self._writer.seq

    @property
    def commits(self) -> int:
        """Synced commits since the start."""
        return self._writer.commits

    async def put_plan(self, plan: Plan) -> None:
        await self._writer.write(lambda batch: kept_operations.put_plan(batch, plan))

    async def put_operation(self, operation: Operation, events: Sequence[Event]) -> tuple[Event, ...]:
        """Keep the operation as it is now together with what happened; the events as kept (with `seq`)."""
        return await self._writer.write(lambda batch: kept_operations.put_operation(batch, operation, events))

    async def append_track(self, operation: str, vehicle: str, points: Sequence[TrackPoint]) -> None:
        await self._writer.write(lambda batch: kept_operations.append_track(batch, operation, vehicle, points))

    async def append_events(self, events: Sequence[Event]) -> tuple[Event, ...]:
        """Keep events that belong to no other record; the events as kept (with `seq`)."""
        return await self._writer.write(lambda batch: batch.keep_events(events))

    async def add_sighting(self, sighting: Sighting, events: Sequence[Event]) -> Added:
        """Keep a sighting with its events, unless its id is known: then what is kept stays as it is."""
        return await self._writer.write(lambda batch: kept_sightings.add_sighting(batch, sighting, events))

    async def join_sighting(self, report: str, sighting: Sighting, events: Sequence[Event]) -> Added:
        """Keep that a report tells of a sighting, which is as it is now, unless the report's id is known."""
        return await self._writer.write(lambda batch: kept_sightings.join_sighting(batch, report, sighting, events))

    async def record(
        self, sightings: Sequence[Sighting], units: Sequence[Unit], events: Sequence[Event]
    ) -> tuple[Event, ...]:
        """Keep sightings and units as they are now together with what happened: all or nothing."""
        return await self._writer.write(lambda batch: kept_sightings.record(batch, sightings, units, events))

    def deliver(self, wanted: Wanted) -> None:
        """From now on put every event kept into the outboxes of the channels that `wanted` names for it."""
        self._writer.wanted = wanted

    async def list_waiting(self, channel: str, limit: int, *, dead: bool = False) -> tuple[Waiting, ...]:
        """What a channel has to deliver, oldest first; or what it has given up."""
        return await self._read(lambda connection: kept_outbox.list_waiting(connection, channel, limit, dead=dead))

    async def count_outbox(self, channel: str) -> tuple[int, int]:
        """How many events a channel still has to deliver, and how many it has given up."""
        return await self._read(lambda connection: kept_outbox.count(connection, channel))

    async def delivered(self, channel: str, seqs: Sequence[int]) -> None:
        """The other side has these events."""
        await self._writer.write(lambda batch: kept_outbox.delivered(batch, channel, seqs))

    async def put_off(self, channel: str, seq: int, until: datetime, problem: str) -> None:
        """The event did not go; it is to be tried again at `until`."""
        await self._writer.write(lambda batch: kept_outbox.put_off(batch, channel, seq, until, problem))

    async def give_up(self, channel: str, seq: int, problem: str) -> None:
        """The event will never go; it stays on the list of what was given up."""
        await self._writer.write(lambda batch: kept_outbox.give_up(batch, channel, seq, problem))

    async def revive(self, channel: str, now: datetime) -> int:
        """Try again what a channel has given up; how many."""
        return await self._writer.write(lambda batch: kept_outbox.revive(batch, channel, now))

    async def put_intake(self, intake: Intake, events: Sequence[Event]) -> tuple[Event, ...]:
        """Keep a door for another system."""
        return await self._writer.write(lambda batch: kept_intakes.put_intake(batch, intake, events))

    async def drop_intake(self, intake_id: str, events: Sequence[Event]) -> tuple[Event, ...]:
        """The door is closed for good."""
        return await self._writer.write(lambda batch: kept_intakes.drop_intake(batch, intake_id, events))

    async def key(self, name: str) -> bytes:
        """The secret key of that name, made when it is asked for the first time."""
        return await self._writer.write(lambda batch: kept_intakes.key(batch, name))


def _bring_up_to_date(engine: sa.Engine, file: Path) -> None:
    with engine.begin() as connection:
        if not is_current(connection, file):
            from gcs.store.migrate import take_missing_steps  # noqa: PLC0415  11 MB that most starts do without

            take_missing_steps(connection)


def _check(engine: sa.Engine, file: Path) -> None:
    with engine.connect() as connection:
        if file.stat().st_size > CHECKED_BYTES:
            return
        found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
        if found != "ok":
            raise BadDatabaseError(file, f"is damaged ({found}); put it aside and restore a copy")
