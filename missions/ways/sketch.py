"""A coarse picture of an area, from which it is told quickly which of many legs seem to stay inside.

For choosing only: whatever is flown is asked of the shapes themselves.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from missions.coverage.scan_lines import edges_of
from missions.geodesy import Array

SQUARES = 200
LOOKS = 32


class Sketch:
    """Squares, 200 along the longer side, that are inside the polygons of `geometry` where their middles are."""

    def __init__(self, geometry: Any) -> None:
        rim = edges_of(geometry, 0.0)
        self._low, high = rim.begin.min(axis=0), rim.begin.max(axis=0)
        self._size = float((high - self._low).max()) / SQUARES or 1.0
        columns, rows = (np.ceil((high - self._low) / self._size).astype(int) + 1).tolist()
        row, x = rim.crossed(self._low[1] + (np.arange(rows) + 0.5) * self._size)
        column = np.clip(np.ceil((x - self._low[0]) / self._size - 0.5).astype(int), 0, columns)
        turns = np.zeros((rows, columns + 1), dtype=int)
        np.add.at(turns, (row, column), 1)
        self._inside = (np.cumsum(turns, axis=1)[:, :columns] % 2 == 1).ravel()
        self._columns, self._rows = columns, rows

    def seems_visible(self, starts: Array, ends: Array) -> npt.NDArray[np.bool_]:
        """(n,) bool: straight legs that are inside at 32 places along them."""
        seems = np.ones(len(starts), dtype=bool)
        begin, step = (starts - self._low) / self._size, (ends - starts) / self._size
        left = np.arange(len(starts))
        for share in (np.arange(LOOKS) + 0.5) / LOOKS:
            at = (begin[left] + share * step[left]).astype(int)
            column, row = np.clip(at[:, 0], 0, self._columns - 1), np.clip(at[:, 1], 0, self._rows - 1)
            inside = self._inside[row * self._columns + column]
            seems[left[~inside]] = False
            left = left[inside]
        return seems
