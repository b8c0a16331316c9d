"""The vehicles of a drill, whatever flies them: where they truly are, what is set in them, where they are dialled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Final, Protocol, Self

from simulators.battery import BatterySpec
from simulators.drill.engine import DroneState
from simulators.drill.model import Drill
from simulators.fleet import FleetMoment, SimFleet, VehicleSpec
from simulators.local_frame import LocalFrame
from telemetry.messages import new

HOME_STEP_M: Final = 20.0
HOME_ALT_M: Final = 5.0
SWAP_S: Final = 60.0
"""How long a vehicle stands after a landing until its battery is full again, in seconds of the drill."""
PORT: Final = "serial0"
REAL32: Final = 9


class Stoppable(Protocol):
    """Vehicles whose time can be stopped and set back."""

    def hold(self, *, held: bool) -> None:
        """They hang where they are until they are let go."""
        ...

    def moment(self) -> FleetMoment: ...

    def go_back(self, moment: FleetMoment) -> None:
        """Everything is as it was then; whoever has dialled them is hung up on."""
        ...


class DrillFleet(Protocol):
    """Enter it to have vehicles that are ready to take off. Raises OSError when they cannot be had."""

    @property
    def sysids(self) -> tuple[int, ...]: ...

    @property
    def urls(self) -> tuple[str, ...]:
        """Where each is dialled, in the order of `sysids`."""
        ...

    @property
    def dead(self) -> Mapping[int, str]:
        """Why a vehicle is simulated no more, by system id."""
        ...

    @property
    def stoppable(self) -> Stoppable | None:
        """None where time cannot be stopped."""
        ...

    def states(self) -> list[DroneState]:
        """The truth, of every vehicle of which it is known."""
        ...

    def set_parameter(self, sysid: int, name: str, value: float) -> None: ...

    def not_taken(self) -> Sequence[tuple[int, str]]:
        """System ids and names of parameters that could not be set, each told once."""
        ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class EmbeddedFleet:
    """Our own simulated vehicles; satisfies `DrillFleet` and `Stoppable`."""

    def __init__(self, drill: Drill, speedup: float) -> None:
        self._fleet = SimFleet(_vehicles(drill), speedup=speedup, seed=drill.seed)
        self._speedup = speedup

    @property
    def sysids(self) -> tuple[int, ...]:
        return tuple(vehicle.spec.sysid for vehicle in self._fleet.vehicles)

    @property
    def urls(self) -> tuple[str, ...]:
        return self._fleet.urls

    @property
    def dead(self) -> Mapping[int, str]:
        return self._fleet.dead

    @property
    def stoppable(self) -> Stoppable | None:
        return self

    async def __aenter__(self) -> Self:
        await self._fleet.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._fleet.stop()

    def states(self) -> list[DroneState]:
        packs = {vehicle.spec.sysid: vehicle.vehicle.battery for vehicle in self._fleet.vehicles}
        return [
            DroneState(
                pose.sysid,
                pose.lat_deg,
                pose.lon_deg,
                pose.alt_rel_m,
                pose.heading_deg,
                pose.flying,
                packs[pose.sysid].remaining_fraction * 100.0,
            )
            for pose in self._fleet.poses()
            if pose.sysid not in self._fleet.dead
        ]

    def set_parameter(self, sysid: int, name: str, value: float) -> None:
        message = new(
            "PARAM_SET", target_system=sysid, target_component=1, param_id=name, param_value=value, param_type=REAL32
        )
        self._fleet.vehicles[sysid - 1].receive(message, 255, 190, PORT)

    def not_taken(self) -> Sequence[tuple[int, str]]:
        return ()

    def hold(self, *, held: bool) -> None:
        self._fleet.speedup = 0.0 if held else self._speedup

    def moment(self) -> FleetMoment:
        return self._fleet.moment()

    def go_back(self, moment: FleetMoment) -> None:
        self._fleet.go_back(moment)


def homes(drill: Drill) -> list[tuple[float, float]]:
    """Where each vehicle stands, degrees: side by side, away from each other by more than a position is wrong."""
    frame = LocalFrame(*drill.place.home, 0.0)
    return [frame.to_geo(0.0, -HOME_STEP_M * n) for n in range(drill.fleet.vehicles)]


def _vehicles(drill: Drill) -> Sequence[VehicleSpec]:
    battery = BatterySpec(capacity_mah=drill.fleet.battery_mah, sags=True)
    return [
        VehicleSpec(sysid=1 + n, lat_deg=lat, lon_deg=lon, alt_m=HOME_ALT_M, battery=battery, swap_s=SWAP_S)
        for n, (lat, lon) in enumerate(homes(drill))
    ]
