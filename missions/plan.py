"""A plan: what should be flown. Immutable, hashed, independent of any file format."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from missions.areas.zones import LonLat, Ring, Zone

__all__ = ["LonLat", "Plan", "Ring", "Sortie", "Waypoint", "Zone"]


@dataclass(frozen=True, slots=True)
class Waypoint:
    """WGS-84 degrees and metres above the take-off point; `survey` is True where the leg that ends
    here is flown to look (a lane), False on the way there, between lanes over ground already seen, or home.
    `stay_s`: how long the vehicle waits here before it flies on."""

    lon_deg: float
    lat_deg: float
    alt_rel_m: float
    survey: bool = False
    stay_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Sortie:
    """One vehicle's flight from take-off to landing.

    `path` starts above the take-off point and ends there, or above the swap pad where the next one
    begins. `drone` and `sortie` count from 0, `sortie` per drone.
    `lands_at_end`: where its path ends, which is not where it took off. `start_s` is the launch time after the start of
    the operation, `duration_s` take-off to landing.
    """

    drone: int
    sortie: int
    path: tuple[Waypoint, ...]
    length_m: float
    duration_s: float
    swath_m: float
    speed_m_s: float
    start_s: float = 0.0
    lands_at_end: bool = False


@dataclass(frozen=True)
class Plan:
    """Sorties over an area. `area` is polygons of rings (outer first, holes after), lon/lat degrees,
    first point not repeated at the end or repeated, as GeoJSON allows."""

    area: tuple[tuple[Ring, ...], ...]
    no_fly: tuple[Zone, ...]
    sorties: tuple[Sortie, ...]
    makespan_s: float
    covered_fraction: float
    settings: tuple[tuple[str, Any], ...] = field(default=())

    @property
    def drones(self) -> int:
        return 1 + max((sortie.drone for sortie in self.sorties), default=-1)

    def sorties_of(self, drone: int) -> tuple[Sortie, ...]:
        return tuple(sorted((s for s in self.sorties if s.drone == drone), key=lambda s: s.sortie))

    @cached_property
    def hash(self) -> str:
        """SHA-256 of what would be flown: areas, zones and every waypoint at 1e-7 deg and 1 cm."""
        bands = [zone.properties() for zone in self.no_fly]
        flown = {
            "area": _rounded(self.area),
            "no_fly": _rounded(tuple(zone.rings for zone in self.no_fly)),
            **({"bands": bands} if any(bands) else {}),
            "sorties": [
                [s.drone, s.sortie, round(s.speed_m_s, 2), round(s.start_s, 1), *(["lands"] if s.lands_at_end else [])]
                + [_rounded_point(w) for w in s.path]
                for s in self.sorties
            ],
        }
        return hashlib.sha256(json.dumps(flown, separators=(",", ":")).encode()).hexdigest()


def _rounded_point(waypoint: Waypoint) -> list[Any]:
    place = [round(waypoint.lon_deg, 7), round(waypoint.lat_deg, 7), round(waypoint.alt_rel_m, 2), waypoint.survey]
    return [*place, round(waypoint.stay_s, 1)] if waypoint.stay_s else place


def _rounded(polygons: tuple[tuple[Ring, ...], ...]) -> list[list[list[list[float]]]]:
    return [[[[round(lon, 7), round(lat, 7)] for lon, lat in ring] for ring in rings] for rings in polygons]
