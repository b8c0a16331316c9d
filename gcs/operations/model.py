"""An operation and its sorties as data; the legal steps are the table in `lifecycle`."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec


class OperationStatus(StrEnum):
    DRAFT = "draft"
    CHECKED = "checked"
    AUTHORISED = "authorised"
    UPLOADED = "uploaded"
    LAUNCHING = "launching"
    FLYING = "flying"
    PAUSED = "paused"
    HELD = "held"
    RETURNING = "returning"
    CLOSED = "closed"
    ABORTED = "aborted"


class SortieStatus(StrEnum):
    WAITING = "waiting"
    UPLOADING = "uploading"
    READY = "ready"
    LAUNCHING = "launching"
    FLYING = "flying"
    RETURNING = "returning"
    FLOWN = "flown"
    BROKEN_OFF = "broken_off"
    HELD = "held"


class SortieState(msgspec.Struct, frozen=True, kw_only=True):
    """One sortie of the plan on one vehicle. `progress` is the last mission item reached.

    `awaits_clear`: it is a real vehicle that has landed before, and flies on only when somebody beside it says so
    (`cleared_by`).
    """

    drone: int
    sortie: int
    vehicle: str
    status: SortieStatus = SortieStatus.WAITING
    progress: int = 0
    items: int = 0
    launched_at: datetime | None = None
    landed_at: datetime | None = None
    battery_start_pct: int | None = None
    battery_end_pct: int | None = None
    reason: str = ""
    awaits_clear: bool = False
    cleared_by: str | None = None


class CheckLevel(StrEnum):
    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One pre-flight finding. Red blocks; yellow needs a note from whoever authorises.

    `code` is stable and translated by the pages; `data` fills its text.
    """

    code: str
    level: CheckLevel
    vehicle: str | None = None
    data: dict[str, Any] = {}


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """`vehicles[i]` flies the plan's drone `i`. `track_since` is where the flown track starts."""

    id: str
    name: str
    purpose: str
    plan_hash: str
    status: OperationStatus = OperationStatus.DRAFT
    vehicles: tuple[str, ...] = ()
    sorties: tuple[SortieState, ...] = ()
    checks: tuple[Check, ...] = ()
    created_at: datetime
    created_by: str
    authorised_by: str | None = None
    authorise_note: str = ""
    started_at: datetime | None = None
    closed_at: datetime | None = None
    simulated: bool = False
    reason: str = ""
    covered_fraction: float | None = None
    report: str | None = None
