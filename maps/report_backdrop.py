"""The coast that ships with the program, as far as a plan's surroundings need it."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources

from shapely import Polygon, box, clip_by_rect, get_parts, intersects
from shapely.geometry import shape

from missions.plan import Plan, Ring

MARGIN_DEG = 0.02


def land_around(plan: Plan) -> tuple[Ring, ...]:
    """Outlines of the land near the plan's area; none where the shipped coast does not reach."""
    places = [point for part in plan.area for ring in part for point in ring]
    if not places:
        return ()
    west, south = (min(p[i] for p in places) - MARGIN_DEG for i in (0, 1))
    east, north = (max(p[i] for p in places) + MARGIN_DEG for i in (0, 1))
    frame = box(west, south, east, north)
    near = [polygon for polygon in _coast() if intersects(polygon, frame)]
    parts = [part for polygon in near for part in get_parts(clip_by_rect(polygon, west, south, east, north))]
    return tuple(_outline(part) for part in parts if isinstance(part, Polygon) and not part.is_empty)


def _outline(polygon: Polygon) -> Ring:
    return tuple((x, y) for x, y in polygon.exterior.coords)


@cache
def _coast() -> tuple[Polygon, ...]:
    text = resources.files("maps").joinpath("assets", "basemap", "coast.geojson").read_text("utf-8")
    return tuple(shape(feature["geometry"]) for feature in json.loads(text)["features"])
