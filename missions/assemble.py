"""From stretches of the tour to the sorties of a plan: home legs, layers, times, figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from missions.area import Area
from missions.coverage import fraction
from missions.deconflict import Flight, Separation, separate
from missions.fleet import FleetSpec
from missions.free_space import FreeSpace
from missions.geodesy import Array
from missions.home_legs import HomeLegs
from missions.plan import LonLat, Plan, Sortie, Waypoint
from missions.split import CutTour, Stretch
from missions.timing import Motion, path_length, path_time


@dataclass(frozen=True)
class Assembly:
    """What every sortie shares. `starts` in degrees belong to `homes`."""

    area: Area
    space: FreeSpace
    fleet: FleetSpec
    swath_m: float
    starts: tuple[LonLat, ...]
    homes: Sequence[HomeLegs]
    motion: Motion


@dataclass(frozen=True)
class _Draft:
    """A sortie in metres. `survey` per leg."""

    drone: int
    sortie: int
    points: Array
    survey: tuple[bool, ...]
    duration_s: float
    start_s: float


def assemble(given: Assembly, cuts: CutTour, stretches: Sequence[Stretch]) -> Plan:
    """The plan of the stretches."""
    drafts = _drafts(given, cuts, stretches)
    flights = [Flight(d.drone, d.sortie, d.start_s, d.points, given.motion) for d in drafts]
    separation = separate(flights, given.fleet.drones, given.fleet.most_layers)
    sorties = tuple(_sortie(given, draft, separation) for draft in drafts)
    makespan = max(sortie.start_s + sortie.duration_s for sortie in sorties)
    covered = fraction(given.space.free, [draft.points for draft in drafts], given.swath_m)
    return Plan(
        area=given.area.polygons,
        no_fly=given.area.no_fly,
        sorties=sorties,
        makespan_s=round(makespan, 2),
        covered_fraction=round(covered, 6),
        settings=tuple(_settings(given, drafts).items()),
    )


def _drafts(given: Assembly, cuts: CutTour, stretches: Sequence[Stretch]) -> list[_Draft]:
    drafts: list[_Draft] = []
    ready: dict[int, float] = {}
    vertical = given.fleet.vertical_s(given.fleet.altitude_m)
    for stretch in stretches:
        points, survey = _path(given, cuts, stretch)
        start = ready.get(stretch.drone, stretch.drone * given.fleet.launch_gap_s)
        duration = path_time(points, given.motion) + vertical
        drafts.append(_Draft(stretch.drone, stretch.sortie, points, survey, duration, start))
        ready[stretch.drone] = start + duration + given.fleet.swap_s
    return drafts


def _path(given: Assembly, cuts: CutTour, stretch: Stretch) -> tuple[Array, tuple[bool, ...]]:
    """Home, bends, the stretch, bends, home: (n, 2) points and n - 1 survey flags."""
    home = given.homes[stretch.drone % len(given.homes)]
    flown = cuts.between(stretch.first, stretch.last)
    first_leg = int(cuts.leg[stretch.first])
    survey = cuts.tour.survey[first_leg : first_leg + len(flown) - 1]
    points, before, after = home.round_trip(flown)
    flags = (*[False] * before, *survey, *[False] * after)
    return points, flags


def _sortie(given: Assembly, draft: _Draft, separation: Separation) -> Sortie:
    altitude = given.fleet.altitude_m + separation.layers[draft.drone] * given.fleet.layer_step_m
    start = given.starts[draft.drone % len(given.starts)]
    places = given.space.frame.to_lon_lat(draft.points)
    lon_lat = [start, *((round(float(lon), 7), round(float(lat), 7)) for lon, lat in places[1:-1]), start]
    flags = (False, *draft.survey)
    climb = given.fleet.vertical_s(altitude) - given.fleet.vertical_s(given.fleet.altitude_m)
    return Sortie(
        drone=draft.drone,
        sortie=draft.sortie,
        path=tuple(
            Waypoint(lon, lat, round(altitude, 2), survey) for (lon, lat), survey in zip(lon_lat, flags, strict=True)
        ),
        length_m=round(path_length(draft.points), 2),
        duration_s=round(draft.duration_s + climb, 2),
        swath_m=given.swath_m,
        speed_m_s=given.fleet.speed_m_s,
        start_s=round(draft.start_s + separation.delays_s[draft.drone] + climb * draft.sortie, 2),
    )


def _settings(given: Assembly, drafts: Sequence[_Draft]) -> dict[str, Any]:
    lengths = [np.hypot(*np.diff(draft.points, axis=0).T) for draft in drafts]
    total = float(sum(legs.sum() for legs in lengths))
    looking = float(sum(legs[np.array(d.survey)].sum() for legs, d in zip(lengths, drafts, strict=True)))
    fleet = given.fleet
    return {
        "name": given.area.name,
        "drones": fleet.drones,
        "swath_m": given.swath_m,
        "altitude_m": fleet.altitude_m,
        "speed_m_s": fleet.speed_m_s,
        "accel_m_s2": fleet.accel_m_s2,
        "endurance_s": fleet.endurance_s,
        "reserve": fleet.reserve,
        "area_m2": round(given.space.free.area, 1),
        "length_m": round(total, 1),
        "transit_share": round(1.0 - looking / total, 4) if total else 0.0,
    }
