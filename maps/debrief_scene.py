"""What a debrief's replay is drawn from: seconds of the drill, longitudes and latitudes. Pure."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from missions.plan import LonLat

Fix = tuple[float, float, float]
"""Seconds, longitude, latitude."""
GONE_AFTER_S = 60.0


@dataclass(frozen=True, slots=True)
class Mover:
    """A vehicle, or a thing of the world (then with its class)."""

    name: str
    fixes: tuple[Fix, ...]
    klass: str = ""
    find: bool = True

    def at(self, at_s: float) -> LonLat | None:
        """Where it was, evenly between two fixes; None before the first."""
        index = bisect_right(self.fixes, at_s, key=lambda fix: fix[0])
        if index == 0:
            return None
        before = self.fixes[index - 1]
        if index == len(self.fixes) or self.fixes[index][0] - before[0] > GONE_AFTER_S:
            return before[1:]
        after = self.fixes[index]
        share = (at_s - before[0]) / (after[0] - before[0]) if after[0] > before[0] else 0.0
        return before[1] + share * (after[1] - before[1]), before[2] + share * (after[2] - before[2])


@dataclass(frozen=True, slots=True)
class Mark:
    """A sighting, where and when it was reported."""

    at_s: float
    lon_deg: float
    lat_deg: float
    klass: str


@dataclass(frozen=True, slots=True)
class Happening:
    at_s: float
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Scene:
    area: tuple[LonLat, ...]
    no_fly: tuple[tuple[LonLat, ...], ...]
    home: LonLat
    end_s: float
    swath_m: float
    vehicles: tuple[Mover, ...]
    things: tuple[Mover, ...]
    sightings: tuple[Mark, ...]
    bookmarks: tuple[tuple[float, str], ...]
    happenings: tuple[Happening, ...]
