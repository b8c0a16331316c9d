"""What is on the ground and in the air of an exercise: people, cars, fires, crowds, a stray drone.

Each thing appears, moves along its path and leaves, by the exercise's clock. This is the truth: cameras
see some of it (`gimbal_camera`, `watch`), and the score compares with it. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from types import MappingProxyType

from simulators.terrain import Terrain
from simulators.wind_field import WindField


@dataclass(frozen=True, slots=True)
class Kind:
    """How large a thing is across, in metres, and the class of sighting it usually makes."""

    size_m: float
    klass: str
    airborne: bool = False


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "person": Kind(0.6, "person_in_distress"),
        "car": Kind(4.5, "illegal_parking"),
        "fire": Kind(3.0, "fire_smoke"),
        "crowd": Kind(12.0, "crowd"),
        "object": Kind(1.5, "site_hazard"),
        "drone": Kind(0.6, "flying_object", airborne=True),
    }
)


@dataclass(frozen=True, slots=True)
class Waypoint:
    """Seconds after the thing appeared, degrees, metres above ground."""

    after_s: float
    lat_deg: float
    lon_deg: float
    alt_m: float = 0.0


@dataclass(frozen=True, slots=True)
class Thing:
    """`path` has at least one place; the thing stays at the last. `leaves_s` None: it stays to the end.

    `find` says that the trainee should find it; what is not to be found (an ordinary car) may still be seen.
    """

    id: str
    kind: str
    klass: str
    path: tuple[Waypoint, ...]
    appears_s: float = 0.0
    leaves_s: float | None = None
    size_m: float = 1.0
    find: bool = True
    note: str = ""

    def present(self, now_s: float) -> bool:
        return self.appears_s <= now_s and (self.leaves_s is None or now_s < self.leaves_s)

    def at(self, now_s: float) -> Waypoint:
        """Where it is, evenly between the waypoints."""
        after_s = now_s - self.appears_s
        if after_s <= self.path[0].after_s:
            return self.path[0]
        for before, after in pairwise(self.path):
            if after_s < after.after_s:
                share = (after_s - before.after_s) / (after.after_s - before.after_s)
                return Waypoint(
                    after_s,
                    before.lat_deg + share * (after.lat_deg - before.lat_deg),
                    before.lon_deg + share * (after.lon_deg - before.lon_deg),
                    before.alt_m + share * (after.alt_m - before.alt_m),
                )
        return self.path[-1]

    @property
    def airborne(self) -> bool:
        return KINDS[self.kind].airborne


@dataclass(frozen=True, slots=True)
class World:
    """Everything there is; `with_thing` makes one with more, for what an instructor adds."""

    things: tuple[Thing, ...] = ()
    terrain: Terrain = field(default_factory=Terrain)
    wind: WindField = field(default_factory=WindField)

    def present(self, now_s: float) -> Sequence[Thing]:
        return [thing for thing in self.things if thing.present(now_s)]

    def with_thing(self, thing: Thing) -> World:
        """Raises ValueError for an id that is taken."""
        if any(known.id == thing.id for known in self.things):
            raise ValueError(f"there is a thing {thing.id!r} already")
        return World((*self.things, thing), self.terrain, self.wind)
