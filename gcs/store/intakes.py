"""Doors for other systems that report, and the keys that links are signed with."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

import msgspec
import sqlalchemy as sa

from gcs.events import Event
from gcs.sightings.intakes import Intake
from gcs.store.batch import Batch
from gcs.store.documents import put_document
from gcs.store.schema import intakes, keys

KEY_BYTES = 32
_INTAKE = msgspec.json.Decoder(Intake)


def put_intake(batch: Batch, intake: Intake, events: Sequence[Event]) -> tuple[Event, ...]:
    """Keep a door together with what happened."""
    put_document(batch.connection, intakes, {"id": intake.id}, {"body": intake})
    return batch.keep_events(events)


def drop_intake(batch: Batch, intake_id: str, events: Sequence[Event]) -> tuple[Event, ...]:
    """The door is closed for good."""
    batch.connection.execute(sa.delete(intakes).where(intakes.c.id == intake_id))
    return batch.keep_events(events)


def list_intakes(connection: sa.Connection) -> tuple[Intake, ...]:
    """The doors by name."""
    found = (_INTAKE.decode(body) for (body,) in connection.execute(sa.select(intakes.c.body)))
    return tuple(sorted(found, key=lambda intake: (intake.name, intake.id)))


def key(batch: Batch, name: str) -> bytes:
    """The key of that name; made now when there is none."""
    found = batch.connection.execute(sa.select(keys.c.secret).where(keys.c.name == name)).scalar()
    if found is not None:
        return bytes(found)
    made = secrets.token_bytes(KEY_BYTES)
    batch.connection.execute(sa.insert(keys), {"name": name, "secret": made})
    return made
