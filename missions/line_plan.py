"""From a line to a plan: search patterns, rings, corridors and orbits, shared out among drones and cut to batteries.

The line is cut into pieces of one length, as many as there are drones or as batteries ask for; each drone flies
neighbouring pieces, from its start and straight back. The plan's area is what lies within half a swath of the line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely
from shapely.ops import substring

from missions.area import Area
from missions.assemble import Draft, assemble
from missions.fleet import FleetSpec, PlanError
from missions.free_space import free_space, polygon_of, polygons
from missions.geodesy import Array, LocalFrame
from missions.job import refuse_strong_wind
from missions.plan import LonLat, Plan, Ring
from missions.timing import Motion, path_time

MOST_PIECES = 500
LONGEST_M = 500_000.0
SEAM_M = 0.1
"""By so much strips overlap: those that only touch would leave seams when degrees are rounded."""


def plan_line(
    name: str, frame: LocalFrame, line: Array, fleet: FleetSpec, no_fly: Sequence[tuple[Ring, ...]] = ()
) -> Plan:
    """Sorties that fly `line` (n, 2), metres of `frame`, looking. The fleet starts at `fleet.starts` in turn, or where
    the line begins. PlanError says what is in the way: a zone on the line or on a way home, too far for a battery."""
    for drone in fleet.each():
        refuse_strong_wind(drone, fleet.wind)
    if fleet.swath_m <= 0:
        raise PlanError("the swath is not known: give --swath metres, or a camera with altitude and overlap")
    way = shapely.LineString(line)
    if not 1.0 <= way.length <= LONGEST_M:
        raise PlanError(f"the line is {way.length:g} m long: it must be 1 m to {LONGEST_M / 1000:g} km")
    strip = way.buffer(fleet.swath_m / 2 + SEAM_M, quad_segs=4).simplify(SEAM_M)
    area = Area(name, tuple((frame.places(part.exterior.coords),) for part in polygons(strip)), tuple(no_fly))
    zones = shapely.union_all([frame.geometry_to_local(polygon_of(rings)) for rings in no_fly])
    if way.intersects(zones):
        raise PlanError(f"the line crosses a no-fly zone for {way.intersection(zones).length:.0f} m: lead it round")
    starts = fleet.starts or frame.places(line[0])
    drafts = _shared_out(_Task(way, frame, fleet, starts), zones)
    space = free_space(area, fleet.swath_m)
    there = [replace(draft, points=_moved(draft.points, frame, space.frame)) for draft in drafts]
    seen = _geometry_moved(strip.difference(zones), frame, space.frame)
    return assemble(area, replace(space, free=seen), fleet, there, still_unseen=seen)


@dataclass(frozen=True)
class _Task:
    """The line in metres of `frame`, and who flies it from where."""

    way: Any
    frame: LocalFrame
    fleet: FleetSpec
    starts: Sequence[LonLat]


def _shared_out(task: _Task, zones: Any) -> list[Draft]:
    """In as few pieces as batteries allow, at least one for each drone; the last drones may have one less."""
    pieces = task.fleet.drones
    while pieces <= MOST_PIECES:
        found = [_draft(task, number, pieces) for number in range(pieces)]
        over_s = max(seconds - _usable_s(task.fleet, draft.drone) for draft, seconds in found)
        if over_s <= 0:
            drafts = [draft for draft, _ in found]
            for draft in drafts:
                _refuse_zone(draft, zones)
            return drafts
        pieces += max(1, pieces // 8)
    raise PlanError(
        f"the farthest piece of the line asks for {over_s:.0f} s more than a battery gives (endurance less reserve): "
        "start nearer, or give more endurance"
    )


def _draft(task: _Task, number: int, pieces: int) -> tuple[Draft, float]:
    """One piece as a sortie, home to home, and how long it takes."""
    fleet = task.fleet
    drone = number * fleet.drones // pieces
    first = -(-drone * pieces // fleet.drones)
    spec = fleet.each()[drone]
    start = spec.start or task.starts[drone % len(task.starts)]
    piece = np.asarray(substring(task.way, number / pieces, (number + 1) / pieces, normalized=True).coords)
    home = task.frame.to_local(np.array([start]))
    points = np.vstack([home, piece, home])
    motion = Motion(spec.speed_m_s, spec.accel_m_s2, fleet.wind.vector if fleet.wind else None)
    survey = (False, *[True] * (len(piece) - 1), False)
    top_m = fleet.altitude_m + fleet.layer_step_m * (fleet.layers - 1)
    seconds = path_time(points, motion) + fleet.vertical_s(top_m)
    return Draft(drone, number - first, start, points, survey, fleet.swath_m, motion), seconds


def _usable_s(fleet: FleetSpec, drone: int) -> float:
    return fleet.each()[drone].battery.usable_s


def _refuse_zone(draft: Draft, zones: Any) -> None:
    for end in (draft.points[:2], draft.points[-2:]):
        if shapely.LineString(end).intersects(zones):
            raise PlanError(
                f"a no-fly zone lies between the line and the start of drone {draft.drone + 1}: give another --start"
            )


def _moved(points: Array, frame: LocalFrame, other: LocalFrame) -> Array:
    return other.to_local(frame.to_lon_lat(points))


def _geometry_moved(geometry: Any, frame: LocalFrame, other: LocalFrame) -> Any:
    return other.geometry_to_local(frame.geometry_to_lon_lat(geometry))
