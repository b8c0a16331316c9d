"""What is shown now, put together from the parts that know it. Reads, never changes anything."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from gcs.alarms import Alarm, Situation
from gcs.clock import Clock
from gcs.dispatch.model import Unit
from gcs.fleet.payloads import Payloads
from gcs.fleet.state import VehicleState
from gcs.operations.model import Operation
from gcs.sightings.model import Sighting
from maps.layers import aircraft_view, vehicle_view
from maps.views import LinkView, State


class Operations(Protocol):
    @property
    def operations(self) -> Mapping[str, Operation]: ...

    def operation_of(self, vehicle_id: str) -> Operation | None: ...

    def off_plan_m(self) -> dict[str, float]: ...


@dataclass(frozen=True)
class Picture:
    """`own_troubles` are those of ground control itself, `{code: (zh, en)}`; `last_seq` the newest kept event;
    `classes` are the names of classes of sightings; `holder` tells which seat alone may command a vehicle."""

    clock: Clock
    vehicles: Mapping[str, VehicleState]
    payloads: Payloads
    holder: Callable[[str, float], str | None]
    operations: Operations
    sightings: Mapping[str, Sighting]
    units: Mapping[str, Unit]
    alarms: Mapping[str, Alarm]
    links: Callable[[], tuple[LinkView, ...]]
    last_seq: Callable[[], int]
    own_troubles: Callable[[], Mapping[str, tuple[str, str]]]
    replay: bool = False
    classes: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def state(self) -> State:
        """Everything, as a browser gets it."""
        now_s, holders, off_plan_m = self.clock.monotonic_s(), self._holders(), self.operations.off_plan_m()
        return State(
            at=self.clock.utc(),
            seq=self.last_seq(),
            replay=self.replay,
            exercise=self.exercise,
            vehicles=tuple(
                vehicle_view(
                    state,
                    now_s,
                    operation=holders.get(name),
                    off_plan_m=off_plan_m.get(name),
                    holder=self.holder(name, now_s),
                    payload=self.payloads.of(name),
                )
                for name, state in sorted(self.vehicles.items())
            ),
            operations=tuple(self.operations.operations.values()),
            sightings=tuple(self.sightings.values()),
            units=tuple(self.units.values()),
            alarms=tuple(self.alarms.values()),
            links=self.links(),
            traffic=tuple(aircraft_view(aircraft, now_s) for aircraft in self.payloads.traffic.around(now_s)),
        )

    @property
    def exercise(self) -> bool:
        """Whether everything that flies is simulated; an empty sky is no exercise."""
        return bool(self.vehicles) and all(state.simulated is True for state in self.vehicles.values())

    def _holders(self) -> dict[str, str]:
        """The operation that holds each vehicle now."""
        held = (self.operations.operation_of(name) for name in self.vehicles)
        return {name: operation.id for name, operation in zip(self.vehicles, held, strict=True) if operation}

    def situation(self) -> Situation:
        """What alarms are made of."""
        return Situation(
            vehicles=self.vehicles,
            operations=self.operations.operations,
            off_plan_m=self.operations.off_plan_m(),
            now_s=self.clock.monotonic_s(),
            utc=self.clock.utc(),
            own_troubles=self.own_troubles(),
            sightings=self.sightings,
            classes=self.classes,
        )
