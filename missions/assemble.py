"""From sorties in metres to the sorties of a plan: layers, launch times, figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from missions.areas.area import Area
from missions.coverage.scan_lines import unseen_m2
from missions.deconflict import Flight, Separation, separate
from missions.fleet import FleetSpec
from missions.geodesy import Array
from missions.layers import barred_layers
from missions.plan import LonLat, Plan, Sortie, Waypoint
from missions.timing import Motion, path_length, without_needless_points
from missions.ways.free_space import FreeSpace
from missions.ways.stays import time_with_stays


@dataclass(frozen=True)
class Draft:
    """A sortie in metres of the area's frame, from home to home or to a swap pad: (n, 2) points and n - 1 survey
    flags. `stays_s`: how long it waits at each of the n points, nowhere by default."""

    drone: int
    sortie: int
    start: LonLat
    end: LonLat
    points: Array
    survey: tuple[bool, ...]
    swath_m: float
    motion: Motion
    stays_s: tuple[float, ...] = ()


@dataclass(frozen=True)
class _Timed:
    draft: Draft
    start_s: float
    duration_s: float


def assemble(
    area: Area, space: FreeSpace, fleet: FleetSpec, drafts: Sequence[Draft], *, still_unseen: Any = None
) -> Plan:
    """The plan that flies `drafts`, each drone's in order of `sortie`. `still_unseen`: what of the free space
    nobody saw before; all of it by default. NoLayerError when a zone that is flown over leaves a drone no layer."""
    timed = _timed(fleet, drafts)
    flights = [
        Flight(t.draft.drone, t.draft.sortie, t.start_s, t.draft.points, t.draft.motion, t.draft.stays_s) for t in timed
    ]
    barred = barred_layers(area.no_fly, space.frame, fleet, drafts)
    separation = separate(flights, fleet.drones, len(fleet.heights), barred)
    sorties = tuple(_sortie(space, fleet, each, separation) for each in timed)
    rest = space.free if still_unseen is None else still_unseen
    covered = 1.0 - _left(rest, drafts) / space.free.area
    return Plan(
        area=area.polygons,
        no_fly=area.no_fly,
        sorties=sorties,
        makespan_s=round(max(sortie.start_s + sortie.duration_s for sortie in sorties), 2),
        covered_fraction=round(covered, 6),
        settings=tuple(_settings(area, space, fleet, drafts).items()),
    )


def _timed(fleet: FleetSpec, drafts: Sequence[Draft]) -> list[_Timed]:
    timed: list[_Timed] = []
    ready: dict[int, float] = {}
    vertical, swaps = fleet.vertical_s(fleet.altitude_m), [drone.swap_s for drone in fleet.each()]
    for draft in sorted(drafts, key=lambda draft: (draft.drone, draft.sortie)):
        start = ready.get(draft.drone, draft.drone * fleet.launch_gap_s)
        duration = time_with_stays(draft.points, draft.stays_s, draft.motion) + vertical
        timed.append(_Timed(draft, start, duration))
        ready[draft.drone] = start + duration + swaps[draft.drone]
    return timed


def _sortie(space: FreeSpace, fleet: FleetSpec, timed: _Timed, separation: Separation) -> Sortie:
    draft = timed.draft
    altitude = fleet.altitude_m + separation.layers[draft.drone] * fleet.layer_step_m
    between = space.frame.places(draft.points)[1:-1]
    flags, stays = (False, *draft.survey), draft.stays_s or (0.0,) * len(draft.points)
    climb = fleet.vertical_s(altitude) - fleet.vertical_s(fleet.altitude_m)
    return Sortie(
        drone=draft.drone,
        sortie=draft.sortie,
        path=tuple(
            Waypoint(lon, lat, round(altitude, 2), survey, stay)
            for (lon, lat), survey, stay in zip([draft.start, *between, draft.end], flags, stays, strict=True)
        ),
        length_m=round(path_length(draft.points), 2),
        duration_s=round(timed.duration_s + climb, 2),
        swath_m=draft.swath_m,
        speed_m_s=draft.motion.speed_m_s,
        lands_at_end=draft.end != draft.start,
        start_s=round(timed.start_s + separation.delays_s[draft.drone] + climb * draft.sortie, 2),
    )


def _left(rest: Any, drafts: Sequence[Draft]) -> float:
    """Square metres of `rest` that nobody sees."""
    flown = [without_needless_points(draft.points) for draft in drafts]
    return unseen_m2(rest, flown, [draft.swath_m for draft in drafts])


def _looking_m(space: FreeSpace, draft: Draft, legs_m: Array) -> float:
    """How much of a sortie is flown to look: its survey legs. Where one strip is as wide as the whole area a lane
    shrinks to a point, and the drone looks wherever it is over the area."""
    along = float(legs_m[np.array(draft.survey)].sum())
    if along >= draft.swath_m or _width_m(space.free) > draft.swath_m:
        return along
    return max(along, float(shapely.LineString(draft.points).intersection(space.free).length))


def _width_m(geometry: Any) -> float:
    """The shorter side of the narrowest box round a geometry."""
    corners = np.asarray(shapely.oriented_envelope(geometry).exterior.coords)
    return float(min(np.hypot(*(corners[1] - corners[0])), np.hypot(*(corners[2] - corners[1]))))


def _settings(area: Area, space: FreeSpace, fleet: FleetSpec, drafts: Sequence[Draft]) -> dict[str, Any]:
    lengths = [np.hypot(*np.diff(draft.points, axis=0).T) for draft in drafts]
    total = float(sum(legs.sum() for legs in lengths))
    looking = sum(_looking_m(space, draft, legs) for draft, legs in zip(drafts, lengths, strict=True))
    return {
        "name": area.name,
        "drones": fleet.drones,
        "swath_m": min(draft.swath_m for draft in drafts),
        "altitude_m": fleet.altitude_m,
        "speed_m_s": fleet.speed_m_s,
        "accel_m_s2": fleet.accel_m_s2,
        "endurance_s": fleet.endurance_s,
        "reserve": fleet.reserve,
        **({} if fleet.take_off_amsl_m is None else {"take_off_amsl_m": fleet.take_off_amsl_m}),
        "area_m2": round(space.free.area, 1),
        "length_m": round(total, 1),
        "transit_share": round(1.0 - looking / total, 4) if total else 0.0,
    }
