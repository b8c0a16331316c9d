"""KML for Google Earth and most maps: areas, zones and one line a sortie, heights above ground."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from xml.sax.saxutils import escape

from missions.formats.colours import colour_of
from missions.plan import Plan, Ring, Sortie, Waypoint

NAMESPACE = "http://www.opengis.net/kml/2.2"


def dumps(plan: Plan) -> str:
    """The whole plan as KML 2.2."""
    name = escape(str(dict(plan.settings).get("name", "plan")))
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<kml xmlns="{NAMESPACE}"><Document><name>{name}</name>',
        _polygon_style("area", "ff00aa00", "2200aa00"),
        _polygon_style("no_fly", "ff0000dd", "660000dd"),
        *(_polygon("area", i, rings, {}) for i, rings in enumerate(plan.area)),
        *(_polygon("no_fly", i, zone.rings, zone.properties()) for i, zone in enumerate(plan.no_fly)),
        *(_line(sortie) for sortie in plan.sorties),
        *(_stay(w) for sortie in plan.sorties for w in sortie.path if w.stay_s),
        "</Document></kml>",
    ]
    return "\n".join(parts) + "\n"


def _polygon_style(name: str, line: str, fill: str) -> str:
    return (
        f'<Style id="{name}"><LineStyle><color>{line}</color><width>2</width></LineStyle>'
        f"<PolyStyle><color>{fill}</color></PolyStyle></Style>"
    )


def _polygon(kind: str, index: int, rings: tuple[Ring, ...], data: dict[str, Any]) -> str:
    outer = f"<outerBoundaryIs>{_ring(rings[0])}</outerBoundaryIs>"
    inner = "".join(f"<innerBoundaryIs>{_ring(ring)}</innerBoundaryIs>" for ring in rings[1:])
    values = "".join(f'<Data name="{name}"><value>{value}</value></Data>' for name, value in data.items())
    extended = f"<ExtendedData>{values}</ExtendedData>" if values else ""
    return (
        f"<Placemark><name>{kind} {index + 1}</name><styleUrl>#{kind}</styleUrl>{extended}"
        f"<Polygon>{outer}{inner}</Polygon></Placemark>"
    )


def _ring(ring: Ring) -> str:
    closed = ring if ring[0] == ring[-1] else (*ring, ring[0])
    return f"<LinearRing><coordinates>{_places((lon, lat, 0.0) for lon, lat in closed)}</coordinates></LinearRing>"


def _line(sortie: Sortie) -> str:
    red, green, blue = (colour_of(sortie.drone)[i : i + 2] for i in (1, 3, 5))
    places = _places((w.lon_deg, w.lat_deg, w.alt_rel_m) for w in sortie.path)
    return (
        f"<Placemark><name>drone {sortie.drone + 1} sortie {sortie.sortie + 1}</name>"
        f"<Style><LineStyle><color>ff{blue}{green}{red}</color><width>3</width></LineStyle></Style>"
        "<LineString><altitudeMode>relativeToGround</altitudeMode>"
        f"<coordinates>{places}</coordinates></LineString></Placemark>"
    )


def _stay(waypoint: Waypoint) -> str:
    place = _places([(waypoint.lon_deg, waypoint.lat_deg, waypoint.alt_rel_m)])
    return (
        f"<Placemark><name>stay {waypoint.stay_s:g} s</name>"
        f"<Point><altitudeMode>relativeToGround</altitudeMode><coordinates>{place}</coordinates></Point></Placemark>"
    )


def _places(points: Iterable[tuple[float, float, float]]) -> str:
    return " ".join(f"{lon:.7f},{lat:.7f},{height:g}" for lon, lat, height in points)
