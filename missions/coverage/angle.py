"""Which directions are worth flying lanes in, without sweeping any.

A line laid at random across the area at angle `t` cuts it into pieces whose expected number is
(1 / 2w) * sum over edges |edge x u(t)| for lanes w apart: every edge is met by as many lanes as its
extent across the lanes over w, and a piece has two ends. Fewer pieces are fewer turns. The function
has its minima at directions of edges (the fact behind rotating calipers and Huang's minimum altitude,
ICRA 2001), so only those are looked at, plus directions asked for.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from missions.geodesy import Array
from missions.ways.free_space import polygons

ALIKE_RAD = math.radians(2.0)


def edges(geometry: Any) -> Array:
    """(n, 2) edge vectors of all rings."""
    rings = [ring for part in polygons(geometry) for ring in (part.exterior, *part.interiors)]
    return np.vstack([np.diff(np.asarray(ring.coords)[:, :2], axis=0) for ring in rings])


def expected_pieces(edge_vectors: Array, angles: Array, swath_m: float) -> Array:
    """Expected number of lane pieces for each of the angles (radians from east)."""
    across = np.outer(edge_vectors[:, 1], np.cos(angles)) - np.outer(edge_vectors[:, 0], np.sin(angles))
    pieces: Array = np.abs(across).sum(axis=0) / (2.0 * swath_m)
    return pieces


def best_angles(geometry: Any, swath_m: float, count: int, extra: Iterable[float] = ()) -> list[float]:
    """Up to `count` lane angles in [0, pi), fewest expected pieces first, then those of `extra`."""
    vectors = edges(geometry.simplify(0.05 * swath_m))
    candidates = np.unique(np.round(np.arctan2(vectors[:, 1], vectors[:, 0]) % math.pi, 6))
    pieces = expected_pieces(vectors, candidates, swath_m)
    chosen: list[float] = []
    for angle in [*candidates[np.argsort(pieces, kind="stable")].tolist(), *(a % math.pi for a in extra)]:
        is_new = all(_apart(angle, other) > ALIKE_RAD for other in chosen)
        if is_new and (len(chosen) < count or angle not in candidates):
            chosen.append(angle)
    return chosen


def _apart(a: float, b: float) -> float:
    difference = abs(a - b) % math.pi
    return min(difference, math.pi - difference)
