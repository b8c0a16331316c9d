"""Keeps events that nobody waits for: what vehicles say, commands and their results.

Events are stored in batches, in their order, and then told with their `seq`. When the store cannot keep
them they are told at once without it, wait here (at most `MOST_WAITING`; then the oldest are given up and
counted) and are stored as soon as that works. A flight never waits for a disk.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Protocol

from gcs.events import Event

MOST_WAITING = 100_000
BATCH = 500
RETRY_S = 2.0


class EventStore(Protocol):
    async def append_events(self, events: Sequence[Event]) -> Sequence[Event]:
        """The events as kept, with `seq`; returns after the commit was synced."""
        ...


class Journal:
    """`tell` gets every event exactly once; `store_errors` are what the store raises when it cannot keep them."""

    def __init__(
        self, store: EventStore, tell: Callable[[Event], None], store_errors: tuple[type[Exception], ...]
    ) -> None:
        self._store = store
        self._tell = tell
        self._store_errors = store_errors
        self._waiting: deque[Event] = deque()
        self._told = 0
        self._more = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._writer: asyncio.Task[None] | None = None
        self.given_up = 0
        self.failing = False
        """Whether something that happened could not be stored yet."""

    def write(self, event: Event) -> None:
        """Take the event in; returns at once."""
        if len(self._waiting) >= MOST_WAITING:
            self._waiting.popleft()
            self._told = max(0, self._told - 1)
            self.given_up += 1
        self._waiting.append(event)
        self._idle.clear()
        self._more.set()

    async def start(self) -> None:
        self._writer = asyncio.get_running_loop().create_task(self._run(), name="journal")

    async def stop(self) -> None:
        """Store what is left, if the store can, then stop."""
        if self._writer is None:
            return
        await self._idle.wait()
        self._writer.cancel()
        await asyncio.gather(self._writer, return_exceptions=True)
        self._writer = None

    async def _run(self) -> None:
        while True:
            await self._more.wait()
            self._more.clear()
            while self._waiting:
                if not await self._store_batch():
                    self._idle.set()
                    await asyncio.sleep(RETRY_S)
            self._idle.set()

    async def _store_batch(self) -> bool:
        batch = tuple(islice(self._waiting, BATCH))
        gone_before = self.given_up
        try:
            stored = await self._store.append_events(batch)
        except self._store_errors:
            self.failing = True
            self._tell_unstored()
            return False
        self.failing = False
        for _ in range(len(batch) - (self.given_up - gone_before)):
            self._waiting.popleft()
        told, self._told = self._told, max(0, self._told - len(batch))
        for event in stored[told:]:
            self._tell(event)
        return True

    def _tell_unstored(self) -> None:
        for event in tuple(islice(self._waiting, self._told, None)):
            self._tell(event)
        self._told = len(self._waiting)
