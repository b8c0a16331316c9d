"""What operations need of the rest of the system, and no more."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from gcs.events import Event
from gcs.fleet.state import VehicleState
from gcs.operations.model import Operation
from gcs.operations.tracks import TrackPoint
from missions.areas.zones import Zone
from missions.plan import LonLat, Plan, Ring, Sortie
from telemetry.dialect import Message
from telemetry.services.command import CommandOutcome
from telemetry.services.mission_item import MissionItem
from telemetry.services.mission_verify import TransferOutcome

T = TypeVar("T")


class OperationStore(Protocol):
    """Every await returns only after the record was synced to disk."""

    async def put_plan(self, plan: Plan) -> Any: ...

    async def get_plan(self, plan_hash: str) -> Plan | None: ...

    async def put_operation(self, operation: Operation, events: Sequence[Event]) -> Sequence[Event]:
        """Keep the operation as it is now together with what happened; the events as kept (with `seq`)."""
        ...

    async def list_operations(self) -> Sequence[Operation]: ...

    async def append_track(self, operation: str, vehicle: str, points: Sequence[TrackPoint]) -> Any: ...

    async def read_track(self, operation: str, vehicle: str) -> Sequence[TrackPoint]: ...


class Vehicles(Protocol):
    """The vehicles and the way to command them; `gcs.vehicles.station.Station` is one."""

    @property
    def vehicles(self) -> Mapping[str, VehicleState]: ...

    def target(self, vehicle_id: str) -> tuple[int, int]:
        """(sysid, compid) of the vehicle's autopilot; KeyError when it was never heard."""
        ...

    async def command(self, vehicle_id: str, message: Message, actor: str) -> CommandOutcome: ...

    async def transfer_mission(self, vehicle_id: str, items: Sequence[MissionItem], actor: str) -> TransferOutcome: ...

    async def raise_fence(self, vehicle_id: str, items: Sequence[MissionItem], actor: str) -> str:
        """Put a fence on the vehicle and have it count; why it does not stand, empty when it does."""
        ...

    def on_moved(self, subscriber: Callable[[VehicleState], None]) -> Callable[[], None]:
        """Call `subscriber` at every new position; call what is returned to stop."""
        ...


class MissionMaker(Protocol):
    """Turns a sortie into what the vehicle flies: seq 0 home, then take-off, waypoints, the way home."""

    def __call__(self, sortie: Sortie) -> tuple[MissionItem, ...]: ...


class FenceMaker(Protocol):
    """Turns a plan into the fence that backs it; no items for none."""

    def __call__(self, plan: Plan) -> tuple[MissionItem, ...]: ...


class CoverageMeasure(Protocol):
    """The fraction of the area outside no-fly zones that lies within half a swath of a flown line."""

    def __call__(
        self,
        area: tuple[tuple[Ring, ...], ...],
        no_fly: tuple[Zone, ...],
        tracks: list[list[LonLat]],
        swath_m: float,
    ) -> float: ...


class OffLoop(Protocol):
    """Runs heavy work beside the event loop (`asyncio.to_thread`)."""

    def __call__(self, work: Callable[..., T], /, *args: Any) -> Awaitable[T]: ...


PlanCheck = Callable[[Plan], Sequence[str]]
"""The limits a plan breaks, in words; none when it breaks none."""
ReportWriter = Callable[[Operation], Awaitable[str | None]]
"""Writes the report of a finished operation; where it was put."""
