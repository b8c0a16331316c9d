"""Which site a place lies in, and what holds there. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from shapely import Point, STRtree
from shapely.geometry import Polygon as Shape

from gcs.dispatch.model import UnitKind
from gcs.sites.model import Hours, PictureRule, Polygon, Profile, Site


class Sites(Mapping[str, Site]):
    """Sites by id, with the profiles of their kinds. Where sites overlap, the smallest counts."""

    def __init__(self, sites: Sequence[Site] = (), profiles: Mapping[str, Profile] | None = None) -> None:
        self._sites = {site.id: site for site in sites}
        self.profiles: Mapping[str, Profile] = MappingProxyType(dict(profiles or {}))
        shapes = [(_shape(area), site.id) for site in sites for area in site.areas]
        self._names = [name for _, name in shapes]
        self._shapes = [shape for shape, _ in shapes]
        self._tree = STRtree(self._shapes)
        self._private = {
            site.id: STRtree([_shape(area) for zone in site.private for area in zone.areas]) for site in sites
        }

    def __getitem__(self, key: str) -> Site:
        return self._sites[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._sites)

    def __len__(self) -> int:
        return len(self._sites)

    def at(self, lat_deg: float, lon_deg: float) -> str | None:
        """The id of the site there; None where there is none."""
        found = self._tree.query(Point(lon_deg, lat_deg), predicate="intersects")
        best = min((int(i) for i in found), key=lambda i: (self._shapes[i].area, self._names[i]), default=None)
        return None if best is None else self._names[best]

    def picture_rule(self, lat_deg: float, lon_deg: float) -> PictureRule:
        """What becomes of a picture of that place: the strictest rule of all private zones it lies in."""
        point, rules = Point(lon_deg, lat_deg), set[PictureRule]()
        for site in self._sites.values():
            if len(self._private[site.id].query(point, predicate="intersects")):
                rules.add(self.profile(site.id).pictures)
        return "refuse" if "refuse" in rules else "mask" if "mask" in rules else "keep"

    def profile(self, site_id: str) -> Profile:
        """What holds at a site."""
        return self.profiles[self._sites[site_id].kind]

    def units(self, site_id: str | None) -> frozenset[UnitKind]:
        """The kinds of units that serve a site; none for no site, or for one that is in the catalogue no longer."""
        return frozenset(self.profile(site_id).units) if site_id in self._sites and site_id else frozenset()

    def due(self, site_id: str, local: datetime) -> tuple[Hours, ...]:
        """The hours of a site that it is now."""
        return tuple(hours for hours in self.profile(site_id).hours if hours.holds(local))


def _shape(polygon: Polygon) -> Shape:
    return Shape(polygon[0], polygon[1:])
