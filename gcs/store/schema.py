"""The tables. Whole records are JSON documents; beside them stand the keys that are searched for.

The same tables fit SQLite and PostgreSQL. A change here needs a migration in `migrations/versions/`;
a test compares the two. Times are microseconds since 1970 UTC.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

metadata = sa.MetaData(
    naming_convention={"ix": "ix_%(table_name)s_%(column_0_N_name)s", "pk": "pk_%(table_name)s"},
)
_SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _documents(name: str, key: str, *searched: sa.Column[Any]) -> sa.Table:
    """A table of whole records by their key, with what is searched for beside them."""
    body = sa.Column("body", sa.JSON, nullable=False)
    return sa.Table(name, metadata, sa.Column(key, sa.String, primary_key=True), *searched, body)


def _index_if(column: sa.Column[Any], condition: sa.ColumnElement[bool]) -> None:
    """An index of the few rows for which the condition holds."""
    sa.Index(None, column, sqlite_where=condition)


events = sa.Table(
    "events",
    metadata,
    sa.Column("seq", _SERIAL, primary_key=True, autoincrement=False),
    sa.Column("at_us", sa.BigInteger, nullable=False),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("operation", sa.String),
    sa.Column("sighting", sa.String),
    sa.Column("body", sa.JSON, nullable=False),
)
_index_if(events.c.operation, events.c.operation.is_not(None))
_index_if(events.c.sighting, events.c.sighting.is_not(None))

plans = _documents("plans", "hash")

operations = _documents("operations", "id", sa.Column("created_us", sa.BigInteger, nullable=False))

tracks = sa.Table(
    "tracks",
    metadata,
    sa.Column("id", _SERIAL, primary_key=True),
    sa.Column("operation", sa.String, nullable=False),
    sa.Column("vehicle", sa.String, nullable=False),
    sa.Column("points", sa.JSON, nullable=False),
)
sa.Index(None, tracks.c.operation, tracks.c.vehicle, tracks.c.id)

sightings = _documents(
    "sightings",
    "id",
    sa.Column("received_us", sa.BigInteger, nullable=False),
    sa.Column("open", sa.Boolean, nullable=False),
    sa.Column("operation", sa.String),
)
sa.Index(None, sightings.c.received_us)
_index_if(sightings.c.open, sightings.c.open.is_(True))
_index_if(sightings.c.operation, sightings.c.operation.is_not(None))

views = sa.Table(
    "views",
    metadata,
    sa.Column("report", sa.String, primary_key=True),
    sa.Column("sighting", sa.String, nullable=False),
)

units = _documents("units", "id")

intakes = _documents("intakes", "id")

keys = sa.Table(
    "keys",
    metadata,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("secret", sa.LargeBinary, nullable=False),
)

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("channel", sa.String, primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("due_us", sa.BigInteger, nullable=False),
    sa.Column("dead", sa.Boolean, nullable=False),
    sa.Column("problem", sa.String, nullable=False),
)

probes = sa.Table(
    "probes",
    metadata,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("at_us", sa.BigInteger, nullable=False),
)
