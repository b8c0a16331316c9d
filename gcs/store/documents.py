"""A document under its key: written the first time, written over after that. Plain SQL, for any database."""

from __future__ import annotations

from functools import cache
from typing import Any

import sqlalchemy as sa


def put_document(connection: sa.Connection, table: sa.Table, key: dict[str, Any], values: dict[str, Any]) -> None:
    """Make the row of `key` hold `values`. Only one connection writes, so nobody comes in between."""
    if not connection.execute(_update(table, tuple(key)), values | _named(key)).rowcount:
        connection.execute(_insert(table), key | values)


@cache
def _update(table: sa.Table, key: tuple[str, ...]) -> sa.Update:
    """Made once for each table, so that SQLAlchemy compiles it once."""
    conditions = (table.c[name] == sa.bindparam(f"the_{name}") for name in key)
    return sa.update(table).where(*conditions)


@cache
def _insert(table: sa.Table) -> sa.Insert:
    return sa.insert(table)


def _named(key: dict[str, Any]) -> dict[str, Any]:
    return {f"the_{name}": value for name, value in key.items()}
