"""Who goes: the nearest free unit that fits. Pure.

Simulated sightings go to simulated units only, real ones to real units only. A unit fits when its kind is one
the class names. Positions older than five minutes rank behind all fresh ones, unknown positions last; among equals
the smaller id goes, so that the same situation always has the same answer.
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
    }
)
"""On the way through a town: a car among others, on foot, by electric bicycle."""
_EARTH_RADIUS_M = 6_371_008.8
_FRESH, _OLD, _UNKNOWN = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Candidate:
    """A unit that may go. Distance and age are None when its position is unknown; `fresh` is False when it is old."""

    unit: Unit
    distance_m: float | None
    position_age_s: float | None
    fresh: bool


def rank_units(
    sighting: Sighting,
    units: Iterable[Unit],
    kinds: Collection[UnitKind],
    now: datetime,
    passed_over: Collection[str] = (),
) -> tuple[Candidate, ...]:
    """The units that may go, best first; those in `passed_over` are not asked."""
    return tuple(sorted(_able(sighting, units, kinds, now, passed_over), key=_rank))


def nearest_unit(
    sighting: Sighting,
    units: Iterable[Unit],
    kinds: Collection[UnitKind],
    now: datetime,
    passed_over: Collection[str] = (),
) -> Candidate | None:
    """The best of `rank_units`; None when nobody may go."""
    return min(_able(sighting, units, kinds, now, passed_over), key=_rank, default=None)


def way_s(unit: Unit, place: Place) -> float | None:
    """An estimate of the seconds to the place; None when nobody knows where the unit is."""
    if unit.lat_deg is None or unit.lon_deg is None:
        return None
    straight = ground_distance_m(unit.lat_deg, unit.lon_deg, place.lat_deg, place.lon_deg)
    return round(straight * DETOUR / SPEED_M_S[unit.kind])


def ground_distance_m(lat_a_deg: float, lon_a_deg: float, lat_b_deg: float, lon_b_deg: float) -> float:
    """Great-circle distance in metres on a sphere (haversine); within 0.6 % of the ellipsoid."""
    lat_a, lat_b = math.radians(lat_a_deg), math.radians(lat_b_deg)
    north = math.sin((lat_b - lat_a) / 2) ** 2
    east = math.sin(math.radians(lon_b_deg - lon_a_deg) / 2) ** 2
    return 2 * _EARTH_RADIUS_M * math.asin(math.sqrt(min(1.0, north + math.cos(lat_a) * math.cos(lat_b) * east)))


def _able(
    sighting: Sighting,
    units: Iterable[Unit],
    kinds: Collection[UnitKind],
    now: datetime,
    passed_over: Collection[str],
) -> Iterator[Candidate]:
    for unit in units:
        if (
            unit.status is UnitStatus.FREE
            and unit.simulated is sighting.simulated
            and unit.kind in kinds
            and unit.id not in passed_over
        ):
            yield _candidate(unit, sighting.place, now)


def _candidate(unit: Unit, place: Place, now: datetime) -> Candidate:
    if unit.lat_deg is None or unit.lon_deg is None or unit.position_at is None:
        return Candidate(unit, None, None, fresh=False)
    distance = ground_distance_m(unit.lat_deg, unit.lon_deg, place.lat_deg, place.lon_deg)
    age = now - unit.position_at
    return Candidate(unit, distance, age.total_seconds(), fresh=age <= FRESH)


def _rank(candidate: Candidate) -> tuple[int, float, str]:
    if candidate.distance_m is None:
        return _UNKNOWN, 0.0, candidate.unit.id
    return _FRESH if candidate.fresh else _OLD, candidate.distance_m, candidate.unit.id
