"""No-fly and keep-out zones, at all heights or within a band of heights.

A band is metres above the take-off point or above the sea. What is not known closes: without a band, or with one above
the sea while nobody knows how high the take-off point lies, a zone is closed at all heights.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import shapely
from shapely.geometry import Polygon

if TYPE_CHECKING:
    from missions.plan import Plan

LonLat = tuple[float, float]
Ring = tuple[LonLat, ...]

CLEARANCE_M = 5.0
"""A layer lies at least so much over a zone's ceiling, or under its floor."""
TAKE_OFF, SEA = "take_off", "sea"
WORDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {TAKE_OFF: ("above take-off", "相对起飞点"), SEA: ("above sea", "海拔")}
)


@dataclass(frozen=True, slots=True)
class Zone:
    """`rings` in degrees, outer first, holes after (open). `floor_m` None: from the ground; `ceiling_m` None: without
    end. `above`: what both are measured from, `take_off` or `sea`."""

    rings: tuple[Ring, ...]
    floor_m: float | None = None
    ceiling_m: float | None = None
    above: str = TAKE_OFF

    @property
    def has_band(self) -> bool:
        return self.floor_m is not None or self.ceiling_m is not None

    def binds(self, low_m: float, high_m: float, take_off_amsl_m: float | None, clearance_m: float = 0.0) -> bool:
        """May nobody be in it between these heights above take-off, clearance included?"""
        shift = 0.0
        if self.above == SEA and self.has_band:
            if take_off_amsl_m is None:
                return True
            shift = take_off_amsl_m
        floor = -math.inf if self.floor_m is None else self.floor_m - shift
        ceiling = math.inf if self.ceiling_m is None else self.ceiling_m - shift
        return low_m < ceiling + clearance_m and high_m > floor - clearance_m

    def words(self) -> tuple[str, str]:
        """The band in English and Chinese; empty without one."""
        if not self.has_band:
            return "", ""
        english, chinese = WORDS[self.above]
        low = "0" if self.floor_m is None else f"{self.floor_m:g}"
        high = "∞" if self.ceiling_m is None else f"{self.ceiling_m:g}"
        return f"{low}–{high} m {english}", f"{chinese}{low}–{high}米"

    def properties(self) -> dict[str, Any]:
        """The band as a GeoJSON feature's properties; nothing without one."""
        if not self.has_band:
            return {}
        figures = {"floor_m": self.floor_m, "ceiling_m": self.ceiling_m}
        return {**{name: value for name, value in figures.items() if value is not None}, "above": self.above}

    def polygon(self) -> Polygon:
        return Polygon(self.rings[0], self.rings[1:])


def closing(zones: Iterable[Zone], heights_m: Iterable[float], take_off_amsl_m: float | None) -> list[Zone]:
    """The zones that leave none of the heights open."""
    heights = tuple(heights_m)
    return [zone for zone in zones if all(zone.binds(h, h, take_off_amsl_m, CLEARANCE_M) for h in heights)]


def touching(zones: Iterable[Zone], heights_m: Iterable[float], take_off_amsl_m: float | None) -> list[Zone]:
    """The zones that close any of the heights."""
    heights = tuple(heights_m)
    return [zone for zone in zones if any(zone.binds(h, h, take_off_amsl_m, CLEARANCE_M) for h in heights)]


def closed_zones(plan: Plan) -> tuple[Zone, ...]:
    """The zones that a plan stays out of: all but those that it flies over or under."""
    heights = {waypoint.alt_rel_m for sortie in plan.sorties for waypoint in sortie.path}
    lines = [
        shapely.LineString([(waypoint.lon_deg, waypoint.lat_deg) for waypoint in sortie.path])
        for sortie in plan.sorties
        if len(sortie.path) > 1
    ]
    near = touching(plan.no_fly, heights, take_off_amsl_of(plan))
    return tuple(zone for zone in near if not zone.has_band or not zone.polygon().intersects(lines).any())


def take_off_amsl_of(plan: Plan) -> float | None:
    """How high above the sea the plan takes its start points to lie, if it says so."""
    said = dict(plan.settings).get("take_off_amsl_m")
    return float(said) if isinstance(said, int | float) and not isinstance(said, bool) else None
