"""Areas drawn for the tests, in metres about a place, as GeoJSON bytes; and random ones."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import shapely
import shapely.affinity
from hypothesis import strategies as st

from missions.areas.area import Area, load_area
from missions.geodesy import LocalFrame

BEILUN = (121.84, 29.90)


def lon_lat_ring(ring, centre=BEILUN):
    points = LocalFrame(*centre).to_lon_lat(np.array([*ring, ring[0]], dtype=float))
    return [[round(float(lon), 8), round(float(lat), 8)] for lon, lat in points]


def polygon(outline, *holes, centre=BEILUN):
    return {"type": "Polygon", "coordinates": [lon_lat_ring(ring, centre) for ring in (outline, *holes)]}


def feature(geometry, **properties):
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def area(outline, *holes, zones=(), centre=BEILUN, **properties) -> Area:
    features = [feature(polygon(outline, *holes, centre=centre), **properties)]
    features += [feature(polygon(zone, centre=centre), kind="no_fly") for zone in zones]
    return load_area(json.dumps({"type": "FeatureCollection", "features": features}).encode(), "drawn")


def regular(count, radius, x=0.0, y=0.0):
    angles = [2 * math.pi * i / count for i in range(count)]
    return [(x + radius * math.cos(a), y + radius * math.sin(a)) for a in angles]


SQUARE = [(0, 0), (600, 0), (600, 500), (0, 500)]
U_SHAPE = [(0, 0), (700, 0), (700, 600), (480, 600), (480, 180), (220, 180), (220, 600), (0, 600)]
POCKET = [(0, 0), (800, 0), (800, 400), (500, 400), (500, 460), (620, 460), (620, 560), (380, 560), (380, 460)]
POCKET += [(460, 460), (460, 400), (0, 400)]
OVER_THE_RIM = [(640, 300), (760, 300), (760, 420), (640, 420)]
HOLE = regular(8, 90, 300, 250)

DRAWN = {
    "square": lambda: area(SQUARE, swath_m=40),
    "u": lambda: area(U_SHAPE, swath_m=40),
    "pocket": lambda: area(POCKET, swath_m=30),
    "hole": lambda: area(SQUARE, HOLE, swath_m=40),
    "zones": lambda: area(U_SHAPE, zones=[regular(6, 60, 350, 90), OVER_THE_RIM], swath_m=40),
    "antarctic": lambda: area(U_SHAPE, swath_m=35, centre=(-68.3, -77.8)),
    "near_antimeridian": lambda: area(SQUARE, swath_m=40, centre=(179.9, -17.0)),
}


def halves(drawn: Area, course_deg: float) -> list[Area]:
    """The area on both sides of a straight line through its middle."""
    whole = shapely.MultiPolygon([(rings[0], rings[1:]) for rings in drawn.polygons])
    side = shapely.affinity.translate(shapely.box(-1, -1, 0, 1), whole.centroid.x, whole.centroid.y)
    side = shapely.affinity.rotate(side, course_deg, origin=whole.centroid)
    parts = [whole.intersection(side), whole.difference(side)]
    return [replace(drawn, polygons=tuple(map(_rings, getattr(part, "geoms", [part])))) for part in parts]


def _rings(part):
    return tuple(tuple(ring.coords) for ring in (part.exterior, *part.interiors))


@st.composite
def random_areas(draw) -> Area:
    """Star-shaped outlines, often concave, with up to two zones anywhere, possibly over the border."""
    count = draw(st.integers(4, 11))
    spread = st.floats(0.35, 1.0)
    radius = draw(st.floats(150.0, 500.0))
    outline = [
        (radius * r * math.cos(2 * math.pi * i / count), radius * r * math.sin(2 * math.pi * i / count))
        for i, r in enumerate([draw(spread) for _ in range(count)])
    ]
    place = st.floats(-1.0, 1.0)
    zones = [
        regular(
            draw(st.integers(3, 7)), radius * draw(st.floats(0.08, 0.25)), radius * draw(place), radius * draw(place)
        )
        for _ in range(draw(st.integers(0, 2)))
    ]
    swath = draw(st.floats(20.0, 60.0))
    shape = shapely.Polygon(outline).difference(shapely.union_all([shapely.Polygon(zone) for zone in zones]))
    if shapely.Polygon(outline).area < 20 * swath**2 or shape.area < 10 * swath**2:
        return area(SQUARE, swath_m=40)
    return area(outline, zones=zones, swath_m=round(swath, 1))
