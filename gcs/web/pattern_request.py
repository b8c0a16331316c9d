"""What may be asked of the planner beside areas: patterns along a line of their own, and days of patrol."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from gcs.plan_fleet import Latitude, Longitude
from gcs.web.plan_request import Document, FleetRequest
from missions.areas.area import Area, load_area
from missions.fleet import PlanError
from missions.geodesy import Array
from missions.lines.line_file import load_line, load_stops
from missions.patrol.patrol_file import DAY_S, MOST_PADS, PatrolMap, read_patrol
from missions.patrol.patrol_plan import PatrolAsk
from missions.patterns.pattern import MOST_STOPS, USUAL_SPACING_M, Pattern, drift_towards
from missions.ways.stays import LONGEST_STAY_S

Name = Literal[
    "perimeter", "corridor", "route", "orbit", "expanding-square", "sector", "parallel-track", "creeping-line"
]
Metres = Annotated[float, Meta(ge=0, le=100_000)]
Degrees = Annotated[float, Meta(ge=-360, le=360)]
Stay = Annotated[float, Meta(ge=0, le=LONGEST_STAY_S)]
Spot = tuple[Latitude, Longitude]


class DriftRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where what is looked for drifts to, degrees clockwise from north, and metres per second."""

    towards_deg: Annotated[float, Meta(ge=0, le=360)]
    speed_m_s: Annotated[float, Meta(ge=0, le=60)]


class PatternRequest(FleetRequest, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`pattern` by name, with the figures that it needs. `area` (GeoJSON) is that of a perimeter, of other patterns
    the zones to keep out of; `line` that of a corridor; `at` is [lat, lon]: centre, datum, corner, or where to begin.
    Tracks lie `spacing_m` apart (40 m, or what a `camera` sees with `overlap`) and see half of it on each side. A route
    goes to the points of its `line` in turn and stays `stays_s` at each: one figure for all, or one for each. With
    `sweep_width_m` the plan's properties say the odds of detection."""

    pattern: Name
    area: dict[str, Any] | None = None
    line: dict[str, Any] | None = None
    at: Spot | None = None
    spacing_m: Annotated[float, Meta(ge=1, le=10_000)] | None = None
    stays_s: Annotated[tuple[Stay, ...], Meta(max_length=MOST_STOPS)] = ()
    radius_m: Metres = 200.0
    turns: Annotated[float, Meta(gt=0, le=1000)] = 1.0
    legs: Annotated[int, Meta(ge=1, le=2000)] = 12
    course_deg: Degrees = 0.0
    passes: Annotated[int, Meta(ge=1, le=100)] = 1
    long_m: Metres = 1000.0
    short_m: Metres = 500.0
    inset_m: Metres | None = None
    rings: Annotated[int, Meta(ge=1, le=100)] = 1
    width_m: Metres = 0.0
    drift: DriftRequest | None = None
    sweep_width_m: Annotated[float, Meta(gt=0, le=10_000)] | None = None


class PatrolRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`sites` is GeoJSON as `aeropatrol patrol` reads it; `base` and `pads` are [lat, lon]. Moments are seconds of the
    day. Without `drones` as many as it takes; `drop_outs_s`: when one is lost. `batteries` false: they do not limit."""

    sites: Document
    base: Spot | None = None
    pads: Annotated[tuple[Spot, ...], Meta(max_length=MOST_PADS)] = ()
    begin_s: Annotated[float, Meta(ge=0, le=7 * DAY_S)] = 0.0
    end_s: Annotated[float, Meta(ge=0, le=7 * DAY_S)] = DAY_S
    drones: Annotated[int, Meta(ge=1, le=200)] | None = None
    drop_outs_s: Annotated[tuple[Annotated[float, Meta(ge=0)], ...], Meta(max_length=200)] = ()
    speed_m_s: Annotated[float, Meta(ge=0.5, le=50)] = 10.0
    accel_m_s2: Annotated[float, Meta(ge=0.1, le=20)] = 2.0
    endurance_s: Annotated[float, Meta(ge=60, le=86_400)] = 1500.0
    reserve: Annotated[float, Meta(ge=0, lt=1)] = 0.2
    batteries: bool = True
    swap_s: Annotated[float, Meta(ge=0, le=86_400)] = 120.0
    jitter: Annotated[float, Meta(ge=0, lt=1)] = 0.0
    seed: Annotated[int, Meta(ge=0, le=2**31)] = 0


def pattern_of(asked: PatternRequest) -> Pattern:
    """The pattern asked for. AreaError when its area or line is none, PlanError when figures do not go together."""
    if asked.spacing_m is not None and asked.camera is not None:
        raise PlanError("give spacing_m or camera, not both")
    starts = asked.starts_at
    at = (asked.at[1], asked.at[0]) if asked.at is not None else None
    line, stays = _line(asked)
    return Pattern(
        at=at or (starts[0] if starts and asked.pattern == "perimeter" else None),
        area=_area(asked),
        line=line,
        spacing_m=asked.spacing_m or USUAL_SPACING_M,
        stays_s=stays,
        radius_m=asked.radius_m,
        turns=asked.turns,
        legs=asked.legs,
        course_deg=asked.course_deg,
        passes=asked.passes,
        long_m=asked.long_m,
        short_m=asked.short_m,
        inset_m=asked.inset_m,
        rings=asked.rings,
        width_m=asked.width_m,
        drift=drift_towards(asked.drift.towards_deg, asked.drift.speed_m_s) if asked.drift else None,
        sweep_width_m=asked.sweep_width_m,
    )


def _line(asked: PatternRequest) -> tuple[Array | None, tuple[float, ...]]:
    """Of a corridor; of a route with the stays, those of its points where none are asked for."""
    if asked.line is None:
        return None, asked.stays_s
    document = msgspec.json.encode(asked.line)
    if asked.pattern != "route":
        return load_line(document, "line"), ()
    stops, stays = load_stops(document, "line")
    return stops, asked.stays_s or stays


def _area(asked: PatternRequest) -> Area | None:
    """That of a perimeter; other patterns only keep out of its zones and holes."""
    if asked.area is None:
        return None
    return load_area(msgspec.json.encode(asked.area), "area", zones_do=asked.pattern != "perimeter")


def patrol_of(asked: PatrolRequest) -> tuple[PatrolMap, PatrolAsk]:
    """The patrol asked for. AreaError or PlanError when it makes no sense."""
    base = (asked.base[1], asked.base[0]) if asked.base is not None else None
    pads = tuple((lon, lat) for lat, lon in asked.pads)
    found = read_patrol(bytes(asked.sites), "sites", base=base, pads=pads)
    ask = PatrolAsk(
        begin_s=asked.begin_s,
        end_s=asked.end_s,
        drones=asked.drones,
        drop_outs=asked.drop_outs_s,
        speed_m_s=asked.speed_m_s,
        accel_m_s2=asked.accel_m_s2,
        usable_s=asked.endurance_s * (1.0 - asked.reserve) if asked.batteries else None,
        swap_s=asked.swap_s,
        jitter=asked.jitter,
        seed=asked.seed,
    )
    return found, ask
