"""Training as the API has it: drills to choose from, the one that runs, its score, and what was done before."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

from missions.drill_score import Score

LatLon = tuple[float, float]
Name = Annotated[str, Meta(min_length=1, max_length=60)]


class DrillSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A drill that can be chosen."""

    id: str
    zh: str
    en: str
    brief_zh: str
    brief_en: str
    vehicles: int
    duration_s: float
    seed: int


class FaultNumber(msgspec.Struct, frozen=True, kw_only=True):
    """A parameter of a fault: what it is unless told, and what it may be."""

    usual: float
    low: float
    high: float


class FaultOffer(msgspec.Struct, frozen=True, kw_only=True):
    """A fault that can be set; `where` is `vehicle`, `line` or `camera`, `common` those offered first."""

    name: str
    zh: str
    en: str
    where: str
    common: bool
    numbers: dict[str, FaultNumber] = {}


class ActiveFault(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong now; `vehicle` 0 is every vehicle, `until_s` None lasts to the end."""

    name: str
    vehicle: int
    at_s: float
    until_s: float | None


class Truth(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is really there, for the instructor's eyes; `reported_s` when ground control learnt of it."""

    id: str
    kind: str
    klass: str
    find: bool
    lat_deg: float
    lon_deg: float
    note: str = ""
    seen_s: float | None = None
    reported_s: float | None = None


class Bookmark(msgspec.Struct, frozen=True, kw_only=True):
    """A moment to come back to, by its number."""

    id: int
    at_s: float
    name: str
    by: str


class NoticePlace(msgspec.Struct, frozen=True, kw_only=True):
    """Where a loudspeaker notice is to be given; `given_s` when it was."""

    id: str
    zh: str
    en: str
    given_s: float | None = None


class RunStatus(StrEnum):
    STARTING = "starting"
    RUNNING = "running"
    PAUSED = "paused"
    OVER = "over"


class RunView(msgspec.Struct, frozen=True, kw_only=True):
    """The drill that runs, or the last that ran. Times are seconds of the drill; places are `[lat, lon]`."""

    id: str
    drill: str
    trainee: str
    status: RunStatus
    now_s: float
    duration_s: float
    speedup: float
    vehicles: tuple[str, ...]
    area: tuple[LatLon, ...]
    no_fly: tuple[tuple[LatLon, ...], ...]
    faults: tuple[ActiveFault, ...] = ()
    truth: tuple[Truth, ...] = ()
    bookmarks: tuple[Bookmark, ...] = ()
    notices: tuple[NoticePlace, ...] = ()
    score: Score | None = None


class RunRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A drill that was done. `debrief` says whether there is a page about it."""

    id: str
    drill: str
    zh: str
    en: str
    trainee: str
    at: datetime
    duration_s: float
    speedup: float
    score: Score
    debrief: bool = False


class Currency(msgspec.Struct, frozen=True, kw_only=True):
    """How a trainee stands with a drill, `zh` and `en` as it was called last; `current` is whether it was passed lately
    enough."""

    trainee: str
    drill: str
    zh: str = ""
    en: str = ""
    runs: int
    best: float
    last_at: datetime
    passed_at: datetime | None
    current: bool


class TrainingView(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the instructor's page shows; newest runs first."""

    drills: tuple[DrillSummary, ...]
    faults: tuple[FaultOffer, ...]
    kinds: tuple[str, ...]
    run: RunView | None
    runs: tuple[RunRecord, ...]
    currency: tuple[Currency, ...]


class StartRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    drill: Name
    trainee: Name


class PauseRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    paused: bool


class FaultRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`lasts_s` None lasts to the end; `end` ends the fault of that name on that vehicle instead."""

    name: Name
    vehicle: int = 0
    lasts_s: Annotated[float, Meta(gt=0, le=14_400)] | None = None
    numbers: dict[str, float] = {}
    end: bool = False


class ThingRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something appears now, at a place in degrees."""

    kind: Name
    lat: Annotated[float, Meta(ge=-85, le=85)]
    lon: Annotated[float, Meta(ge=-180, le=180)]
    klass: Name | None = None
    note: Annotated[str, Meta(max_length=200)] = ""


class BookmarkRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: Name


class RewindRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`bookmark` is the `id` of one of the run's."""

    bookmark: Annotated[int, Meta(ge=1)]


class TrainingError(ValueError):
    """What was asked cannot be done now; `field` names the part of the request that is wrong, if one is."""

    def __init__(self, text: str, field: str | None = None) -> None:
        super().__init__(text)
        self.field = field
