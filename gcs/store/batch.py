"""The transaction under way. Everybody who waits while a commit runs shares the next one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import sqlalchemy as sa
from msgspec.structs import replace

from gcs.events import Event
from gcs.store.schema import events as table
from gcs.store.schema import outbox
from gcs.store.times import microseconds

Wanted = Callable[[Event], Iterable[str]]
"""The channels that have to deliver an event."""
_INSERT_EVENT = sa.insert(table)
_INSERT_DELIVERY = sa.insert(outbox)


class Batch:
    """`connection` for what has to be asked or written at once; `add` for rows that nobody reads back in here.

    `seq` is the number of the newest event, those of this transaction included. What a channel wants of them is put
    into its outbox by the same commit.
    """

    def __init__(self, connection: sa.Connection, seq: int, wanted: Wanted = lambda _: ()) -> None:
        self.connection = connection
        self.seq = seq
        self._wanted = wanted
        self._rows: dict[sa.Insert, list[dict[str, Any]]] = {}

    def add(self, statement: sa.Insert, row: dict[str, Any]) -> None:
        """Insert `row` before the commit, together with all others of the statement."""
        self._rows.setdefault(statement, []).append(row)

    def keep_events(self, events: Iterable[Event]) -> tuple[Event, ...]:
        """The events as kept: numbered in the order in which they come in."""
        return tuple(self._keep(event) for event in events)

    def flush(self) -> None:
        """Write what was added."""
        for statement, rows in self._rows.items():
            self.connection.execute(statement, rows)
        self._rows.clear()

    def _keep(self, event: Event) -> Event:
        self.seq += 1
        kept = replace(event, seq=self.seq)
        row = {"seq": kept.seq, "at_us": microseconds(kept.at), "kind": kept.kind, "body": kept}
        self.add(_INSERT_EVENT, {**row, "operation": kept.operation, "sighting": kept.sighting})
        for channel in self._wanted(kept):
            delivery = {"channel": channel, "seq": kept.seq, "attempts": 0, "due_us": row["at_us"]}
            self.add(_INSERT_DELIVERY, {**delivery, "dead": False, "problem": ""})
        return kept
