"""Ways from place to place where only holes and zones are in the way: links between rings, ways round a zone that
lies on a line, ways home from it.

Bends keep 2 m off; where the places themselves lie nearer to a zone than that, the ways may come as near.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely

from missions.geodesy import Array, LocalFrame
from missions.timing import Motion
from missions.ways.free_space import MOST_CLEARANCE_M, FreeSpace, polygonal, shrunk
from missions.ways.transit import Transit

GRAZE_M = 0.02
"""What touches a border, rounding included, is not across it."""
ROOM_M = 200.0


class Ways:
    """Shortest ways inside `outline` and out of `blocked`, in metres of one frame."""

    def __init__(self, frame: LocalFrame, outline: Any, blocked: Any, motion: Motion, clearance_m: float) -> None:
        free = polygonal(shapely.difference(outline, blocked))
        off_m = max(GRAZE_M, clearance_m)
        corridor = shrunk(free, off_m / 2) if clearance_m > GRAZE_M else polygonal(free.buffer(GRAZE_M))
        self._transit = Transit(FreeSpace(frame, outline, blocked, free, shrunk(free, off_m), corridor, off_m), motion)

    def between(self, start: Array, end: Array) -> Array | None:
        """The way with both its ends, (n, 2); None when there is none."""
        ends = (float(start[0]), float(start[1])), (float(end[0]), float(end[1]))
        way = np.array([ends[0], *self._transit.way(*ends), ends[1]])
        return way if len(way) > 2 or bool(self._transit.visible(way[:1], way[1:])[0]) else None

    def table(self, places: Array) -> Array:
        """(n, n) seconds between places, infinite where there is no way."""
        return self._transit.table(places)


def open_ground(frame: LocalFrame, zones: Any, places: Array, motion: Motion) -> Ways:
    """Ways between `places` (n, 2) over ground where nothing but `zones` is in the way."""
    spots = shapely.points(places)
    nearest = MOST_CLEARANCE_M if shapely.is_empty(zones) else float(shapely.distance(zones, spots).min())
    hull = shapely.union_all([zones, shapely.MultiPoint(spots)]).convex_hull.buffer(ROOM_M, quad_segs=2)
    return Ways(frame, hull, zones, motion, min(MOST_CLEARANCE_M, nearest))


def outside(line: Array, looks: Sequence[bool], zones: Any) -> list[tuple[Array, bool]]:
    """The straight pieces of `line` (n, 2) out of `zones`, in order, each (2, 2) and whether it is flown to look.
    Leg by leg, as the geometry library merges what a line flies twice."""
    pieces: list[tuple[Array, bool]] = []
    for start, end, look in zip(line, line[1:], looks, strict=False):
        left = shapely.difference(shapely.LineString([start, end]), zones)
        parts = [np.asarray(part.coords) for part in getattr(left, "geoms", [left]) if part.length > GRAZE_M]
        away = [float(np.hypot(*(part[0] - start))) for part in parts]
        pieces += [(parts[i], look) for i in np.argsort(away, kind="stable").tolist()]
    return pieces


def joined(pieces: Sequence[tuple[Array, bool]], ways: Ways) -> tuple[Array, tuple[bool, ...]] | None:
    """Pieces (n, 2) end to end, gone from one to the next without looking; None when there is no way."""
    points, looks = list(pieces[0][0]), [pieces[0][1]] * (len(pieces[0][0]) - 1)
    for piece, look in pieces[1:]:
        if np.hypot(*(piece[0] - points[-1])) > GRAZE_M:
            way = ways.between(points[-1], piece[0])
            if way is None:
                return None
            points += list(way[1:])
            looks += [False] * (len(way) - 1)
        points += list(piece[1:])
        looks += [look] * (len(piece) - 1)
    return np.array(points), tuple(looks)
