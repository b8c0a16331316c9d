"""An emergency look: which drone is soonest over a point, round zones, in the wind, with battery to get home.

The ways round zones are prepared once (`LookOut`), so that asking takes milliseconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

import numpy as np
import shapely

from missions.fleet import PlanError
from missions.geodesy import Array, LocalFrame
from missions.plan import LonLat, Ring
from missions.timing import Motion
from missions.ways.free_space import all_corners, polygon_of
from missions.wind import SLOWEST_GROUND_SPEED_M_S, Wind

CLEARANCE_M = 5.0
MOST_CORNERS = 200
FARTHEST_CORNER_M = 500.0


@dataclass(frozen=True, slots=True)
class ReadyDrone:
    """A drone that may be sent. `ready_s`: seconds until it is in the air at its place (take-off, swap);
    `left_s`: seconds of flight it has before its reserve; `home` None: it may land where it looked."""

    id: str
    place: LonLat
    left_s: float
    speed_m_s: float
    accel_m_s2: float = 2.0
    ready_s: float = 0.0
    home: LonLat | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """`arrival_s` from now; `way`: bends on the way there, then the point; `spare_s`: flight left at home again."""

    drone: str
    arrival_s: float
    way: tuple[LonLat, ...]
    spare_s: float


@dataclass(frozen=True, slots=True)
class NoLook:
    """Why a drone cannot look. `reason`: `place_closed` (in a zone), `wind` (too strong to come back against),
    `no_way` (zones leave none) or `battery`, which lacks `short_s` seconds."""

    drone: str
    reason: Literal["place_closed", "wind", "no_way", "battery"]
    short_s: float = 0.0


class LookOut:
    """Ways over open ground that keep out of `zones`, about a centre; good to some 50 km from it."""

    def __init__(self, centre: LonLat, zones: Sequence[tuple[Ring, ...]], wind: Wind | None = None) -> None:
        self.frame = LocalFrame(*centre)
        self.wind = wind
        self._blocked = shapely.union_all([self.frame.geometry_to_local(polygon_of(rings[:1])) for rings in zones])
        self._wall = self._blocked.buffer(CLEARANCE_M * 0.8, join_style="mitre")
        shapely.prepare(self._wall)
        corners = _corners_round(self._blocked)
        self._corners = corners[~shapely.intersects(self._wall, shapely.points(corners))] if len(corners) else corners
        self._degrees: list[LonLat] = [(lon, lat) for lon, lat in self.frame.to_lon_lat(self._corners).tolist()]
        count = len(self._corners)
        i, j = np.divmod(np.arange(count * count), max(1, count))
        self._gaps = self._straight(self._corners[i], self._corners[j]).reshape(count, count)

    def soonest(self, place: LonLat, drones: Sequence[ReadyDrone], look_s: float = 60.0) -> list[Look]:
        """Every drone that can look at `place` for `look_s` and get home, the soonest first. PlanError when
        nobody may fly at `place`."""
        return self.ranked(place, drones, look_s)[0]

    def ranked(
        self, place: LonLat, drones: Sequence[ReadyDrone], look_s: float = 60.0
    ) -> tuple[list[Look], list[NoLook]]:
        """As `soonest`, and why the others cannot."""
        goal = self.frame.to_local(np.array([place]))
        if self._blocked.intersects(shapely.Point(goal[0])):
            raise PlanError(f"[{place[0]:.6f}, {place[1]:.6f}] lies inside a no-fly zone: nobody may fly there")
        fit = [drone for drone in drones if not self._held_by_wind(drone)]
        looks: list[Look] = []
        cannot = [NoLook(drone.id, "wind") for drone in drones if self._held_by_wind(drone)]
        if not fit:
            return looks, cannot
        starts = self.frame.to_local(np.array([drone.place for drone in fit]))
        homes = self.frame.to_local(np.array([drone.home or place for drone in fit]))
        distinct, which = np.unique(homes, axis=0, return_inverse=True)
        back_from = self._ways(distinct, goal)
        ways, returns = self._ways(starts, goal), [back_from[i] for i in which.ravel().tolist()]
        for drone, at, out, home, back in zip(fit, starts.tolist(), ways, homes.tolist(), returns, strict=True):
            if out is None or back is None:
                cannot.append(NoLook(drone.id, "no_way"))
                continue
            there = self._seconds(drone, [at, *self._places(out), goal[0].tolist()])
            again = self._seconds(drone, [home, *self._places(back), goal[0].tolist()][::-1]) if drone.home else 0.0
            spare = drone.left_s - there - look_s - again
            if spare >= 0:
                way = (*(self._degrees[i] for i in out), place)
                looks.append(Look(drone.id, drone.ready_s + there, way, spare))
            else:
                cannot.append(NoLook(drone.id, "battery", -spare))
        return sorted(looks, key=lambda look: (look.arrival_s, look.drone)), cannot

    def _places(self, corners: Sequence[int]) -> list[list[float]]:
        return [self._corners[i].tolist() for i in corners]

    def _seconds(self, drone: ReadyDrone, path: Sequence[Sequence[float]]) -> float:
        motion = Motion(drone.speed_m_s, drone.accel_m_s2, self.wind.vector if self.wind else None)
        return sum(motion.leg((a[0], a[1]), (b[0], b[1])) for a, b in pairwise(path))

    def _held_by_wind(self, drone: ReadyDrone) -> bool:
        return self.wind is not None and drone.speed_m_s - self.wind.speed_m_s < SLOWEST_GROUND_SPEED_M_S

    def _straight(self, starts: Array, ends: Array) -> Array:
        """(n,) metres of straight legs, infinite through zones."""
        gaps: Array = np.hypot(*(starts - ends).T)
        if self._wall.is_empty or not len(starts):
            return gaps
        legs = shapely.linestrings(np.stack([starts, ends], axis=1))
        return np.where(shapely.intersects(self._wall, legs), np.inf, gaps)

    def _ways(self, places: Array, goal: Array) -> list[list[int] | None]:
        """The corners on the way from each place to the goal; None where zones leave no way."""
        direct = np.isfinite(self._straight(places, np.broadcast_to(goal, places.shape)))
        ways: list[list[int] | None] = [[] for _ in range(len(places))]
        if direct.all():
            return ways
        onward, following = self._to_goal(goal)
        for i, first in zip(*self._first_corner(places, direct, onward), strict=True):
            bends, here = [], first
            while here >= 0:
                bends.append(here)
                here = int(following[here])
            ways[i] = bends or None
        return ways

    def _to_goal(self, goal: Array) -> tuple[Array, Array]:
        """Metres from every corner to the goal, and the next corner (-1: the goal), after Bellman and Ford."""
        onward = self._straight(self._corners, np.broadcast_to(goal, self._corners.shape))
        following = np.full(len(onward), -1)
        rows = np.arange(len(onward))
        for _ in range(len(onward)):
            through = self._gaps + onward[None]
            best = through.argmin(axis=1)
            better = through[rows, best] < onward - 1e-9
            if not better.any():
                break
            onward = np.where(better, through[rows, best], onward)
            following = np.where(better, best, following)
        return onward, following

    def _first_corner(self, places: Array, direct: Any, onward: Array) -> tuple[list[int], list[int]]:
        """Which places do not see the goal, and the corner to fly to first from each; -1 where there is none.

        Corners are tried in the order of the way they promise; the first that is seen is the best.
        """
        hoped = np.hypot(*(places[:, None] - self._corners[None]).transpose(2, 0, 1)) + onward[None]
        ranking = np.argsort(hoped, axis=1, kind="stable")
        corner = np.full(len(places), -1)
        hidden = np.flatnonzero(~direct)
        open_ = hidden[~shapely.intersects(self._wall, shapely.points(places[hidden]))]
        for rank in range(ranking.shape[1]):
            open_ = open_[np.isfinite(hoped[open_, ranking[open_, rank]])]
            if not len(open_):
                break
            choice = ranking[open_, rank]
            seen = np.isfinite(self._straight(places[open_], self._corners[choice]))
            corner[open_[seen]] = choice[seen]
            open_ = open_[~seen]
        return hidden.tolist(), corner[hidden].tolist()


def _corners_round(blocked: Any) -> Array:
    """(n, 2) points just outside zones where a way round may bend; fewer and farther out where zones have many."""
    hull, tolerance = blocked.buffer(CLEARANCE_M, join_style="mitre"), CLEARANCE_M
    corners = all_corners(hull)
    while len(corners) > MOST_CORNERS and tolerance < FARTHEST_CORNER_M:
        hull = hull.simplify(tolerance).buffer(tolerance, join_style="mitre", mitre_limit=2.0)
        tolerance *= 2
        corners = all_corners(hull)
    return corners
