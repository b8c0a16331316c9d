"""A plan as one file with a map to move about in: a layer for each drone, Leaflet inside, nothing loaded.

Composed by Folium. What comes from outside (the name of the area) is in the page's frame only, escaped: what Folium's
own elements render is read as a template once more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby, pairwise
from typing import Any

import folium
from branca.element import Figure
from folium.template import Template

from maps.assets import MissingAssetError, find_asset
from maps.escape import text
from maps.page import LocalMap
from missions.formats.colours import colour_of
from missions.plan import Plan, Ring, Sortie, Waypoint

LatLon = tuple[float, float]
AREA: Mapping[str, Any] = {"color": "#3a7a3a", "weight": 2, "fill": True, "fill_color": "#3a7a3a", "fill_opacity": 0.08}
NO_FLY: Mapping[str, Any] = {
    "color": "#b00020",
    "weight": 2,
    "fill": True,
    "fill_color": "#b00020",
    "fill_opacity": 0.25,
}
STYLE = """
html, body { height: 100%; margin: 0; font: 14px/1.4 system-ui, "Noto Sans CJK SC", sans-serif; }
body { display: flex; flex-direction: column; }
header { padding: 8px 14px; }
h1 { margin: 0; font-size: 18px; }
.folium-map { flex: 1; background: #f4f1ea; }
@page { size: A4 landscape; margin: 10mm; }
"""


class _PreviewFigure(Figure):
    """The frame of the page: everything that it needs is in it."""

    _template = Template(
        '<!DOCTYPE html>\n<html lang="zh">\n<head>\n<meta charset="utf-8"/>\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
        "script-src 'unsafe-inline'; img-src data:\"/>\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1"/>\n'
        "<title>{{ this.heading }}</title>\n<style>{{ this.style }}</style>\n<script>{{ this.library }}</script>\n"
        "</head>\n<body>\n<header><h1>{{ this.heading }}</h1>{{ this.summary }}</header>\n"
        "{{ this.html.render(**kwargs) }}\n<script>\n{{ this.script.render(**kwargs) }}\n{{ this.scale }}\n"
        "</script>\n</body>\n</html>\n"
    )

    def __init__(self, heading: str, summary: str) -> None:
        super().__init__()
        self.scale = ""
        self.heading, self.summary = text(heading), text(summary)
        self.style, self.library = _asset("leaflet/leaflet.css") + STYLE, _asset("leaflet/leaflet.js")

    def render(self, **kwargs: object) -> str:
        for child in tuple(self._children.values()):
            child.render(**kwargs)
        return str(self._template.render(this=self, kwargs=kwargs))


def plan_preview(plan: Plan) -> str:
    """The page. Drones are switched on and off; a tooltip names each sortie with its length, time and height."""
    heading = f"{dict(plan.settings).get('name', '')} · AeroPatrol 空中精密智控".lstrip(" ·")
    figure = _PreviewFigure(heading, _summary(plan))
    shown = LocalMap(location=(0.0, 0.0), zoom_start=14, tiles=None, zoom_snap=0.25, max_zoom=21)
    figure.add_child(shown)
    figure.scale = f"L.control.scale({{imperial: false}}).addTo({shown.get_name()});"
    for rings in plan.area:
        folium.Polygon([_latlon(ring) for ring in rings], **AREA).add_to(shown)
    for zone in plan.no_fly:
        english, chinese = zone.words()
        words = f"禁飞区 no-fly {chinese} {english}".strip()
        folium.Polygon([_latlon(ring) for ring in zone.rings], tooltip=words, **NO_FLY).add_to(shown)
    for drone, sorties in groupby(sorted(plan.sorties, key=lambda s: (s.drone, s.sortie)), lambda s: s.drone):
        layer = folium.FeatureGroup(f"无人机 drone {drone + 1}")
        for sortie in sorties:
            _draw(sortie, layer)
        layer.add_to(shown)
    shown.fit_bounds(_bounds(plan), padding=(20, 20))
    folium.LayerControl(collapsed=False).add_to(shown)
    return figure.render()


def _summary(plan: Plan) -> str:
    share = dict(plan.settings).get("transit_share")
    transit = f"转场 transit {share:.1%} · " if isinstance(share, int | float) else ""
    return (
        f"架次 sorties {len(plan.sorties)} · 无人机 drones {plan.drones} · 总时长 makespan "
        f"{plan.makespan_s / 60:.1f} min · 覆盖 covered {plan.covered_fraction:.2%} · {transit}{plan.hash[:12]}"
    )


def _draw(sortie: Sortie, layer: folium.FeatureGroup) -> None:
    colour = colour_of(sortie.drone)
    words = (
        f"{sortie.drone + 1}-{sortie.sortie + 1}: {sortie.length_m:.0f} m, {sortie.duration_s / 60:.1f} min, "
        f"↑ {sortie.path[0].alt_rel_m:.0f} m, T+{sortie.start_s:.0f} s"
    )
    for looks, places in _stretches(sortie.path):
        style = {"weight": 3, "opacity": 0.9} if looks else {"weight": 1.5, "opacity": 0.7, "dash_array": "5 5"}
        line = folium.PolyLine(places, color=colour, tooltip=words, **style)  # type: ignore[no-untyped-call]
        line.add_to(layer)
    start = sortie.path[0]
    folium.CircleMarker((start.lat_deg, start.lon_deg), radius=5, color=colour, fill=True, tooltip=words).add_to(layer)


def _stretches(path: tuple[Waypoint, ...]) -> Iterator[tuple[bool, list[LatLon]]]:
    """The path in pieces that are flown to look, or only to get there."""
    for looks, same in groupby(pairwise(path), lambda leg: leg[1].survey):
        ends = list(same)
        yield looks, _places([ends[0][0], *(there for _, there in ends)])


def _places(points: Iterable[Waypoint]) -> list[LatLon]:
    return [(round(point.lat_deg, 7), round(point.lon_deg, 7)) for point in points]


def _latlon(ring: Ring) -> list[LatLon]:
    return [(lat, lon) for lon, lat in ring]


def _bounds(plan: Plan) -> tuple[LatLon, LatLon]:
    places = [place for rings in plan.area for ring in rings for place in _latlon(ring)]
    places += [place for sortie in plan.sorties for place in _places(sortie.path)]
    lats, lons = zip(*places, strict=True)
    return (min(lats), min(lons)), (max(lats), max(lons))


def _asset(name: str) -> str:
    asset = find_asset(name)
    if asset is None:
        raise MissingAssetError(name)
    return asset.content.decode("utf-8").replace("//# sourceMappingURL=leaflet.js.map", "")
