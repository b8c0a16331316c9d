"""Going on with a plan that was broken off: only what nobody has looked at yet is flown, on the lanes planned.

After an abort, with a drone less or more, or around a new no-fly zone. The lanes that are left begin exactly
where flown tracks end; they are shared out afresh over the drones that are there.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import numpy as np
import shapely

from missions.areas.area import Area
from missions.areas.zones import Zone
from missions.assemble import assemble
from missions.coverage.candidate import ENOUGH, ROUNDING_M, Candidate, Completed, candidate, completed, drafts, joined
from missions.coverage.covered import seen, unseen
from missions.coverage.job import Job, default_start, make_job, refuse_strong_wind
from missions.coverage.lanes import make_lanes
from missions.coverage.planner import candidates, checked_space
from missions.coverage.refine import refined
from missions.fleet import FleetSpec, PlanError
from missions.layers import NoLayerError, closed_choices
from missions.measure import LANE_OF_SWATH
from missions.plan import LonLat, Plan, Sortie
from missions.ways.free_space import FreeSpace, polygonal, polygons
from missions.ways.transit import Point

ON_TRACK_OF_SWATH = 0.3
SLIVER_OF_SWATH = 0.05
NOTHING_LEFT_SHARE = 0.0005
SHORTEST_LANE_OF_SWATH = 0.1
OWN_LANE_WIDTH_OF_SWATH = 0.3
OWN_LANE_OF_SWATH2 = 0.2
"""What no lane of the plan sees gets lanes of its own from that width and area on; less is a gap like others."""

Lane = tuple[Point, Point]


def resume(
    plan: Plan,
    flown: Sequence[Sequence[LonLat]],
    fleet: FleetSpec,
    *,
    no_fly: Sequence[Zone] = (),
) -> Plan:
    """What of `plan` is left after the tracks `flown`, for `fleet`; `no_fly` are zones that are new.

    PlanError when nothing is left, or what is left cannot be flown.
    """
    for drone in fleet.each():
        refuse_strong_wind(drone, fleet.wind)
    area = Area(str(dict(plan.settings).get("name", "plan")), plan.area, (*plan.no_fly, *no_fly))
    *over, around = closed_choices(area, fleet)
    for closed in over:
        with suppress(NoLayerError):
            return _resumed(plan, area, closed, flown, fleet)
    return _resumed(plan, area, around, flown, fleet)


def _resumed(plan: Plan, area: Area, closed: Area, flown: Sequence[Sequence[LonLat]], fleet: FleetSpec) -> Plan:
    """What is left, gone round the zones of `closed`, and over or under the others."""
    swath = min(sortie.swath_m for sortie in plan.sorties)
    space = checked_space(closed, swath)
    tracks = [space.frame.to_local(np.array(track, dtype=float)) for track in flown if len(track) > 1]
    missed, left = unseen(space.free, tracks, swath), left_over(space, tracks, swath)
    if missed.area <= (1.0 - ENOUGH) * space.free.area or left.area < NOTHING_LEFT_SHARE * space.free.area:
        raise PlanError("nothing is left to fly: the tracks cover the whole plan")
    starts = fleet.starts or tuple(dict.fromkeys(_start(sortie) for sortie in plan.sorties)) or (default_start(space),)
    job = make_job(space, swath, fleet, starts, range(fleet.drones), part=left)
    lanes = _lanes_left(space, plan, tracks, left)
    may_miss_m2 = float(space.free.area * (1.0 - ENOUGH - ROUNDING_M / swath) - (missed.area - left.area))
    enough = 1.0 - max(0.0, may_miss_m2) / float(left.area)
    best = _best(job, _with_more_lanes(job, left, lanes) if lanes else [], enough)
    return assemble(area, space, fleet, drafts(best), still_unseen=missed)


def _best(job: Job, lanes: Sequence[Lane], enough: float) -> Candidate:
    """The lanes shared out, or where they cannot be flown or show less than the share `enough` the better of that and
    lanes made afresh."""
    first = candidate(job, joined(job, lanes)) if lanes else None
    found = [_completed(job, draft, enough) for draft in (first, refined(job, first))] if first else []
    if not found or min(found, key=lambda c: c.cost).candidate.seen < enough:
        *_, afresh = candidates(job, lambda _step, _share: None)
        found.append(_completed(job, afresh, enough))
    return min(found, key=lambda c: c.cost).candidate


def _completed(job: Job, draft: Candidate, enough: float) -> Completed:
    """The draft, with gaps closed where it shows less than the share `enough`."""
    return Completed(draft if draft.seen >= enough else completed(job, draft).candidate, enough)


def fleet_of(plan: Plan) -> FleetSpec:
    """The fleet that `plan` was made for, as far as the plan tells."""
    known = dict(plan.settings)
    names = ("altitude_m", "speed_m_s", "accel_m_s2", "endurance_s", "reserve", "take_off_amsl_m")
    figures: dict[str, Any] = {name: known[name] for name in names if isinstance(known.get(name), int | float)}
    starts = tuple(_start(plan.sorties_of(drone)[0]) for drone in range(plan.drones) if plan.sorties_of(drone))
    return FleetSpec(drones=max(1, plan.drones), starts=starts, **figures)


def left_over(space: FreeSpace, tracks: Sequence[Any], swath_m: float) -> Any:
    """What of the free space the tracks did not see, without slivers between strips."""
    rest = unseen(space.free, tracks, swath_m)
    sliver = SLIVER_OF_SWATH * swath_m
    return polygonal(
        rest.buffer(-sliver, join_style="mitre").buffer(sliver, join_style="mitre").intersection(space.free)
    )


def _start(sortie: Sortie) -> LonLat:
    return sortie.path[0].lon_deg, sortie.path[0].lat_deg


def _lanes_left(space: FreeSpace, plan: Plan, tracks: Sequence[Any], left: Any) -> list[Lane]:
    """The lanes of the plan, or the parts of them, that no track followed and that show some of what is left, in order
    of flight."""
    swath_m = min(sortie.swath_m for sortie in plan.sorties)
    useful = space.inner.intersection(left.buffer(swath_m / 2.0))
    flown = shapely.union_all([shapely.LineString(track) for track in tracks]).buffer(ON_TRACK_OF_SWATH * swath_m)
    lanes: list[Lane] = []
    for sortie in plan.sorties:
        path = space.frame.to_local(np.array([(w.lon_deg, w.lat_deg) for w in sortie.path]))
        for start, end, waypoint in zip(path, path[1:], sortie.path[1:], strict=False):
            if waypoint.survey and np.hypot(*(end - start)) > LANE_OF_SWATH * swath_m:
                lanes += _parts(shapely.LineString([start, end]).intersection(useful).difference(flown), start)
    return [lane for lane in lanes if np.hypot(*np.subtract(*lane)) > SHORTEST_LANE_OF_SWATH * swath_m]


def _with_more_lanes(job: Job, left: Any, lanes: Sequence[Lane]) -> list[Lane]:
    """The lanes, and where they pass nearest more for what of `left` only ways and other sorties saw in the plan."""
    thin = OWN_LANE_WIDTH_OF_SWATH / 2.0 * job.swath
    rest = left.difference(seen([np.array(lane) for lane in lanes], job.swath)).buffer(-thin, join_style="mitre")
    result = list(lanes)
    for piece in polygons(rest.buffer(thin, join_style="mitre").intersection(job.space.inner)):
        if piece.area < OWN_LANE_OF_SWATH2 * job.swath**2:
            continue
        box = np.asarray(shapely.oriented_envelope(piece).exterior.coords)
        along = max(box[1] - box[0], box[2] - box[1], key=lambda side: float(np.hypot(*side)))
        made = make_lanes(polygonal(piece), 0.0, math.atan2(along[1], along[0]), job.swath)
        for lane in made:
            result.insert(*_nearest_place(result, (lane.start, lane.end)))
    return result


def _nearest_place(lanes: Sequence[Lane], lane: Lane) -> tuple[int, Lane]:
    """(index, lane in its better direction) where it is flown with the least detour."""
    options = []
    for i in range(len(lanes) + 1):
        before, after = lanes[i - 1][1] if i else None, lanes[i][0] if i < len(lanes) else None
        for way in (lane, lane[::-1]):
            detour = sum(math.dist(a, b) for a, b in ((before, way[0]), (way[1], after)) if a and b)
            detour -= math.dist(before, after) if before and after else 0.0
            options.append((detour, i, way))
    _, i, way = min(options)
    return i, way


def _parts(line: Any, start: Any) -> list[Lane]:
    """The pieces of a straight line, in order and direction from `start`."""
    pieces = []
    for part in getattr(line, "geoms", [line]):
        ends = sorted(
            ((float(x), float(y)) for x, y in np.asarray(part.coords)), key=lambda p: np.hypot(*np.subtract(p, start))
        )
        if len(ends) > 1:
            pieces.append((ends[0], ends[-1]))
    return sorted(pieces, key=lambda piece: float(np.hypot(*np.subtract(piece[0], start))))
