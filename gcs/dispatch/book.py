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
        self._open: dict[str, Sighting] = {}
        self._joined: dict[str, str] = {}
        self.sightings: Mapping[str, Sighting] = MappingProxyType(self._sightings)
        self.units: Mapping[str, Unit] = MappingProxyType(self._units)
        self.open: Mapping[str, Sighting] = MappingProxyType(self._open)

    async def recover(self) -> None:
        """Take over what the store holds."""
        for sighting in reversed(await self._store.list_newest_sightings(SETTLED_HELD)):
            self._hold(sighting)
        for sighting in await self._store.list_open_sightings():
            self._hold(sighting)
        self._units.update((unit.id, unit) for unit in await self._store.list_units())

    async def find(self, sighting_id: str) -> Sighting | None:
        """The sighting, or the one that the report of that id joined, however old; None when there is none."""
        return self.held(sighting_id) or await self._store.get_sighting(sighting_id)

    def held(self, report_id: str) -> Sighting | None:
        """The sighting of that id, or the one that the report of that id joined, as far as memory reaches."""
        own = self._sightings.get(report_id)
        return own if own is not None else self._sightings.get(self._joined.get(report_id, ""))

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

    async def join(self, report_id: str, sighting: Sighting, events: Sequence[Event]) -> Sighting:
        """Keep that a report tells of `sighting`, as it is now; what is kept for that report."""
        added = await self._store.join_sighting(report_id, sighting, events)
        if added.new:
            self._show((added.sighting,), (), added.events)
        return added.sighting

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

    def _forget(self, sighting_id: str) -> None:
        for seen in self._sightings.pop(sighting_id).views:
            self._joined.pop(seen.id, None)

    def _hold(self, sighting: Sighting) -> None:
        self._sightings[sighting.id] = sighting
        self._joined.update((seen.id, sighting.id) for seen in sighting.views)
        if sighting.status not in SETTLED:
            self._open[sighting.id] = sighting
            return
        self._open.pop(sighting.id, None)
        self._settled.append(sighting.id)
        while len(self._settled) > SETTLED_HELD:
            oldest = self._settled.popleft()
            if oldest not in self._settled and self._sightings[oldest].status in SETTLED:
                self._forget(oldest)
