"""Sightings and units."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa

from gcs.dispatch.model import Unit
from gcs.events import Event
from gcs.sightings.model import Sighting
from gcs.sightings.workflow import SETTLED
from gcs.store.batch import Batch
from gcs.store.documents import put_document
from gcs.store.schema import sightings, units, views
from gcs.store.times import microseconds

_SIGHTING = msgspec.json.Decoder(Sighting)
_UNIT = msgspec.json.Decoder(Unit)
_BODY = sa.select(sightings.c.body)
_BY_ID = _BODY.where(sightings.c.id == sa.bindparam("id"))
_BY_REPORT = _BODY.join(views, views.c.sighting == sightings.c.id).where(views.c.report == sa.bindparam("id"))
_INSERT = sa.insert(sightings)
_INSERT_VIEW = sa.insert(views)
_NEWEST_FIRST = (sightings.c.received_us.desc(), sightings.c.id)


class Added(NamedTuple):
    """What is kept under the id, whether it is new, and the events as kept (none when it is not)."""

    sighting: Sighting
    new: bool
    events: tuple[Event, ...]


def add_sighting(batch: Batch, sighting: Sighting, events: Sequence[Event]) -> Added:
    """Keep the sighting unless its id is known; then what is kept stays as it is."""
    kept = get_sighting(batch.connection, sighting.id)
    if kept is not None:
        return Added(kept, new=False, events=())
    batch.connection.execute(_INSERT, {"id": sighting.id, **_values(sighting)})
    return Added(sighting, new=True, events=batch.keep_events(events))


def join_sighting(batch: Batch, report: str, sighting: Sighting, events: Sequence[Event]) -> Added:
    """Keep that `report` tells of `sighting`, which is as it is now; what is kept when the report is known."""
    kept = get_sighting(batch.connection, report)
    if kept is not None:
        return Added(kept, new=False, events=())
    put_document(batch.connection, sightings, {"id": sighting.id}, _values(sighting))
    batch.connection.execute(_INSERT_VIEW, {"report": report, "sighting": sighting.id})
    return Added(sighting, new=True, events=batch.keep_events(events))


def record(
    batch: Batch, changed: Sequence[Sighting], moved: Sequence[Unit], events: Sequence[Event]
) -> tuple[Event, ...]:
    """Keep sightings and units as they are now together with what happened."""
    for sighting in changed:
        put_document(batch.connection, sightings, {"id": sighting.id}, _values(sighting))
    for unit in moved:
        put_document(batch.connection, units, {"id": unit.id}, {"body": unit})
    return batch.keep_events(events)


def get_sighting(connection: sa.Connection, sighting_id: str) -> Sighting | None:
    """The sighting of that id, or the one that the report of that id joined."""
    for question in (_BY_ID, _BY_REPORT):
        body = connection.execute(question, {"id": sighting_id}).scalar()
        if body is not None:
            return _SIGHTING.decode(body)
    return None


def list_open(connection: sa.Connection) -> tuple[Sighting, ...]:
    """Every sighting that is not settled, oldest first."""
    wanted = _BODY.where(sightings.c.open.is_(True)).order_by(sightings.c.received_us, sightings.c.id)
    return _decoded(connection, wanted)


def list_newest(connection: sa.Connection, limit: int, before_us: int | None = None) -> tuple[Sighting, ...]:
    """The newest `limit` sightings, received before `before_us` where it is given."""
    wanted = _BODY.order_by(*_NEWEST_FIRST).limit(limit)
    return _decoded(connection, wanted if before_us is None else wanted.where(sightings.c.received_us < before_us))


def list_since(connection: sa.Connection, since_us: int, limit: int) -> tuple[Sighting, ...]:
    """The sightings received since then, the newest `limit` of them, oldest first."""
    wanted = _BODY.where(sightings.c.received_us >= since_us).order_by(*_NEWEST_FIRST).limit(limit)
    return _decoded(connection, wanted)[::-1]


def list_of_operation(connection: sa.Connection, operation: str) -> tuple[Sighting, ...]:
    """The sightings that came in from an operation, oldest first."""
    wanted = _BODY.where(sightings.c.operation == operation)
    return _decoded(connection, wanted.order_by(sightings.c.received_us, sightings.c.id))


def list_units(connection: sa.Connection) -> tuple[Unit, ...]:
    return tuple(_UNIT.decode(body) for (body,) in connection.execute(sa.select(units.c.body).order_by(units.c.id)))


def _decoded(connection: sa.Connection, wanted: sa.Select[tuple[Any]]) -> tuple[Sighting, ...]:
    return tuple(_SIGHTING.decode(body) for (body,) in connection.execute(wanted))


def _values(sighting: Sighting) -> dict[str, Any]:
    return {
        "received_us": microseconds(sighting.received_at),
        "open": sighting.status not in SETTLED,
        "operation": sighting.operation,
        "body": sighting,
    }
