"""A vehicle's nose and camera follow a place or a unit on its way, until they need not any longer.

Only the direction is commanded (DO_SET_ROI_LOCATION); where the vehicle flies stays its own affair.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

from gcs.clock import Clock
from gcs.dispatch.assign import ground_distance_m
from gcs.dispatch.model import Unit, UnitStatus
from gcs.events import Event
from telemetry.dialect import Message
from telemetry.services.command import CommandOutcome
from telemetry.services.commands import look_ahead, look_at

LOOK_EVERY_S = 2.0
MOVED_M = 10.0
LONGEST_S = 1800.0
_ON_THE_WAY = frozenset({UnitStatus.ASSIGNED, UnitStatus.EN_ROUTE})


class Station(Protocol):
    """`gcs.vehicles.station.Station` is one."""

    def target(self, vehicle_id: str) -> tuple[int, int]: ...

    async def command(self, vehicle_id: str, message: Message, actor: str) -> CommandOutcome: ...


@dataclass(frozen=True, slots=True)
class Following:
    """A unit that a vehicle follows with its camera, for whom and since when."""

    unit: str
    actor: str
    since_s: float


class Lookout:
    """`units` as they are now; `notice` takes what happened."""

    def __init__(
        self, station: Station, units: Mapping[str, Unit], clock: Clock, notice: Callable[[Event], None]
    ) -> None:
        self._station = station
        self._units = units
        self._clock = clock
        self._notice = notice
        self._following: dict[str, Following] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self.following: Mapping[str, Following] = MappingProxyType(self._following)

    async def look(self, vehicle: str, lat_deg: float, lon_deg: float, actor: str) -> CommandOutcome:
        """Look at a place on the ground; what was followed before is so no longer."""
        self.forget(vehicle)
        return await self._look(vehicle, lat_deg, lon_deg, actor)

    async def follow(self, vehicle: str, unit: Unit, actor: str) -> CommandOutcome | None:
        """Look at the unit, and go on until it arrives; None when nobody knows where it is."""
        self.forget(vehicle)
        if unit.lat_deg is None or unit.lon_deg is None:
            return None
        outcome = await self._look(vehicle, unit.lat_deg, unit.lon_deg, actor)
        if outcome.ok:
            self._following[vehicle] = Following(unit.id, actor, self._clock.monotonic_s())
            self._tell("camera.follows", vehicle, actor, unit.id)
            work = self._keep_on(vehicle, (unit.lat_deg, unit.lon_deg))
            self._tasks[vehicle] = asyncio.get_running_loop().create_task(work, name=f"lookout {vehicle}")
        return outcome

    async def ahead(self, vehicle: str, actor: str) -> CommandOutcome:
        """Look ahead again."""
        self.forget(vehicle)
        return await self._station.command(vehicle, look_ahead(self._station.target(vehicle)), actor)

    def forget(self, vehicle: str) -> None:
        """Follow nobody any longer."""
        task = self._tasks.pop(vehicle, None)
        if task is not None:
            task.cancel()
        self._following.pop(vehicle, None)

    async def stop(self) -> None:
        tasks = tuple(self._tasks.values())
        for vehicle in tuple(self._tasks):
            self.forget(vehicle)
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _keep_on(self, vehicle: str, at: tuple[float, float]) -> None:
        """Until the unit has arrived, is gone, or half an hour is over."""
        following = self._following[vehicle]
        while self._clock.monotonic_s() - following.since_s < LONGEST_S:
            await asyncio.sleep(LOOK_EVERY_S)
            unit = self._units.get(following.unit)
            if unit is None or unit.status not in _ON_THE_WAY or unit.lat_deg is None or unit.lon_deg is None:
                break
            if ground_distance_m(*at, unit.lat_deg, unit.lon_deg) > MOVED_M:
                outcome = await self._look(vehicle, unit.lat_deg, unit.lon_deg, following.actor)
                at = (unit.lat_deg, unit.lon_deg) if outcome.ok else at
        self._following.pop(vehicle, None)
        self._tasks.pop(vehicle, None)
        self._tell("camera.follows_no_longer", vehicle, following.actor, following.unit)

    async def _look(self, vehicle: str, lat_deg: float, lon_deg: float, actor: str) -> CommandOutcome:
        """The ground is taken to be as high as home."""
        return await self._station.command(
            vehicle, look_at(self._station.target(vehicle), lat_deg, lon_deg, 0.0), actor
        )

    def _tell(self, kind: str, vehicle: str, actor: str, unit: str) -> None:
        self._notice(Event(kind=kind, at=self._clock.utc(), actor=actor, vehicle=vehicle, unit=unit))
