"""A pattern by its name and figures: the line to be flown, and the frame that it is in. Pure.

| pattern | needs |
|---|---|
| perimeter | an area; `inset_m`, `rings`, `spacing_m`; begun nearest to `at` |
| corridor | a line; `width_m`, `spacing_m` |
| route | a line, whose points are visited in turn; `stays_s` at each |
| orbit | `at`, the centre; `radius_m`, `turns` |
| expanding-square | `at`, the datum; `spacing_m`, `legs`, `course_deg` |
| sector | `at`, the datum; `radius_m`, `course_deg`, `passes` |
| parallel-track, creeping-line | `at`, a corner; `long_m`, `short_m`, `course_deg`, `spacing_m` |

The four searches may drift with what is looked for (`drift`, east and north m/s).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np
import shapely

from missions.areas.area import Area
from missions.fleet import PlanError
from missions.geodesy import Array, LocalFrame
from missions.patterns import search
from missions.patterns.corridor import corridor
from missions.patterns.orbit import orbit
from missions.patterns.perimeter import linked, nearest_first, perimeter, ways_between_rings
from missions.plan import LonLat
from missions.timing import Motion
from missions.ways.free_space import polygon_of
from missions.ways.stays import LONGEST_STAY_S

DATUM = np.zeros(2)
MOST_STOPS = 500
USUAL_SPACING_M = 40.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """Metres, and degrees clockwise from true north. `inset_m` None: half the spacing; `width_m` 0: one spacing.
    `sweep_width_m`: of the sensor, for the odds of detection. `stays_s`: at each point of a route, or one for all."""

    at: LonLat | None = None
    area: Area | None = None
    line: Array | None = None
    spacing_m: float = USUAL_SPACING_M
    radius_m: float = 200.0
    turns: float = 1.0
    legs: int = 12
    course_deg: float = 0.0
    passes: int = 1
    long_m: float = 1000.0
    short_m: float = 500.0
    inset_m: float | None = None
    rings: int = 1
    width_m: float = 0.0
    drift: tuple[float, float] | None = None
    sweep_width_m: float | None = None
    stays_s: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class PatternLine:
    """A line (n, 2) in metres of `frame`, and for each of its n - 1 legs whether it is flown to look. `stays_s`: the
    line is a route, and so long the drone stays at each of its n points."""

    frame: LocalFrame
    points: Array
    looks: tuple[bool, ...]
    stays_s: tuple[float, ...] | None = None


Maker = Callable[[Pattern, Motion], PatternLine]


def drift_towards(course_deg: float, speed_m_s: float) -> tuple[float, float]:
    """East and north m/s of a drift; unlike a wind it is named by where it goes."""
    course = math.radians(course_deg)
    return speed_m_s * math.sin(course), speed_m_s * math.cos(course)


def pattern_line(name: str, pattern: Pattern, motion: Motion) -> PatternLine:
    """The line of a pattern. PlanError when a figure is missing or impossible."""
    maker = PATTERNS.get(name)
    if maker is None:
        raise PlanError(f"there is no pattern {name!r}: known are {', '.join(PATTERNS)}")
    if not (math.isfinite(pattern.spacing_m) and pattern.spacing_m > 0):
        raise PlanError(f"the spacing between tracks must be above 0 m, not {pattern.spacing_m:g}")
    if pattern.drift is not None and name not in SEARCHES:
        raise PlanError(f"{name} does not drift: {', '.join(sorted(SEARCHES))} do")
    found = maker(pattern, motion)
    if pattern.drift is not None:
        return replace(found, points=search.with_drift(found.points, motion, pattern.drift))
    return found


def _looking(frame: LocalFrame, points: Array) -> PatternLine:
    return PatternLine(frame, points, (True,) * (len(points) - 1))


def _perimeter(pattern: Pattern, motion: Motion) -> PatternLine:
    if pattern.area is None:
        raise PlanError("a perimeter needs the file of an area")
    outlines = [polygon_of(rings) for rings in pattern.area.polygons]
    centre = shapely.union_all(outlines).centroid
    frame = LocalFrame(round(centre.x, 9), round(centre.y, 9))
    outline: Any = shapely.union_all([frame.geometry_to_local(shape) for shape in outlines])
    zones = shapely.union_all([frame.geometry_to_local(zone.polygon()) for zone in pattern.area.no_fly])
    inset_m = pattern.spacing_m / 2 if pattern.inset_m is None else pattern.inset_m
    rings = perimeter(outline, inset_m, pattern.rings, pattern.spacing_m, zones=zones)
    begin = rings[0][0] if pattern.at is None else frame.to_local(np.array([pattern.at]))[0]
    choices = ways_between_rings(frame, outline, zones, inset_m, motion)
    return PatternLine(frame, *linked(nearest_first(rings, begin), choices))


def _corridor(pattern: Pattern, _motion: Motion) -> PatternLine:
    if pattern.line is None:
        raise PlanError("a corridor needs the file of a line")
    frame = LocalFrame(*(round(float(degrees), 9) for degrees in pattern.line.mean(axis=0)))
    width_m = pattern.width_m or pattern.spacing_m
    return _looking(frame, corridor(frame.to_local(pattern.line), width_m, pattern.spacing_m))


def _route(pattern: Pattern, _motion: Motion) -> PatternLine:
    if pattern.line is None:
        raise PlanError("a route needs the file of its stops: points in turn, or a line")
    count, stays = len(pattern.line), pattern.stays_s
    if count > MOST_STOPS:
        raise PlanError(f"a route of {count} stops is too long (limit {MOST_STOPS}): plan it in parts")
    if len(stays) not in (0, 1, count):
        raise PlanError(f"a route of {count} stops takes 1 stay for all or {count}, not {len(stays)}")
    each = stays if len(stays) == count else (stays or (0.0,)) * count
    if not all(0.0 <= stay <= LONGEST_STAY_S for stay in each):
        raise PlanError(f"a stay at a stop lasts 0 to {LONGEST_STAY_S:g} s")
    frame = LocalFrame(*(round(float(degrees), 9) for degrees in pattern.line.mean(axis=0)))
    points = frame.to_local(pattern.line)
    return PatternLine(frame, points, (True,) * (count - 1), each)


def _about(make: Callable[[Pattern], Array]) -> Maker:
    """A pattern about a place, which is the origin of its frame."""

    def made(pattern: Pattern, _motion: Motion) -> PatternLine:
        if pattern.at is None:
            raise PlanError("this pattern needs a place: give --at lat,lon")
        return _looking(LocalFrame(*pattern.at), make(pattern))

    return made


def _square(p: Pattern) -> Array:
    return search.expanding_square(DATUM, p.spacing_m, p.legs, p.course_deg)


def _rectangle(swept: Callable[[Array, float, float, float, float], Array]) -> Callable[[Pattern], Array]:
    return lambda p: swept(DATUM, p.long_m, p.short_m, p.course_deg, p.spacing_m)


PATTERNS: Mapping[str, Maker] = MappingProxyType(
    {
        "perimeter": _perimeter,
        "corridor": _corridor,
        "route": _route,
        "orbit": _about(lambda p: orbit((0.0, 0.0), p.radius_m, p.turns, start_deg=p.course_deg)),
        "expanding-square": _about(_square),
        "sector": _about(lambda p: search.sector(DATUM, p.radius_m, p.course_deg, p.passes)),
        "parallel-track": _about(_rectangle(search.parallel_track)),
        "creeping-line": _about(_rectangle(search.creeping_line)),
    }
)
SEARCHES = frozenset({"expanding-square", "sector", "parallel-track", "creeping-line"})
