"""Puts a fence on a vehicle and makes it count: uploaded, read back, compared, then only it switched on.

The vehicle's other fences (a circle round home, a ceiling) are made for flying by hand and would break a plan
in mid-air: while ours counts, they do not.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Protocol, TypeVar

from gcs.vehicles.parameters import param_work
from gcs.vehicles.policy import transfer_refusal
from gcs.vehicles.work import Ending, Work, WorkRefusedError
from telemetry.constants import MavMissionType
from telemetry.services.mission_item import MissionItem
from telemetry.services.mission_verify import MissionTransfer, TransferOutcome

POLYGONS_ONLY = 4.0
ON = 1.0
T = TypeVar("T")


class Runs(Protocol):
    """What is needed of the station."""

    async def run(self, vehicle_id: str, work: Work[T], actor: str) -> T: ...


async def raise_fence(station: Runs, vehicle_id: str, items: Sequence[MissionItem], actor: str) -> str:
    """Why the fence does not stand; empty when the vehicle holds exactly `items` and keeps to them."""
    make = partial(MissionTransfer, items=tuple(items), mission_type=MavMissionType.FENCE)
    told = {"items": len(items)}
    work = Work(kind="fence", turn="fence", make=make, ended=_ended, told=told, refusal=transfer_refusal)
    try:
        outcome = await station.run(vehicle_id, work, actor)
        if not outcome.verified:
            return f"its fence: {outcome.reason}"
        for name, value in (("FENCE_TYPE", POLYGONS_ONLY), ("FENCE_ENABLE", ON)):
            held = await station.run(vehicle_id, param_work(name, value), actor)
            if not held.ok:
                return f"its fence: {name}: {held.reason}"
    except WorkRefusedError as refused:
        return f"its fence: {refused}"
    return ""


def _ended(outcome: TransferOutcome) -> Ending:
    return outcome.verified, {"reason": outcome.reason, "attempts": outcome.attempts}
