"""For each vehicle that a seat has taken: a door on this machine by which a script flies it in that seat's name.

A door is a link `guest+tcpin://127.0.0.1:PORT?allow=leased&seat=SEAT&vehicle=SYSID`; what passes it is decided frame by
frame in `telemetry.links.exchange`, so that a lease that has ended ends it at once. Here doors are opened when a
vehicle is taken, and closed, with whoever is connected, when it is let go, or taken by another seat.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import quote

from gcs.clock import Clock
from gcs.events import Event
from gcs.fleet.state import VehicleState
from gcs.leases import Leases
from gcs.scripts import ScriptDoor, ports_for
from telemetry.links.link import CLOSED, Link
from telemetry.links.url import LinkError
from telemetry.recorder import Recorder

HOST = "127.0.0.1"
LOOK_EVERY_S = 0.5


class Links(Protocol):
    """`telemetry.links.endpoint.Endpoint` is one."""

    async def add(
        self, url: str, recorder: Recorder | None = None, network: str = "", *, signed: bool = True
    ) -> Link: ...

    async def remove(self, url: str) -> None: ...


@dataclass(slots=True)
class _Door:
    """`link` None: no port was free."""

    seat: str
    link: Link | None
    shown: ScriptDoor | None = None


class ScriptDoors:
    """`publish` takes what happened, `changed` the id of a vehicle whose door is to be shown anew."""

    def __init__(
        self,
        ports: range,
        links: Links,
        leases: Leases,
        *,
        vehicles: Mapping[str, VehicleState],
        clock: Clock,
        publish: Callable[[Event], None],
        changed: Callable[[str], None],
    ) -> None:
        self._ports = ports
        self._links = links
        self._leases = leases
        self._vehicles = vehicles
        self._clock = clock
        self._publish = publish
        self._changed = changed
        self._doors: dict[str, _Door] = {}
        self._kept: dict[str, int] = {}
        self._turn = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to follow the leases; nothing where no ports are given."""
        if self._ports:
            self._task = asyncio.get_running_loop().create_task(self._follow(), name="script doors")

    async def stop(self) -> None:
        """Close every door."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
        async with self._turn:
            for vehicle in tuple(self._doors):
                await self._close(vehicle)

    async def look(self) -> None:
        """Open and close what the leases ask for now; afterwards `of` is right."""
        if not self._ports:
            return
        async with self._turn:
            now_s = self._clock.monotonic_s()
            for vehicle, door in tuple(self._doors.items()):
                if self._leases.leased(vehicle, now_s) != door.seat:
                    await self._close(vehicle)
            for vehicle in tuple(self._vehicles):
                seat = self._leases.leased(vehicle, now_s)
                if seat is not None and (vehicle not in self._doors or self._doors[vehicle].link is None):
                    await self._open(vehicle, seat)
            for vehicle, door in self._doors.items():
                shown, door.shown = door.shown, _view(door)
                if shown != door.shown:
                    self._changed(vehicle)

    def of(self, vehicle: str) -> ScriptDoor | None:
        """The door of a vehicle; None where there is none, or its lease has just ended."""
        door = self._doors.get(vehicle)
        if door is None or self._leases.leased(vehicle, self._clock.monotonic_s()) != door.seat:
            return None
        return _view(door)

    async def _follow(self) -> None:
        while True:
            await self.look()
            await asyncio.sleep(LOOK_EVERY_S)

    async def _open(self, vehicle: str, seat: str) -> None:
        link = await self._listen(self._vehicles[vehicle], seat)
        self._doors[vehicle] = _Door(seat, link)
        if link is not None:
            self._kept[vehicle] = link.where.port
            self._tell("script.opened", vehicle, seat, link)

    async def _listen(self, state: VehicleState, seat: str) -> Link | None:
        said = f"allow=leased&seat={quote(seat, safe='')}&vehicle={state.sysid}&network={quote(state.network, safe='')}"
        for port in ports_for(self._ports, state.sysid, state.id, self._kept):
            try:
                return await self._links.add(f"guest+tcpin://{HOST}:{port}?{said}", None, state.network, signed=False)
            except LinkError:
                continue
        return None

    async def _close(self, vehicle: str) -> None:
        door = self._doors.pop(vehicle)
        if door.link is not None:
            await self._links.remove(door.link.url)
            self._tell("script.closed", vehicle, door.seat, door.link)
        self._changed(vehicle)

    def _tell(self, kind: str, vehicle: str, seat: str, link: Link) -> None:
        data = {"connect": _connect(link)}
        self._publish(Event(kind=kind, at=self._clock.utc(), actor=seat, vehicle=vehicle, data=data))


def _connect(link: Link) -> str:
    return f"tcp:{HOST}:{link.where.port}"


def _view(door: _Door) -> ScriptDoor:
    """One that was closed as a link, by hand, stays closed until the vehicle is taken anew."""
    if door.link is None or door.link.state == CLOSED:
        return ScriptDoor(door.seat, None)
    return ScriptDoor(door.seat, _connect(door.link), len(door.link.peers), door.link.turned_away)
