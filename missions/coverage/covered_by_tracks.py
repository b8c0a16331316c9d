"""Covered share of an area from tracks in degrees: what an operation reports after the flight."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from missions.areas.area import Area
from missions.areas.zones import Zone
from missions.coverage.covered import fraction
from missions.plan import LonLat, Ring
from missions.ways.free_space import free_space


def covered_fraction(
    area: Sequence[tuple[Ring, ...]],
    no_fly: Sequence[Zone],
    tracks: Sequence[Sequence[LonLat]],
    swath_m: float,
) -> float:
    """Share, 0 to 1, of the area outside zones that lies within half a swath of a flown track."""
    space = free_space(Area("area", tuple(area), tuple(no_fly)), swath_m)
    paths = [space.frame.to_local(np.array(track)) for track in tracks if len(track) > 1]
    return fraction(space.free, paths, swath_m)
