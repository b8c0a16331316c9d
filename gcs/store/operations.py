"""Plans, operations and flown tracks."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import sqlalchemy as sa

from gcs.events import Event
from gcs.operations.model import Operation
from gcs.operations.tracks import TrackPoint
from gcs.store.batch import Batch
from gcs.store.documents import put_document
from gcs.store.schema import operations, plans, tracks
from gcs.store.times import microseconds
from missions.plan import Plan

_OPERATION = msgspec.json.Decoder(Operation)
_POINTS = msgspec.json.Decoder(list[TrackPoint])
_APPEND = sa.insert(tracks)


def put_plan(batch: Batch, plan: Plan) -> None:
    """Keep a plan under its hash; one that is there already is the same."""
    put_document(batch.connection, plans, {"hash": plan.hash}, {"body": plan})


def get_plan(connection: sa.Connection, plan_hash: str) -> Plan | None:
    body = connection.execute(sa.select(plans.c.body).where(plans.c.hash == plan_hash)).scalar()
    return None if body is None else _plan_of(body)


def _plan_of(body: str) -> Plan:
    """Plans that were kept before zones had bands of heights hold nothing but their rings."""
    document = msgspec.json.decode(body)
    zones = [zone if isinstance(zone, dict) else {"rings": zone} for zone in document["no_fly"]]
    return msgspec.convert({**document, "no_fly": zones}, Plan)


def put_operation(batch: Batch, operation: Operation, events: Sequence[Event]) -> tuple[Event, ...]:
    """Keep the operation as it is now together with what happened."""
    values = {"created_us": microseconds(operation.created_at), "body": operation}
    put_document(batch.connection, operations, {"id": operation.id}, values)
    return batch.keep_events(events)


def list_operations(connection: sa.Connection) -> tuple[Operation, ...]:
    """All operations, oldest first."""
    wanted = sa.select(operations.c.body).order_by(operations.c.created_us, operations.c.id)
    return tuple(_OPERATION.decode(body) for (body,) in connection.execute(wanted))


def append_track(batch: Batch, operation: str, vehicle: str, points: Sequence[TrackPoint]) -> None:
    batch.add(_APPEND, {"operation": operation, "vehicle": vehicle, "points": list(points)})


def read_tracks(connection: sa.Connection, operation: str, vehicle: str | None) -> dict[str, list[TrackPoint]]:
    """The points as they were appended, by vehicle; of one vehicle where it is named."""
    wanted = sa.select(tracks.c.vehicle, tracks.c.points).where(tracks.c.operation == operation)
    if vehicle is not None:
        wanted = wanted.where(tracks.c.vehicle == vehicle)
    flown: dict[str, list[TrackPoint]] = {}
    for name, points in connection.execute(wanted.order_by(tracks.c.vehicle, tracks.c.id)):
        flown.setdefault(name, []).extend(_POINTS.decode(points))
    return flown
