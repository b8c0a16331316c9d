"""The report's map: what was planned and what was flown over the area, as one drawing without scripts."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shapely import LineString

from gcs.operations.tracks import Track, TrackPoint
from gcs.sightings.model import Sighting
from maps.report_html import Child, Html, el, html, together
from missions.formats.colours import COLOURS
from missions.plan import LonLat, Plan, Ring

WIDTH = 1000.0
HIGHEST = 1150.0
MARGIN = 34.0
_METRES_PER_DEGREE = 111_320.0
_DETAIL = 0.35
"""Pixels a drawn track may be off; keeps the file small."""
_SCALE_STEPS_M = (20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000)


@dataclass(frozen=True, slots=True)
class Box:
    """West, south, east, north in degrees."""

    west: float
    south: float
    east: float
    north: float

    def near(self, lon: float, lat: float) -> bool:
        """Inside, or no farther out than half the box: what may widen the map."""
        wide, high = (self.east - self.west) / 2, (self.north - self.south) / 2
        return self.west - wide <= lon <= self.east + wide and self.south - high <= lat <= self.north + high


def box_of(points: Sequence[LonLat]) -> Box | None:
    places = [p for p in points if all(map(math.isfinite, p))]
    if not places:
        return None
    lons, lats = [p[0] for p in places], [p[1] for p in places]
    return Box(min(lons), min(lats), max(lons), max(lats))


class Canvas:
    """Degrees to pixels, north up, equal metres both ways."""

    def __init__(self, box: Box) -> None:
        middle = math.radians((box.south + box.north) / 2)
        self._lon_m = _METRES_PER_DEGREE * max(math.cos(middle), 1e-6)
        wide_m = max((box.east - box.west) * self._lon_m, 50.0)
        high_m = max((box.north - box.south) * _METRES_PER_DEGREE, 50.0)
        self.px_per_m = min((WIDTH - 2 * MARGIN) / wide_m, (HIGHEST - 2 * MARGIN) / high_m)
        self.width, self.height = WIDTH, high_m * self.px_per_m + 2 * MARGIN
        self._west, self._north = box.west, box.north
        self._left = (WIDTH - wide_m * self.px_per_m) / 2

    def xy(self, lon: float, lat: float) -> tuple[float, float]:
        x = self._left + (lon - self._west) * self._lon_m * self.px_per_m
        return x, MARGIN + (self._north - lat) * _METRES_PER_DEGREE * self.px_per_m

    def path(self, points: Sequence[LonLat], *, closed: bool = False, simplify: bool = False) -> str:
        """The `d` of a line, or of a ring."""
        places = [self.xy(*point) for point in points if all(map(math.isfinite, point))]
        if simplify and len(places) > 2:
            places = [(x, y) for x, y in LineString(places).simplify(_DETAIL, preserve_topology=False).coords]
        drawn = "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
        return f"M{drawn}{'Z' if closed else ''}" if places else ""

    def shape(self, rings: Sequence[Ring], kind: str) -> Html:
        return el("path", d="".join(self.path(ring, closed=True) for ring in rings) or "M0 0", class_=kind)


def report_map(
    plan: Plan,
    vehicles: Sequence[str],
    tracks: Mapping[str, Sequence[TrackPoint]],
    sightings: Sequence[Sighting],
    land: Sequence[Ring] = (),
) -> Html:
    """The drawing; `vehicles[i]` flew drone `i`, sightings are numbered from 1 in their order."""
    planned = box_of(
        [p for part in (*plan.area, *(zone.rings for zone in plan.no_fly)) for ring in part for p in ring]
        + _paths(plan)
    )
    if planned is None:
        return Html("")
    flown = [(p[2], p[1]) for track in tracks.values() for p in track]
    seen = [(s.place.lon_deg, s.place.lat_deg) for s in sightings]
    corners = [(planned.west, planned.south), (planned.east, planned.north)]
    box = box_of(corners + [p for p in flown + seen if planned.near(*p)]) or planned
    canvas = Canvas(box)
    layers: list[Child] = [_pattern(), el("rect", width="100%", height="100%", class_="sea")]
    layers += [canvas.shape((ring,), "land") for ring in land]
    layers += [canvas.shape(rings, "area") for rings in plan.area]
    layers.append(_swaths(canvas, plan, vehicles, tracks))
    layers += [canvas.shape(zone.rings, "no-fly") for zone in plan.no_fly]
    layers += [_planned(canvas, plan), _flown(canvas, vehicles, tracks), _starts(canvas, plan)]
    layers += [_mark(canvas, number, sighting) for number, sighting in enumerate(sightings, 1)]
    layers += [_scale(canvas), _north(canvas)]
    size = f"0 0 {canvas.width:.0f} {canvas.height:.0f}"
    return el("svg", *layers, viewBox=size, role="img", aria_label="map 地图")


def colour_class(drone: int) -> str:
    """The style class of a drone's colour."""
    return f"c{drone % len(COLOURS)}"


def flown_lines(track: Sequence[TrackPoint]) -> list[list[LonLat]]:
    """A stored track as lines, cut where the vehicle was not heard; points that are no places are left out."""
    usable = [p for p in track if all(map(math.isfinite, p)) and abs(p[1]) <= 90.0 and abs(p[2]) <= 180.0]
    return [line for line in Track(points=usable).lines() if len(line) > 1]


def _paths(plan: Plan) -> list[LonLat]:
    return [(w.lon_deg, w.lat_deg) for sortie in plan.sorties for w in sortie.path]


def _pattern() -> Html:
    hatch = el("path", d="M0 8L8 0M-2 2L2-2M6 10L10 6", class_="hatch")
    return el("defs", el("pattern", hatch, id="no-fly", width="8", height="8", patternUnits="userSpaceOnUse"))


def _swaths(canvas: Canvas, plan: Plan, vehicles: Sequence[str], tracks: Mapping[str, Sequence[TrackPoint]]) -> Html:
    """Ground seen: every flown line as wide as the swath."""
    swath_m = max((sortie.swath_m for sortie in plan.sorties), default=0.0)
    lines = [line for vehicle in vehicles for line in flown_lines(tracks.get(vehicle, ()))]
    drawn = "".join(canvas.path(line, simplify=True) for line in lines)
    width = f"{max(swath_m * canvas.px_per_m, 1.0):.1f}"
    return el("path", d=drawn, class_="seen", stroke_width=width) if drawn else Html("")


def _planned(canvas: Canvas, plan: Plan) -> Html:
    paths = (
        el("path", d=canvas.path([(w.lon_deg, w.lat_deg) for w in s.path]), class_=f"lane {colour_class(s.drone)}")
        for s in plan.sorties
        if s.path
    )
    return el("g", *paths)


def _flown(canvas: Canvas, vehicles: Sequence[str], tracks: Mapping[str, Sequence[TrackPoint]]) -> Html:
    drawn = []
    for drone, vehicle in enumerate(vehicles):
        lines = "".join(canvas.path(line, simplify=True) for line in flown_lines(tracks.get(vehicle, ())))
        if lines:
            drawn.append(el("path", el("title", vehicle), d=lines, class_=f"flown {colour_class(drone)}"))
    return el("g", *drawn)


def _starts(canvas: Canvas, plan: Plan) -> Html:
    places = dict.fromkeys((s.path[0].lon_deg, s.path[0].lat_deg) for s in plan.sorties if s.path)
    spots = (canvas.xy(*place) for place in places)
    return together(el("path", d=f"M{x:.1f} {y - 7:.1f}l6 12h-12z", class_="start") for x, y in spots)


def _mark(canvas: Canvas, number: int, sighting: Sighting) -> Html:
    x, y = canvas.xy(sighting.place.lon_deg, sighting.place.lat_deg)
    if not (0 <= x <= canvas.width and 0 <= y <= canvas.height):
        return Html("")
    disc = el("circle", cx=f"{x:.1f}", cy=f"{y:.1f}", r="11", class_=f"spot p{sighting.priority}")
    label = el("text", number, x=f"{x:.1f}", y=f"{y + 4.5:.1f}", class_="number")
    return el("g", el("title", f"{number}: {sighting.klass}"), disc, label)


def _scale(canvas: Canvas) -> Html:
    length_m = max((m for m in _SCALE_STEPS_M if m * canvas.px_per_m <= canvas.width / 5), default=_SCALE_STEPS_M[0])
    label = f"{length_m} m" if length_m < 1000 else f"{length_m // 1000} km"
    y, end = canvas.height - 14, 16 + length_m * canvas.px_per_m
    bar = el("path", d=f"M16 {y - 5:.1f}v5H{end:.1f}v-5", class_="scale")
    return together((bar, el("text", html(label), x="20", y=f"{y - 6:.1f}", class_="note")))


def _north(canvas: Canvas) -> Html:
    x = canvas.width - 24
    arrow = el("path", d=f"M{x:.0f} 14l7 20l-7-5l-7 5z", class_="north")
    return together((arrow, el("text", "N", x=f"{x:.0f}", y="48", class_="number")))
