"""Lengths of the legs of a sortie, and which of them are lanes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from missions.geodesy import LocalFrame
from missions.plan import Sortie

LANE_OF_SWATH = 1.7
"""A looking leg longer than this many swaths is a lane; shorter ones are hops and detours."""


def legs_of(sortie: Sortie) -> Iterator[tuple[float, bool]]:
    """(metres, is it flown to look) of each leg in order of flight."""
    home = sortie.path[0]
    frame = LocalFrame(home.lon_deg, home.lat_deg)
    steps = np.diff(frame.to_local(np.array([(w.lon_deg, w.lat_deg) for w in sortie.path])), axis=0)
    for length, waypoint in zip(np.hypot(steps[:, 0], steps[:, 1]).tolist(), sortie.path[1:], strict=True):
        yield length, waypoint.survey
