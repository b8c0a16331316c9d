"""A plan as a vehicle's fence: out of no zone, and not far from what it has to fly.

One inclusion holds everything the plan flies and every area, with room to turn; each zone is an exclusion,
but for those that the plan flies over or under: a fence's exclusions have no height.
What stands inside a zone (a hole of it) stays closed: a fence may keep out of more than the plan does.
"""

from __future__ import annotations

from collections.abc import Iterator

import shapely

from missions.areas.zones import closed_zones
from missions.geodesy import LocalFrame
from missions.plan import Plan
from telemetry.services.mission_item import MissionItem

POLYGON_IN, POLYGON_OUT = 5001, 5002
ROOM_M = 60.0
"""Beyond what is flown: a turn, a gust, and the metres in which a vehicle stops."""
ROUND = 4
"""Corners of a quarter circle of the inclusion's rim."""
SMOOTH_M = 2.0

LonLat = tuple[float, float]


def fence_items(plan: Plan) -> tuple[MissionItem, ...]:
    """Items in order of `seq`, as MAVLink's fence has them; the count of a polygon's corners is in param1."""
    rings = [(POLYGON_IN, _inclusion(plan)), *((POLYGON_OUT, _open(zone.rings[0])) for zone in closed_zones(plan))]
    return tuple(_numbered(rings))


def _inclusion(plan: Plan) -> list[LonLat]:
    flown = [(waypoint.lon_deg, waypoint.lat_deg) for sortie in plan.sorties for waypoint in sortie.path]
    hull = shapely.MultiPoint([*flown, *(point for polygon in plan.area for point in polygon[0])]).convex_hull
    frame = LocalFrame(hull.centroid.x, hull.centroid.y)
    rim = frame.geometry_to_local(hull).buffer(ROOM_M, quad_segs=ROUND).simplify(SMOOTH_M)
    return _open(frame.geometry_to_lon_lat(rim).exterior.coords)


def _open(ring: Iterator[LonLat] | tuple[LonLat, ...]) -> list[LonLat]:
    """The corners, without the first said again at the end."""
    corners = [(float(lon), float(lat)) for lon, lat, *_ in ring]
    return corners[:-1] if corners[0] == corners[-1] else corners


def _numbered(rings: list[tuple[int, list[LonLat]]]) -> Iterator[MissionItem]:
    seq = 0
    for command, corners in rings:
        for lon_deg, lat_deg in corners:
            x, y = round(lat_deg * 1e7), round(lon_deg * 1e7)
            yield MissionItem(seq, command, frame=0, param1=float(len(corners)), x=x, y=y)
            seq += 1
