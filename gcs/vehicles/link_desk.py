"""Links opened and closed while ground control runs; the settings name those that it starts with."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol

from msgspec.structs import replace

from gcs.clock import Clock
from gcs.events import Event
from gcs.fleet.state import VehicleState
from gcs.fleet.ways import WayHealth
from telemetry.links.link import Link
from telemetry.links.url import LinkError, parse_link_url
from telemetry.received import Origin
from telemetry.recorder import Recorder

BY_HAND = frozenset({"udpin", "udpout", "udpbcast", "tcpin", "tcpout", "serial"})


class OnlyLinkError(Exception):
    """An armed vehicle is heard by this link alone."""


class LastHeardError(Exception):
    """Vehicles are heard by this link alone: whoever closes it has to say that it is meant. `reasons` by vehicle."""

    def __init__(self, url: str, vehicles: Sequence[str]) -> None:
        super().__init__(f"{', '.join(vehicles)} would not be heard any more without {url}; confirm to close it")
        self.reasons = dict.fromkeys(vehicles, "heard by this link alone")


class Links(Protocol):
    """`telemetry.links.endpoint.Endpoint` is one."""

    async def add(self, url: str, recorder: Recorder | None = None, network: str = "") -> Link: ...

    async def remove(self, url: str) -> None: ...

    def loss(self, origin: Origin) -> float | None: ...


class Fleet(Protocol):
    """`gcs.fleet.roster.Fleet` is one."""

    @property
    def vehicles(self) -> Mapping[str, VehicleState]: ...

    def ways(self, vehicle_id: str, now_s: float) -> tuple[WayHealth, ...]: ...

    def assign_link(self, url: str, network: str) -> None: ...


class LinkDesk:
    """`recorder_of` gives the recorder of a network; `publish` takes what happened."""

    def __init__(
        self,
        links: Links,
        fleet: Fleet,
        clock: Clock,
        recorder_of: Callable[[str], Recorder | None],
        publish: Callable[[Event], None],
    ) -> None:
        self._links = links
        self._fleet = fleet
        self._clock = clock
        self._recorder_of = recorder_of
        self._publish = publish

    async def open(self, url: str, network: str, actor: str) -> str:
        """The URL of the new link, with the port that is really used. LinkError when it cannot be opened, or is of a
        kind that lets others in or plays what was: those stand in the settings."""
        where = parse_link_url(url)
        if where.scheme not in BY_HAND or where.guest is not None or where.faults is not None:
            raise LinkError(f"{url!r}: guests, recordings and bad lines are named in the settings only")
        self._fleet.assign_link(url, network)
        link = await self._links.add(url, self._recorder_of(network), network)
        self._fleet.assign_link(link.url, network)
        self._tell("link.opened", link.url, actor, network=network)
        return link.url

    async def close(self, url: str, actor: str, *, confirmed: bool) -> None:
        """One that is not open is no error. OnlyLinkError while an armed vehicle would be lost by it; LastHeardError
        where that is not confirmed and another one would be, or one that fell silent and may still fly."""
        now_s, last = self._clock.monotonic_s(), []
        for state in self._fleet.vehicles.values():
            if {way.origin.link for way in self._fleet.ways(state.id, now_s)} != {url}:
                continue
            stale = state.stale(now_s)
            if state.armed and not stale:
                raise OnlyLinkError(f"{state.id} is armed and heard by {url} alone")
            if state.armed or not stale:
                last.append(state.id)
        if last and not confirmed:
            raise LastHeardError(url, last)
        await self._links.remove(url)
        self._tell("link.closed", url, actor)

    def ways(self) -> Iterator[tuple[str, WayHealth]]:
        """Every way by which a vehicle is heard and believed, by vehicle."""
        now_s = self._clock.monotonic_s()
        for vehicle_id in self._fleet.vehicles:
            for way in self._fleet.ways(vehicle_id, now_s):
                yield vehicle_id, replace(way, loss=self._links.loss(way.origin))

    def _tell(self, kind: str, url: str, actor: str, **data: str) -> None:
        self._publish(Event(kind=kind, at=self._clock.utc(), actor=actor, data={"link": url, **data}))
