"""Operations from draft to report: the steps people take in flight, and what a restart takes up again.

A step in flight is done first and stored right after (`Ledger.post`): a slow or full disk never stands
between a vehicle and its command. No command goes to a vehicle that is not in the operation.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from functools import cached_property
from typing import Any

from msgspec.structs import replace

from gcs.fleet.health import airborne
from gcs.operations import recall
from gcs.operations.errors import NothingToClearError, StillAirborneError
from gcs.operations.flight import Flight
from gcs.operations.ground import SYSTEM, GroundDesk, in_flight
from gcs.operations.lifecycle import UNDER_WAY, Step, after
from gcs.operations.model import Operation, SortieStatus


class Conductor(GroundDesk):
    """Everything that may be asked of operations. All steps raise `OperationError` when they are refused;
    nothing has changed then."""

    @cached_property
    def _flights(self) -> dict[str, Flight]:
        return {}

    @cached_property
    def _tasks(self) -> dict[str, asyncio.Task[None]]:
        return {}

    def off_plan_m(self) -> dict[str, float]:
        """How far each surveying vehicle is from its path."""
        return {vehicle: far for flight in self._flights.values() for vehicle, far in flight.off_plan_m.items()}

    async def launch(self, operation_id: str, actor: str = SYSTEM) -> Operation:
        """Start: from here the sorties follow each other until all are flown, or somebody calls them home."""
        async with self._lock(operation_id):
            operation = self.get(operation_id)
            status = after(operation.status, Step.LAUNCH)
            self._refuse_taken(operation)
            launching = replace(operation, status=status, started_at=self._clock.utc())
            told = self._event(operation, "operation.launching", actor)
            launching = await self._ledger.commit(launching, told)
            self._start_flight(launching)
            return launching

    async def pause(self, operation_id: str, actor: str = SYSTEM) -> Operation:
        """Everybody stops where they are; nobody else takes off."""
        operation = self._step(operation_id, Step.PAUSE, "operation.paused", actor)
        await recall.pause(self._vehicles, operation, actor)
        return self.get(operation_id)

    async def resume(self, operation_id: str, actor: str = SYSTEM) -> Operation:
        """Go on. Sorties that were held start over with a new upload, once their vehicle is on the ground."""
        operation = self.get(operation_id)
        after(operation.status, Step.RESUME)
        sorties = tuple(
            replace(s, status=SortieStatus.WAITING, reason="") if s.status is SortieStatus.HELD else s
            for s in operation.sorties
        )
        if sorties != operation.sorties:
            self._ledger.post(replace(operation, sorties=sorties, reason=""))
        operation = self._step(operation_id, Step.RESUME, "operation.resumed", actor)
        await recall.resume(self._vehicles, operation, actor)
        return self.get(operation_id)

    async def clear(self, operation_id: str, vehicle: str, actor: str = SYSTEM) -> Operation:
        """Somebody beside a real vehicle that has landed lets its next sortie go."""
        operation = self.get(operation_id)
        waiting = next((s for s in operation.sorties if s.vehicle == vehicle and s.awaits_clear), None)
        if waiting is None:
            raise NothingToClearError(vehicle)
        cleared = replace(waiting, awaits_clear=False, cleared_by=actor)
        sorties = tuple(cleared if s is waiting else s for s in operation.sorties)
        told = self._event(operation, "sortie.cleared", actor, drone=waiting.drone, sortie=waiting.sortie)
        return self._ledger.post(replace(operation, sorties=sorties), replace(told, vehicle=vehicle))

    async def rtl_all(self, operation_id: str, actor: str = SYSTEM) -> Operation:
        """Call every vehicle of the operation home; nothing takes off any more."""
        operation = self._step(operation_id, Step.RTL, "operation.returning", actor)
        self._called_home(operation_id, actor)
        await recall.home(self._vehicles, operation, actor)
        return self.get(operation_id)

    async def abort(self, operation_id: str, reason: str, actor: str = SYSTEM) -> Operation:
        """End it for `reason`. In flight everybody is called home, and the record stays open until they are down."""
        before = self.get(operation_id)
        operation = self._step(operation_id, Step.ABORT, "operation.aborted", actor, reason=reason)
        if before.status in UNDER_WAY:
            self._called_home(operation_id, actor)
            await recall.home(self._vehicles, operation, actor)
        else:
            ended = replace(operation, closed_at=self._clock.utc())
            self._ledger.post(ended)
        return self.get(operation_id)

    async def close(self, operation_id: str, actor: str = SYSTEM) -> Operation:
        """End it now. Refused while a vehicle of it is heard in the air; waits for the report."""
        operation = self.get(operation_id)
        after(operation.status, Step.CLOSE)
        if flying := self._heard_airborne(operation.vehicles):
            raise StillAirborneError(flying)
        self._step(operation_id, Step.CLOSE, "operation.closing", actor)
        await self.finished(operation_id)
        return self.get(operation_id)

    async def finished(self, operation_id: str) -> None:
        """Wait until the flight is over and its report written; at once when it is not flying."""
        task = self._tasks.get(operation_id)
        if task is not None:
            await asyncio.wait({task})

    async def recover(self) -> None:
        """After a restart: load everything; take up what was under way as its vehicles are heard again."""
        operations = await self._store.list_operations()
        for operation in operations:
            if operation.plan_hash not in self._plans:
                plan = await self._store.get_plan(operation.plan_hash)
                if plan is not None:
                    self._plans[plan.hash] = plan
        self._ledger.load([operation for operation in operations if operation.plan_hash in self._plans])
        for loaded in tuple(self.operations.values()):
            operation = self._unfinished_uploads_back(loaded)
            if in_flight(operation):
                self._ledger.post(operation, self._event(operation, "operation.recovered", SYSTEM))
                self._start_flight(operation)

    async def stop(self) -> None:
        """Stop watching and store what is left; vehicles fly on by themselves."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        await self._ledger.stop()

    def _step(self, operation_id: str, step: Step, kind: str, actor: str, **data: Any) -> Operation:
        """Take a step in flight: shown at once, stored right after."""
        operation = self.get(operation_id)
        changed = replace(operation, status=after(operation.status, step))
        if "reason" in data:
            changed = replace(changed, reason=data["reason"])
        return self._ledger.post(changed, self._event(operation, kind, actor, **data))

    def _called_home(self, operation_id: str, actor: str) -> None:
        if (flight := self._flights.get(operation_id)) is not None:
            flight.called_home_by(actor)

    def _start_flight(self, operation: Operation) -> None:
        flight = Flight(self._deck(operation), self._services)
        task = asyncio.get_running_loop().create_task(flight.fly(), name=f"operation {operation.id}")
        self._flights[operation.id], self._tasks[operation.id] = flight, task
        task.add_done_callback(lambda done: self._flight_over(operation, done))

    def _flight_over(self, operation: Operation, task: asyncio.Task[None]) -> None:
        self._flights.pop(operation.id, None)
        self._tasks.pop(operation.id, None)
        if not task.cancelled() and (failed := task.exception()) is not None:
            self._publish(self._event(operation, "operation.unwatched", SYSTEM, problem=repr(failed)))

    def _unfinished_uploads_back(self, operation: Operation) -> Operation:
        sorties = tuple(
            replace(s, status=SortieStatus.WAITING) if s.status is SortieStatus.UPLOADING else s
            for s in operation.sorties
        )
        return operation if sorties == operation.sorties else self._ledger.post(replace(operation, sorties=sorties))

    def _heard_airborne(self, vehicles: Iterable[str]) -> list[str]:
        now_s = self._clock.monotonic_s()
        states = (self._vehicles.vehicles.get(vehicle) for vehicle in vehicles)
        return [s.id for s in states if s is not None and not s.stale(now_s) and s.armed and airborne(s) is not False]
