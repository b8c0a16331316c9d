"""Who goes: of the free units that fit, the one that is there first. Pure.

Simulated sightings go to simulated units only, real ones to real units only. A unit fits when its kind is one
the class names. How long it takes is what a route server says, else the straight line times 1.4 at the usual speed
of its kind, which is an estimate and says so; drones fly straight. Positions older than five minutes rank behind all
fresh ones, unknown positions last; among equals the smaller id goes, so that the same situation always has the same
answer. A drone whose vehicle flies an operation is never sent; whoever chooses sees it behind all others, and why.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from gcs.dispatch.model import Unit, UnitKind, UnitStatus
from gcs.sightings.model import Place, Sighting

FRESH = timedelta(minutes=5)
DETOUR = 1.4
"""Roads are longer than the straight line by about this much."""
SPEED_M_S: Mapping[UnitKind, float] = MappingProxyType(
    {
        UnitKind.PATROL_CAR: 8.0,
        UnitKind.OFFICER: 1.4,
        UnitKind.AUXILIARY: 1.4,
        UnitKind.GRID_WORKER: 3.0,
        UnitKind.VOLUNTEER: 1.4,
        UnitKind.STATION: 3.0,
        UnitKind.DRONE: 10.0,
    }
)
"""On the way through a town: a car among others, on foot, by electric bicycle, through the air."""
_EARTH_RADIUS_M = 6_371_008.8
_FRESH, _OLD, _UNKNOWN, _ENGAGED = 0, 1, 2, 3


@dataclass(frozen=True, slots=True)
class Candidate:
    """A unit that may go. Distance, way and age are None when its position is unknown; `fresh` is False when it is
    old; `estimated` says that no route server stands behind `travel_s`."""

    unit: Unit
    distance_m: float | None
    position_age_s: float | None
    fresh: bool
    travel_s: float | None = None
    estimated: bool = True


def rank_units(
    sighting: Sighting,
    units: Iterable[Unit],
    kinds: Collection[UnitKind],
    now: datetime,
    passed_over: Collection[str] = (),
    *,
    travel_s: Mapping[str, float] = MappingProxyType({}),
) -> tuple[Candidate, ...]:
    """The units that may go, best first; those in `passed_over` are not asked. `travel_s` is what is known of the way
    of each unit: by a route server, of drones by `look_desk`."""
    able = _able(sighting, units, kinds, passed_over)
    return tuple(sorted((_candidate(unit, sighting.place, now, travel_s) for unit in able), key=_rank))


def nearest_unit(
    sighting: Sighting,
    units: Iterable[Unit],
    kinds: Collection[UnitKind],
    now: datetime,
    passed_over: Collection[str] = (),
    *,
    travel_s: Mapping[str, float] = MappingProxyType({}),
) -> Candidate | None:
    """The best of `rank_units` that flies no operation; None when nobody may go."""
    able = (unit for unit in _able(sighting, units, kinds, passed_over) if unit.operation is None)
    return min((_candidate(unit, sighting.place, now, travel_s) for unit in able), key=_rank, default=None)


def way_s(unit: Unit, place: Place) -> float | None:
    """An estimate of the seconds to the place; None when nobody knows where the unit is."""
    if unit.lat_deg is None or unit.lon_deg is None:
        return None
    straight = ground_distance_m(unit.lat_deg, unit.lon_deg, place.lat_deg, place.lon_deg)
    detour = 1.0 if unit.kind is UnitKind.DRONE else DETOUR
    return round(straight * detour / SPEED_M_S[unit.kind])


def ground_distance_m(lat_a_deg: float, lon_a_deg: float, lat_b_deg: float, lon_b_deg: float) -> float:
    """Great-circle distance in metres on a sphere (haversine); within 0.6 % of the ellipsoid."""
    lat_a, lat_b = math.radians(lat_a_deg), math.radians(lat_b_deg)
    north = math.sin((lat_b - lat_a) / 2) ** 2
    east = math.sin(math.radians(lon_b_deg - lon_a_deg) / 2) ** 2
    return 2 * _EARTH_RADIUS_M * math.asin(math.sqrt(min(1.0, north + math.cos(lat_a) * math.cos(lat_b) * east)))


def _able(
    sighting: Sighting, units: Iterable[Unit], kinds: Collection[UnitKind], passed_over: Collection[str]
) -> Iterator[Unit]:
    for unit in units:
        if (
            unit.status is UnitStatus.FREE
            and unit.simulated is sighting.simulated
            and unit.kind in kinds
            and unit.id not in passed_over
        ):
            yield unit


def _candidate(unit: Unit, place: Place, now: datetime, travel_s: Mapping[str, float]) -> Candidate:
    if unit.lat_deg is None or unit.lon_deg is None or unit.position_at is None:
        return Candidate(unit, None, None, fresh=False)
    distance = ground_distance_m(unit.lat_deg, unit.lon_deg, place.lat_deg, place.lon_deg)
    age = now - unit.position_at
    told_s = travel_s.get(unit.id)
    way = way_s(unit, place) if told_s is None else told_s
    estimated = told_s is None or unit.kind is UnitKind.DRONE
    return Candidate(unit, distance, age.total_seconds(), age <= FRESH, way, estimated=estimated)


def _rank(candidate: Candidate) -> tuple[int, float, float, str]:
    if candidate.unit.operation is not None:
        return _ENGAGED, 0.0, 0.0, candidate.unit.id
    if candidate.distance_m is None or candidate.travel_s is None:
        return _UNKNOWN, 0.0, 0.0, candidate.unit.id
    return _FRESH if candidate.fresh else _OLD, candidate.travel_s, candidate.distance_m, candidate.unit.id
