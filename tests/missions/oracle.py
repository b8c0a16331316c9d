"""Geometry of a plan computed by other means than the planner's: plain shapely in an equal-distance frame."""

from __future__ import annotations

import pyproj
import shapely
from shapely.geometry import LineString, MultiPolygon, Polygon


class Oracle:
    """Measures a plan against its area. Metres; everything is computed from the degrees in the plan."""

    def __init__(self, area, plan):
        degrees = MultiPolygon([Polygon(rings[0], rings[1:]) for rings in area.polygons])
        centre = degrees.centroid
        projection = f"+proj=aeqd +lat_0={centre.y} +lon_0={centre.x} +ellps=WGS84 +units=m"
        self._to_metres = pyproj.Transformer.from_crs("EPSG:4326", projection, always_xy=True)
        whole = self._metres(degrees)
        zones = [self._metres(Polygon(zone.rings[0], zone.rings[1:])) for zone in area.no_fly]
        self.outline = shapely.union_all([Polygon(part.exterior) for part in whole.geoms])
        self.forbidden = shapely.union_all([self.outline.difference(shapely.union_all(whole.geoms)), *zones])
        self.free = self.outline.difference(self.forbidden)
        self.paths = [self._metres(LineString([(w.lon_deg, w.lat_deg) for w in s.path])) for s in plan.sorties]
        self.swath = plan.sorties[0].swath_m

    def _metres(self, geometry):
        return shapely.transform(geometry, self._to_metres.transform, interleaved=False)

    @staticmethod
    def forbids(area, place):
        zones = [Polygon(zone.rings[0], zone.rings[1:]) for zone in area.no_fly]
        holes = [Polygon(hole) for rings in area.polygons for hole in rings[1:]]
        return any(zone.intersects(shapely.Point(place)) for zone in zones + holes)

    def covered(self):
        seen = shapely.union_all([path.buffer(self.swath / 2) for path in self.paths])
        return seen.intersection(self.free).area / self.free.area

    def forbidden_m(self):
        inside = self.forbidden.buffer(-0.05)
        return sum(path.intersection(inside).length for path in self.paths)

    def outside_m(self):
        """Length outside by more than 0.5 m, first and last leg of each sortie apart."""
        allowed = self.outline.buffer(0.5)
        inner = [LineString(path.coords[1:-1]) for path in self.paths if len(path.coords) > 3]
        return sum(path.difference(allowed).length for path in inner)
