"""What vehicles did in the air, from a drill's log: ground covered, separation, rules, batteries, who stayed up. Pure.

Two come too close when they are nearer than the limit on the ground and less than 4 m apart in height
while both are above 5 m; it counts once until they have parted again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from math import hypot, inf
from typing import Final

from shapely import MultiPoint, Point, Polygon, prepare

from missions.areas.zones import Zone
from missions.coverage.covered_by_tracks import covered_fraction
from simulators.drill.engine import Entry
from simulators.drill.model import Drill
from simulators.local_frame import LocalFrame
from simulators.world import World

APART_M, LOWEST_M, PARTED = 4.0, 5.0, 1.2
GAP_M: Final = 150.0
NEAR_HOME_M: Final = 120.0
"""Where vehicles rise and land, the lowest height does not hold."""
INSIDE_M: Final = 5.0
"""So far inside a zone is no mistake of the position."""


@dataclass(frozen=True, slots=True)
class TooClose:
    at_s: float
    one: str
    other: str
    metres: float


@dataclass(frozen=True, slots=True)
class RuleBreach:
    """`rule` is `height`, `low`, `outside` or `no_fly`."""

    at_s: float
    vehicle: int
    rule: str


@dataclass(slots=True)
class Aloft:
    """How long a vehicle was in the air with a fault for which it should come home, which began at `at_s`."""

    at_s: float
    vehicle: int
    fault: str
    seconds: float = 0.0


@dataclass(slots=True)
class FlightMeasures:
    """`lowest_pct` is by vehicle, of those that flew; `covered` None: nothing was flown; `aloft` None: there was no
    fault to come home for."""

    covered: float | None = None
    closest_m: float | None = None
    too_close: list[TooClose] = field(default_factory=list)
    breaches: list[RuleBreach] = field(default_factory=list)
    lowest_pct: dict[int, float] = field(default_factory=dict)
    aloft: list[Aloft] | None = None


@dataclass(frozen=True, slots=True)
class _At:
    name: str
    north_m: float
    east_m: float
    alt_m: float


def measure_flight(drill: Drill, world: World, log: Sequence[Entry]) -> FlightMeasures:
    """`world` is the drill's with whatever an instructor added."""
    made = _Flights(drill, world).read(log)
    made.aloft = _aloft(drill, log)
    return made


def _aloft(drill: Drill, log: Sequence[Entry]) -> list[Aloft] | None:
    """Every vehicle that flew on with a fault for which it should come home."""
    calls = {(part.name, part.vehicle) for part in drill.faults if part.come_home}
    going_on = dict[tuple[str, int], float]()
    up_s, found, called = dict[int, float](), dict[tuple[float, int, str], Aloft](), False
    for entry in log:
        data = entry.data
        key = (data.get("name", ""), data.get("vehicle", 0))
        if entry.kind == "fault.on" and key in calls:
            going_on[key], called = entry.at_s, True
        elif entry.kind == "fault.off":
            going_on.pop(key, None)
        elif entry.kind == "pose":
            vehicle = data["vehicle"]
            since_s = up_s.pop(vehicle, entry.at_s)
            for (name, which), at_s in going_on.items():
                longer_s = entry.at_s - max(since_s, at_s)
                if which in (0, vehicle) and longer_s > 0.0:
                    found.setdefault((at_s, vehicle, name), Aloft(at_s, vehicle, name)).seconds += longer_s
            if data["flying"]:
                up_s[vehicle] = entry.at_s
    return list(found.values()) if called else None


class _Flights:
    def __init__(self, drill: Drill, world: World) -> None:
        self._drill, self._world = drill, world
        self._frame = LocalFrame(*drill.place.home, 0.0)
        area = Polygon([self._local(*point) for point in drill.place.area])
        self._inside = MultiPoint([*area.exterior.coords, (0.0, 0.0)]).convex_hull.buffer(drill.limits.outside_m)
        self._zones = [Polygon([self._local(*p) for p in zone]).buffer(-INSIDE_M) for zone in drill.place.no_fly]
        for shape in (self._inside, *self._zones):
            prepare(shape)
        self._made = FlightMeasures()
        self._tracks: dict[int, list[list[tuple[float, float]]]] = {}
        self._near: set[tuple[str, str]] = set()
        self._broken: set[tuple[int, str]] = set()

    def read(self, log: Iterable[Entry]) -> FlightMeasures:
        moment_s, here = -1.0, list[_At]()
        for entry in log:
            if entry.kind != "pose":
                continue
            if entry.at_s != moment_s:
                self._look(moment_s, here)
                moment_s, here = entry.at_s, []
            self._pose(entry, here)
        self._look(moment_s, here)
        self._made.covered = self._covered()
        return self._made

    def _local(self, lat_deg: float, lon_deg: float) -> tuple[float, float]:
        north, east = self._frame.to_local(lat_deg, lon_deg)
        return east, north

    def _pose(self, entry: Entry, here: list[_At]) -> None:
        data = entry.data
        vehicle, lowest = data["vehicle"], self._made.lowest_pct
        if data["flying"] or vehicle in lowest:
            lowest[vehicle] = min(lowest.get(vehicle, 100.0), data["battery"])
        if not data["flying"]:
            self._tracks.setdefault(vehicle, []).append([])
            return
        east, north = self._local(data["lat"], data["lon"])
        here.append(_At(f"{vehicle}", north, east, data["alt"]))
        self._extend(self._tracks.setdefault(vehicle, [[]]), (east, north))
        self._rules(entry.at_s, vehicle, Point(east, north), data["alt"])

    @staticmethod
    def _extend(track: list[list[tuple[float, float]]], place: tuple[float, float]) -> None:
        """Ground that nobody was seen to fly over is not covered: a jump starts another line."""
        last = track[-1]
        if last and hypot(place[0] - last[-1][0], place[1] - last[-1][1]) > GAP_M:
            track.append([])
        track[-1].append(place)

    def _rules(self, at_s: float, vehicle: int, place: Point, alt_m: float) -> None:
        broken = {
            "height": alt_m > self._drill.limits.highest_m,
            "low": alt_m < self._drill.limits.lowest_m and place.distance(_HOME) > NEAR_HOME_M,
            "outside": not self._inside.covers(place),
            "no_fly": alt_m > LOWEST_M and any(zone.covers(place) for zone in self._zones),
        }
        for rule, now in broken.items():
            key = (vehicle, rule)
            if now and key not in self._broken:
                self._made.breaches.append(RuleBreach(at_s, vehicle, rule))
            (self._broken.add if now else self._broken.discard)(key)

    def _look(self, at_s: float, here: Sequence[_At]) -> None:
        """Everything that is in the air at one moment, two by two; strays among themselves do not count."""
        strays = [self._stray(thing_at) for thing_at in self._airborne(at_s)] if here else []
        for one, other in combinations([*here, *strays], 2):
            if one in strays or min(one.alt_m, other.alt_m) < LOWEST_M:
                continue
            apart_m = hypot(one.north_m - other.north_m, one.east_m - other.east_m)
            level = abs(one.alt_m - other.alt_m) < APART_M
            self._pair(at_s, one, other, apart_m if level else inf)

    def _pair(self, at_s: float, one: _At, other: _At, apart_m: float) -> None:
        made, pair, limit_m = self._made, (one.name, other.name), self._drill.limits.separation_m
        if apart_m < inf:
            made.closest_m = min(apart_m, made.closest_m if made.closest_m is not None else inf)
        if apart_m < limit_m and pair not in self._near:
            self._near.add(pair)
            made.too_close.append(TooClose(at_s, one.name, other.name, round(apart_m, 1)))
        elif apart_m > limit_m * PARTED:
            self._near.discard(pair)

    def _airborne(self, at_s: float) -> list[tuple[str, float, float, float]]:
        things = [thing for thing in self._world.present(at_s) if thing.airborne]
        spots = [(thing.id, thing.at(at_s)) for thing in things]
        return [(name, spot.lat_deg, spot.lon_deg, spot.alt_m) for name, spot in spots]

    def _stray(self, spot: tuple[str, float, float, float]) -> _At:
        name, lat, lon, alt = spot
        east, north = self._local(lat, lon)
        return _At(name, north, east, alt)

    def _covered(self) -> float | None:
        """The area outside no-fly zones within half a swath of where vehicles were, by the missions' own measure."""
        lines = [line for track in self._tracks.values() for line in track if len(line) > 1]
        if not lines:
            return None
        place = self._drill.place
        tracks = [[self._frame.to_geo(north, east)[::-1] for east, north in line] for line in lines]
        area, zones = ((_ring(place.area),),), tuple(Zone((_ring(zone),)) for zone in place.no_fly)
        return covered_fraction(area, zones, tracks, self._drill.fleet.swath_m)


_HOME: Final = Point(0.0, 0.0)


def _ring(points: Sequence[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    ring = tuple((lon, lat) for lat, lon in points)
    return (*ring, ring[0])
