"""Events, in the order in which they were kept."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from gcs.events import Event
from gcs.store.schema import events as table

_DECODER = msgspec.json.Decoder(Event)


def read_events(
    connection: sa.Connection, after: int, limit: int, *, operation: str | None = None, sighting: str | None = None
) -> tuple[Event, ...]:
    """The first `limit` events with a `seq` above `after`, of one operation or sighting where it is named."""
    wanted = sa.select(table.c.body).where(table.c.seq > after).order_by(table.c.seq).limit(limit)
    if operation is not None:
        wanted = wanted.where(table.c.operation == operation)
    if sighting is not None:
        wanted = wanted.where(table.c.sighting == sighting)
    return tuple(_DECODER.decode(body) for (body,) in connection.execute(wanted))
