"""From an area and a fleet to a plan: pulls the steps together and holds none of their knowledge.

angles -> lanes -> cells -> order -> tour -> (gaps repaired) -> split -> separation -> plan. Several lane
angles are carried to a split and the one with the least makespan is kept. The result is a function of
its input.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from missions.area import Area
from missions.assemble import Assembly, assemble
from missions.cells import make_cells
from missions.coverage import fraction
from missions.fleet import FleetSpec, PlanError
from missions.free_space import FreeSpace, free_space
from missions.gaps import repaired, seen_share
from missions.geodesy import Array
from missions.home_legs import HomeLegs
from missions.layout import Layout, best_layouts
from missions.order import Tables, best_order
from missions.plan import LonLat, Plan
from missions.pockets import reach, without_pockets
from missions.split import CutTour, Stretch, Worker, split
from missions.timing import Motion
from missions.tour import Tour, lanes_in_order, make_tour
from missions.transit import Transit
from missions.wind import SLOWEST_GROUND_SPEED_M_S

Progress = Callable[[str, float], None]

ORDER_ROUNDS = 20
MISSING_WEIGHT = 10.0
REPAIRED = 3
ENOUGH = 0.9952
GOALS = (0.9905, 0.9915, 0.9925, 0.9935, 0.9945, ENOUGH, 0.9962)
CUT_STEP_M = 25.0
HOME_OUTSIDE_M = 20.0


@dataclass(frozen=True)
class _Job:
    """What stays the same while candidates are tried."""

    space: FreeSpace
    swath: float
    motion: Motion
    transit: Transit
    homes: Sequence[HomeLegs]
    workers: Sequence[Worker]
    fleet: FleetSpec


@dataclass(frozen=True)
class _Candidate:
    """`cost`: makespan in seconds, raised for what stays unseen."""

    tour: Tour
    cuts: CutTour
    stretches: list[Stretch]
    cost: float


def plan_coverage(area: Area, fleet: FleetSpec, *, progress: Progress | None = None) -> Plan:
    """Sorties that look at all of `area`. PlanError when that cannot be done, with the reason.

    `progress` is called with a word for the step and the share done, 0 to 1.
    """
    tell = progress or (lambda _step, _share: None)
    swath = fleet.swath_m or area.swath_m or 0.0
    if swath <= 0:
        raise PlanError("the swath is not known: give --swath metres, or a camera with altitude and overlap")
    _refuse_strong_wind(fleet)
    tell("area", 0.0)
    space = free_space(area, swath)
    if space.free.area < 1.0 or space.inner.is_empty:
        raise PlanError(f"{area.name}: the zones, or clearance {space.clearance_m:g} m, leave nothing to look at")
    motion = Motion(fleet.speed_m_s, fleet.accel_m_s2, fleet.wind.vector if fleet.wind else None)
    starts = fleet.starts or area.homes or (default_start(space),)
    space, transit, homes = _ways(space, motion, starts[: fleet.drones])
    workers = _workers(fleet, motion, len(homes))
    best = _best_candidate(_Job(space, swath, motion, transit, homes, workers, fleet), tell)
    tell("separation", 0.9)
    assembly = Assembly(area, space, fleet, swath, tuple(starts[: fleet.drones]), homes, motion)
    plan = assemble(assembly, best.cuts, best.stretches)
    tell("done", 1.0)
    return plan


def _refuse_strong_wind(fleet: FleetSpec) -> None:
    """Whoever flies out and home again has to fly against the wind somewhere."""
    if fleet.wind and fleet.speed_m_s - fleet.wind.speed_m_s < SLOWEST_GROUND_SPEED_M_S:
        raise PlanError(
            f"wind of {fleet.wind.speed_m_s:g} m/s leaves less than {SLOWEST_GROUND_SPEED_M_S:g} m/s over ground "
            f"against it at an airspeed of {fleet.speed_m_s:g} m/s: fly faster or wait"
        )


def _ways(space: FreeSpace, motion: Motion, starts: Sequence[LonLat]) -> tuple[FreeSpace, Transit, list[HomeLegs]]:
    """The space that can be reached, the ways in it and the ways from each start point."""
    transit = Transit(space, motion)
    homes = _home_legs(transit, starts)
    found = reach(space, homes)
    if found.pockets:
        space = without_pockets(space, found.pockets)
    if found.partly:
        transit = Transit(space, motion, outward=True)
        homes = _home_legs(transit, starts)
    return space, transit, homes


def _home_legs(transit: Transit, starts: Sequence[LonLat]) -> list[HomeLegs]:
    return [HomeLegs(_local(transit.space, at), transit, f"[{at[0]:.6f}, {at[1]:.6f}]") for at in starts]


def default_start(space: FreeSpace) -> LonLat:
    """The point 20 m outside the south-west corner of the area's outline."""
    coordinates = (
        np.vstack([np.asarray(part.exterior.coords) for part in space.outline.geoms])
        if hasattr(space.outline, "geoms")
        else np.asarray(space.outline.exterior.coords)
    )
    corner = coordinates[int(np.argmin(coordinates.sum(axis=1)))]
    point = corner - HOME_OUTSIDE_M / math.sqrt(2.0)
    lon, lat = space.frame.to_lon_lat(point)[0]
    return round(float(lon), 7), round(float(lat), 7)


def _local(space: FreeSpace, place: LonLat) -> tuple[float, float]:
    x, y = space.frame.to_local(np.array([place]))[0]
    return float(x), float(y)


def _workers(fleet: FleetSpec, motion: Motion, homes: int) -> list[Worker]:
    vertical = fleet.vertical_s(fleet.altitude_m + fleet.layer_step_m * min(fleet.drones - 1, fleet.most_layers - 1))
    return [
        Worker(drone % homes, motion, fleet.usable_s, drone * fleet.launch_gap_s, vertical, fleet.swap_s)
        for drone in range(fleet.drones)
    ]


def _best_candidate(job: _Job, tell: Progress) -> _Candidate:
    layouts = best_layouts(job.space, job.swath, job.motion, job.fleet.wind)
    drafts: list[_Candidate] = []
    tour = None
    for i, layout in enumerate(layouts):
        tell("lanes", 0.05 + 0.6 * i / len(layouts))
        tour = _tour(job, layout)
        drafts += _split(job, tour, seen_share(job.space, tour, job.swath))
    if not drafts:
        raise PlanError(_why_not(job, tour))
    drafts.sort(key=lambda draft: draft.cost)
    finals: list[_Candidate] = []
    for i, draft in enumerate(drafts[:REPAIRED]):
        tell("gaps", 0.65 + 0.25 * i / REPAIRED)
        finals += _completed(job, draft)
    return min(finals or drafts, key=lambda final: final.cost)


def _why_not(job: _Job, tour: Tour | None) -> str:
    """What keeps the drones from some lanes, in figures."""
    if tour is None:
        return "the area is too narrow for any lane at this swath: give a smaller --swath"
    cuts = CutTour(tour, job.homes, job.motion, CUT_STEP_M)
    looks = cuts.survey[cuts.leg]
    needed = np.min(
        [cuts.out[worker.home] + cuts.back[worker.home] + worker.fixed_s for worker in job.workers], axis=0
    )[looks]
    usable = job.fleet.usable_s
    share, least = float((needed > usable).mean()), float(needed.min())
    if least > usable:
        start = f"the nearest lane takes {least:.0f} s there and back"
    else:
        start = (
            f"{share:.0%} of the lanes are out of reach, the farthest takes {float(needed.max()):.0f} s there and back"
        )
    return f"{start}, but a battery gives {usable:.0f} s (endurance less reserve): start nearer, or give more endurance"


def _completed(job: _Job, draft: _Candidate) -> list[_Candidate]:
    """The draft with gaps closed until the sorties, home legs included, see enough."""
    tour, results = draft.tour, [draft]
    for goal in GOALS:
        tour, seen = repaired(job.space, tour, job.swath, job.transit, goal)
        results = _split(job, tour, seen)
        if not results or fraction(job.space.free, _paths(job, results[0]), job.swath) >= ENOUGH:
            break
    return results


def _paths(job: _Job, candidate: _Candidate) -> list[Array]:
    cuts = candidate.cuts
    return [
        job.homes[job.workers[s.drone].home].round_trip(cuts.between(s.first, s.last))[0] for s in candidate.stretches
    ]


def _tour(job: _Job, layout: Layout) -> Tour:
    tables = Tables(make_cells(layout.lanes, 0.0), job.transit, job.homes[0])
    stops = best_order(tables, job.fleet.seed, ORDER_ROUNDS)
    return make_tour(lanes_in_order(tables, stops), job.transit, job.swath)


def _split(job: _Job, tour: Tour, seen: float) -> list[_Candidate]:
    """The tour split over the fleet; empty when a place is out of reach."""
    barred = ~job.transit.visible(tour.points[:-1], tour.points[1:]) if job.transit.has_islands else None
    cuts = CutTour(tour, job.homes, job.motion, CUT_STEP_M, barred)
    stretches = split(cuts, job.workers)
    if stretches is None:
        return []
    price = 1.0 + MISSING_WEIGHT * max(0.0, ENOUGH - seen)
    return [_Candidate(tour, cuts, stretches, makespan(cuts, stretches, job.workers) * price)]


def makespan(cuts: CutTour, stretches: Sequence[Stretch], workers: Sequence[Worker]) -> float:
    """When the last drone is home."""
    ends: dict[int, float] = {}
    for stretch in stretches:
        worker = workers[stretch.drone]
        times = cuts.flight_times(stretch.first, worker.home, worker.motion)
        flight = float(times[stretch.last - stretch.first - 1]) + worker.fixed_s
        begin = ends[stretch.drone] + worker.swap_s if stretch.drone in ends else worker.start_s
        ends[stretch.drone] = begin + flight
    return max(ends.values())
