"""What the desk needs of the store, and no more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from gcs.dispatch.model import Unit
from gcs.events import Event
from gcs.sightings.model import Sighting


class Added(Protocol):
    """What is kept under an id, whether it is new, and the events as kept."""

    @property
    def sighting(self) -> Sighting: ...

    @property
    def new(self) -> bool: ...

    @property
    def events(self) -> Sequence[Event]: ...


class DeskStore(Protocol):
    """Every await returns only after the record was synced to disk; `gcs.store.store.Store` is one."""

    async def add_sighting(self, sighting: Sighting, events: Sequence[Event]) -> Added: ...

    async def join_sighting(self, report: str, sighting: Sighting, events: Sequence[Event]) -> Added: ...

    async def record(
        self, sightings: Sequence[Sighting], units: Sequence[Unit], events: Sequence[Event]
    ) -> Sequence[Event]: ...

    async def get_sighting(self, sighting_id: str) -> Sighting | None:
        """The sighting of that id, or the one that the report of that id joined."""
        ...

    async def list_open_sightings(self) -> Sequence[Sighting]: ...

    async def list_newest_sightings(self, limit: int) -> Sequence[Sighting]: ...

    async def list_units(self) -> Sequence[Unit]: ...
