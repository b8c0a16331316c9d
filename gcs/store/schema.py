"""The tables. Whole records are JSON documents; beside them stand the keys that are searched for.

The same tables fit SQLite and PostgreSQL. A change here needs a migration in `migrations/versions/`;
a test compares the two. Times are microseconds since 1970 UTC.
"""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData(
    naming_convention={"ix": "ix_%(table_name)s_%(column_0_N_name)s", "pk": "pk_%(table_name)s"},
)
_SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

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
sa.Index(None, events.c.operation, sqlite_where=events.c.operation.is_not(None))
sa.Index(None, events.c.sighting, sqlite_where=events.c.sighting.is_not(None))

plans = sa.Table(
    "plans",
    metadata,
    sa.Column("hash", sa.String, primary_key=True),
    sa.Column("body", sa.JSON, nullable=False),
)

operations = sa.Table(
    "operations",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("created_us", sa.BigInteger, nullable=False),
    sa.Column("body", sa.JSON, nullable=False),
)

tracks = sa.Table(
    "tracks",
    metadata,
    sa.Column("id", _SERIAL, primary_key=True),
    sa.Column("operation", sa.String, nullable=False),
    sa.Column("vehicle", sa.String, nullable=False),
    sa.Column("points", sa.JSON, nullable=False),
)
sa.Index(None, tracks.c.operation, tracks.c.vehicle, tracks.c.id)

sightings = sa.Table(
    "sightings",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("received_us", sa.BigInteger, nullable=False),
    sa.Column("open", sa.Boolean, nullable=False),
    sa.Column("operation", sa.String),
    sa.Column("body", sa.JSON, nullable=False),
)
sa.Index(None, sightings.c.received_us)
sa.Index(None, sightings.c.open, sqlite_where=sightings.c.open.is_(True))
sa.Index(None, sightings.c.operation, sqlite_where=sightings.c.operation.is_not(None))

views = sa.Table(
    "views",
    metadata,
    sa.Column("report", sa.String, primary_key=True),
    sa.Column("sighting", sa.String, nullable=False),
)

units = sa.Table(
    "units",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("body", sa.JSON, nullable=False),
)

intakes = sa.Table(
    "intakes",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("body", sa.JSON, nullable=False),
)

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
