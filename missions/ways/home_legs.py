"""Legs between the start point and the area: they may cross open ground outside, never a zone."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely

from missions.fleet import PlanError
from missions.geodesy import Array
from missions.timing import Motion, slower_by
from missions.ways.transit import Point, Transit

INSIDE_MARGIN_M = 1.5
KEYS_A_METRE = 1000.0
"""Places nearer to each other than a millimetre are as far from home."""


class HomeLegs:
    """Ways from one start point to places in the area, and back the same way.

    The leg next to home is free of zones; a start point inside the area keeps to the area altogether.
    """

    def __init__(self, home: Point, transit: Transit, label: str) -> None:
        self.home = home
        self._known: dict[Point, float] = {}
        self._transit = transit
        space = transit.space
        point = shapely.Point(home)
        if not space.blocked.is_empty and space.blocked.distance(point) < 1e-6:
            raise PlanError(f"start point {label} lies inside a no-fly zone: move it out of the zone")
        self._inside = space.outline.distance(point) < INSIDE_MARGIN_M
        keep_off = min(space.clearance_m / 2, space.blocked.distance(point) / 2) if not space.blocked.is_empty else 0.0
        self._zones = space.blocked.buffer(keep_off)
        self._rim = shapely.union_all([space.corridor, point.buffer(space.clearance_m + INSIDE_MARGIN_M)])
        self._rim = self._rim.intersection(space.outline.buffer(0.25)) if space.outline.covers(point) else self._rim
        shapely.prepare(self._zones)
        shapely.prepare(self._rim)
        corners = transit.corners
        self._to_corner = self._straight(corners) if len(corners) else np.zeros(0)
        self._onward = (self._to_corner[:, None] + transit.between).min(axis=0) if len(corners) else np.zeros(0)

    def _straight(self, points: Array) -> Array:
        legs = shapely.linestrings(np.stack([np.broadcast_to(self.home, points.shape), points], axis=1))
        if self._inside:
            allowed = shapely.covers(self._rim, legs) & ~shapely.intersects(self._zones, legs)
        else:
            allowed = ~shapely.intersects(self._zones, legs)
        gap = np.hypot(*(points - np.asarray(self.home)).T)
        return np.where(allowed, self._transit.motion.still_air_each(gap), np.inf)

    def seconds(self, points: Array) -> Array:
        """(n,) still-air seconds between home and each point; infinite where there is no way. Where something may be
        in the way each place is looked at once."""
        if not self._inside and self._zones.is_empty:
            return self._straight(points)
        keys = [(x, y) for x, y in np.round(points * KEYS_A_METRE).tolist()]
        new = [i for i, key in enumerate(keys) if key not in self._known]
        if new:
            found = self._looked_up(points[new]).tolist()
            self._known |= {keys[i]: seconds for i, seconds in zip(new, found, strict=True)}
        return np.array([self._known[key] for key in keys])

    def _looked_up(self, points: Array) -> Array:
        best = self._straight(points)
        far = np.flatnonzero(~np.isfinite(best))
        if len(far) and len(self._onward):
            best[far] = self._by_corners(points[far])[0]
        return best

    def _by_corners(self, points: Array) -> tuple[Array, npt.NDArray[np.int_]]:
        """(n,) seconds by the best last corner, and that corner.

        Corners are tried in order of the time they would give if they were seen: the first that is seen
        is the best.
        """
        gaps = np.hypot(*(points[:, None] - self._transit.corners[None]).transpose(2, 0, 1))
        hoped = self._onward[None] + self._transit.motion.still_air_each(gaps)
        ranking = np.argsort(hoped, axis=1, kind="stable")
        best, corner = np.full(len(points), np.inf), np.zeros(len(points), dtype=int)
        open_ = np.arange(len(points))
        for rank in range(ranking.shape[1]):
            choice = ranking[open_, rank]
            seen = self._transit.visible(points[open_], self._transit.corners[choice])
            found = open_[seen]
            best[found], corner[found] = hoped[found, choice[seen]], choice[seen]
            open_ = open_[~seen]
            if not len(open_):
                break
        return best, corner

    def times(self, points: Array, motion: Motion) -> tuple[Array, Array]:
        """(n,) seconds that `motion` needs in its wind from home to the points, and back from them.

        Ways with bends are taken at the slowest speed over ground, so that the figure is never too low.
        """
        still = self.seconds(points)
        here = np.broadcast_to(np.asarray(self.home), points.shape)
        known = self._transit.motion
        straight = still <= known.still_air_each(np.hypot(*(points - here).T)) + 1e-6
        bent = still * slower_by(known, motion)
        out, back = motion.legs(here, points), motion.legs(points, here)
        return np.where(straight, out, bent), np.where(straight, back, bent)

    def way(self, point: Point) -> list[Point]:
        """The bends from home to `point`, without both."""
        place = np.array([point])
        if np.isfinite(self._straight(place)[0]) or not len(self._onward):
            return []
        seconds, corner = self._by_corners(place)
        if not np.isfinite(seconds[0]):
            return []
        last = int(corner[0])
        first = int(np.argmin(self._to_corner + self._transit.between[:, last]))
        return self._transit.corner_path(first, last)

    def round_trip(self, path: Array, to: HomeLegs | None = None) -> tuple[Array, int, int]:
        """`path` (n, 2) flown from home and back, or on `to` another: points, and the number of legs before and
        after it."""
        begin, end, last = path[0], path[-1], to or self
        out = self.way((float(begin[0]), float(begin[1])))
        back = last.way((float(end[0]), float(end[1])))[::-1]
        return np.vstack([self.home, *out, path, *back, last.home]), len(out) + 1, len(back) + 1
