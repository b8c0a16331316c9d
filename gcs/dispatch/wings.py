"""Units that are drones: each is where its vehicle is, and is not sent while nobody hears that, or an operation has
it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from typing import Protocol

from gcs.clock import Clock
from gcs.dispatch.assign import FRESH, ground_distance_m
from gcs.dispatch.model import Unit
from gcs.dispatch.requests import UnitPosition
from gcs.fleet.state import VehicleState
from gcs.sightings.errors import SightingError

LOOK_EVERY_S = 2.0
MOVED_M = 10.0
SILENT_AFTER_S = 10.0
AGAIN_AFTER = FRESH / 5
"""Where a drone hovers is said again so often that its position stays fresh."""


class Desk(Protocol):
    """`gcs.dispatch.desk.Desk` is one."""

    @property
    def units(self) -> Mapping[str, Unit]: ...

    async def unit_position(self, unit_id: str, position: UnitPosition, actor: str) -> Unit: ...

    async def unit_flown(self, unit_id: str, *, silent: bool, operation: str | None) -> Unit: ...


class Wings:
    """`vehicles` as they are now; `operation_of` names the operation that has a vehicle."""

    def __init__(
        self,
        desk: Desk,
        vehicles: Mapping[str, VehicleState],
        clock: Clock,
        operation_of: Callable[[str], str | None],
    ) -> None:
        self._desk = desk
        self._vehicles = vehicles
        self._clock = clock
        self._operation_of = operation_of
        self._changed = asyncio.Event()

    def wake(self) -> None:
        """An operation has taken vehicles, or let them go."""
        self._changed.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            self._changed.clear()
            await self.look()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY_S):
                    await self._changed.wait()

    async def look(self) -> None:
        """Bring every drone up to date."""
        for unit in tuple(self._desk.units.values()):
            if unit.vehicle is not None:
                try:
                    await self._follow(unit, unit.vehicle)
                except SightingError:
                    continue

    async def _follow(self, unit: Unit, vehicle: str) -> None:
        state = self._heard(unit, self._vehicles.get(vehicle))
        silent, operation = state is None, self._operation_of(vehicle)
        if (unit.silent, unit.operation) != (silent, operation):
            await self._desk.unit_flown(unit.id, silent=silent, operation=operation)
        if state is not None and state.position is not None:
            place = UnitPosition(lat=state.position.lat_deg, lon=state.position.lon_deg)
            if self._is_news(unit, place):
                await self._desk.unit_position(unit.id, place, vehicle)

    def _heard(self, unit: Unit, state: VehicleState | None) -> VehicleState | None:
        """The vehicle, if it is heard and is what the unit is: one, and as simulated as the unit."""
        if state is None or state.conflict or (state.simulated is True) is not unit.simulated:
            return None
        within_s = max(SILENT_AFTER_S, state.stale_after_s)
        return state if state.silence_s(self._clock.monotonic_s()) <= within_s else None

    def _is_news(self, unit: Unit, place: UnitPosition) -> bool:
        if unit.lat_deg is None or unit.lon_deg is None or unit.position_at is None:
            return True
        if self._clock.utc() - unit.position_at > AGAIN_AFTER:
            return True
        return ground_distance_m(unit.lat_deg, unit.lon_deg, place.lat, place.lon) > MOVED_M
