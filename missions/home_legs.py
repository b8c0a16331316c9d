"""Legs between the start point and the area: they may cross open ground outside, never a zone."""

from __future__ import annotations

import numpy as np
import shapely

from missions.fleet import PlanError
from missions.geodesy import Array
from missions.transit import Point, Transit

INSIDE_MARGIN_M = 1.5


class HomeLegs:
    """Ways from one start point to places in the area, and back the same way.

    The leg next to home is free of zones; a start point inside the area keeps to the area altogether.
    """

    def __init__(self, home: Point, transit: Transit, label: str) -> None:
        self.home = home
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
        """(n,) still-air seconds between home and each point; infinite where there is no way."""
        best = self._straight(points)
        far = ~np.isfinite(best)
        if len(self._onward) and far.any():
            near = self._transit.to_corners(points[far])
            best[far] = (near + self._onward[None]).min(axis=1)
        return best

    def way(self, point: Point) -> list[Point]:
        """The bends from home to `point`, without both."""
        place = np.array([point])
        if np.isfinite(self._straight(place)[0]) or not len(self._onward):
            return []
        total = self._transit.to_corners(place)[0] + self._onward
        last = int(np.argmin(total))
        if not np.isfinite(total[last]):
            return []
        first = int(np.argmin(self._to_corner + self._transit.between[:, last]))
        return self._transit.corner_path(first, last)
