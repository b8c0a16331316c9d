"""One operation from launch to report: runs its vehicles, keeps their tracks, draws the line under it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from gcs.fleet.state import VehicleState
from gcs.operations import adoption
from gcs.operations.corridor import distance_to_path_m
from gcs.operations.flight_deck import FlightDeck
from gcs.operations.homecoming import Homecoming
from gcs.operations.launch import launch_slots
from gcs.operations.lifecycle import Step, after
from gcs.operations.model import OperationStatus, SortieState, SortieStatus
from gcs.operations.ports import CoverageMeasure, OffLoop, OperationStore, ReportWriter
from gcs.operations.progress import DONE, IN_FLIGHT
from gcs.operations.tracks import DEFAULT_TRACK, Track, TrackSettings
from gcs.operations.vehicle_run import VehicleRun
from missions.areas.zones import closed_zones

_NOT_YET_UP = frozenset({SortieStatus.WAITING, SortieStatus.UPLOADING, SortieStatus.READY, SortieStatus.LAUNCHING})


@dataclass(frozen=True, slots=True)
class FlightServices:
    """What a flight needs besides its deck."""

    store: OperationStore
    store_errors: tuple[type[Exception], ...]
    measure: CoverageMeasure
    off_loop: OffLoop
    write_report: ReportWriter | None = None
    track_settings: TrackSettings = DEFAULT_TRACK


class Flight:
    """`off_plan_m` says, for vehicles in a survey, how far they are from their path."""

    def __init__(self, deck: FlightDeck, services: FlightServices) -> None:
        self._deck = deck
        self._services = services
        self._tracks = {vehicle: Track(services.track_settings) for vehicle in deck.operation.vehicles}
        self._homecoming = Homecoming(deck)
        self._measured_done = 0
        self.off_plan_m: dict[str, float] = {}

    def called_home_by(self, actor: str) -> None:
        """Who called the operation home; vehicles that did not hear it are called again under this name."""
        self._homecoming.actor = actor

    async def fly(self) -> None:
        """Until the report is written. Cancelling stops watching; vehicles fly on by themselves."""
        await self._restore_tracks()
        unsubscribe = self._deck.vehicles.on_moved(self._moved)
        try:
            async with asyncio.TaskGroup() as group:
                beside = (self._supervise(), self._keep_tracks(), self._homecoming.watch())
                watching = [group.create_task(work) for work in beside]
                await self._run_vehicles()
                for task in watching:
                    task.cancel()
        finally:
            unsubscribe()
        await self._store_tracks()
        await self._finish()
        await self._report()
        await self._deck.ledger.settled()

    async def _run_vehicles(self) -> None:
        """All vehicles until nothing is left to fly; a held one waits for somebody to say what to do."""
        slots = self._slots()
        while True:
            async with asyncio.TaskGroup() as group:
                for drone, vehicle in enumerate(self._deck.operation.vehicles):
                    run = VehicleRun(self._deck, drone, vehicle, slots.pop(drone, 0.0))
                    group.create_task(run.run(), name=f"{self._deck.operation_id} {vehicle}")
            if all(sortie.status in DONE for sortie in self._deck.operation.sorties):
                return
            if self._held():
                self._hold()
                await self._deck.wait_until(lambda: self._deck.operation.status is not OperationStatus.HELD)

    def _slots(self) -> dict[int, float]:
        if any(s.status in adoption.UNDER_WAY or s.status in DONE for s in self._deck.operation.sorties):
            return {}
        timings = self._deck.timings
        slots = launch_slots(self._deck.plan.sorties, timings.stagger_s, timings.time_scale)
        return {slot.drone: slot.at_s for slot in slots}

    def _held(self) -> list[SortieState]:
        return [s for s in self._deck.operation.sorties if s.status is SortieStatus.HELD]

    def _hold(self) -> None:
        operation = self._deck.operation
        if self._deck.recalled or operation.status is OperationStatus.HELD:
            return
        reasons = "; ".join(f"{s.vehicle}: {s.reason}" for s in self._held())
        held = replace(operation, status=after(operation.status, Step.HOLD), reason=reasons)
        self._deck.ledger.post(held, self._deck.event("operation.held", reason=reasons))

    async def _supervise(self) -> None:
        looked_s = self._deck.clock.monotonic_s()
        while True:
            self._note_airborne()
            await self._measure_after_landing()
            now_s = self._deck.clock.monotonic_s()
            if now_s - looked_s >= self._deck.timings.off_plan_every_s:
                looked_s = now_s
                self._look_off_plan()
            await self._deck.breathe()

    def _note_airborne(self) -> None:
        operation = self._deck.operation
        first = [s for s in operation.sorties if s.sortie == 0]
        if operation.status is OperationStatus.LAUNCHING and not any(s.status in _NOT_YET_UP for s in first):
            flying = replace(operation, status=after(operation.status, Step.AIRBORNE))
            self._deck.ledger.post(flying, self._deck.event("operation.flying"))

    def _look_off_plan(self) -> None:
        self.off_plan_m = {}
        for sortie in self._deck.operation.sorties:
            state = self._deck.heard(sortie.vehicle)
            if sortie.status is not SortieStatus.FLYING or state is None or state.position is None:
                continue
            path = next(s for s in self._deck.plan.sorties_of(sortie.drone) if s.sortie == sortie.sortie)
            position = state.position
            self.off_plan_m[sortie.vehicle] = distance_to_path_m(position.lon_deg, position.lat_deg, path)

    def _moved(self, state: VehicleState) -> None:
        track, position = self._tracks.get(state.id), state.position
        if track is None or position is None or position.alt_rel_m is None or not state.armed:
            return
        if any(s.vehicle == state.id and s.status in IN_FLIGHT for s in self._deck.operation.sorties):
            unix_s = self._deck.clock.utc().timestamp()
            track.offer((unix_s, position.lat_deg, position.lon_deg, position.alt_rel_m))

    async def _restore_tracks(self) -> None:
        for vehicle, track in self._tracks.items():
            track.restore(await self._services.store.read_track(self._deck.operation_id, vehicle))

    async def _keep_tracks(self) -> None:
        while True:
            await asyncio.sleep(self._deck.timings.track_flush_s)
            await self._store_tracks()

    async def _store_tracks(self) -> None:
        """Store what is new; points that could not be stored are tried again with the next."""
        for vehicle, track in self._tracks.items():
            new = track.unstored()
            if not new:
                continue
            try:
                await self._services.store.append_track(self._deck.operation_id, vehicle, new)
            except self._services.store_errors:
                return
            track.stored(len(new))

    async def _measure_after_landing(self) -> None:
        done = sum(s.status in DONE for s in self._deck.operation.sorties)
        if done > self._measured_done:
            self._measured_done = done
            covered = await self._covered()
            self._deck.ledger.post(replace(self._deck.operation, covered_fraction=covered))

    async def _covered(self) -> float:
        """The covered fraction so far, measured beside the event loop."""
        plan = self._deck.plan
        swath_m = max((sortie.swath_m for sortie in plan.sorties), default=0.0)
        lines = [line for track in self._tracks.values() for line in track.lines() if len(line) > 1]
        return await self._services.off_loop(self._services.measure, plan.area, closed_zones(plan), lines, swath_m)

    async def _finish(self) -> None:
        covered = await self._covered()
        operation = self._deck.operation
        status = operation.status
        if status not in (OperationStatus.ABORTED, OperationStatus.CLOSED):
            status = after(status, Step.CLOSE)
        closed = replace(operation, status=status, closed_at=self._deck.clock.utc(), covered_fraction=covered)
        flown = sum(s.status is SortieStatus.FLOWN for s in closed.sorties)
        told: dict[str, Any] = {"covered_fraction": covered, "sorties_flown": flown, "sorties": len(closed.sorties)}
        self._deck.ledger.post(closed, self._deck.event("operation.closed", status=str(status), **told))
        await self._deck.ledger.settled()

    async def _report(self) -> None:
        if self._services.write_report is None:
            return
        try:
            where = await self._services.write_report(self._deck.operation)
        except (OSError, ValueError) as failed:
            self._deck.ledger.post(
                self._deck.operation, self._deck.event("operation.report_failed", problem=str(failed))
            )
            return
        reported = replace(self._deck.operation, report=where)
        self._deck.ledger.post(reported, self._deck.event("operation.report_written", report=where))
