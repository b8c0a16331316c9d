"""Ways with stays: a drone that waits at some of the points of its way, and where it is meanwhile."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from missions.geodesy import Array
from missions.timing import Motion, path_time, positions_each_second

LONGEST_STAY_S = 3600.0


def time_with_stays(points: Array, stays_s: Sequence[float], motion: Motion) -> float:
    """Seconds to fly (n, 2) points and to wait at them, `stays_s` (n) each, or nowhere when it is empty."""
    return sum(path_time(part, motion) + stay for part, stay in _parts(points, stays_s))


def positions_with_stays(points: Array, stays_s: Sequence[float], motion: Motion, start_s: float) -> tuple[int, Array]:
    """As `positions_each_second`, waits included."""
    first, now = math.ceil(start_s), start_s
    found: list[Array] = [np.zeros((0, 2))]
    for part, stay in _parts(points, stays_s):
        reached = now + path_time(part, motion)
        flown = math.floor(reached + 1e-9) - math.ceil(now) + 1
        if flown > 0:
            found.append(positions_each_second(part, motion, now)[1][:flown])
        now = reached + stay
        waits = first + sum(map(len, found))
        found.append(np.repeat(part[-1:], max(0, math.ceil(now) - waits), axis=0))
    places = np.vstack(found)
    return first, places if len(places) else points[:1]


def _parts(points: Array, stays_s: Sequence[float]) -> Iterator[tuple[Array, float]]:
    """The way cut where the drone waits, with the seconds at the end of each part."""
    waits = [i for i, stay in enumerate(stays_s) if stay > 0]
    last = len(points) - 1
    cuts = [0, *(i for i in waits if 0 < i < last), last]
    if 0 in waits:
        yield points[:1], float(stays_s[0])
    for begin, end in pairwise(cuts):
        yield points[begin : end + 1], float(stays_s[end]) if end in waits else 0.0
