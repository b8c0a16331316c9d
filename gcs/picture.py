"""What is shown now, put together from the parts that know it. Reads, never changes anything."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from gcs.alarms import Alarm, Situation
from gcs.clock import Clock
from gcs.dispatch.model import Unit
from gcs.fleet.clocks import VehicleClock
from gcs.fleet.payloads import Payloads
from gcs.fleet.state import VehicleState
from gcs.fleet.takeovers import Takeover
from gcs.fleet.ways import WayHealth
from gcs.operations.model import Operation
from gcs.scripts import ScriptDoor
from gcs.sightings.model import Sighting
from gcs.transfers import Transfer
from maps.layers import Authority, aircraft_view, vehicle_view
from maps.views import LinkView, State, VehicleView

T = TypeVar("T")


class Operations(Protocol):
    @property
    def operations(self) -> Mapping[str, Operation]: ...

    def operation_of(self, vehicle_id: str) -> Operation | None: ...

    def off_plan_m(self) -> dict[str, float]: ...


@dataclass(frozen=True)
class Picture:
    """`own_troubles` are those of ground control itself, `{code: (zh, en)}`; `last_seq` the newest kept event;
    `classes` are the names of classes of sightings; `leased` tells which seat has taken a vehicle, `ways` by which ways
    it is heard, `clock_of` what its clock shows, `transfers` what is being moved from or to it, `script` the door for
    scripts to it, `takeovers` which other station asks for it."""

    clock: Clock
    vehicles: Mapping[str, VehicleState]
    payloads: Payloads
    ways: Callable[[str, float], tuple[WayHealth, ...]]
    clock_of: Callable[[VehicleState, float], VehicleClock | None]
    leased: Callable[[str, float], str | None]
    transfers: Callable[[str], tuple[Transfer, ...]]
    script: Callable[[str], ScriptDoor | None]
    takeovers: Mapping[str, Takeover]
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
        now_s = self.clock.monotonic_s()
        return State(
            at=self.clock.utc(),
            seq=self.last_seq(),
            replay=self.replay,
            exercise=self.exercise,
            vehicles=self._vehicle_views(sorted(self.vehicles), now_s),
            operations=tuple(self.operations.operations.values()),
            sightings=tuple(self.sightings.values()),
            units=tuple(self.units.values()),
            alarms=tuple(self.alarms.values()),
            links=self.links(),
            traffic=tuple(aircraft_view(aircraft, now_s) for aircraft in self.payloads.traffic.around(now_s)),
        )

    def some(self, wanted: Mapping[str, Collection[str]]) -> State:
        """As `state`, but of vehicles, operations, sightings and alarms only those named."""
        now_s = self.clock.monotonic_s()
        around = self.payloads.traffic.around(now_s) if "traffic" in wanted else ()
        return State(
            at=self.clock.utc(),
            seq=self.last_seq(),
            replay=self.replay,
            exercise=self.exercise,
            vehicles=self._vehicle_views(wanted.get("vehicles", ()), now_s),
            operations=_named(self.operations.operations, wanted.get("operations", ())),
            sightings=_named(self.sightings, wanted.get("sightings", ())),
            units=tuple(self.units.values()),
            alarms=_named(self.alarms, wanted.get("alarms", ())),
            links=self.links() if "links" in wanted else (),
            traffic=tuple(aircraft_view(aircraft, now_s) for aircraft in around),
        )

    def _vehicle_views(self, names: Iterable[str], now_s: float) -> tuple[VehicleView, ...]:
        off_plan_m, operation_of = self.operations.off_plan_m(), self.operations.operation_of
        held = ((name, state, operation_of(name)) for name in names if (state := self.vehicles.get(name)) is not None)
        return tuple(
            vehicle_view(
                state,
                now_s,
                operation=operation.id if operation is not None else None,
                off_plan_m=off_plan_m.get(name),
                authority=self._authority(name, operation, now_s),
                payload=self.payloads.of(name),
                ways=self.ways(name, now_s),
                clock=self.clock_of(state, now_s),
                transfers=self.transfers(name),
            )
            for name, state, operation in held
        )

    def _authority(self, name: str, operation: Operation | None, now_s: float) -> Authority:
        holder = self.leased(name, now_s) or (operation.authorised_by if operation is not None else None)
        return Authority(holder, self.script(name), self.takeovers.get(name))

    @property
    def exercise(self) -> bool:
        """Whether everything that flies is simulated; an empty sky is no exercise."""
        return bool(self.vehicles) and all(state.simulated is True for state in self.vehicles.values())

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
            takeovers=self.takeovers,
        )


def _named(objects: Mapping[str, T], names: Iterable[str]) -> tuple[T, ...]:
    return tuple(objects[name] for name in names if name in objects)
