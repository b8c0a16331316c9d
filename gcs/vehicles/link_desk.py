"""Links opened and closed while ground control runs; the settings name those that it starts with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from gcs.clock import Clock
from gcs.events import Event
from gcs.fleet.state import VehicleState
from gcs.fleet.ways import WayHealth
from telemetry.links.link import Link
from telemetry.links.url import LinkError, parse_link_url
from telemetry.recorder import Recorder

BY_HAND = frozenset({"udpin", "udpout", "udpbcast", "tcpin", "tcpout", "serial"})


class OnlyLinkError(Exception):
    """An armed vehicle is heard by this link alone."""


class Links(Protocol):
    """`telemetry.links.endpoint.Endpoint` is one."""

    async def add(self, url: str, recorder: Recorder | None = None, network: str = "") -> Link: ...

    async def remove(self, url: str) -> None: ...


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

    async def close(self, url: str, actor: str) -> None:
        """One that is not open is no error. OnlyLinkError while an armed vehicle would be lost by it."""
        now_s = self._clock.monotonic_s()
        for state in self._fleet.vehicles.values():
            heard_by = {way.origin.link for way in self._fleet.ways(state.id, now_s)}
            if state.armed and not state.stale(now_s) and heard_by == {url}:
                raise OnlyLinkError(f"{state.id} is armed and heard by {url} alone")
        await self._links.remove(url)
        self._tell("link.closed", url, actor)

    def _tell(self, kind: str, url: str, actor: str, **data: str) -> None:
        self._publish(Event(kind=kind, at=self._clock.utc(), actor=actor, data={"link": url, **data}))
