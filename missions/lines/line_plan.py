"""From a line to a plan: search patterns, rings, corridors and orbits, shared out among drones and cut to batteries.

The line is led round zones, and cut into pieces of one length, as many as there are drones or as batteries ask for;
each drone flies neighbouring pieces, from its start and back by the shortest way; between two pieces the battery is
swapped at home or at the pad that is nearest. The plan's area is what lies within half a swath of the line.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import shapely

from missions.areas.area import Area
from missions.areas.checks import POLE_LATITUDE_DEG
from missions.areas.zones import Zone, touching
from missions.assemble import Draft, assemble
from missions.coverage.job import refuse_strong_wind
from missions.fleet import FleetSpec, PlanError
from missions.geodesy import Array, LocalFrame
from missions.lines.route_plan import Stops, route_drafts
from missions.plan import LonLat, Plan
from missions.timing import Motion, path_length, path_time
from missions.ways.free_space import MOST_CLEARANCE_M, free_space, polygons
from missions.ways.open_ground import GRAZE_M, Ways, joined, open_ground, outside

MOST_PIECES = 500
LONGEST_M = 500_000.0
SAME_M = 1e-6
HALF_TURN_DEG = 180.0
STILL = Motion(10.0, 2.0)
"""Ways are chosen as if in still air."""
SEAM_M = 0.1
"""By so much strips overlap: those that only touch would leave seams when degrees are rounded."""


def plan_line(
    name: str,
    frame: LocalFrame,
    line: Array,
    fleet: FleetSpec,
    no_fly: Sequence[Zone] = (),
    *,
    looks: Sequence[bool] | None = None,
) -> Plan:
    """Sorties that fly `line` (n, 2), metres of `frame`; `looks`: which of its n - 1 legs to look, all without. The
    fleet starts at `fleet.starts` in turn, or where the line begins. PlanError says what is in the way: no way round a
    zone, a start within one, too far for a battery."""
    for drone in fleet.each():
        refuse_strong_wind(drone, fleet.wind)
    if fleet.swath_m <= 0:
        raise PlanError("the swath is not known: give --swath metres, or a camera with altitude and overlap")
    if not np.isfinite(line).all():
        raise PlanError("the line has points that are no numbers: check its course, lengths and drift")
    length_m = path_length(line)
    if not 1.0 <= length_m <= LONGEST_M:
        raise PlanError(f"the line is {length_m / 1000:g} km long: it must be 1 m to {LONGEST_M / 1000:g} km")
    _refuse_world_edges(frame, line, fleet.starts)
    around = touching(no_fly, fleet.heights, fleet.take_off_amsl_m)
    zones = _shapes(frame, around)
    points, flags = _led_round(frame, line, (True,) * (len(line) - 1) if looks is None else tuple(looks), zones)
    starts = fleet.starts or frame.places(points[0])
    ways = open_ground(frame, zones, np.vstack([points, _stands(frame, fleet, starts, zones)]), STILL)
    drafts = _shared_out(_Task(frame, points, flags, fleet, starts, ways))
    way = shapely.LineString(points)
    return _seen_along(name, frame, way, zones, given=(fleet, no_fly, around), drafts=drafts)


def plan_route(
    name: str,
    frame: LocalFrame,
    stops: Array,
    stays_s: Sequence[float],
    fleet: FleetSpec,
    *,
    no_fly: Sequence[Zone] = (),
) -> Plan:
    """Sorties that visit `stops` (n, 2), metres of `frame`, in turn and stay `stays_s` (n) at each. PlanError says what
    is in the way."""
    for drone in fleet.each():
        refuse_strong_wind(drone, fleet.wind)
    _refuse_world_edges(frame, stops, fleet.starts)
    around = touching(no_fly, fleet.heights, fleet.take_off_amsl_m)
    zones = _shapes(frame, around)
    for number, stop in enumerate(stops, start=1):
        if shapely.intersects(zones, shapely.Point(stop)):
            raise PlanError(f"stop {number} lies inside a no-fly zone: move it out of the zone")
    starts = fleet.starts or frame.places(stops[0])
    ways = open_ground(frame, zones, np.vstack([stops, _stands(frame, fleet, starts, zones)]), STILL)
    drafts = route_drafts(Stops(frame, stops, tuple(stays_s), ways), fleet, starts)
    lines = [draft.points[1:-1] if len(draft.points) > 3 else draft.points[[1, 1]] for draft in drafts]
    way = shapely.MultiLineString([line.tolist() for line in lines])
    return _seen_along(name, frame, way, zones, given=(fleet, no_fly, around), drafts=drafts)


def _shapes(frame: LocalFrame, zones: Sequence[Zone]) -> Any:
    return shapely.union_all([frame.geometry_to_local(zone.polygon()) for zone in zones])


def _seen_along(
    name: str,
    frame: LocalFrame,
    way: Any,
    zones: Any,
    *,
    given: tuple[FleetSpec, Sequence[Zone], Sequence[Zone]],
    drafts: Sequence[Draft],
) -> Plan:
    """The plan over what lies within half a swath of the way; `given`: the fleet, all zones, and those closed to it."""
    fleet, no_fly, around = given
    strip = way.buffer(fleet.swath_m / 2 + SEAM_M, quad_segs=4).simplify(SEAM_M)
    area = Area(name, tuple((frame.places(part.exterior.coords),) for part in polygons(strip)), tuple(no_fly))
    space = free_space(replace(area, no_fly=tuple(around)), fleet.swath_m)
    there = [replace(draft, points=_moved(draft.points, frame, space.frame)) for draft in drafts]
    seen = _geometry_moved(strip.difference(zones), frame, space.frame)
    return assemble(area, replace(space, free=seen), fleet, there, still_unseen=seen)


def _refuse_world_edges(frame: LocalFrame, line: Array, starts: Sequence[LonLat]) -> None:
    """PlanError where degrees do not run on: at a pole and at the antimeridian."""
    places = np.vstack([frame.to_lon_lat(line), *(np.array([start]) for start in starts)])
    if np.abs(places[:, 1]).max() > POLE_LATITUDE_DEG:
        raise PlanError("the line lies within 5° of a pole, where headings by longitude fail: not supported")
    if np.ptp(places[:, 0]) > HALF_TURN_DEG:
        raise PlanError("the line crosses the antimeridian (±180°): keep it, and the start, on one side")


def _led_round(frame: LocalFrame, line: Array, looks: tuple[bool, ...], zones: Any) -> tuple[Array, tuple[bool, ...]]:
    """The line and its flags, gone round every zone that it would cross."""
    crossed = shapely.LineString(line).intersection(zones.buffer(-GRAZE_M)).length
    if not crossed:
        return line, looks
    kept = outside(line, looks, zones.buffer(MOST_CLEARANCE_M, join_style="mitre"))
    places = np.vstack([piece for piece, _ in kept]) if kept else np.zeros((0, 2))
    found = joined(kept, open_ground(frame, zones, places, STILL)) if kept else None
    if found is None:
        raise PlanError(f"the line crosses a no-fly zone for {crossed:.0f} m, and no way leads round: move it")
    return found


@dataclass(frozen=True)
class _Task:
    """The line in metres of `frame` with a flag for each leg, and who flies it from where, out of what."""

    frame: LocalFrame
    points: Array
    looks: tuple[bool, ...]
    fleet: FleetSpec
    starts: Sequence[LonLat]
    ways: Ways

    @cached_property
    def reached_m(self) -> Array:
        """(n,) how far along the line each point lies."""
        return np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(self.points, axis=0).T))])

    def home(self, drone: int) -> LonLat:
        return self.fleet.each()[drone].start or self.starts[drone % len(self.starts)]

    def piece(self, number: int, pieces: int) -> tuple[Array, tuple[bool, ...]]:
        """One of `pieces` of equal length, and its flags."""
        reached = self.reached_m
        begin, end = (reached[-1] * share / pieces for share in (number, number + 1))
        marks = np.concatenate([[begin], reached[(reached > begin + SAME_M) & (reached < end - SAME_M)], [end]])
        points = np.column_stack([np.interp(marks, reached, self.points[:, axis]) for axis in (0, 1)])
        leg = np.searchsorted(reached, (marks[:-1] + marks[1:]) / 2, side="right") - 1
        return points, tuple(self.looks[min(i, len(self.looks) - 1)] for i in leg.tolist())


def _stands(frame: LocalFrame, fleet: FleetSpec, starts: Sequence[LonLat], zones: Any) -> Array:
    """Start points and swap pads in metres; PlanError when one lies in a zone."""
    homes = (*starts, *(drone.start for drone in fleet.each() if drone.start))
    named = [*(("start point", home) for home in homes), *(("swap pad", pad) for pad in fleet.pads)]
    places = frame.to_local(np.array([at for _, at in named]))
    for place, (what, (lon, lat)) in zip(places, named, strict=True):
        if shapely.intersects(zones, shapely.Point(place)):
            raise PlanError(f"{what} [{lon:.6f}, {lat:.6f}] lies inside a no-fly zone: move it out of the zone")
    return places


def _shared_out(task: _Task) -> list[Draft]:
    """In as few pieces as batteries allow, at least one for each drone; the last drones may have one less."""
    pieces = task.fleet.drones
    while pieces <= MOST_PIECES:
        marks = [_stand_before(task, number, pieces) for number in range(pieces + 1)]
        found = [_draft(task, number, pieces, *marks[number : number + 2]) for number in range(pieces)]
        over_s = max(seconds - _usable_s(task.fleet, draft.drone) for draft, seconds in found)
        if over_s <= 0:
            return [draft for draft, _ in found]
        pieces += max(1, pieces // 8)
    raise PlanError(
        f"the farthest piece of the line asks for {over_s:.0f} s more than a battery gives (endurance less reserve): "
        "start nearer, or give more endurance"
    )


def _drone_of(task: _Task, number: int, pieces: int) -> int:
    return number * task.fleet.drones // pieces


def _stand_before(task: _Task, number: int, pieces: int) -> LonLat | None:
    """Where the battery is swapped before a piece, if its drone has flown the one before: home, or the pad that is
    nearest. None: at home."""
    if not 0 < number < pieces or not task.fleet.pads:
        return None
    drone = _drone_of(task, number, pieces)
    if _drone_of(task, number - 1, pieces) != drone:
        return None
    cut = task.piece(number, pieces)[0][0]
    spec = task.fleet.each()[drone]
    wind = task.fleet.wind.vector if task.fleet.wind else None
    motion = Motion(spec.speed_m_s, spec.accel_m_s2, wind)
    stands = (task.home(drone), *task.fleet.pads)

    def seconds(stand: LonLat) -> float:
        way = task.ways.between(cut, task.frame.to_local(np.array([stand]))[0])
        return math.inf if way is None else path_time(way, motion) + path_time(way[::-1], motion)

    return min(stands, key=seconds)


def _draft(task: _Task, number: int, pieces: int, before: LonLat | None, after: LonLat | None) -> tuple[Draft, float]:
    """One piece as a sortie from where the battery was swapped before it to where it is swapped after it, home where
    nothing is said; and how long it takes."""
    fleet, drone = task.fleet, _drone_of(task, number, pieces)
    first = -(-drone * pieces // fleet.drones)
    spec = fleet.each()[drone]
    start, end = before or task.home(drone), after or task.home(drone)
    piece, looks = task.piece(number, pieces)
    begin, finish = task.frame.to_local(np.array([start, end]))
    out, back = task.ways.between(begin, piece[0]), task.ways.between(piece[-1], finish)
    if out is None or back is None:
        raise PlanError(
            f"no-fly zones close the way between the line and the start of drone {drone + 1}: give another --start"
        )
    points = np.vstack([out[:-1], piece, back[1:]])
    motion = Motion(spec.speed_m_s, spec.accel_m_s2, fleet.wind.vector if fleet.wind else None)
    survey = (*[False] * (len(out) - 1), *looks, *[False] * (len(back) - 1))
    top_m = fleet.altitude_m + fleet.layer_step_m * (fleet.layers - 1)
    seconds = path_time(points, motion) + fleet.vertical_s(top_m)
    return Draft(drone, number - first, start, end, points, survey, fleet.swath_m, motion), seconds


def _usable_s(fleet: FleetSpec, drone: int) -> float:
    return fleet.each()[drone].battery.usable_s


def _moved(points: Array, frame: LocalFrame, other: LocalFrame) -> Array:
    return other.to_local(frame.to_lon_lat(points))


def _geometry_moved(geometry: Any, frame: LocalFrame, other: LocalFrame) -> Any:
    return other.geometry_to_local(frame.geometry_to_lon_lat(geometry))
