"""The live feed: one WebSocket a reader, every message encoded once for all who get the same.

Rules:

- Nobody is waited for. Each reader has a short queue and a task of its own; when the queue is full, the
  reader is behind: what was queued is dropped, and once its last send is through it gets a fresh `state`.
- A reader whose send takes longer than `GIVE_UP_AFTER_S` is cut off.
- Changes are collected and sent up to four times a second; events go at once. Those of sightings, and of units with
  them, go within `SOON_S`: somebody may be called by them.
- Only what changed is put together and encoded, so many vehicles at a time that nothing else waits long.
- A reader whom nothing concerned for `QUIET_S` gets an empty `changes`: the feed is alive.
- A unit's reader gets what concerns that unit: itself and the sightings it has.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections import defaultdict, deque
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from aiohttp import WSMsgType, web

from gcs.dispatch.model import Unit
from gcs.events import Event
from gcs.sightings.masking import in_hand, is_volunteer, masked_for
from gcs.sightings.model import Sighting
from maps.views import LiveMessage, State, Trail

KINDS = ("vehicles", "operations", "sightings", "units", "alarms", "links", "traffic")
KINDS_FOR_UNITS = ("sightings", "units")
PERIOD_S = 0.25
SOON_S = 0.03
QUIET_S = 2.0
VEHICLES_AT_A_TIME = 100
GIVE_UP_AFTER_S = 10.0
MOST_QUEUED = 16
HEARTBEAT_S = 15.0
LARGEST_FROM_READER = 4096


def live_socket() -> web.WebSocketResponse:
    """A socket as the feed wants it: pinged, uncompressed, and telling at once when its reader is behind."""
    return web.WebSocketResponse(
        heartbeat=HEARTBEAT_S, compress=False, max_msg_size=LARGEST_FROM_READER, timeout=2.0, writer_limit=0
    )


class _Reader:
    """What waits to be sent to one reader. `behind`: a fresh state is due instead. `quiet_s`: since the last offer."""

    def __init__(self, unit: str | None) -> None:
        self.unit = unit
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
            self.queue.clear()
            self.behind = True
            return
        self.queue.append(message)
        self.wake.set()


Objects = Mapping[str, Mapping[str, Any]]
Look = tuple[datetime, tuple[Unit, ...], dict[str, dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class ByUnit:
    """Sightings by the unit that they concern, as it sees them: those it has, and the ids of those it had.

    A volunteer sees what is in their hands, masked, and nothing of it once it is closed.
    """

    held: Mapping[str, list[Sighting]]
    lost: Mapping[str, list[str]]

    @classmethod
    def of(cls, sightings: Iterable[Sighting], volunteers: Collection[str]) -> ByUnit:
        held: dict[str, list[Sighting]] = defaultdict(list)
        lost: dict[str, list[str]] = defaultdict(list)
        for sighting in sightings:
            unit = sighting.unit
            masked = unit in volunteers
            has_it = unit is not None and (not masked or in_hand(sighting, unit))
            if unit is not None and has_it:
                held[unit].append(masked_for(sighting, unit) if masked else sighting)
            for had in {step.unit for step in sighting.history} - {None, unit if has_it else None}:
                lost[had or ""].append(sighting.id)
        return cls(held, lost)


class LiveFeed:
    """`state` and `trails` are asked when a reader needs everything; `some` is asked for what changed, ids by kind,
    and may give more than that (as `state` does, which is asked when there is no `some`)."""

    def __init__(
        self,
        state: Callable[[], State],
        trails: Callable[[], tuple[Trail, ...]],
        some: Callable[[Mapping[str, Collection[str]]], State] | None = None,
        *,
        period_s: float = PERIOD_S,
    ) -> None:
        self._state = state
        self._some = some if some is not None else lambda _: state()
        self._trails = trails
        self._period_s = period_s
        self._marked: dict[str, set[str]] = {kind: set() for kind in KINDS}
        self._readers: set[_Reader] = set()
        self._states: dict[str | None, bytes] = {}
        self._ticking: asyncio.Task[None] | None = None
        self._soon = asyncio.Event()

    @property
    def readers(self) -> int:
        return len(self._readers)

    def mark(self, kind: str, id: str) -> None:  # noqa: A002 - the plain word
        """The object of that kind (one of KINDS) has changed or is gone; readers are told in the next round."""
        self._marked[kind].add(id)
        if kind == "sightings":
            self._soon.set()

    def publish_event(self, event: Event) -> None:
        """Tell it at once to whom it concerns."""
        encoded = _encode({"type": "event", "event": event})
        for reader in self._readers:
            if reader.unit is None or reader.unit == event.unit:
                reader.offer(encoded)

    def tell_anew(self) -> None:
        """Every reader gets everything again."""
        self._states.clear()
        for reader in self._readers:
            reader.behind = True
            reader.wake.set()

    async def start(self) -> None:
        self._ticking = asyncio.get_running_loop().create_task(self._tick(), name="live feed")

    async def stop(self) -> None:
        """End the rounds; readers end with their connections."""
        if self._ticking is not None:
            self._ticking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._ticking
            self._ticking = None

    async def serve(self, ws: web.WebSocketResponse, unit: str | None = None) -> None:
        """Feed a prepared socket until its reader leaves or is cut off; what it says is ignored."""
        reader = _Reader(unit)
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
                message = self._next(reader)
                if message is None:
                    reader.wake.clear()
                    await reader.wake.wait()
                    continue
                async with asyncio.timeout(GIVE_UP_AFTER_S):
                    await ws.send_frame(message, WSMsgType.TEXT)
        except (TimeoutError, ConnectionError):
            _cut_off(ws)

    def _next(self, reader: _Reader) -> bytes | None:
        if reader.behind:
            reader.behind = False
            reader.queue.clear()
            return self._state_message(reader.unit)
        return reader.queue.popleft() if reader.queue else None

    def _state_message(self, unit: str | None) -> bytes:
        """Encoded once for all who ask between two rounds: what changes meanwhile comes with the next."""
        if unit not in self._states:
            state, trails = self._state(), self._trails()
            message = {"type": "state", "state": _narrowed(state, unit), "trails": () if unit else trails}
            self._states[unit] = _encode(message)
        return self._states[unit]

    async def _tick(self) -> None:
        """A round of everything each period, and between two of them what may call somebody."""
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
                await self._round(KINDS)
                due_s = loop.time() + self._period_s
            else:
                await self._round(KINDS_FOR_UNITS)

    async def _round(self, kinds: Collection[str]) -> None:
        self._states.clear()
        self._soon.clear()
        marked = {kind: self._marked[kind] for kind in kinds if self._marked[kind]}
        self._marked |= {kind: set() for kind in kinds}
        if not self._readers or not (marked or any(reader.quiet_s >= QUIET_S for reader in self._readers)):
            return
        at, units, found = await self._look_at(marked)
        gone = {kind: sorted(ids - found[kind].keys()) for kind, ids in marked.items()}
        by_unit = ByUnit.of(found.get("sightings", {}).values(), _volunteers(units))
        encoded: dict[str | None, bytes | None] = {}
        for reader in self._readers:
            if reader.unit not in encoded:
                shown = (found, gone) if reader.unit is None else _for_unit(found, by_unit, reader.unit)
                encoded[reader.unit] = _changes(at, *shown)
            message = encoded[reader.unit]
            if message is not None:
                reader.offer(message)
            elif reader.quiet_s >= QUIET_S:
                reader.offer(_encode({"type": "changes", "at": at}))

    async def _look_at(self, marked: Mapping[str, set[str]]) -> Look:
        """When it was, all units, and the marked objects by kind and id, vehicles encoded already; ids that are gone
        are missing."""
        found: dict[str, dict[str, Any]] = {kind: {} for kind in marked}
        parts = _parts(marked)
        state = self._some(parts[0])
        units = state.units
        for part in parts:
            if part is not parts[0]:
                await asyncio.sleep(0)
                state = self._some(part)
            for kind, ids in part.items():
                there = _found(getattr(state, kind), ids)
                encoded = {name: msgspec.Raw(_encode(item)) for name, item in there.items()}
                found[kind] |= encoded if kind == "vehicles" else there
        return state.at, units, found


def _parts(marked: Mapping[str, set[str]]) -> list[dict[str, set[str]]]:
    """Everything that is marked, in parts with few vehicles each; at least one."""
    vehicles = sorted(marked.get("vehicles", ()))
    slices = [set(vehicles[at : at + VEHICLES_AT_A_TIME]) for at in range(0, len(vehicles), VEHICLES_AT_A_TIME)]
    first = {**marked, "vehicles": slices[0]} if slices else dict(marked)
    return [first, *({"vehicles": some} for some in slices[1:])]


def _found(objects: Iterable[Any], ids: set[str]) -> dict[str, Any]:
    """Those of `objects` that are named, by id (a link's id is its URL)."""
    named = ((item.url if hasattr(item, "url") else item.id, item) for item in objects)
    return {identifier: item for identifier, item in named if identifier in ids}


def _changes(at: datetime, found: Objects, gone: Mapping[str, list[str]]) -> bytes | None:
    """The message that says so; None when there is nothing to say."""
    message: LiveMessage = {"type": "changes", "at": at}
    for kind, objects in found.items():
        if objects:
            message[kind] = list(objects.values())
    left = {kind: ids for kind, ids in gone.items() if ids}
    if left:
        message["gone"] = left
    return _encode(message) if len(message) > 2 else None


def _for_unit(found: Objects, by_unit: ByUnit, unit: str) -> tuple[Objects, dict[str, list[str]]]:
    """What the unit sees of what changed, and what is gone for it."""
    itself = found.get("units", {}).get(unit)
    sightings = {sighting.id: sighting for sighting in by_unit.held.get(unit, ())}
    return {"units": {} if itself is None else {unit: itself}, "sightings": sightings}, {
        "sightings": by_unit.lost.get(unit, [])
    }


def _volunteers(units: Iterable[Unit]) -> frozenset[str]:
    return frozenset(unit.id for unit in units if is_volunteer(unit))


def _narrowed(state: State, unit: str | None) -> State:
    if unit is None:
        return state
    units = tuple(item for item in state.units if item.id == unit)
    mine = ByUnit.of(state.sightings, _volunteers(units)).held.get(unit, [])
    return msgspec.structs.replace(
        state,
        vehicles=(),
        operations=(),
        alarms=(),
        links=(),
        traffic=(),
        sightings=tuple(mine),
        units=units,
    )


def _cut_off(ws: web.WebSocketResponse) -> None:
    """End the connection under a reader that takes nothing; closing politely would wait for it."""
    sock = ws.get_extra_info("socket")
    if sock is not None:
        with contextlib.suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)


_encode = msgspec.json.Encoder().encode
