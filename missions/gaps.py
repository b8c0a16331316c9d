"""Gaps between lanes and border, closed by small detours of the tour.

What the tour leaves unseen is cut into pieces; for each piece worth it a point is put into the tour so
that the piece comes within half a swath, where the detour costs the least time.
"""

from __future__ import annotations

import numpy as np
import shapely

from missions.coverage import unseen
from missions.free_space import FreeSpace, polygons
from missions.geodesy import Array
from missions.tour import Tour
from missions.transit import Transit

ENOUGH = 0.9965
ROUNDS = 6
SMALLEST_PIECE_OF_SWATH2 = 0.002


def repaired(space: FreeSpace, tour: Tour, swath: float, transit: Transit, enough: float = ENOUGH) -> Tour:
    """`tour` with detours until `enough` of the free space is seen, or no detour helps."""
    for _ in range(ROUNDS):
        left = polygons(unseen(space.free, [tour.points], swath))
        missing = sum(piece.area for piece in left) - (1.0 - enough) * space.free.area
        if missing <= 0:
            break
        changed = False
        for piece in sorted(left, key=lambda piece: -piece.area):
            if piece.area < SMALLEST_PIECE_OF_SWATH2 * swath**2 or missing <= 0:
                break
            detour = _detour(space, tour, piece, swath, transit)
            if detour is not None:
                tour, changed = detour, True
                missing -= piece.area
        if not changed:
            break
    return tour


def _detour(space: FreeSpace, tour: Tour, piece: shapely.Polygon, swath: float, transit: Transit) -> Tour | None:
    """The tour with one more point that sees `piece`, at the cheapest legal place; None if there is none."""
    target = _viewpoint(space, tour, piece, swath)
    if target is None:
        return None
    starts, ends = tour.points[:-1], tour.points[1:]
    legs = shapely.linestrings(np.stack([starts, ends], axis=1))
    near = np.flatnonzero(shapely.distance(legs, shapely.Point(target)) < 1.5 * swath)
    if not len(near):
        return None
    goal = np.broadcast_to(target, (len(near), 2))
    legal = transit.visible(starts[near], goal) & transit.visible(goal, ends[near])
    motion = transit.motion
    cost = motion.legs(starts[near], goal) + motion.legs(goal, ends[near]) - motion.legs(starts[near], ends[near])
    cost = np.where(legal & ~np.asarray(tour.survey)[near], cost, np.inf)
    spur, at = _spurs(tour, near, target, transit)
    best, best_spur = int(np.argmin(cost)), int(np.argmin(spur))
    if not np.isfinite(min(cost[best], spur[best_spur])):
        return None
    if cost[best] <= spur[best_spur]:
        return _inserted(tour, int(near[best]), np.array([target]), (tour.survey[near[best]],) * 2)
    i = int(near[best_spur])
    return _inserted(tour, i, np.array([at[best_spur], target, at[best_spur]]), (tour.survey[i], True, True, tour.survey[i]))


def _spurs(tour: Tour, near: Array, target: Array, transit: Transit) -> tuple[Array, Array]:
    """Cost and root of going out and back from the nearest point of each leg."""
    starts, ends = tour.points[:-1][near], tour.points[1:][near]
    way = ends - starts
    share = ((target - starts) * way).sum(axis=1) / np.maximum((way**2).sum(axis=1), 1e-9)
    roots = starts + np.clip(share, 0.0, 1.0)[:, None] * way
    goal = np.broadcast_to(target, roots.shape)
    cost = 2 * transit.motion.legs(roots, goal) + transit.motion.still_air(0.0)
    inner = (share > 0) & (share < 1)
    cost = cost + np.where(inner, transit.motion.speed_m_s / transit.motion.accel_m_s2, 0.0)
    return np.where(transit.visible(roots, goal), cost, np.inf), roots


def _viewpoint(space: FreeSpace, tour: Tour, piece: shapely.Polygon, swath: float) -> Array | None:
    """A place in the inner space from which all of `piece` is seen, as near to the tour as that allows."""
    path = shapely.LineString(tour.points)
    corners = np.asarray(piece.exterior.coords)[:-1]
    gaps = shapely.distance(shapely.points(corners), path)
    far = corners[int(np.argmax(gaps))]
    root = np.asarray(path.interpolate(path.project(shapely.Point(far))).coords[0])
    excess = float(gaps.max()) - swath / 2 * 0.98
    if excess <= 0 or gaps.max() < 1e-9:
        return None
    target = root + (far - root) / float(gaps.max()) * excess
    point = shapely.Point(target)
    if not space.inner.covers(point):
        nearest = shapely.shortest_line(space.inner, point)
        target = np.asarray(nearest.coords[0])
    return target


def _inserted(tour: Tour, leg: int, points: Array, survey: tuple[bool, ...]) -> Tour:
    return Tour(
        np.vstack([tour.points[: leg + 1], points, tour.points[leg + 1 :]]),
        (*tour.survey[:leg], *survey, *tour.survey[leg + 1 :]),
    )
