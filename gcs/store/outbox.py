"""What is still to be delivered, and what was given up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa

from gcs.events import Event
from gcs.store.batch import Batch
from gcs.store.schema import events, outbox
from gcs.store.times import microseconds

_EVENT = msgspec.json.Decoder(Event)
_MINE = (outbox.c.channel == sa.bindparam("the_channel")) & (outbox.c.seq == sa.bindparam("the_seq"))


class Waiting(NamedTuple):
    """An event that a channel has not delivered yet; `due_us` is when to try (again), microseconds UTC."""

    channel: str
    event: Event
    attempts: int
    due_us: int
    problem: str


def list_waiting(connection: sa.Connection, channel: str, limit: int, *, dead: bool = False) -> tuple[Waiting, ...]:
    """What the channel has to deliver, oldest first; or what it has given up."""
    columns = (outbox.c.channel, events.c.body, outbox.c.attempts, outbox.c.due_us, outbox.c.problem)
    wanted = sa.select(*columns).join(events, events.c.seq == outbox.c.seq)
    wanted = wanted.where(outbox.c.channel == channel, outbox.c.dead.is_(dead)).order_by(outbox.c.seq).limit(limit)
    return tuple(Waiting(name, _EVENT.decode(body), *rest) for name, body, *rest in connection.execute(wanted))


def count(connection: sa.Connection, channel: str) -> tuple[int, int]:
    """How many events the channel still has to deliver, and how many it has given up."""
    wanted = sa.select(outbox.c.dead, sa.func.count()).where(outbox.c.channel == channel).group_by(outbox.c.dead)
    found = {bool(dead): number for dead, number in connection.execute(wanted)}
    return found.get(False, 0), found.get(True, 0)


def delivered(batch: Batch, channel: str, seqs: Sequence[int]) -> None:
    """The other side has them."""
    batch.connection.execute(sa.delete(outbox).where(_MINE), [_named(channel, seq) for seq in seqs])


def put_off(batch: Batch, channel: str, seq: int, until: datetime, problem: str) -> None:
    """It did not go; try again later."""
    values = {"due_us": microseconds(until), "problem": problem}
    tried = sa.update(outbox).where(_MINE).values(attempts=outbox.c.attempts + 1, **values)
    batch.connection.execute(tried, _named(channel, seq))


def give_up(batch: Batch, channel: str, seq: int, problem: str) -> None:
    """It will never go: it is kept on the list of what was given up."""
    batch.connection.execute(sa.update(outbox).where(_MINE).values(dead=True, problem=problem), _named(channel, seq))


def revive(batch: Batch, channel: str, now: datetime) -> int:
    """Try again what was given up; how many."""
    again = sa.update(outbox).where(outbox.c.channel == channel, outbox.c.dead.is_(True))
    result = batch.connection.execute(again.values(dead=False, attempts=0, due_us=microseconds(now)))
    return result.rowcount


def _named(channel: str, seq: int) -> dict[str, Any]:
    return {"the_channel": channel, "the_seq": seq}
