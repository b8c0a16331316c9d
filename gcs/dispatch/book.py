"""The sightings and units as they are now. Everything is stored first and shown after that.

Held in memory are all open sightings and the settled ones of late; older ones are read from the store.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from gcs.dispatch.model import Unit
from gcs.dispatch.ports import DeskStore
from gcs.events import Event
from gcs.sightings.errors import UnknownSightingError, UnknownUnitError
from gcs.sightings.model import Sighting
from gcs.sightings.workflow import SETTLED

SETTLED_HELD = 2000


class Book:
    """`publish` gets every event kept, `sighting_changed` and `unit_changed` every record shown anew."""

    def __init__(
        self,
        store: DeskStore,
        publish: Callable[[Event], None],
        sighting_changed: Callable[[Sighting], None],
        unit_changed: Callable[[Unit], None],
    ) -> None:
        self._store = store
        self._publish = publish
        self._sighting_changed = sighting_changed
        self._unit_changed = unit_changed
        self._sightings: dict[str, Sighting] = {}
        self._units: dict[str, Unit] = {}
        self._settled: deque[str] = deque()
        self.sightings: Mapping[str, Sighting] = MappingProxyType(self._sightings)
        self.units: Mapping[str, Unit] = MappingProxyType(self._units)

    async def recover(self) -> None:
        """Take over what the store holds."""
        for sighting in reversed(await self._store.list_newest_sightings(SETTLED_HELD)):
            self._hold(sighting)
        for sighting in await self._store.list_open_sightings():
            self._hold(sighting)
        self._units.update((unit.id, unit) for unit in await self._store.list_units())

    async def find(self, sighting_id: str) -> Sighting | None:
        """The sighting, however old; None when there is none of that id."""
        return self._sightings.get(sighting_id) or await self._store.get_sighting(sighting_id)

    async def sighting(self, sighting_id: str) -> Sighting:
        """As `find`; raises UnknownSightingError."""
        found = await self.find(sighting_id)
        if found is None:
            raise UnknownSightingError(sighting_id)
        return found

    def unit(self, unit_id: str) -> Unit:
        """The unit as it is now; raises UnknownUnitError."""
        try:
            return self._units[unit_id]
        except KeyError:
            raise UnknownUnitError(unit_id) from None

    async def add(self, sighting: Sighting, events: Sequence[Event]) -> tuple[Sighting, bool]:
        """Keep a sighting reported now; what is kept under its id, and whether it is new."""
        added = await self._store.add_sighting(sighting, events)
        if added.new:
            self._show((added.sighting,), (), added.events)
        return added.sighting, added.new

    async def keep(self, sightings: Sequence[Sighting], units: Sequence[Unit], events: Sequence[Event]) -> None:
        """Store all of it or nothing, then show it."""
        self._show(sightings, units, await self._store.record(sightings, units, events))

    def show_unit(self, unit: Unit) -> None:
        """Show what need not outlive the program: a position."""
        self._show((), (unit,), ())

    def _show(self, sightings: Sequence[Sighting], units: Sequence[Unit], events: Sequence[Event]) -> None:
        for sighting in sightings:
            self._hold(sighting)
            self._sighting_changed(sighting)
        for unit in units:
            self._units[unit.id] = unit
            self._unit_changed(unit)
        for event in events:
            self._publish(event)

    def _hold(self, sighting: Sighting) -> None:
        self._sightings[sighting.id] = sighting
        if sighting.status not in SETTLED:
            return
        self._settled.append(sighting.id)
        while len(self._settled) > SETTLED_HELD:
            oldest = self._settled.popleft()
            if oldest not in self._settled and self._sightings[oldest].status in SETTLED:
                del self._sightings[oldest]
