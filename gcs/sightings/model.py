"""A sighting and its history. Frozen: every step makes a new one."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec


class SightingStatus(StrEnum):
    """Where a sighting stands; the legal steps are the table in `workflow`."""

    NEW = "new"
    ASSIGNED = "assigned"
    ACCEPTED = "accepted"
    ON_SCENE = "on_scene"
    RESOLVED = "resolved"
    DISMISSED = "dismissed"
    ASSESSED = "assessed"
    DUPLICATE = "duplicate"
    ARCHIVED = "archived"


class Axes(msgspec.Struct, frozen=True, kw_only=True):
    """One-sigma half axes of an ellipse on the ground, and where the longer one points, clockwise from north."""

    major_m: float
    minor_m: float
    bearing_deg: float


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """WGS-84 degrees; `ce90_m` is the radius that holds the truth nine times in ten, None = unknown.

    `axes` says more where the uncertainty is not the same in every direction. `msl_m` is the height above mean sea
    level, `hae_m` the one above the ellipsoid of WGS-84; neither is told from the other without a geoid.
    """

    lat_deg: float
    lon_deg: float
    ce90_m: float | None = None
    axes: Axes | None = None
    msl_m: float | None = None
    hae_m: float | None = None


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """`kind` is `camera`, `person` or `external`; `vehicle`, `detector` (with its version), `frame` (the picture's own
    name) and `pixel` in it (right, down) where they apply."""

    kind: str
    name: str = ""
    vehicle: str | None = None
    detector: str | None = None
    confidence: float | None = None
    frame: str | None = None
    pixel: tuple[float, float] | None = None


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """A picture that is kept under `name`, the SHA-256 of its bytes. `masked`: only coarse blocks were kept of it.

    `at` is when it was taken; `received_at` when it came in, None when that is the same."""

    name: str
    media_type: str
    size: int
    at: datetime
    by: str
    masked: bool = False
    received_at: datetime | None = None


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """One report among several that tell of the same thing, as it came in."""

    id: str
    place: Place
    seen_at: datetime
    source: Source
    note: str = ""


class Level(StrEnum):
    """How urgently somebody at the centre has to look at it."""

    AMBER = "amber"
    RED = "red"


class Supervision(msgspec.Struct, frozen=True, kw_only=True):
    """Why a sighting needs the centre's attention, and since when.

    `reason` is `not_accepted` (a unit did not answer in time), `nobody_free`, `not_assigned` (nobody was chosen for a
    class that waits for that), `late` (en route for much longer than the way takes), `unsettled` (open for longer than
    its class allows) or `asked` (the centre wants it so).
    """

    level: Level
    reason: str
    since: datetime


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a sighting's history. `eta_s` is how long the way should take, where somebody sets out.

    `at` is when the step was taken; `received_at` when the centre heard of it, None when that is the same. `id` is the
    name that whoever took it gave it, to ask for it again without taking it twice.
    """

    at: datetime
    actor: str
    action: str
    status: SightingStatus
    unit: str | None = None
    note: str = ""
    eta_s: float | None = None
    received_at: datetime | None = None
    id: str | None = None


class Sighting(msgspec.Struct, frozen=True, kw_only=True):
    """`id` is a UUID chosen by whoever reports it, so that a report sent twice is kept once.

    `views` are the reports it was made of when there were several, the first included; `place` is then what they say
    together, `seen_at` and `source` are those of the first. `duplicate_of` names the sighting that goes on instead;
    `follows` the archived one that this one takes up again.
    """

    id: str
    klass: str
    priority: int
    place: Place
    seen_at: datetime
    received_at: datetime
    source: Source
    status: SightingStatus = SightingStatus.NEW
    note: str = ""
    unit: str | None = None
    outcome: str | None = None
    operation: str | None = None
    site: str | None = None
    simulated: bool = False
    history: tuple[Step, ...] = ()
    views: tuple[Seen, ...] = ()
    pictures: tuple[Picture, ...] = ()
    duplicate_of: str | None = None
    follows: str | None = None
    supervised: Supervision | None = None
