"""Rally points: where a vehicle may come down instead of home. Put there, read back, compared; and read.

A vehicle that comes home goes to the nearest of them and home. None is taken that lies far from home: latitude and
longitude swapped, or another site's, would be flown to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Literal, Protocol, TypeVar

from gcs.fleet.state import VehicleState
from gcs.operations.corridor import distance_m
from gcs.vehicles.policy import dialogue_refusal, transfer_refusal
from gcs.vehicles.work import ITEMS_TURN, Ending, Work
from telemetry.constants import MavFrame, MavMissionType
from telemetry.services.mission_download import DownloadOutcome, MissionDownload
from telemetry.services.mission_item import MissionItem
from telemetry.services.mission_verify import MissionTransfer, TransferOutcome

RALLY_POINT = 5100
MOST_POINTS = 40
"""ArduPilot keeps 46 on the boards with room for them."""
FARTHEST_M = 10_000.0
Above = Literal["home", "sea", "ground", "unknown"]
ABOVE: Mapping[int, Above] = MappingProxyType(
    {
        MavFrame.GLOBAL: "sea",
        MavFrame.GLOBAL_INT: "sea",
        MavFrame.GLOBAL_RELATIVE_ALT: "home",
        MavFrame.GLOBAL_RELATIVE_ALT_INT: "home",
        MavFrame.GLOBAL_TERRAIN_ALT: "ground",
        MavFrame.GLOBAL_TERRAIN_ALT_INT: "ground",
    }
)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RallyPoint:
    """`alt_m` whole metres, `above` "home", "sea", "ground" or "unknown"; what we put there is above home."""

    lat_deg: float
    lon_deg: float
    alt_m: float
    above: Above = "home"


class RallyUnreadError(Exception):
    """They could not be read; the text says why."""


class RallyUnwrittenError(Exception):
    """The vehicle does not hold what it was given; what it holds is unknown. The text says why."""


class Runs(Protocol):
    """What is needed of the station."""

    async def run(self, vehicle_id: str, work: Work[T], actor: str) -> T: ...


class RallyDesk:
    """Both methods raise WorkRefusedError when the vehicle must not be asked now."""

    def __init__(self, station: Runs) -> None:
        self._station = station

    async def read(self, vehicle_id: str, actor: str) -> tuple[RallyPoint, ...]:
        """What the vehicle holds now. RallyUnreadError when it does not say."""
        make = partial(MissionDownload, mission_type=MavMissionType.RALLY)
        work = Work(kind="rally.read", turn=ITEMS_TURN, make=make, ended=_read, refusal=dialogue_refusal)
        outcome = await self._station.run(vehicle_id, work, actor)
        if outcome.items is None:
            raise RallyUnreadError(outcome.reason)
        return tuple(map(_point, outcome.items))

    async def put(self, vehicle: VehicleState, points: Sequence[RallyPoint], actor: str) -> None:
        """Put exactly these there, in place of what was there. RallyUnwrittenError when it cannot be read back equal,
        ValueError for points that no vehicle should be given."""
        _check(vehicle, points)
        items = tuple(_item(seq, point) for seq, point in enumerate(points))
        make = partial(MissionTransfer, items=items, mission_type=MavMissionType.RALLY)
        told = {"points": [(point.lat_deg, point.lon_deg, point.alt_m) for point in points]}
        work = Work(kind="rally", turn=ITEMS_TURN, make=make, ended=_verified, told=told, refusal=transfer_refusal)
        outcome = await self._station.run(vehicle.id, work, actor)
        if not outcome.verified:
            raise RallyUnwrittenError(outcome.reason)


def _check(vehicle: VehicleState, points: Sequence[RallyPoint]) -> None:
    if len(points) > MOST_POINTS:
        raise ValueError(f"at most {MOST_POINTS} rally points, not {len(points)}")
    if points and vehicle.home is None:
        raise ValueError(f"{vehicle.id} has not said where its home is: nobody can tell whether they are near")
    for number, point in enumerate(points, start=1):
        home = vehicle.home
        far_m = 0.0 if home is None else distance_m(home.lon_deg, home.lat_deg, point.lon_deg, point.lat_deg)
        if far_m > FARTHEST_M:
            raise ValueError(
                f"rally point {number} is {far_m / 1000:.0f} km from home, at most {FARTHEST_M / 1000:.0f}"
            )


def _item(seq: int, point: RallyPoint) -> MissionItem:
    x, y = round(point.lat_deg * 1e7), round(point.lon_deg * 1e7)
    return MissionItem(seq, RALLY_POINT, frame=MavFrame.GLOBAL_RELATIVE_ALT, x=x, y=y, z=float(point.alt_m))


def _point(item: MissionItem) -> RallyPoint:
    return RallyPoint(item.x / 1e7, item.y / 1e7, item.z, ABOVE.get(item.frame, "unknown"))


def _read(outcome: DownloadOutcome) -> Ending:
    number = None if outcome.items is None else len(outcome.items)
    return outcome.items is not None, {"number": number, "reason": outcome.reason}


def _verified(outcome: TransferOutcome) -> Ending:
    return outcome.verified, {"reason": outcome.reason, "attempts": outcome.attempts}
