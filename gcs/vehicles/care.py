"""Looks after vehicles: what should be known of each and is not, is asked for; again, until it is.

A vehicle should stream at our rates, have said who it is and where its home is, and its mission should
have been read back. All of that is compared with what was heard and asked for when missing: that covers
a vehicle that appears, one that rebooted and forgot its rates, and a server that was restarted. A mission
that our own broken upload left behind is not read: only a verified upload makes it known again, also after
ground control was restarted. Over a satellite nothing is asked.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol

from gcs.clock import Clock
from gcs.events import Event
from gcs.fleet.roster import Fleet
from gcs.fleet.state import VehicleState
from gcs.vehicles.introductions import MOST_TIMES, Question, open_questions
from telemetry.constants import MavState
from telemetry.dialect import ARDUPILOTMEGA, Message
from telemetry.services import commands
from telemetry.services.command import CommandOutcome
from telemetry.services.mission_download import DownloadOutcome

RATES: Mapping[str, float] = MappingProxyType(
    {
        "GLOBAL_POSITION_INT": 4.0,
        "ATTITUDE": 4.0,
        "VFR_HUD": 2.0,
        "SYS_STATUS": 1.0,
        "GPS_RAW_INT": 1.0,
        "EKF_STATUS_REPORT": 1.0,
        "MISSION_CURRENT": 1.0,
        "EXTENDED_SYS_STATE": 1.0,
        "SYSTEM_TIME": 1.0,
        "BATTERY_STATUS": 0.5,
        "HOME_POSITION": 0.2,
        "WIND": 0.2,
        "GIMBAL_DEVICE_ATTITUDE_STATUS": 1.0,
        "GIMBAL_MANAGER_STATUS": 0.2,
    }
)
WATCHED = ("GLOBAL_POSITION_INT", "SYS_STATUS", "MISSION_CURRENT", "EXTENDED_SYS_STATE")
"""Streams whose end, while heartbeats flow, means that the vehicle has forgotten its rates."""
GUEST_UPLOAD, GUEST_IS_DONE_S = "guest_upload", 3.0
"""Why a mission is unknown that a guest has begun to change, and how long it is left in peace then."""
DOUBTS = frozenset({"vehicle.appeared", "vehicle.rebooted", "vehicle.mission_unknown"})


@dataclass(frozen=True, slots=True)
class CareSettings:
    """Hz by message name; a stream is missed after `silent_s`, things are asked again after `again_s`."""

    rates: Mapping[str, float] = field(default_factory=lambda: RATES)
    silent_s: float = 6.0
    again_s: float = 8.0
    introductions: int = 5


DEFAULT_CARE = CareSettings()


@dataclass(slots=True)
class _Patient:
    asked_s: float = float("-inf")
    busy_s: float = float("-inf")
    introductions: int = 0
    asked_if_simulated: bool = False
    questions: Counter[Question] = field(default_factory=Counter)
    wants_mission: bool = False
    ours: bool = False
    task: asyncio.Task[None] | None = field(default=None)


class Means(Protocol):
    """What caring needs of the station."""

    def target(self, vehicle_id: str) -> tuple[int, int]: ...

    def busy(self, vehicle_id: str) -> bool: ...

    async def command(self, vehicle_id: str, message: Message, actor: str) -> CommandOutcome: ...

    async def download_mission(self, vehicle_id: str) -> DownloadOutcome: ...

    async def set_rates(self, vehicle_id: str, rates: Mapping[str, float]) -> None: ...


class Care:
    """`look` is called several times a second and starts what is needed; at most one thing a vehicle.

    `broken` are vehicles on which an upload of ours broke before we were started.
    """

    def __init__(
        self,
        means: Means,
        fleet: Fleet,
        clock: Clock,
        settings: CareSettings = DEFAULT_CARE,
        broken: Collection[str] = (),
    ) -> None:
        self._means = means
        self._fleet = fleet
        self._clock = clock
        self._settings = settings
        self._patients = {vehicle_id: _Patient(ours=True) for vehicle_id in broken}

    def heard_of(self, event: Event) -> None:
        """Events of the fleet that mean something has to be asked (again), now."""
        if event.kind in DOUBTS and event.vehicle is not None:
            patient = self._patients.setdefault(event.vehicle, _Patient())
            being_changed = event.data.get("reason") == GUEST_UPLOAD
            patient.asked_s = self._clock.monotonic_s() + GUEST_IS_DONE_S if being_changed else float("-inf")
            patient.asked_s -= self._settings.again_s
            patient.questions.clear()
            patient.wants_mission = not patient.ours

    def upload_began(self, vehicle_id: str) -> None:
        """The mission is ours to make known again: it is not read, not even after a reboot, until
        `upload_verified`."""
        patient = self._patients.setdefault(vehicle_id, _Patient())
        patient.wants_mission, patient.ours = False, True

    def upload_verified(self, vehicle_id: str) -> None:
        """The vehicle holds what we uploaded; from now on it may be read when in doubt."""
        self._patients.setdefault(vehicle_id, _Patient()).ours = False

    def look(self, vehicles: Iterable[str] | None = None) -> None:
        """Start what is needed for every vehicle (or those named) that is heard and not busy."""
        now_s = self._clock.monotonic_s()
        for vehicle_id in self._patients if vehicles is None else vehicles:
            patient, state = self._patients.get(vehicle_id), self._fleet.vehicles.get(vehicle_id)
            if patient is None:
                continue
            if patient.task is not None and patient.task.done():
                patient.task = None
            if self._means.busy(vehicle_id):
                patient.busy_s = now_s
            if state is None or patient.task is not None or not self._may_ask(state, patient, now_s):
                continue
            if self._streams_missing(vehicle_id, patient, now_s) or self._unknown(state, patient):
                patient.asked_s = now_s
                patient.task = asyncio.get_running_loop().create_task(
                    self._tend(vehicle_id, patient), name=f"care {vehicle_id}"
                )

    async def stop(self) -> None:
        tasks = [patient.task for patient in self._patients.values() if patient.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _may_ask(self, state: VehicleState, patient: _Patient, now_s: float) -> bool:
        waited = now_s > patient.busy_s and now_s - patient.asked_s >= self._settings.again_s
        return waited and not state.stale(now_s) and not state.high_latency

    def _streams_missing(self, vehicle_id: str, patient: _Patient, now_s: float) -> bool:
        """Not right after a transfer: ArduPilot slows its streams, or stops them, while one runs."""
        if now_s - patient.busy_s <= self._settings.silent_s:
            return False
        watched = [name for name in WATCHED if name in self._settings.rates]
        seen_s = [self._fleet.last_seen_s(vehicle_id, name) for name in watched]
        return any(at is None or now_s - at > self._settings.silent_s for at in seen_s)

    def _unknown(self, state: VehicleState, patient: _Patient) -> bool:
        introduce = state.firmware is None and patient.introductions < self._settings.introductions
        asks = introduce or _asks_if_simulated(state, patient) or bool(self._questions(state, patient))
        return asks or self._read_mission(state, patient)

    def _questions(self, state: VehicleState, patient: _Patient) -> list[Question]:
        """Those to cameras and gimbals that were not asked often enough."""
        questions = open_questions(self._fleet.payloads.of(state.id), self._fleet.compid(state.id))
        return [question for question in questions if patient.questions[question] < MOST_TIMES]

    def _read_mission(self, state: VehicleState, patient: _Patient) -> bool:
        """Not while the vehicle boots: it would say that it holds none."""
        return patient.wants_mission and not state.mission_known and state.system_status > MavState.BOOT

    async def _tend(self, vehicle_id: str, patient: _Patient) -> None:
        if self._streams_missing(vehicle_id, patient, self._clock.monotonic_s()):
            await self._means.set_rates(vehicle_id, self._settings.rates)
        state = self._fleet.vehicles[vehicle_id]
        if state.firmware is None and patient.introductions < self._settings.introductions:
            patient.introductions += 1
            await self._ask_for(vehicle_id, "AUTOPILOT_VERSION")
        if _asks_if_simulated(self._fleet.vehicles[vehicle_id], patient):
            patient.asked_if_simulated = True
            await self._ask_for(vehicle_id, "SIMSTATE")
        if state.home is None:
            await self._ask_for(vehicle_id, "HOME_POSITION")
        for question in self._questions(state, patient):
            patient.questions[question] += 1
            compid, name = question
            await self._ask_for(vehicle_id, name, compid)
        if self._read_mission(self._fleet.vehicles[vehicle_id], patient):
            await self._means.download_mission(vehicle_id)

    async def _ask_for(self, vehicle_id: str, name: str, compid: int | None = None) -> None:
        """Ask the autopilot, or another component of the vehicle."""
        sysid, autopilot = self._means.target(vehicle_id)
        target = (sysid, autopilot if compid is None else compid)
        message = commands.request_message(target, ARDUPILOTMEGA.by_name[name].TYPE.id)
        await self._means.command(vehicle_id, message, "system")


def _asks_if_simulated(state: VehicleState, patient: _Patient) -> bool:
    """Once, and not while the vehicle boots: it would agree and send nothing."""
    known = patient.asked_if_simulated or state.simulated is True
    return not known and state.system_status > MavState.BOOT
