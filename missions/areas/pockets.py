"""Pockets: parts of the area that no drone gets to, because zones or necks too narrow shut them off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely

from missions.fleet import PlanError
from missions.ways.free_space import FreeSpace, all_corners, polygonal, polygons
from missions.ways.home_legs import HomeLegs

NEGLIGIBLE_SHARE = 0.001
"""Of the area: what is left out without a word, such as splinters between a zone and the rim."""


@dataclass(frozen=True, slots=True)
class Reach:
    """`pockets`: parts of the inner space that no start point reaches. `partly`: some place in a part that can
    be reached cannot, as far as ways bend at inward corners only."""

    pockets: tuple[Any, ...]
    partly: bool


def reach(space: FreeSpace, homes: Sequence[HomeLegs]) -> Reach:
    """What of `space` the drones get to from `homes`."""
    pockets: list[Any] = []
    partly = False
    for part in polygons(space.inner):
        seconds = np.min([home.seconds(all_corners(part)) for home in homes], axis=0)
        reached = np.isfinite(seconds)
        if not reached.any():
            pockets.append(part)
        elif not reached.all():
            partly = True
    return Reach(tuple(pockets), partly)


def without_pockets(space: FreeSpace, pockets: Sequence[Any]) -> FreeSpace:
    """`space` without lanes in `pockets` that are too small to matter; PlanError names those that are not."""
    share = sum(pocket.area for pocket in pockets) / space.free.area
    if share > NEGLIGIBLE_SHARE:
        largest = max(pockets, key=lambda pocket: pocket.area)
        lon, lat = space.frame.to_lon_lat(np.array([largest.representative_point().coords[0]]))[0]
        more = f" and {len(pockets) - 1} more" if len(pockets) > 1 else ""
        raise PlanError(
            f"a pocket near [{lon:.6f}, {lat:.6f}]{more} ({share:.1%} of the area) cannot be reached without crossing "
            "a no-fly zone or leaving the area: leave it out, widen the way to it, or start inside it"
        )
    kept = [part for part in polygons(space.inner) if not any(part.equals(pocket) for pocket in pockets)]
    return replace(space, inner=polygonal(shapely.MultiPolygon(kept)))
