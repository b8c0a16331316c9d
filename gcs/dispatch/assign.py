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
    place, able = sighting.place, _able(sighting, units, kinds, passed_over)
    ranked = sorted(able, key=lambda unit: _rank(unit, place, now, travel_s))
    return tuple(_candidate(unit, place, now, travel_s) for unit in ranked)


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
    place = sighting.place
    best = min(able, key=lambda unit: _rank(unit, place, now, travel_s), default=None)
    return None if best is None else _candidate(best, place, now, travel_s)


def way_s(unit: Unit, place: Place) -> float | None:
    """An estimate of the seconds to the place; None when nobody knows where the unit is."""
    if unit.lat_deg is None or unit.lon_deg is None:
        return None
    return _estimate_s(unit.kind, ground_distance_m(unit.lat_deg, unit.lon_deg, place.lat_deg, place.lon_deg))


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
    age, told_s = now - unit.position_at, travel_s.get(unit.id)
    way = _estimate_s(unit.kind, distance) if told_s is None else told_s
    estimated = told_s is None or unit.kind is UnitKind.DRONE
    return Candidate(unit, distance, age.total_seconds(), age <= FRESH, way, estimated=estimated)


def _rank(unit: Unit, place: Place, now: datetime, travel_s: Mapping[str, float]) -> tuple[int, float, float, str]:
    """The smaller, the better. Every free unit is ranked for every sighting: nothing more is made than that needs."""
    if unit.operation is not None:
        return _ENGAGED, 0.0, 0.0, unit.id
    if unit.lat_deg is None or unit.lon_deg is None or unit.position_at is None:
        return _UNKNOWN, 0.0, 0.0, unit.id
    distance = ground_distance_m(unit.lat_deg, unit.lon_deg, place.lat_deg, place.lon_deg)
    told_s = travel_s.get(unit.id)
    way = _estimate_s(unit.kind, distance) if told_s is None else told_s
    return _FRESH if now - unit.position_at <= FRESH else _OLD, way, distance, unit.id


def _estimate_s(kind: UnitKind, distance_m: float) -> float:
    detour = 1.0 if kind is UnitKind.DRONE else DETOUR
    return round(distance_m * detour / SPEED_M_S[kind])
