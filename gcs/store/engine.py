"""SQLite as it has to be for a record to survive a power cut: WAL, a sync at every commit, both checked at every open.

Transactions are begun by us, not guessed by the driver, so that changes of tables are transactional too.
Documents pass through as they are: encoded by msgspec on the way in, JSON text on the way out.
"""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.pool import NullPool, QueuePool

from gcs.store.errors import BadDatabaseError, StoreError, StoreFullError, UnstorableError

BUSY_S = 5.0
CACHE_KIB = 64 * 1024
"""Holds the indexes of a million sightings, so that what is kept next costs as little as at the beginning."""
READERS = 2
_SYNCHRONOUS_FULL = 2
_NO_SPACE_BYTES = 64 * 1024
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_MACHINE = frozenset(
    {
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_PROTOCOL,
    }
)


def writing_engine(file: Path) -> sa.Engine:
    """For the one writer. A connection closed is really closed, so that the next starts afresh."""
    engine = _engine(file, poolclass=NullPool)
    sa.event.listen(engine, "connect", _make_durable)
    sa.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


def reading_engine(file: Path) -> sa.Engine:
    """For readers on any thread; what they try to write is refused."""
    engine = _engine(file, poolclass=QueuePool, pool_size=READERS)
    sa.event.listen(engine, "connect", _make_read_only)
    sa.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    return engine


def explain(error: Exception, file: Path) -> StoreError:
    """What `error` means for whoever waits: the disk, the database, or the one record."""
    if isinstance(error, StoreError):
        return error
    cause = error.orig if isinstance(error, sa.exc.DBAPIError) else error
    code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
    if code in _DAMAGED:
        return BadDatabaseError(file, f"is damaged ({cause}); put it aside and restore a copy")
    if code == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR and _no_space(file)):
        return StoreFullError(f"no space left for {file}")
    if code in _MACHINE or isinstance(cause, OSError):
        return StoreError(f"{file}: {cause}")
    return UnstorableError(f"the record cannot be written: {cause}")


def _engine(file: Path, **pool: Any) -> sa.Engine:
    return sa.create_engine(
        sa.URL.create("sqlite", database=str(file)),
        json_serializer=lambda document: msgspec.json.encode(document).decode(),
        json_deserializer=lambda text: text,
        connect_args={"timeout": BUSY_S},
        **pool,
    )


def _make_durable(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None
    (mode,) = connection.execute("PRAGMA journal_mode=WAL").fetchone()
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
    (level,) = connection.execute("PRAGMA synchronous").fetchone()
    if mode != "wal" or level != _SYNCHRONOUS_FULL:
        raise StoreError(f"the file system of the data folder does not let SQLite write ahead (journal mode {mode})")


def _make_read_only(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA query_only=ON")


def _no_space(file: Path) -> bool:
    try:
        return shutil.disk_usage(file.parent).free < _NO_SPACE_BYTES
    except OSError:
        return False
