"""What is shown now, put together from the parts that know it. Reads, never changes anything."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol, TypeVar

from msgspec.structs import replace

from gcs.alarms import Alarm, Situation
from gcs.clock import Clock
from gcs.dispatch.model import Unit
from gcs.fleet.clocks import VehicleClock
from gcs.fleet.health import airborne
from gcs.fleet.payloads import Payload, Payloads
from gcs.fleet.state import VehicleState
from gcs.fleet.takeovers import Takeover
from gcs.fleet.ways import WayHealth
from gcs.operations.model import Operation
from gcs.scripts import ScriptDoor
from gcs.sightings.model import Sighting
from gcs.transfers import Transfer
from maps.layers import NOBODY, Authority, aircraft_view, moved_view, vehicle_view
from maps.views import LinkView, MovedView, Shown, State, VehicleView

T = TypeVar("T")


class Operations(Protocol):
    @property
    def operations(self) -> Mapping[str, Operation]: ...

    def holding(self) -> Mapping[str, Operation]: ...

    def off_plan_m(self) -> dict[str, float]: ...


class Glimpse(NamedTuple):
    """All that is shown of a vehicle at the moment `now_s`, before it is put into words."""

    state: VehicleState
    now_s: float
    operation: str | None
    off_plan_m: float | None
    authority: Authority
    payload: Payload
    ways: tuple[WayHealth, ...]
    clock: VehicleClock | None
    transfers: tuple[Transfer, ...]

    def view(self) -> VehicleView:
        return vehicle_view(
            self.state,
            self.now_s,
            operation=self.operation,
            off_plan_m=self.off_plan_m,
            authority=self.authority,
            payload=self.payload,
            ways=self.ways,
            clock=self.clock,
            transfers=self.transfers,
        )

    def row(self) -> MovedView:
        return moved_view(self.state, self.now_s, off_plan_m=self.off_plan_m, clock=self.clock)

    def beside(self) -> tuple[object, ...]:
        """What else a view shows that neither a row nor `settled` tells. The time left to answer a takeover runs."""
        state, authority = self.state, self.authority
        return (
            airborne(state),
            state.stale(self.now_s),
            self.operation,
            authority,
            authority.takeover and self.now_s,
            self.payload,
            self.ways,
            tuple([(transfer.id, transfer.progress) for transfer in self.transfers]) if self.transfers else (),
        )


@dataclass(frozen=True)
class Picture:
    """`own_troubles` are those of ground control itself, `{code: (zh, en)}`; `last_seq` the newest kept event;
    `classes` are the names of classes of sightings; `leased` tells which seat has taken a vehicle, `ways` by which ways
    it is heard where there are several, `clock_of` what its clock shows, `transfers` what is being moved from or to it,
    `script` the door for scripts to it, `takeovers` which other station asks for it."""

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
        return replace(self.outline(), vehicles=self._vehicle_views(sorted(self.vehicles)))

    def outline(self) -> State:
        """Everything but the vehicles, of which there may be many."""
        now_s = self.clock.monotonic_s()
        return State(
            at=self.clock.utc(),
            seq=self.last_seq(),
            replay=self.replay,
            exercise=self.exercise,
            vehicles=(),
            operations=tuple(self.operations.operations.values()),
            sightings=tuple(self.sightings.values()),
            units=tuple(self.units.values()),
            alarms=tuple(self.alarms.values()),
            links=self.links(),
            traffic=tuple(aircraft_view(aircraft, now_s) for aircraft in self.payloads.traffic.around(now_s)),
        )

    def some(self, wanted: Mapping[str, Collection[str]]) -> Shown:
        """Of vehicles, operations, sightings and alarms those named; links and traffic where they are; all units."""
        now_s = self.clock.monotonic_s()
        around = self.payloads.traffic.around(now_s) if "traffic" in wanted else ()
        return Shown(
            at=self.clock.utc(),
            vehicles=self._vehicle_views(wanted.get("vehicles", ())),
            operations=_named(self.operations.operations, wanted.get("operations", ())),
            sightings=_named(self.sightings, wanted.get("sightings", ())),
            units=tuple(self.units.values()),
            alarms=_named(self.alarms, wanted.get("alarms", ())),
            links=self.links() if "links" in wanted else (),
            traffic=tuple(aircraft_view(aircraft, now_s) for aircraft in around),
        )

    def glimpses(self, names: Iterable[str]) -> Iterator[Glimpse]:
        """Each vehicle that is named and there."""
        now_s, off_plan_m, holding = self.clock.monotonic_s(), self.operations.off_plan_m(), self.operations.holding()
        for name in names:
            state = self.vehicles.get(name)
            if state is None:
                continue
            operation = holding.get(name)
            yield Glimpse(
                state,
                now_s,
                None if operation is None else operation.id,
                off_plan_m.get(name),
                self._authority(name, operation, now_s),
                self.payloads.of(name),
                self.ways(name, now_s),
                self.clock_of(state, now_s),
                self.transfers(name),
            )

    def _vehicle_views(self, names: Iterable[str]) -> tuple[VehicleView, ...]:
        return tuple(glimpse.view() for glimpse in self.glimpses(names))

    def _authority(self, name: str, operation: Operation | None, now_s: float) -> Authority:
        holder = self.leased(name, now_s) or (operation.authorised_by if operation is not None else None)
        script, takeover = self.script(name), self.takeovers.get(name)
        if holder is None and script is None and takeover is None:
            return NOBODY
        return Authority(holder, script, takeover)

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
