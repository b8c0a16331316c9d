"""After a restart: what to make of a sortie that was under way, from the vehicle as it is found.

| vehicle found | sortie was | becomes |
|---|---|---|
| holding another mission than the sortie's | any | held, nobody is commanded |
| armed on the ground, its mission not started | launching | waited for: ArduPilot disarms an idle vehicle; then held |
| armed | launching, flying | flying |
| armed | returning | returning |
| disarmed | launching | ready: it never took off |
| disarmed, its mission complete | flying, returning | flown |
| disarmed | flying, returning | broken off |
"""

from __future__ import annotations

from msgspec.structs import replace

from gcs.fleet.health import airborne
from gcs.fleet.state import VehicleState
from gcs.operations.model import SortieState, SortieStatus
from gcs.operations.progress import MISSION_COMPLETE, Observation

UNDER_WAY = frozenset({SortieStatus.LAUNCHING, SortieStatus.FLYING, SortieStatus.RETURNING})


def recognisable(state: VehicleState | None, now_s: float) -> bool:
    """Whether enough is known of the vehicle to decide: heard now, and its mission read back."""
    return state is not None and not state.stale(now_s) and state.mission_known


def between_arming_and_start(sortie: SortieState, state: VehicleState) -> bool:
    """Whether the vehicle was left armed on the ground before its mission was started."""
    waiting = sortie.status is SortieStatus.LAUNCHING and state.armed
    return waiting and state.mode != "AUTO" and airborne(state) is not True


def adopt(sortie: SortieState, seen: Observation, mission_hash: str, last_seq: int) -> SortieState:
    """The sortie as it goes on; see the table above. `mission_hash` is what was uploaded for it."""
    state = seen.state
    if state.mission_hash != mission_hash:
        return replace(sortie, status=SortieStatus.HELD, reason="the vehicle holds another mission")
    if between_arming_and_start(sortie, state):
        return replace(sortie, status=SortieStatus.HELD, reason="the vehicle stands armed on the ground")
    if state.armed:
        launching = sortie.status is SortieStatus.LAUNCHING
        launched_at = sortie.launched_at or seen.utc
        status = SortieStatus.FLYING if launching else sortie.status
        return replace(sortie, status=status, launched_at=launched_at)
    if sortie.status is SortieStatus.LAUNCHING:
        return replace(sortie, status=SortieStatus.READY)
    battery = state.battery.remaining_pct if state.battery else None
    landed = replace(sortie, landed_at=seen.utc, battery_end_pct=battery)
    if state.mission.state == MISSION_COMPLETE or sortie.progress >= last_seq:
        return replace(landed, status=SortieStatus.FLOWN, progress=last_seq)
    reason = f"landed after item {sortie.progress} while ground control was away"
    return replace(landed, status=SortieStatus.BROKEN_OFF, reason=reason)
