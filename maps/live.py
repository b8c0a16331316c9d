"""The live feed: one WebSocket a reader, every message encoded once for all who get the same.

Rules:

- Nobody is waited for. Each reader has a short queue and a task of its own; when the queue is full, the
  reader is behind: what was queued is dropped, and once its last send is through it gets a fresh `state`.
- A reader whose send takes longer than `GIVE_UP_AFTER_S` is cut off.
- Changes are collected and sent up to five times a second; events go at once. Those of sightings, and of units with
  them, go within `SOON_S`: somebody may be called by them.
- Only what changed is put together and encoded, so many vehicles at a time that nothing else waits long. Readers of
  rows get vehicles that only moved as one row each.
- A reader whom nothing concerned for `QUIET_S` gets an empty `changes`: the feed is alive.
- A unit's reader gets what concerns that unit: itself and the sightings it has.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from aiohttp import WSMsgType, web

from gcs.events import Event
from gcs.parts import parts
from maps.live_messages import (
    VEHICLES_AT_A_TIME,
    ByUnit,
    Chunks,
    VehicleNews,
    changes,
    encode,
    for_unit,
    found,
    narrowed,
    state_message,
    volunteers,
)
from maps.views import MovedView, Shown, State, Trail

KINDS = ("vehicles", "operations", "sightings", "units", "alarms", "links", "traffic")
KINDS_FOR_UNITS = ("sightings", "units")
PERIOD_S = 0.2
SOON_S = 0.03
QUIET_S = 2.0
SENT_AT_A_TIME = 256 * 1024
"""Bytes handed to readers before anything else gets its turn."""
GIVE_UP_AFTER_S = 10.0
MOST_QUEUED = 16
HEARTBEAT_S = 15.0
LARGEST_FROM_READER = 4096


def live_socket() -> web.WebSocketResponse:
    """A socket as the feed wants it: pinged, uncompressed, and telling at once when its reader is behind."""
    return web.WebSocketResponse(
        heartbeat=HEARTBEAT_S, compress=False, max_msg_size=LARGEST_FROM_READER, timeout=2.0, writer_limit=0
    )


class Taste(NamedTuple):
    """What a reader gets: what concerns a unit, or everything; vehicles that only moved as rows, or whole."""

    unit: str | None = None
    rows: bool = False


class _Reader:
    """What waits to be sent to one reader. `behind`: a fresh state is due instead. `quiet_s`: since the last offer."""

    def __init__(self, taste: Taste) -> None:
        self.taste = taste
        self.quiet_s = 0.0
        self.behind = True
        self.queue: deque[bytes] = deque()
        self.wake = asyncio.Event()
        self.wake.set()

    def offer(self, message: bytes) -> None:
        self.quiet_s = 0.0
        if self.behind:
            return
        if len(self.queue) >= MOST_QUEUED:
            self.fall_behind()
            return
        self.queue.append(message)
        self.wake.set()

    def fall_behind(self) -> None:
        self.queue.clear()
        self.behind = True
        self.wake.set()


class Moves(Protocol):
    """`gcs.moves.Moves` is one: rows of vehicles that only moved since they were asked for last, and who else is
    left; `forget` has all told whole once more."""

    def of(self, vehicles: Sequence[str]) -> tuple[list[MovedView], list[str]]: ...

    def forget(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Sources:
    """Whom the feed asks. `vehicles` are the ids of all; `outline` is the state without them; `some` gives what is
    named by kind and may give more of other kinds than vehicles; `trails` are those of the vehicles named."""

    vehicles: Collection[str]
    outline: Callable[[], State]
    some: Callable[[Mapping[str, Collection[str]]], Shown]
    trails: Callable[[Collection[str]], Sequence[Trail]]
    moves: Moves


class LiveFeed:
    """Tells what `sources` show, as often as something of it was marked as changed."""

    def __init__(self, sources: Sources, *, period_s: float = PERIOD_S) -> None:
        self._sources = sources
        self._period_s = period_s
        self._marked: dict[str, dict[str, None]] = {kind: {} for kind in KINDS}
        self._readers: set[_Reader] = set()
        self._states: dict[str | None, asyncio.Task[bytes]] = {}
        self._ticking: asyncio.Task[None] | None = None
        self._soon = asyncio.Event()

    @property
    def readers(self) -> int:
        return len(self._readers)

    def mark(self, kind: str, id: str) -> None:  # noqa: A002 - the plain word
        """The object of that kind (one of KINDS) has changed or is gone; readers are told in the next round."""
        self._marked[kind][id] = None
        if kind == "sightings":
            self._soon.set()

    def publish_event(self, event: Event) -> None:
        """Tell it at once to whom it concerns."""
        encoded = encode({"type": "event", "event": event})
        for reader in self._readers:
            if reader.taste.unit is None or reader.taste.unit == event.unit:
                reader.offer(encoded)

    def tell_anew(self) -> None:
        """Every reader gets everything again."""
        self._states.clear()
        self._sources.moves.forget()
        for reader in self._readers:
            reader.fall_behind()

    async def start(self) -> None:
        self._ticking = asyncio.get_running_loop().create_task(self._tick(), name="live feed")

    async def stop(self) -> None:
        """End the rounds; readers end with their connections."""
        if self._ticking is not None:
            self._ticking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._ticking
            self._ticking = None

    async def serve(self, ws: web.WebSocketResponse, unit: str | None = None, *, rows: bool = False) -> None:
        """Feed a prepared socket until its reader leaves or is cut off; what it says is ignored."""
        reader = _Reader(Taste(unit, rows and unit is None))
        self._readers.add(reader)
        sending = asyncio.get_running_loop().create_task(self._send(reader, ws), name="live reader")
        try:
            async for _ in ws:
                pass
        finally:
            self._readers.discard(reader)
            sending.cancel()
            with contextlib.suppress(asyncio.CancelledError, ConnectionError, TimeoutError):
                await sending

    async def _send(self, reader: _Reader, ws: web.WebSocketResponse) -> None:
        try:
            while True:
                message = await self._next(reader)
                if message is None:
                    reader.wake.clear()
                    await reader.wake.wait()
                    continue
                async with asyncio.timeout(GIVE_UP_AFTER_S):
                    await ws.send_frame(message, WSMsgType.TEXT)
        except (TimeoutError, ConnectionError):
            _cut_off(ws)

    async def _next(self, reader: _Reader) -> bytes | None:
        """What is told while a state is made is queued behind it."""
        if reader.behind:
            reader.behind = False
            reader.queue.clear()
            return await self._state(reader.taste.unit)
        return reader.queue.popleft() if reader.queue else None

    async def _state(self, unit: str | None) -> bytes:
        """Encoded once for all who ask between two rounds: what changes meanwhile comes with the next."""
        if unit not in self._states:
            made = self._whole_state() if unit is None else self._unit_state(unit)
            self._states[unit] = asyncio.get_running_loop().create_task(made, name="live state")
        return await asyncio.shield(self._states[unit])

    async def _unit_state(self, unit: str) -> bytes:
        return state_message(narrowed(self._sources.outline(), unit), Chunks(), Chunks())

    async def _whole_state(self) -> bytes:
        """What is told from here on must not leave out what this state shows otherwise than was told."""
        sources, vehicles, trails = self._sources, Chunks(), Chunks()
        sources.moves.forget()
        state = sources.outline()
        for names in parts(sources.vehicles, VEHICLES_AT_A_TIME):
            vehicles.add(sources.some({"vehicles": names}).vehicles)
            trails.add(sources.trails(names))
            await asyncio.sleep(0)
        sources.moves.forget()
        return state_message(state, vehicles, trails)

    async def _tick(self) -> None:
        """A round of everything each period, and between two of them what may call somebody. After a round that took
        longer, as others had more to do, it rests as long: who hears comes before who looks."""
        loop = asyncio.get_running_loop()
        due_s = loop.time() + self._period_s
        while True:
            try:
                async with asyncio.timeout_at(due_s):
                    await self._soon.wait()
                    await asyncio.sleep(SOON_S)
            except TimeoutError:
                for reader in self._readers:
                    reader.quiet_s += self._period_s
                began_s = loop.time()
                await self._round(KINDS)
                due_s = max(due_s + self._period_s, 2 * loop.time() - began_s)
            else:
                await self._round(KINDS_FOR_UNITS)

    async def _round(self, kinds: Collection[str]) -> None:
        self._states.clear()
        self._soon.clear()
        marked = {kind: self._marked[kind] for kind in kinds if self._marked[kind]}
        self._marked |= {kind: {} for kind in kinds}
        if not self._readers or not (marked or any(reader.quiet_s >= QUIET_S for reader in self._readers)):
            return
        tastes = {reader.taste for reader in self._readers}
        news = await self._look_at_vehicles(marked.pop("vehicles", {}), tastes)
        shown = self._sources.some(marked)
        objects = found(shown, marked)
        gone = {kind: sorted(ids.keys() - objects[kind].keys()) for kind, ids in marked.items()}
        by_unit = ByUnit.of(objects.get("sightings", {}).values(), volunteers(shown.units))

        def message_for(taste: Taste) -> bytes | None:
            if taste.unit is None:
                return changes(shown.at, objects, gone, news, rows=taste.rows)
            return changes(shown.at, *for_unit(objects, by_unit, taste.unit), VehicleNews(), rows=False)

        await self._offer({taste: message_for(taste) for taste in tastes}, encode({"type": "changes", "at": shown.at}))

    async def _offer(self, messages: Mapping[Taste, bytes | None], nothing: bytes) -> None:
        """Who came meanwhile with another taste has to begin with a state made now."""
        handed = 0
        for reader in tuple(self._readers):
            message = messages.get(reader.taste)
            if reader.taste not in messages:
                reader.fall_behind()
            elif message is not None:
                reader.offer(message)
                handed += len(message)
            elif reader.quiet_s >= QUIET_S:
                reader.offer(nothing)
            if handed >= SENT_AT_A_TIME:
                handed = 0
                await asyncio.sleep(0)

    async def _look_at_vehicles(self, marked: Collection[str], tastes: Collection[Taste]) -> VehicleNews:
        """What the readers there are need of the marked vehicles."""
        news = VehicleNews()
        rows, whole = Taste(rows=True) in tastes, Taste() in tastes
        if not (rows or whole):
            return news
        for names in parts(marked, VEHICLES_AT_A_TIME):
            self._look_at_some(names, news, rows=rows, whole=whole)
            await asyncio.sleep(0)
        return news

    def _look_at_some(self, names: Sequence[str], news: VehicleNews, *, rows: bool, whole: bool) -> None:
        moved, others = self._sources.moves.of(names) if rows else ([], names)
        wanted = names if whole else others
        views = self._sources.some({"vehicles": wanted}).vehicles if wanted else ()
        news.rows.add(moved)
        if whole:
            news.whole.add(views)
        if rows:
            left = frozenset(others)
            news.changed.add([view for view in views if view.id in left])
        news.gone += sorted(frozenset(wanted).difference(view.id for view in views))


def _cut_off(ws: web.WebSocketResponse) -> None:
    """End the connection under a reader that takes nothing; closing politely would wait for it."""
    sock = ws.get_extra_info("socket")
    if sock is not None:
        with contextlib.suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)
