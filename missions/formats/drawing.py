"""A plan as an SVG drawing: areas and zones, tracks, starts, a scale and north; text is escaped by whoever sets it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from missions.formats.colours import colour_of
from missions.plan import LonLat, Plan, Ring, Sortie

MARGIN = 0.04
BAR_OF_WIDTH = 0.25
ZONES_BEYOND = 0.1
"""Corners of zones are shown that lie no farther outside, by the size of the rest."""
METRES_A_DEGREE = 111_195.0
WIDEST, NARROWEST = 2.2, 0.6
"""Width by height of the drawing; the plan lies in its middle."""


class Drawing:
    """Degrees to pixels, north up, `width` pixels wide."""

    def __init__(self, plan: Plan, width: float) -> None:
        places = [point for rings in plan.area for ring in rings for point in ring]
        places += [(w.lon_deg, w.lat_deg) for sortie in plan.sorties for w in sortie.path]
        west, south, east, north = _box(places)
        room = ZONES_BEYOND * max(east - west, north - south)
        corners = [point for zone in plan.no_fly for point in zone.rings[0]]
        near = [p for p in corners if west - room <= p[0] <= east + room and south - room <= p[1] <= north + room]
        west, south, east, north = _box([*places, *near])
        self.shrink = math.cos(math.radians((south + north) / 2.0))
        wide, high = max((east - west) * self.shrink, 1e-6), max(north - south, 1e-6)
        wide, high = max(wide, high * NARROWEST), max(high, wide / WIDEST)
        pad = width * MARGIN
        self.scale = (width - 2.0 * pad) / wide
        self.width, self.height = width, high * self.scale + 2.0 * pad
        self._x0 = width / 2.0 - (west + east) / 2.0 * self.shrink * self.scale
        self._y0 = self.height / 2.0 + (south + north) / 2.0 * self.scale

    def at(self, lon: float, lat: float) -> str:
        return f"{self._x0 + lon * self.shrink * self.scale:.1f} {self._y0 - lat * self.scale:.1f}"

    def ground(self, plan: Plan) -> str:
        """Areas, and zones with their number."""
        shapes = [self._shape(rings, "area") for rings in plan.area]
        for number, zone in enumerate(plan.no_fly, start=1):
            x, y = self.at(*_middle(zone.rings[0])).split()
            shapes.append(self._shape(zone.rings, "no_fly"))
            shapes.append(f'<text class="zone" x="{x}" y="{y}">{number}</text>')
        return "".join(shapes)

    def sorties(self, sorties: Iterable[Sortie]) -> str:
        return "".join(map(self._sortie, sorties))

    def legend(self) -> str:
        """A scale bar and north."""
        metres = _round_below(BAR_OF_WIDTH * self.width / self.scale * METRES_A_DEGREE)
        bar = metres / METRES_A_DEGREE * self.scale
        x, y = self.width * 0.02, self.height - 10.0
        words = f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"
        right = self.width - 16.0
        return (
            f'<path class="scale" d="M {x:.1f} {y - 5:.1f} V {y:.1f} H {x + bar:.1f} V {y - 5:.1f}"/>'
            f'<text x="{x + bar + 6:.1f}" y="{y:.1f}">{words}</text>'
            f'<path class="north" d="M {right} 8 L {right + 7} 28 L {right} 23 L {right - 7} 28 Z"/>'
            f'<text class="zone" x="{right}" y="42">N</text>'
        )

    def _shape(self, rings: tuple[Ring, ...], kind: str) -> str:
        path = " ".join("M " + " L ".join(self.at(*point) for point in ring) + " Z" for ring in rings)
        return f'<path class="{kind}" d="{path}"/>'

    def _sortie(self, sortie: Sortie) -> str:
        lanes, ways = "", ""
        for a, b in zip(sortie.path, sortie.path[1:], strict=False):
            leg = f"M {self.at(a.lon_deg, a.lat_deg)} L {self.at(b.lon_deg, b.lat_deg)} "
            lanes, ways = (lanes + leg, ways) if b.survey else (lanes, ways + leg)
        colour = colour_of(sortie.drone)
        x, y = self.at(sortie.path[0].lon_deg, sortie.path[0].lat_deg).split()
        return (
            f'<path class="lane" stroke="{colour}" d="{lanes}"/><path class="way" stroke="{colour}" d="{ways}"/>'
            f'<circle class="start" cx="{x}" cy="{y}" r="4" stroke="{colour}"/>'
        )


def _box(places: Sequence[LonLat]) -> tuple[float, float, float, float]:
    """West, south, east and north."""
    lons, lats = [lon for lon, _ in places], [lat for _, lat in places]
    return min(lons), min(lats), max(lons), max(lats)


def _middle(ring: Ring) -> tuple[float, float]:
    corners = ring[:-1] if ring[0] == ring[-1] else ring
    return sum(lon for lon, _ in corners) / len(corners), sum(lat for _, lat in corners) / len(corners)


def _round_below(metres: float) -> float:
    """1, 2 or 5 times a power of ten, not above `metres`."""
    power: float = 10.0 ** math.floor(math.log10(metres))
    return next(step * power for step in (5.0, 2.0, 1.0) if step * power <= metres)
