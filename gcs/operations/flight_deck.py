"""What all vehicles of one operation in flight share: the record, the launch pad, the tracks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from gcs.clock import Clock
from gcs.events import Event
from gcs.fleet.health import airborne
from gcs.fleet.state import VehicleState
from gcs.operations.airspace import Outsider
from gcs.operations.climb import Mate
from gcs.operations.ledger import Ledger
from gcs.operations.lifecycle import FINAL
from gcs.operations.model import Operation, OperationStatus, SortieState
from gcs.operations.ports import FenceMaker, MissionMaker, Vehicles
from gcs.operations.preflight import PreflightLimits
from gcs.operations.progress import IN_FLIGHT, last_waypoint
from gcs.operations.timings import OperationTimings
from missions.plan import Plan, Sortie
from telemetry.services.mission_item import MissionItem, mission_hash

GROUNDED = FINAL | {OperationStatus.RETURNING}
WAITING = frozenset({OperationStatus.PAUSED, OperationStatus.HELD})


class LaunchPad:
    """One vehicle at a time takes off, `stagger_s` after the one before."""

    def __init__(self, clock: Clock, stagger_s: float) -> None:
        self._clock = clock
        self._stagger_s = stagger_s
        self._lock = asyncio.Lock()
        self._last_s: float | None = None

    async def __aenter__(self) -> None:
        await self._lock.acquire()
        if self._last_s is not None:
            await asyncio.sleep(max(0.0, self._last_s + self._stagger_s - self._clock.monotonic_s()))
        self._last_s = self._clock.monotonic_s()

    async def __aexit__(self, *_: object) -> None:
        self._lock.release()


class FlightDeck:
    """One operation's plan, its record in the ledger and the means to act; no decisions are made here."""

    def __init__(
        self,
        operation_id: str,
        plan: Plan,
        *,
        ledger: Ledger,
        vehicles: Vehicles,
        clock: Clock,
        timings: OperationTimings,
        make_mission: MissionMaker,
        limits: PreflightLimits,
        outsiders: Callable[[], tuple[Outsider, ...]] = tuple,
        make_fence: FenceMaker | None = None,
    ) -> None:
        self.operation_id = operation_id
        self.plan = plan
        self.ledger = ledger
        self.vehicles = vehicles
        self.clock = clock
        self.timings = timings
        self.limits = limits
        self.outsiders = outsiders
        self.pad = LaunchPad(clock, timings.stagger_s)
        self._make_mission = make_mission
        self.fence = make_fence(plan) if make_fence else ()
        self._missions: dict[tuple[int, int], tuple[MissionItem, ...]] = {}

    @property
    def operation(self) -> Operation:
        return self.ledger.get(self.operation_id)

    @property
    def recalled(self) -> bool:
        """No launch any more: the operation is on its way home, or over."""
        return self.operation.status in GROUNDED

    @property
    def closed(self) -> bool:
        """Somebody closed it: what is not on the ground by now is given up as unknown."""
        return self.operation.status is OperationStatus.CLOSED

    def vehicle_state(self, vehicle: str) -> VehicleState | None:
        return self.vehicles.vehicles.get(vehicle)

    def heard(self, vehicle: str) -> VehicleState | None:
        """The vehicle's state unless it is silent."""
        state = self.vehicle_state(vehicle)
        return None if state is None or state.stale(self.clock.monotonic_s()) else state

    def mates(self, vehicle: str) -> tuple[Mate, ...]:
        """The operation's other vehicles that may be in the air, as they were last heard."""
        up = (s for s in self.operation.sorties if s.status in IN_FLIGHT and s.vehicle != vehicle)
        found = ((s, self.vehicle_state(s.vehicle)) for s in up)
        flown = {(s.drone, s.sortie): s for s in self.plan.sorties}
        return tuple(
            Mate(state, self.mission(path), path.speed_m_s)
            for s, state in found
            if state is not None and airborne(state) is not False and (path := flown[s.drone, s.sortie])
        )

    def mission(self, sortie: Sortie) -> tuple[MissionItem, ...]:
        """The items of a sortie, seq 0 = home; made once."""
        key = (sortie.drone, sortie.sortie)
        if key not in self._missions:
            self._missions[key] = tuple(self._make_mission(sortie))
        return self._missions[key]

    def hash_of(self, sortie: Sortie) -> str:
        return mission_hash(self.mission(sortie))

    def last_seq(self, sortie: Sortie) -> int:
        return last_waypoint(self.mission(sortie))

    def sortie_state(self, sortie: Sortie) -> SortieState:
        return next(s for s in self.operation.sorties if (s.drone, s.sortie) == (sortie.drone, sortie.sortie))

    def record(self, new: SortieState, kind: str | None = None, **data: Any) -> SortieState:
        """Put the sortie's new state on record; with an event when `kind` says what happened."""
        sorties = tuple(
            new if (old.drone, old.sortie) == (new.drone, new.sortie) else old for old in self.operation.sorties
        )
        operation = replace(self.operation, sorties=sorties)
        told = {"drone": new.drone, "sortie": new.sortie, **({"reason": new.reason} if new.reason else {}), **data}
        events = (self.event(kind, vehicle=new.vehicle, **told),) if kind else ()
        self.ledger.post(operation, *events)
        return new

    def event(self, kind: str, *, actor: str = "system", vehicle: str | None = None, **data: Any) -> Event:
        return Event(
            kind=kind, at=self.clock.utc(), actor=actor, vehicle=vehicle, operation=self.operation_id, data=data
        )

    async def breathe(self) -> None:
        """Wait one look."""
        await asyncio.sleep(self.timings.poll_s)

    async def wait_until(self, true: Callable[[], bool]) -> None:
        while not true():
            await self.breathe()
