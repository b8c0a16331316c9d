"""What a sortie's status follows from: the vehicle's own word, never our wish.

| before | seen on the vehicle | after |
|---|---|---|
| flying | a mode that goes home, or the mission beyond its last waypoint | returning |
| returning | the mission again, at or before its last waypoint | flying |
| flying, returning | disarmed, last waypoint reached | flown |
| flying, returning | disarmed before that | broken off, with the reason |
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from gcs.fleet.health import returning
from gcs.fleet.state import VehicleState
from gcs.operations.model import SortieState, SortieStatus
from telemetry.constants import MavCmd
from telemetry.services.mission_item import MissionItem

MISSION_ACTIVE = 3
MISSION_COMPLETE = 5
IN_FLIGHT = frozenset({SortieStatus.FLYING, SortieStatus.RETURNING})
DONE = frozenset({SortieStatus.FLOWN, SortieStatus.BROKEN_OFF})
_TELLING = ("failsafe", "breached", "crash", "thrust loss", "ekf variance", "disarming: ")


@dataclass(frozen=True, slots=True)
class Observation:
    """What has been seen at `utc` of the vehicle that flies the sortie."""

    state: VehicleState
    utc: datetime


def last_waypoint(items: tuple[MissionItem, ...]) -> int:
    """The sequence number of the last NAV_WAYPOINT: what comes after it is the way home."""
    return max((item.seq for item in items[1:] if item.command == MavCmd.NAV_WAYPOINT), default=0)


def advance(sortie: SortieState, seen: Observation, last_seq: int) -> SortieState:
    """The sortie after looking at its vehicle once; the same object when nothing has changed."""
    if sortie.status not in IN_FLIGHT:
        return sortie
    progress = min(max(sortie.progress, _reached(seen.state, last_seq)), last_seq)
    if progress != sortie.progress:
        sortie = replace(sortie, progress=progress)
    if not seen.state.armed:
        return _landed(sortie, seen, last_seq)
    homeward = returning(seen.state) or (_in_mission(seen.state) and (seen.state.mission.current or 0) > last_seq)
    if homeward and sortie.status is SortieStatus.FLYING:
        return replace(sortie, status=SortieStatus.RETURNING)
    if not homeward and _in_mission(seen.state) and sortie.status is SortieStatus.RETURNING:
        return replace(sortie, status=SortieStatus.FLYING)
    return sortie


def _in_mission(state: VehicleState) -> bool:
    return state.mode == "AUTO" and state.mission.state in (None, MISSION_ACTIVE) and state.mission.current is not None


def _reached(state: VehicleState, last_seq: int) -> int:
    """The last item known to be behind the vehicle: reported as reached, or before the one it flies now."""
    behind = (state.mission.current or 1) - 1 if _in_mission(state) and state.armed else 0
    if state.mission.state == MISSION_COMPLETE and state.armed and state.mode == "AUTO":
        behind = last_seq
    return max(behind, state.mission.reached or 0)


def _landed(sortie: SortieState, seen: Observation, last_seq: int) -> SortieState:
    battery = seen.state.battery
    ended = replace(sortie, landed_at=seen.utc, battery_end_pct=battery.remaining_pct if battery else None)
    if sortie.progress >= last_seq:
        return replace(ended, status=SortieStatus.FLOWN)
    return replace(ended, status=SortieStatus.BROKEN_OFF, reason=_why(sortie, seen.state))


def _why(sortie: SortieState, state: VehicleState) -> str:
    since = sortie.launched_at
    telling = [
        text.text
        for text in state.texts
        if (since is None or text.at >= since) and any(word in text.text.lower() for word in _TELLING)
    ]
    told = f": {telling[0]}" if telling else ""
    return f"landed in {state.mode} after item {sortie.progress}{told}"
