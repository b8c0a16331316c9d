"""The one thread that writes: group commit, synced before anybody is told.

Whoever comes while a commit runs waits for the next, and all who wait share it, so one sync serves many. A disk
that fails fails everybody of that batch: nobody is told that something was kept that was not. The next attempt
starts with a new connection, and while there is trouble the writer tries by itself, so that it is known to be over.
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

import sqlalchemy as sa

from gcs.store.batch import Batch, Wanted
from gcs.store.errors import StoreError, UnstorableError
from gcs.store.schema import events, probes
from gcs.store.times import microseconds

T = TypeVar("T")
LARGEST_BATCH = 1000
PROBE_EVERY_S = 1.0
_NEWEST = sa.select(sa.func.max(events.c.seq))


@dataclass(frozen=True, slots=True)
class _Job:
    work: Callable[[Batch], Any]
    future: asyncio.Future[Any]
    loop: asyncio.AbstractEventLoop


_Answer = tuple["asyncio.Future[Any]", Any, StoreError | None]


class Writer:
    """`explain` turns what the database raises into what whoever waits is told. Starts at once."""

    def __init__(self, engine: sa.Engine, explain: Callable[[Exception], StoreError]) -> None:
        self._engine = engine
        self._explain = explain
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._connection: sa.Connection | None = None
        self._stopped = False
        self.wanted: Wanted = lambda _: ()
        """Which channels want an event; asked on the writer's thread."""
        self.problem: str | None = None
        """Why nothing can be kept at the moment."""
        self.commits = 0
        """Synced commits so far."""
        self.seq = 0
        """The number of the newest event that is kept."""
        self._connect()
        self._thread = threading.Thread(target=self._run, name="store writer", daemon=True)
        self._thread.start()

    async def write(self, work: Callable[[Batch], T]) -> T:
        """What `work` returns, once the transaction it was part of is synced. Raises StoreError: nothing was kept.

        `work` runs on the writer's thread, may run twice, and must leave nothing behind but rows.
        """
        if self._stopped:
            raise StoreError("the store is closed")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._jobs.put(_Job(work, future, loop))
        return await future

    async def stop(self) -> None:
        """Write what waits, then end the thread and close the connection."""
        self._stopped = True
        self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)

    def _run(self) -> None:
        going = True
        while going:
            jobs, going = self._wait()
            if jobs:
                self._write(jobs)
            elif going:
                self._probe()
        self._disconnect()

    def _wait(self) -> tuple[list[_Job], bool]:
        """Everybody who waits now, and whether the writer goes on after them."""
        jobs: list[_Job] = []
        with contextlib.suppress(queue.Empty):
            job = self._jobs.get(timeout=None if self.problem is None else PROBE_EVERY_S)
            while job is not None:
                jobs.append(job)
                if len(jobs) == LARGEST_BATCH:
                    return jobs, True
                job = self._jobs.get_nowait()
            return jobs, False
        return jobs, True

    def _write(self, jobs: Sequence[_Job]) -> None:
        try:
            results = self._commit([job.work for job in jobs])
        except Exception as error:  # noqa: BLE001  whatever a record raises belongs to whoever waits for it
            self._disconnect()
            reason = self._explain(error)
            if not isinstance(reason, UnstorableError):
                self.problem = str(reason)
            elif len(jobs) > 1:
                for job in jobs:
                    self._write([job])
                return
            _tell((job, None, self._explain(error)) for job in jobs)
        else:
            _tell((job, result, None) for job, result in zip(jobs, results, strict=True))

    def _commit(self, works: Iterable[Callable[[Batch], Any]]) -> list[Any]:
        connection = self._connect()
        with connection.begin():
            batch = Batch(connection, self.seq, self.wanted)
            results = [work(batch) for work in works]
            batch.flush()
        self.seq = batch.seq
        self.commits += 1
        self.problem = None
        return results

    def _probe(self) -> None:
        try:
            self._commit([_touch])
        except Exception as error:  # noqa: BLE001  the trouble goes on; it is told, not raised
            self._disconnect()
            self.problem = str(self._explain(error))

    def _connect(self) -> sa.Connection:
        if self._connection is None:
            connection = self._engine.connect()
            with connection.begin():
                self.seq = connection.execute(_NEWEST).scalar() or 0
            self._connection = connection
        return self._connection

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(sa.exc.SQLAlchemyError):
                connection.close()


def _touch(batch: Batch) -> None:
    row = {"name": "writer", "at_us": microseconds(datetime.now(UTC))}
    batch.connection.execute(sa.delete(probes))
    batch.connection.execute(sa.insert(probes), row)


def _tell(answers: Iterable[tuple[_Job, Any, StoreError | None]]) -> None:
    """Wake everybody, one call a loop; a loop that is gone has nobody who waits."""
    by_loop: dict[asyncio.AbstractEventLoop, list[_Answer]] = {}
    for job, result, error in answers:
        by_loop.setdefault(job.loop, []).append((job.future, result, error))
    for loop, waiting in by_loop.items():
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(_wake, waiting)


def _wake(answers: Sequence[_Answer]) -> None:
    for future, result, error in answers:
        if future.done():
            continue
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)
