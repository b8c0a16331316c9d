"""Whether a drone that no operation has is in the way of a sortie: above its start, on its path, where it lands. Pure.

It counts from where it is to where it was sent, or home, at all heights between; one that stays where it is counts
there. Of one that flies on its own nobody knows where to: it is told when it flies as high as the sortie does.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from dataclasses import dataclass

from shapely import LineString

from gcs.fleet.health import returning
from gcs.fleet.state import Position, VehicleState
from gcs.operations.corridor import east_north_m
from gcs.operations.errands import Errand
from missions.plan import LonLat, Sortie

BESIDE_M = 15.0
"""As far as drones of a plan keep from each other (10 m), and as far as a drone strays from its line in a gust."""
CLEAR_M = 5.0
"""As far apart as the layers of a plan."""
HOVERS_M_S = 1.0
RETURNS_AT_M = 15.0
"""ArduPilot's usual height for the way home: it climbs to it, and stays higher where it is."""


@dataclass(frozen=True, slots=True)
class Outsider:
    """A drone that may be in the air and that no operation has; `errand`: where ground control sent it; `heard`:
    whether it is not silent."""

    state: VehicleState
    errand: Errand | None = None
    heard: bool = True


@dataclass(frozen=True, slots=True)
class Meetings:
    """`crossing`: ids of those in the way; `unknown`: of those of whom nobody knows whether they will be."""

    crossing: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A straight way over ground, and the heights above the sea between which it is flown."""

    begin: LonLat
    end: LonLat
    low_m: float
    high_m: float


def meetings(sortie: Sortie, home_amsl_m: float | None, outsiders: Iterable[Outsider]) -> Meetings:
    """`home_amsl_m` is the height above the sea of where the sortie starts; None: nobody knows, nor who is clear."""
    crossing, unknown = [], []
    way = () if home_amsl_m is None else _sortie(sortie, home_amsl_m)
    for outsider in outsiders:
        other = None if home_amsl_m is None else _outsider(outsider)
        if other is None:
            unknown.append(outsider.state.id)
        elif any(_meet(mine, other) for mine in way):
            crossing.append(outsider.state.id)
        elif _roams(outsider) and any(_as_high(mine, other) for mine in way):
            unknown.append(outsider.state.id)
    return Meetings(tuple(sorted(crossing)), tuple(sorted(unknown)))


def _sortie(sortie: Sortie, home_amsl_m: float) -> tuple[_Stretch, ...]:
    points = [((w.lon_deg, w.lat_deg), home_amsl_m + w.alt_rel_m) for w in sortie.path]
    ends = ((place, place, home_amsl_m, height_m) for place, height_m in (points[0], points[-1]))
    legs = ((a, b, min(low, high), max(low, high)) for (a, low), (b, high) in itertools.pairwise(points))
    return tuple(itertools.starmap(_Stretch, (*ends, *legs)))


def _outsider(outsider: Outsider) -> _Stretch | None:
    """Its way as far as anybody knows it; None when nobody knows where it is."""
    state, errand = outsider.state, outsider.errand
    here = state.position
    if here is None:
        return None
    place, height_m = (here.lon_deg, here.lat_deg), here.alt_amsl_m
    if errand is not None:
        return _Stretch(place, errand.place, min(height_m, errand.alt_amsl_m), max(height_m, errand.alt_amsl_m))
    if (home := _home(state)) is not None:
        end = place if state.mode == "LAND" else (home.lon_deg, home.lat_deg)
        return _Stretch(place, end, min(height_m, home.alt_amsl_m), max(height_m, home.alt_amsl_m + RETURNS_AT_M))
    return _Stretch(place, place, height_m, height_m)


def _home(state: VehicleState) -> Position | None:
    return state.home if returning(state) else None


def _roams(outsider: Outsider) -> bool:
    """Whether it moves, and nobody knows where to; a silent one is no longer where it was."""
    state, speeds = outsider.state, outsider.state.speeds
    if not outsider.heard:
        return True
    if outsider.errand is not None or _home(state) is not None:
        return False
    return speeds is None or math.hypot(speeds.ground_m_s, speeds.climb_m_s) > HOVERS_M_S


def _as_high(a: _Stretch, b: _Stretch) -> bool:
    return max(a.low_m, b.low_m) - min(a.high_m, b.high_m) < CLEAR_M


def _meet(a: _Stretch, b: _Stretch) -> bool:
    return _as_high(a, b) and _flat(a, a.begin).distance(_flat(b, a.begin)) < BESIDE_M


def _flat(stretch: _Stretch, origin: LonLat) -> LineString:
    return LineString([east_north_m(stretch.begin, origin), east_north_m(stretch.end, origin)])
