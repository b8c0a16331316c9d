"""What stays the same while candidates for a plan are tried: the space, the ways in it, the drones."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from missions.areas.pockets import reach, without_pockets
from missions.coverage.split import Worker
from missions.fleet import DroneSpec, FleetSpec, PlanError
from missions.plan import LonLat
from missions.timing import Motion
from missions.ways.free_space import FreeSpace, polygonal
from missions.ways.home_legs import HomeLegs
from missions.ways.transit import Transit
from missions.wind import SLOWEST_GROUND_SPEED_M_S, Wind

HOME_OUTSIDE_M = 20.0


@dataclass(frozen=True)
class Job:
    """One swath over one space. `starts` in degrees belong to `homes`, of which `pads` are swap pads; `transit` is
    timed for the first worker."""

    space: FreeSpace
    swath: float
    transit: Transit
    homes: Sequence[HomeLegs]
    starts: tuple[LonLat, ...]
    workers: Sequence[Worker]
    wind: Wind | None
    lane_deg: float | None
    seed: int
    pads: tuple[int, ...] = ()

    @property
    def motion(self) -> Motion:
        return self.transit.motion


def make_job(
    space: FreeSpace,
    swath: float,
    fleet: FleetSpec,
    starts: Sequence[LonLat],
    drones: Sequence[int],
    *,
    part: Any = None,
) -> Job:
    """The job of some `drones` (their numbers) of the fleet; drone i starts at its own start or starts[i % n].
    Only `part` (a geometry in metres) of the space is to be looked at, if given."""
    each = fleet.each()
    wind = fleet.wind.vector if fleet.wind else None
    motions = [Motion(each[i].speed_m_s, each[i].accel_m_s2, wind) for i in drones]
    places = [each[i].start or starts[i % len(starts)] for i in drones]
    distinct = tuple(dict.fromkeys([*places, *fleet.pads]))
    space, transit, homes = _ways(space, motions[0], distinct)
    if part is not None:
        free, inner = polygonal(space.free.intersection(part)), polygonal(space.inner.intersection(part))
        space = replace(space, free=free, inner=inner)
    top = fleet.altitude_m + fleet.layer_step_m * min(len(each) - 1, fleet.layers - 1)
    workers = [
        Worker(
            i,
            distinct.index(place),
            motion,
            each[i].battery.usable_s,
            i * fleet.launch_gap_s,
            fleet.vertical_s(top),
            each[i].swap_s,
        )
        for i, place, motion in zip(drones, places, motions, strict=True)
    ]
    pads = tuple(distinct.index(pad) for pad in dict.fromkeys(fleet.pads))
    return Job(space, swath, transit, homes, distinct, workers, fleet.wind, fleet.lane_deg, fleet.seed, pads)


def refuse_strong_wind(drone: DroneSpec, wind: Wind | None) -> None:
    """PlanError when somebody who flies out could not fly home against the wind."""
    if wind and drone.speed_m_s - wind.speed_m_s < SLOWEST_GROUND_SPEED_M_S:
        raise PlanError(
            f"wind of {wind.speed_m_s:g} m/s leaves less than {SLOWEST_GROUND_SPEED_M_S:g} m/s over ground "
            f"against it at an airspeed of {drone.speed_m_s:g} m/s: fly faster or wait"
        )


def default_start(space: FreeSpace) -> LonLat:
    """The point 20 m outside the south-west corner of the area's outline."""
    coordinates = (
        np.vstack([np.asarray(part.exterior.coords) for part in space.outline.geoms])
        if hasattr(space.outline, "geoms")
        else np.asarray(space.outline.exterior.coords)
    )
    corner = coordinates[int(np.argmin(coordinates.sum(axis=1)))]
    point = corner - HOME_OUTSIDE_M / math.sqrt(2.0)
    return space.frame.places(point)[0]


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
    places = [transit.space.frame.to_local(np.array([at]))[0] for at in starts]
    return [
        HomeLegs((float(x), float(y)), transit, f"[{lon:.6f}, {lat:.6f}]")
        for (x, y), (lon, lat) in zip(places, starts, strict=True)
    ]
