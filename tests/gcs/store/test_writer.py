"""One sync serves everybody who waits; trouble with the disk reaches everybody and ends by itself."""

import asyncio
import sqlite3
import time

import pytest

from gcs.store import engine, writer
from gcs.store.errors import BadDatabaseError, StoreError, StoreFullError
from gcs.store.store import FILE_NAME, Store


class Disk:
    """Stands between the store and SQLite: limits the pages of the database, or fails every commit."""

    def __init__(self, monkeypatch):
        self.pages = 1_000_000
        self._connections = []
        made_durable = engine._make_durable

        def connect(connection, record):
            made_durable(connection, record)
            connection.execute(f"PRAGMA max_page_count={self.pages}")
            self._connections.append(connection)

        monkeypatch.setattr(engine, "_make_durable", connect)

    @property
    def connections(self):
        return len(self._connections)

    def limit(self, pages):
        self.pages = pages
        self._connections[-1].execute(f"PRAGMA max_page_count={pages}")


@pytest.fixture
def disk(monkeypatch):
    return Disk(monkeypatch)


async def fill(store, make):
    """Write until the disk is full; how many were acknowledged."""
    for kept in range(10_000):
        try:
            await store.append_events([make.event()])
        except StoreFullError:
            return kept
    raise AssertionError("the disk never became full")


async def test_many_waiting_writers_share_a_commit(store, make):
    before = store.commits
    await asyncio.gather(*(store.append_events([make.event()]) for _ in range(500)))
    assert store.commits - before <= 5
    assert len(await store.read_events(0, 1000)) == 500


async def test_every_commit_is_synced_write_ahead(store):
    found = await store._writer.write(
        lambda batch: [
            batch.connection.exec_driver_sql(f"PRAGMA {n}").scalar() for n in ("journal_mode", "synchronous")
        ]
    )
    assert found == ["wal", 2]


async def test_a_full_disk_fails_everybody_of_the_batch_and_nothing_of_it_is_kept(disk, tmp_path, make):
    store = Store.open(tmp_path)
    disk.limit(30)
    kept = await fill(store, make)
    assert "no space left" in store.problem
    answers = await asyncio.gather(*(store.append_events([make.event()]) for _ in range(50)), return_exceptions=True)
    assert {type(answer) for answer in answers} == {StoreFullError}
    assert len(await store.read_events(0, 20_000)) == kept == store.last_seq
    await store.close()


async def test_it_is_found_by_itself_that_there_is_space_again(disk, tmp_path, make, monkeypatch):
    monkeypatch.setattr(writer, "PROBE_EVERY_S", 0.05)
    store = Store.open(tmp_path)
    disk.limit(30)
    kept = await fill(store, make)
    assert "no space left" in store.problem
    disk.pages = 1_000_000
    async with asyncio.timeout(10):
        while store.problem is not None:  # noqa: ASYNC110  the writer tells nobody; it is looked at
            await asyncio.sleep(0.02)
    (event,) = await store.append_events([make.event()])
    assert event.seq == kept + 1
    await store.close()


async def test_after_trouble_the_next_attempt_has_a_new_connection(disk, tmp_path, make):
    store = Store.open(tmp_path)
    disk.limit(30)
    kept = await fill(store, make)
    opened = disk.connections
    disk.pages = 1_000_000
    (event,) = await store.append_events([make.event()])
    assert (event.seq, disk.connections, store.problem) == (kept + 1, opened + 1, None)
    await store.close()


async def test_readers_do_not_wait_for_a_slow_writer(store, make):
    await store.append_events([make.event()])
    slow = asyncio.ensure_future(store._writer.write(lambda batch: time.sleep(0.5)))
    await asyncio.sleep(0.05)
    started = time.monotonic()
    assert len(await store.read_events(0, 10)) == 1
    assert time.monotonic() - started < 0.4
    await slow


async def test_the_event_loop_does_not_wait_for_the_disk(store):
    ticks = 0

    async def tick():
        nonlocal ticks
        while True:
            await asyncio.sleep(0.01)
            ticks += 1

    ticking = asyncio.ensure_future(tick())
    await store._writer.write(lambda batch: time.sleep(0.5))
    ticking.cancel()
    assert ticks > 2, "a loop that waits ticks once at most"


async def test_who_does_not_wait_any_longer_spoils_nothing(store, make):
    gone = asyncio.ensure_future(store.append_events([make.event()]))
    await asyncio.sleep(0)
    gone.cancel()
    (event,) = await store.append_events([make.event()])
    assert event.seq == 2


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (sqlite3.SQLITE_FULL, StoreFullError),
        (sqlite3.SQLITE_IOERR | (4 << 8), StoreError),
        (sqlite3.SQLITE_READONLY, StoreError),
        (sqlite3.SQLITE_CORRUPT, BadDatabaseError),
    ],
)
def test_every_trouble_has_its_name(tmp_path, code, kind):
    error = sqlite3.OperationalError("trouble")
    error.sqlite_errorcode = code
    found = engine.explain(error, tmp_path / FILE_NAME)
    assert type(found) is kind
    assert str(tmp_path / FILE_NAME) in str(found)
