"""How much of an area has been looked at by paths flown over it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import shapely

from missions.geodesy import Array


def seen(paths: Sequence[Array], swath_m: float) -> Any:
    """The ground within half a swath of the paths, (n, 2) metres each."""
    lines = [shapely.LineString(path) for path in paths if len(path) > 1]
    return shapely.union_all(shapely.buffer(lines, swath_m / 2.0, quad_segs=16)) if lines else shapely.Polygon()


def unseen(free: Any, paths: Sequence[Array], swath_m: float) -> Any:
    """What of `free` has not been looked at."""
    return free.difference(seen(paths, swath_m))


def fraction(free: Any, paths: Sequence[Array], swath_m: float) -> float:
    """Share of `free` that has been looked at, 0 to 1."""
    return 1.0 - unseen(free, paths, swath_m).area / free.area if free.area > 0 else 0.0
