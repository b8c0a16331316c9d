"""A day of persistent patrol: how many drones, who is where when, from the base and from swap pads away from it.

The day falls into stretches in which the same sites count (`revisit.shifts`), and in which as many drones are there.
In each, every site belongs to the stand (base or pad) nearest by flight, and each stand keeps its sites with drones of
its own, which fly there from the base before the stretch begins. Pads that save no drone are left unused.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import shapely

from missions.fleet import PlanError
from missions.geodesy import Array
from missions.patrol.patrol_file import DAY_S, PatrolMap
from missions.patrol.revisit import Patrol, PatrolFleet, PatrolSite, plan_patrol, shifts
from missions.patrol.schedule import DroneDay
from missions.plan import LonLat
from missions.timing import Motion
from missions.ways.open_ground import Ways, open_ground

MOST_TRIED = 12
"""Sites behind the first that is left out: each costs a patrol."""

Found = tuple[tuple[int, Patrol], ...]
"""Index of a stand, and the patrol that keeps its sites."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PatrolAsk:
    """`drones` None: as many as it takes; else what these can keep. `drop_outs`: seconds of the day at which a drone is
    lost. `usable_s` None: batteries do not limit. Jitter and seed as in `PatrolFleet`."""

    begin_s: float = 0.0
    end_s: float = DAY_S
    drones: int | None = None
    drop_outs: tuple[float, ...] = ()
    speed_m_s: float = 10.0
    accel_m_s2: float = 2.0
    usable_s: float | None = 1200.0
    swap_s: float = 120.0
    jitter: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.begin_s < self.end_s <= 7 * DAY_S:
            raise PlanError("a patrol ends after it begins, within seven days")
        if self.drones is not None and not 1 <= self.drones <= 200:
            raise PlanError(f"a patrol has 1 to 200 drones, not {self.drones}")


class Ground:
    """Flight times over the patrol's ground, out of its zones."""

    def __init__(self, patrol: PatrolMap, ask: PatrolAsk) -> None:
        self.motion = Motion(ask.speed_m_s, ask.accel_m_s2)
        self.stands = patrol.frame.to_local(np.array(patrol.stands))
        self.ways: Ways | None = None
        if patrol.no_fly:
            zones = shapely.union_all([patrol.frame.geometry_to_local(zone.polygon()) for zone in patrol.no_fly])
            spots = np.vstack([self.stands, [(task.x_m, task.y_m) for task in patrol.tasks]])
            if shapely.intersects(zones, shapely.points(spots)).any():
                raise PlanError(f"{patrol.name}: a site, base or pad lies in a no-fly zone: move one of them")
            self.ways = open_ground(patrol.frame, zones, spots, self.motion)

    def travel(self, starts: Array, ends: Array) -> Array:
        """(n, m) seconds."""
        if self.ways is None:
            return self.motion.still_air_each(np.hypot(*(starts[:, None] - ends[None]).transpose(2, 0, 1)))
        table = self.ways.table(np.vstack([starts, ends]))
        return table[: len(starts), len(starts) :]

    def way(self, start: Array, end: Array) -> Array:
        """(n, 2) with both ends, round zones."""
        found = self.ways.between(start, end) if self.ways is not None else None
        return np.array([start, end]) if found is None else found


@dataclass(frozen=True, slots=True)
class DroneTask:
    """What one drone does in a stretch. `stand`: index of the stand that it flies from; moments are seconds of the
    day."""

    drone: int
    stand: int
    day: DroneDay


@dataclass(frozen=True, slots=True)
class Stretch:
    """`needed`: drones that keep every site that counts, None when no number does; `left_out`: ids of sites that too
    few drones do not keep."""

    begin_s: float
    end_s: float
    needed: int | None
    tasks: tuple[DroneTask, ...]
    kept: tuple[PatrolSite, ...]
    left_out: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PatrolDay:
    """`ferry_s`: seconds from the base to each stand."""

    patrol: PatrolMap
    ask: PatrolAsk
    stretches: tuple[Stretch, ...]
    ferry_s: tuple[float, ...]
    ground: Ground

    def way(self, stops: Sequence[LonLat]) -> list[LonLat]:
        """The stops in turn with the bends round zones between them, degrees."""
        local = self.patrol.frame.to_local(np.array(stops))
        legs = [self.ground.way(a, b) for a, b in pairwise(local)]
        return [stops[0], *(place for leg in legs for place in self.patrol.frame.places(leg[1:]))]

    @property
    def needed(self) -> int | None:
        """Drones that keep every deadline of the day."""
        each = [stretch.needed for stretch in self.stretches]
        return None if None in each else max((count for count in each if count is not None), default=0)


class _Keeper:
    """Finds the patrols that keep sites; what was found once is not sought again."""

    def __init__(self, ground: Ground, ask: PatrolAsk) -> None:
        self.ground, self.ask = ground, ask
        self._known: dict[tuple[PatrolSite, ...], Found] = {}

    def fewest(self, sites: tuple[PatrolSite, ...]) -> Found:
        """Of the stands together that need fewest drones: of all stands, of all but one, of the base alone. PlanError
        when no number of drones keeps the sites."""
        if sites in self._known:
            return self._known[sites]
        every = tuple(range(len(self.ground.stands)))
        best: Found | None = None
        refused: PlanError | None = None
        for stands in dict.fromkeys([every, *(every[:i] + every[i + 1 :] for i in every if len(every) > 1), (0,)]):
            try:
                found = self._from(stands, sites)
            except PlanError as error:
                refused = refused or error
                continue
            if best is None or _count(found) < _count(best):
                best = found
        if best is None:
            raise refused or PlanError("no patrol is possible")
        self._known[sites] = best
        return best

    def _from(self, stands: tuple[int, ...], sites: Sequence[PatrolSite]) -> Found:
        """Each site kept from the nearest of the stands."""
        ground, ask = self.ground, self.ask
        spots = np.array([(site.x_m, site.y_m) for site in sites])
        nearest = np.argmin(ground.travel(ground.stands[list(stands)], spots), axis=0).tolist()
        found = []
        for row, stand in enumerate(stands):
            own = [site for site, of in zip(sites, nearest, strict=True) if of == row]
            if own:
                x, y = ground.stands[stand].tolist()
                fleet = PatrolFleet((x, y), ask.speed_m_s, ask.usable_s, ask.swap_s, jitter=ask.jitter, seed=ask.seed)
                found.append((stand, plan_patrol(own, fleet, ground.travel)))
        return tuple(found)

    def best(self, sites: Sequence[PatrolSite], drones: int) -> Found:
        """What so few drones keep: sites of the lowest priority are left out, the most frequent first, and among the
        others those that ask for too much."""
        ranked = sorted(sites, key=lambda site: (-site.priority, -site.deadline_s, site.id))
        low, high = 0, len(ranked)
        best: Found = ()
        while low < high:
            count = (low + high + 1) // 2
            found = self._within(ranked[:count], drones)
            if found is None:
                high = count - 1
            else:
                low, best = count, found
        kept = ranked[:low]
        for site in ranked[low + 1 :][:MOST_TRIED]:  # what comes first did not fit; one that asks for less may
            found = self._within([*kept, site], drones)
            if found is not None:
                kept, best = [*kept, site], found
        return best

    def _within(self, sites: Sequence[PatrolSite], drones: int) -> Found | None:
        """The patrol that keeps these sites, if so few drones can."""
        try:
            found = self.fewest(tuple(sites))
        except PlanError:
            return None
        return found if _count(found) <= drones else None


def plan_day(patrol: PatrolMap, ask: PatrolAsk) -> PatrolDay:
    """The schedule. PlanError names what no number of drones keeps, and says when a pad is out of reach."""
    ground = Ground(patrol, ask)
    ferry = ground.travel(ground.stands[:1], ground.stands)[0]
    if ask.usable_s is not None and ferry.max() > ask.usable_s:
        raise PlanError(f"a swap pad is {ferry.max():.0f} s from the base, a battery gives {ask.usable_s:.0f} s")
    keeper = _Keeper(ground, ask)
    stretches = tuple(_kept(keeper, *each) for each in _stretches(patrol, ask))
    if not stretches:
        raise PlanError(f"{patrol.name}: no site counts between these hours")
    return PatrolDay(patrol, ask, stretches, tuple(ferry.tolist()), ground)


def _stretches(patrol: PatrolMap, ask: PatrolAsk) -> Iterator[tuple[float, float, list[PatrolSite], int | None]]:
    """(from, to, sites, drones that are there) in order; every day is like the first."""
    marks = sorted({ask.begin_s, ask.end_s, *(at for at in ask.drop_outs if ask.begin_s < at < ask.end_s)})
    for begin, end in pairwise(marks):
        lost = sum(at <= begin for at in ask.drop_outs)
        there = None if ask.drones is None else max(0, ask.drones - lost)
        for day in range(int(begin // DAY_S), math.ceil(end / DAY_S)):
            midnight = day * DAY_S
            first, last = max(begin, midnight) - midnight, min(end - midnight, DAY_S)
            for a, b, sites in shifts(patrol.tasks, first, last):
                yield a + midnight, b + midnight, sites, there


def _kept(keeper: _Keeper, begin_s: float, end_s: float, sites: Sequence[PatrolSite], drones: int | None) -> Stretch:
    whole = tuple(replace(site, windows=()) for site in sites)
    needed: int | None = None
    found: Found = ()
    try:
        found = keeper.fewest(whole)
        needed = _count(found)
    except PlanError:
        if drones is None:
            raise
    if drones is not None and (needed is None or needed > drones):
        found = keeper.best(whole, drones)
    kept = tuple(site for _, patrol in found for site in patrol.sites)
    ids = {site.id for site in kept}
    left_out = tuple(site.id for site in whole if site.id not in ids)
    return Stretch(begin_s, end_s, needed, tuple(_tasks(found, begin_s, end_s)), kept, left_out)


def _tasks(found: Found, begin_s: float, end_s: float) -> Iterator[DroneTask]:
    drone = 0
    for stand, patrol in found:
        for day in patrol.schedule(end_s - begin_s):
            visits = tuple((at + begin_s, site) for at, site in day.visits)
            bases = tuple((land + begin_s, leave + begin_s) for land, leave in day.bases) if day.bases else None
            yield DroneTask(drone, stand, DroneDay(visits, bases))
            drone += 1


def _count(found: Found) -> int:
    return sum(patrol.drones for _, patrol in found)
