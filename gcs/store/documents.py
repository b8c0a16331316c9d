"""A document under its key: written the first time, written over after that. Plain SQL, for any database."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa


def put_document(connection: sa.Connection, table: sa.Table, key: dict[str, Any], values: dict[str, Any]) -> None:
    """Make the row of `key` hold `values`. Only one connection writes, so nobody comes in between."""
    if not connection.execute(_update(table, key), values | _named(key)).rowcount:
        connection.execute(sa.insert(table), key | values)


def _update(table: sa.Table, key: dict[str, Any]) -> sa.Update:
    conditions = (table.c[name] == sa.bindparam(f"the_{name}") for name in key)
    return sa.update(table).where(*conditions)


def _named(key: dict[str, Any]) -> dict[str, Any]:
    return {f"the_{name}": value for name, value in key.items()}
