"""An operation on the ground: drafted, checked, authorised, uploaded.

Each step is stored before it counts, so a step that could not be kept was not taken.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from msgspec.structs import replace

from gcs.clock import Clock
from gcs.events import Event
from gcs.fleet.health import airborne
from gcs.operations import preflight
from gcs.operations.airspace import Outsider
from gcs.operations.errands import Errands
from gcs.operations.errors import ChecksBlockError, NoteNeededError, NotKeptError, UploadFailedError, WrongVehiclesError
from gcs.operations.flight import FlightServices
from gcs.operations.flight_deck import FlightDeck
from gcs.operations.ledger import Ledger
from gcs.operations.lifecycle import UNDER_WAY, Step, after
from gcs.operations.model import Operation, OperationStatus, SortieState
from gcs.operations.plan_limits import plan_problems
from gcs.operations.ports import (
    CoverageMeasure,
    FenceMaker,
    MissionMaker,
    OffLoop,
    OperationStore,
    PlanCheck,
    ReportWriter,
    Vehicles,
)
from gcs.operations.timings import DEFAULT_TIMINGS, OperationTimings
from gcs.operations.tracks import DEFAULT_TRACK, TrackSettings
from gcs.operations.upload import upload_first_sorties
from missions.plan import Plan

HOLDS_VEHICLES = UNDER_WAY | {OperationStatus.UPLOADED}
SYSTEM = "system"


def _ignore(_: Operation) -> None:
    """For those who do not watch."""


class GroundDesk:
    """The steps before launch; `gcs.operations.conductor.Conductor` adds those after it.

    `publish` gets every event once it was stored (or could not be), `changed` every operation shown anew.
    `store_errors` are what `store` raises when it cannot keep something. `errands`: where others are sent.
    """

    def __init__(
        self,
        *,
        vehicles: Vehicles,
        store: OperationStore,
        clock: Clock,
        publish: Callable[[Event], None],
        make_mission: MissionMaker,
        measure: CoverageMeasure,
        changed: Callable[[Operation], None] = _ignore,
        check_plan: PlanCheck = plan_problems,
        write_report: ReportWriter | None = None,
        timings: OperationTimings = DEFAULT_TIMINGS,
        limits: preflight.PreflightLimits = preflight.DEFAULT_LIMITS,
        track_settings: TrackSettings = DEFAULT_TRACK,
        store_errors: tuple[type[Exception], ...] = (OSError,),
        off_loop: OffLoop = asyncio.to_thread,
        make_fence: FenceMaker | None = None,
    ) -> None:
        self._vehicles = vehicles
        self._store = store
        self._clock = clock
        self._publish = publish
        self._make_mission, self._make_fence = make_mission, make_fence
        self._check_plan = check_plan
        self._timings = timings
        self._limits = limits
        self._ledger = Ledger(store, publish, changed, store_errors)
        self._services = FlightServices(store, store_errors, measure, off_loop, write_report, track_settings)
        self._plans: dict[str, Plan] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._uploading: set[str] = set()
        self.errands = Errands()

    @property
    def operations(self) -> Mapping[str, Operation]:
        return self._ledger.operations

    @property
    def plans(self) -> Mapping[str, Plan]:
        """The plans of all operations, by hash."""
        return self._plans

    def get(self, operation_id: str) -> Operation:
        return self._ledger.get(operation_id)

    def operation_of(self, vehicle_id: str) -> Operation | None:
        """The operation that holds the vehicle now."""
        return next((o for o in self.operations.values() if self._holds(o) and vehicle_id in o.vehicles), None)

    def holding(self) -> dict[str, Operation]:
        """Every vehicle that an operation holds now, and that operation."""
        held = [operation for operation in self.operations.values() if self._holds(operation)]
        return {vehicle: operation for operation in reversed(held) for vehicle in operation.vehicles}

    async def create(
        self, plan: Plan, name: str, purpose: str, vehicles: Sequence[str], actor: str = SYSTEM
    ) -> Operation:
        """A draft: `vehicles[i]` is to fly the plan's drone `i`. The plan is stored with it."""
        if not purpose.strip():
            raise WrongVehiclesError("every flight has a purpose: say what this one is for")
        if len(vehicles) != plan.drones or len(set(vehicles)) != len(vehicles):
            raise WrongVehiclesError(f"the plan is for {plan.drones} different vehicles, not {len(set(vehicles))}")
        await self._keep_plan(plan)
        self._plans[plan.hash] = plan
        operation = Operation(
            id=secrets.token_hex(6),
            name=name,
            purpose=purpose,
            plan_hash=plan.hash,
            vehicles=tuple(vehicles),
            sorties=tuple(
                SortieState(drone=s.drone, sortie=s.sortie, vehicle=vehicles[s.drone])
                for s in sorted(plan.sorties, key=lambda s: (s.drone, s.sortie))
            ),
            created_at=self._clock.utc(),
            created_by=actor,
            simulated=self._all_simulated(vehicles),
        )
        told = self._event(operation, "operation.created", actor, name=name, purpose=purpose, plan=plan.hash)
        return await self._ledger.commit(operation, told)

    async def check(self, operation_id: str, actor: str = SYSTEM) -> Operation:
        """Look at everything again; the findings are in the operation's `checks`."""
        async with self._lock(operation_id):
            operation = self.get(operation_id)
            status = after(operation.status, Step.CHECK)
            plan = self._plans[operation.plan_hash]
            checks = preflight.operation_checks(
                operation,
                plan,
                self._vehicles.vehicles,
                self._clock.monotonic_s(),
                taken=self._taken(operation),
                plan_problems=self._check_plan(plan),
                limits=self._limits,
                outsiders=self._outsiders(operation),
            )
            simulated = self._all_simulated(operation.vehicles)
            checked = replace(operation, status=status, checks=checks, simulated=simulated, authorised_by=None)
            counts = {level: sum(c.level == level for c in checks) for level in ("red", "yellow", "green")}
            return await self._ledger.commit(checked, self._event(operation, "operation.checked", actor, **counts))

    async def authorise(self, operation_id: str, actor: str, note: str = "") -> Operation:
        """Take responsibility by name. Red findings block; yellow ones need a note."""
        async with self._lock(operation_id):
            operation = self.get(operation_id)
            status = after(operation.status, Step.AUTHORISE)
            if red := preflight.blocking(operation.checks):
                raise ChecksBlockError(red)
            if preflight.needs_note(operation.checks) and not note.strip():
                raise NoteNeededError
            authorised = replace(operation, status=status, authorised_by=actor, authorise_note=note)
            told = self._event(operation, "operation.authorised", actor, note=note)
            return await self._ledger.commit(authorised, told)

    async def upload(self, operation_id: str, actor: str = SYSTEM) -> Operation:
        """Give every vehicle its first sortie, read back and compared; all of them or `UploadFailedError`."""
        async with self._lock(operation_id):
            operation = self.get(operation_id)
            status = after(operation.status, Step.UPLOAD)
            self._refuse_taken(operation)
            with self._uploading_to(operation):
                failed = await upload_first_sorties(self._deck(operation))
                await self._ledger.settled()
                if failed:
                    raise UploadFailedError(failed)
                if self.get(operation_id).status is not operation.status:
                    after(self.get(operation_id).status, Step.UPLOAD)
                uploaded = replace(self.get(operation_id), status=status)
                return await self._ledger.commit(uploaded, self._event(operation, "operation.uploaded", actor))

    async def _keep_plan(self, plan: Plan) -> None:
        try:
            await self._store.put_plan(plan)
        except self._services.store_errors as error:
            raise NotKeptError(f"the plan could not be stored: {error}") from error

    def _deck(self, operation: Operation) -> FlightDeck:
        return FlightDeck(
            operation.id,
            self._plans[operation.plan_hash],
            ledger=self._ledger,
            vehicles=self._vehicles,
            clock=self._clock,
            timings=self._timings,
            make_mission=self._make_mission,
            limits=self._limits,
            outsiders=lambda: self._outsiders(operation),
            make_fence=self._make_fence,
        )

    def _outsiders(self, operation: Operation) -> tuple[Outsider, ...]:
        """Those that may be in the air and that no operation has; simulated ones for simulated vehicles only."""
        simulated, now_s = self._all_simulated(operation.vehicles), self._clock.monotonic_s()
        return tuple(
            Outsider(state, self.errands.of(state), heard=not state.stale(now_s))
            for state in self._vehicles.vehicles.values()
            if airborne(state) is not False
            and (state.simulated is True) is simulated
            and state.id not in operation.vehicles
            and self.operation_of(state.id) is None
        )

    def _lock(self, operation_id: str) -> asyncio.Lock:
        self.get(operation_id)
        return self._locks.setdefault(operation_id, asyncio.Lock())

    @contextmanager
    def _uploading_to(self, operation: Operation) -> Iterator[None]:
        """The operation's vehicles are its own already while it writes to them."""
        self._uploading.add(operation.id)
        try:
            yield
        finally:
            self._uploading.discard(operation.id)

    def _holds(self, operation: Operation) -> bool:
        return operation.status in HOLDS_VEHICLES or in_flight(operation) or operation.id in self._uploading

    def _taken(self, operation: Operation) -> dict[str, str]:
        others = (o for o in self.operations.values() if o.id != operation.id and self._holds(o))
        return {vehicle: other.id for other in others for vehicle in other.vehicles}

    def _refuse_taken(self, operation: Operation) -> None:
        taken = self._taken(operation)
        if both := sorted(taken.keys() & set(operation.vehicles)):
            raise WrongVehiclesError(f"{both[0]} is used by operation {taken[both[0]]}")

    def _all_simulated(self, vehicles: Sequence[str]) -> bool:
        states = [self._vehicles.vehicles.get(vehicle) for vehicle in vehicles]
        return bool(states) and all(state is not None and state.simulated is True for state in states)

    def _event(self, operation: Operation, kind: str, actor: str, **data: Any) -> Event:
        return Event(kind=kind, at=self._clock.utc(), actor=actor, operation=operation.id, data=data)


def in_flight(operation: Operation) -> bool:
    """Under way, or ended by an abort or a close whose vehicles were not all down."""
    return operation.status in UNDER_WAY or (operation.started_at is not None and operation.closed_at is None)
