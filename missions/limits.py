"""Does a finished plan keep the rules? Checked from the plan alone, whoever made it.

Pre-flight uses this on every plan, also on those read from files.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from missions.areas.area import Area
from missions.areas.zones import Zone, take_off_amsl_of
from missions.deconflict import Flight, conflicts
from missions.energy import Battery
from missions.geodesy import Array
from missions.plan import Plan, Sortie
from missions.timing import Motion
from missions.ways.free_space import FreeSpace, free_space

OUTSIDE_TOLERANCE_M = 0.5
ZONE_TOLERANCE_M = 0.05
LOWEST_ALTITUDE_M, HIGHEST_ALTITUDE_M = 5.0, 500.0
ASSUMED_ACCEL_M_S2 = 2.0


@dataclass(frozen=True, slots=True)
class Violation:
    """`code`: outside_area, in_no_fly_zone, endurance, altitude, empty, separation. `amount` is metres,
    seconds or, for separation, seconds closer than 10 m. `drone`, `sortie` count from 0; None = the whole plan."""

    code: str
    text_en: str
    text_zh: str
    amount: float
    drone: int | None = None
    sortie: int | None = None


def violations(plan: Plan, battery: Battery | Sequence[Battery] | None = None) -> list[Violation]:
    """Everything wrong with `plan`; empty when it may be flown. The battery's limit is checked when given: one for
    all, or one for each drone."""
    if not plan.sorties or not plan.area:
        return [Violation("empty", "the plan has no sorties or no area", "计划没有架次或没有区域", 0.0)]
    swath = min(sortie.swath_m for sortie in plan.sorties)
    space = free_space(Area("plan", plan.area), swath)
    closed = _Closed(space, plan)
    found: list[Violation] = []
    for sortie in plan.sorties:
        own = battery[sortie.drone] if isinstance(battery, Sequence) else battery
        found += _of_sortie(space, closed, sortie, own)
    return [*found, *_of_pairs(space, plan)]


class _Closed:
    """The zones of a plan and the holes of its area, shrunk by the tolerance, in metres of `space`."""

    def __init__(self, space: FreeSpace, plan: Plan) -> None:
        self._take_off_amsl_m = take_off_amsl_of(plan)
        self._zones = [(zone, space.frame.geometry_to_local(zone.polygon())) for zone in plan.no_fly]
        self._zones.append((Zone(()), space.blocked))
        self._zones = [(zone, shape.buffer(-ZONE_TOLERANCE_M)) for zone, shape in self._zones if not shape.is_empty]

    def metres_in(self, path: Array, heights_m: Array) -> float:
        """How much of the path, (n, 2) metres and (n,) heights above take-off, lies in any of them."""
        legs = shapely.linestrings(np.stack([path[:-1], path[1:]], axis=1))
        low, high = np.minimum(heights_m[:-1], heights_m[1:]), np.maximum(heights_m[:-1], heights_m[1:])
        met = []
        for zone, shape in self._zones:
            bound = [zone.binds(a, b, self._take_off_amsl_m) for a, b in zip(low.tolist(), high.tolist(), strict=True)]
            met.append(shapely.intersection(legs[bound], shape))
        return float(shapely.length(shapely.union_all(np.concatenate(met), axis=0))) if met else 0.0

    def closes(self, home: Array, up_to_m: float) -> bool:
        """Does one stand over the start point, in the way of the climb?"""
        spot = shapely.Point(home)
        return any(
            zone.binds(0.0, up_to_m, self._take_off_amsl_m) and bool(shape.intersects(spot))
            for zone, shape in self._zones
        )


def _of_sortie(space: FreeSpace, closed: _Closed, sortie: Sortie, battery: Battery | None) -> Iterator[Violation]:
    who = (sortie.drone, sortie.sortie)
    name, nom = (
        f"drone {sortie.drone + 1} sortie {sortie.sortie + 1}",
        f"{sortie.drone + 1}号机第{sortie.sortie + 1}架次",
    )
    path = _local(space, sortie)
    if len(path) < 2 or not np.isfinite(path).all():
        yield Violation("empty", f"{name} has no path", f"{nom}没有航线", 0.0, *who)
        return
    outside = _outside(space, path, [waypoint.survey for waypoint in sortie.path])
    if outside > 0.0:
        text = f"{name} leaves the area for {outside:.0f} m", f"{nom}飞出区域{outside:.0f}米"
        yield Violation("outside_area", *text, outside, *who)
    in_zone = closed.metres_in(path, np.array([waypoint.alt_rel_m for waypoint in sortie.path]))
    if in_zone > 0.0:
        text = f"{name} crosses a no-fly zone for {in_zone:.0f} m", f"{nom}穿越禁飞区{in_zone:.0f}米"
        yield Violation("in_no_fly_zone", *text, in_zone, *who)
    if closed.closes(path[0], sortie.path[0].alt_rel_m):
        text = f"{name} takes off in a no-fly zone", f"{nom}在禁飞区内起飞"
        yield Violation("in_no_fly_zone", *text, 0.0, *who)
    if sortie.lands_at_end and closed.closes(path[-1], sortie.path[-1].alt_rel_m):
        text = f"{name} lands in a no-fly zone", f"{nom}在禁飞区内降落"
        yield Violation("in_no_fly_zone", *text, 0.0, *who)
    if battery is not None and sortie.duration_s > battery.usable_s + 1e-6:
        over = sortie.duration_s - battery.usable_s
        text = f"{name} is {over:.0f} s longer than the battery allows", f"{nom}超出电池可用时间{over:.0f}秒"
        yield Violation("endurance", *text, over, *who)
    for altitude in sorted(
        {w.alt_rel_m for w in sortie.path if not LOWEST_ALTITUDE_M <= w.alt_rel_m <= HIGHEST_ALTITUDE_M}
    ):
        text = f"{name} flies at {altitude:.0f} m", f"{nom}飞行高度为{altitude:.0f}米"
        yield Violation("altitude", *text, altitude, *who)


def _local(space: FreeSpace, sortie: Sortie) -> Array:
    return space.frame.to_local(np.array([(w.lon_deg, w.lat_deg) for w in sortie.path]))


def _outside(space: FreeSpace, path: Array, looks: Sequence[bool]) -> float:
    """Metres outside the outline by more than the tolerance; the legs from home to the first that looks, and from the
    last home, may. Where nothing is said of looking that is the first leg and the last."""
    looking = [i for i, look in enumerate(looks) if look] or [2, len(path) - 2]
    inner = path[looking[0] - 1 : looking[-1] + 1]
    if len(inner) < 2:
        return 0.0
    way: Any = shapely.LineString(inner)
    parts = space.outline if len(getattr(space.outline, "geoms", [0])) == 1 else space.outline.convex_hull
    return float(way.difference(parts.buffer(OUTSIDE_TOLERANCE_M)).length)


def _of_pairs(space: FreeSpace, plan: Plan) -> Iterator[Violation]:
    by_layer: dict[float, list[Flight]] = {}
    for sortie in plan.sorties:
        motion = Motion(max(0.1, sortie.speed_m_s), ASSUMED_ACCEL_M_S2)
        stays = tuple(waypoint.stay_s for waypoint in sortie.path)
        flight = Flight(sortie.drone, sortie.sortie, sortie.start_s, _local(space, sortie), motion, stays)
        by_layer.setdefault(round(sortie.path[0].alt_rel_m, 1), []).append(flight)
    for layer, flights in sorted(by_layer.items()):
        for one, other, seconds in conflicts(flights):
            pair = f"drones {one + 1} and {other + 1}"
            text = f"{pair} come closer than 10 m at {layer:g} m for {seconds} s"
            zh = f"{one + 1}号机与{other + 1}号机在{layer:g}米高度相距不足10米共{seconds}秒"
            yield Violation("separation", text, zh, float(seconds), one)
