"""Delivers what is in the outboxes: each event at least once, in order, however long the other side is away.

An event enters the outbox in the commit that keeps it and leaves it after the other side has taken it. Attempts are
spaced out, from a second to five minutes; what the other side refuses for good, or has not taken after a day, goes to
the list of what was given up, and the next is sent.

An exercise never mixes with real work: what is simulated goes to channels marked for exercises and to no other, and
these get nothing else.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from gcs.clock import Clock
from gcs.dispatch.channels.channel import Channel, Delivery, NotDeliveredError, NotYetError
from gcs.events import Event
from gcs.sightings.model import Sighting

AT_ONCE = 100
"""Events read and written down as gone together."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class OutboxTimings:
    """Seconds. Pauses double from `first_pause_s` to `longest_pause_s` and are drawn out by up to a fifth."""

    first_pause_s: float = 1.0
    longest_pause_s: float = 300.0
    give_up_after_s: float = 86_400.0
    look_every_s: float = 30.0
    store_retry_s: float = 2.0


class Waiting(Protocol):
    """An event that a channel has not delivered yet; `gcs.store.outbox.Waiting` is one."""

    @property
    def event(self) -> Event: ...

    @property
    def attempts(self) -> int: ...

    @property
    def due_us(self) -> int: ...


class OutboxStore(Protocol):
    """`gcs.store.store.Store` is one; every call raises OSError when the disk fails."""

    async def list_waiting(self, channel: str, limit: int) -> Sequence[Waiting]: ...

    async def delivered(self, channel: str, seqs: Sequence[int]) -> None: ...

    async def put_off(self, channel: str, seq: int, until: datetime, problem: str) -> None: ...

    async def give_up(self, channel: str, seq: int, problem: str) -> None: ...


Find = Callable[[str], Awaitable[Sighting | None]]
DEFAULT_TIMINGS = OutboxTimings()


class Outbox:
    """`find` gives a sighting by its id. `problems` says by channel why it does not deliver at the moment."""

    def __init__(
        self,
        store: OutboxStore,
        channels: Sequence[Channel],
        find: Find,
        clock: Clock,
        timings: OutboxTimings = DEFAULT_TIMINGS,
    ) -> None:
        self._store = store
        self.channels: Mapping[str, Channel] = {channel.name: channel for channel in channels}
        self._find = find
        self._clock = clock
        self._timings = timings
        self._more = {name: asyncio.Event() for name in self.channels}
        self._tasks: tuple[asyncio.Task[None], ...] = ()
        self._draw = random.Random()
        self.problems: dict[str, str] = {}

    def wanted(self, event: Event) -> tuple[str, ...]:
        """The channels that want the event; for `Store.deliver`."""
        return tuple(name for name, channel in self.channels.items() if channel.wants(event))

    def wake(self, event: Event) -> None:
        """An event was kept: those who want it need not wait for their next look."""
        for name in self.wanted(event):
            self._more[name].set()

    def look_again(self, channel: str) -> None:
        """Something may have to be delivered that nobody told of."""
        self._more[channel].set()

    def problem(self, channel: str) -> str:
        """Why a channel does not deliver at the moment; "" while all is well."""
        return self.problems.get(channel) or self.channels[channel].problem

    async def start(self) -> None:
        """Begin with what was left from last time."""
        self._tasks = tuple(asyncio.create_task(self._run(channel)) for channel in self.channels.values())

    async def stop(self) -> None:
        """Stop sending; what was not delivered waits in the store."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for channel in self.channels.values():
            await channel.close()

    async def _run(self, channel: Channel) -> None:
        more = self._more[channel.name]
        while True:
            more.clear()
            try:
                waiting = await self._store.list_waiting(channel.name, AT_ONCE)
                if waiting:
                    await asyncio.sleep(await self._deliver_all(channel, waiting))
                    continue
            except OSError:
                await asyncio.sleep(self._timings.store_retry_s)
                continue
            with suppress(TimeoutError):
                async with asyncio.timeout(self._timings.look_every_s):
                    await more.wait()

    async def _deliver_all(self, channel: Channel, waiting: Sequence[Waiting]) -> float:
        """One after the other until one does not go; the seconds until the next look. That they went is written down
        for all of them together: killed before, they go once more under the same ids."""
        gone: list[int] = []
        try:
            for entry in waiting:
                pause_s = await self._deliver(channel, entry, gone)
                if pause_s is not None:
                    return pause_s
            return 0.0
        finally:
            if gone:
                await self._store.delivered(channel.name, gone)

    async def _deliver(self, channel: Channel, waiting: Waiting, gone: list[int]) -> float | None:
        """One attempt, unless it is not time for it; the seconds to wait when the next must not go yet."""
        now = self._clock.utc()
        due = _EPOCH + timedelta(microseconds=waiting.due_us)
        if due > now:
            return min((due - now).total_seconds(), self._timings.longest_pause_s)
        event, name = waiting.event, channel.name
        sighting = await self._find(event.sighting) if event.sighting else None
        if sighting is None or sighting.simulated is channel.exercise:
            try:
                await channel.send(Delivery(f"{name}-{event.seq}", event, sighting, waiting.attempts + 1))
            except NotYetError as error:
                return min(error.wait_s, self._timings.longest_pause_s)
            except NotDeliveredError as error:
                self.problems[name] = str(error)
                return await self._failed(waiting, name, error)
            self.problems.pop(name, None)
        gone.append(event.seq)
        return None

    async def _failed(self, waiting: Waiting, name: str, error: NotDeliveredError) -> float:
        now = self._clock.utc()
        old = (now - waiting.event.at).total_seconds() > self._timings.give_up_after_s
        if error.final or (old and waiting.attempts > 0):
            await self._store.give_up(name, waiting.event.seq, str(error))
            return 0.0
        doubled = self._timings.first_pause_s * 2.0 ** min(waiting.attempts, 30)
        pause_s = min(doubled, self._timings.longest_pause_s) * self._draw.uniform(1.0, 1.2)
        await self._store.put_off(name, waiting.event.seq, now + timedelta(seconds=pause_s), str(error))
        return pause_s
