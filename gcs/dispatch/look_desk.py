"""Asks which drone is there first of the fleet, the operations and the wind as they are now; keeps where one was sent.

Sends nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from gcs.clock import Clock
from gcs.dispatch.first_look import LOOK_S, Answer, FirstLook, Habits, habits_of, wind_told, zones_in_force
from gcs.dispatch.fly_there import height_there_m
from gcs.fleet.state import VehicleState
from gcs.operations.errands import Errands
from gcs.operations.model import Operation
from gcs.operations.preflight import DEFAULT_LIMITS
from gcs.sightings.model import Sighting
from missions.areas.zones import Zone
from missions.plan import LonLat, Plan
from missions.wind import Wind


class Operations(Protocol):
    """`gcs.operations.conductor.Conductor` is one."""

    @property
    def operations(self) -> Mapping[str, Operation]: ...

    @property
    def plans(self) -> Mapping[str, Plan]: ...

    def operation_of(self, vehicle_id: str) -> Operation | None: ...


@dataclass(frozen=True, slots=True)
class Ranking:
    """`answers`: those that can look first, the soonest of them first. `wind` None: nobody tells of any."""

    answers: tuple[Answer, ...]
    wind: Wind | None
    zones: tuple[Zone, ...]


class LookDesk:
    """`vehicles` as they are now; `reserve_pct` of a full battery is never counted on."""

    def __init__(
        self,
        vehicles: Mapping[str, VehicleState],
        operations: Operations,
        clock: Clock,
        reserve_pct: float,
        errands: Errands,
    ) -> None:
        self._vehicles = vehicles
        self._operations = operations
        self._clock = clock
        self._errands = errands
        self._usual = Habits(endurance_s=DEFAULT_LIMITS.endurance_s, reserve_pct=reserve_pct)
        self._first = FirstLook()

    def rank(self, place: LonLat, *, simulated: bool, wind: Wind | None = None, look_s: float = LOOK_S) -> Ranking:
        """The drones that are simulated, or those that are real. `wind` None: what drones in the air tell."""
        states = [state for state in self._vehicles.values() if (state.simulated is True) is simulated]
        now_s = self._clock.monotonic_s()
        wind = wind_told(states, now_s) if wind is None else wind
        zones = zones_in_force(self._operations.operations.values(), self._operations.plans)
        answers = self._first.ask(
            place,
            states,
            now_s,
            zones=zones,
            wind=wind if wind and wind.speed_m_s > 0 else None,
            look_s=look_s,
            habits=self._habits,
            engaged=self._engaged,
        )
        return Ranking(tuple(answers), wind, zones)

    def arrivals(self, sighting: Sighting) -> Mapping[str, float]:
        """Seconds until each drone that can look at the sighting is there, by vehicle."""
        place = (sighting.place.lon_deg, sighting.place.lat_deg)
        answers = self.rank(place, simulated=sighting.simulated).answers
        return {answer.state.id: answer.look.arrival_s for answer in answers if answer.look}

    def height_there_m(self, vehicle: str, place: LonLat, *, simulated: bool, wanted_m: float | None = None) -> float:
        """How high the drone flies to look from above the place. Raises NotSentError when it must not be sent."""
        answers = self.rank(place, simulated=simulated).answers
        own = next((answer for answer in answers if answer.state.id == vehicle), None)
        return height_there_m(own, self._vehicles.values(), wanted_m)

    def on_its_way(self, vehicle: str, place: LonLat, alt_m: float) -> None:
        """The drone has taken the command to fly there, or may have: launches keep clear of it."""
        self._errands.note(self._vehicles[vehicle], place, alt_m, self._clock.monotonic_s())

    def _habits(self, vehicle: str) -> Habits:
        operation = self._operations.operation_of(vehicle)
        plan = self._operations.plans.get(operation.plan_hash) if operation else None
        return habits_of(operation, plan, vehicle, self._usual)

    def _engaged(self, vehicle: str) -> str | None:
        operation = self._operations.operation_of(vehicle)
        return None if operation is None else operation.name or operation.id
