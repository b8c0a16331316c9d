"""Cells: runs of neighbouring lanes that are flown one after the other, back and forth.

Lanes on neighbouring rows that overlap are linked; where a lane has exactly one neighbour and is its
only one, both belong to the same cell. With line-by-line clipping these are the cells of the
boustrophedon decomposition, found without cutting any polygon.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from missions.coverage.lanes import Lane

Cell = tuple[Lane, ...]


def make_cells(lanes: Sequence[Lane], reach_m: float) -> list[Cell]:
    """Cells in order of their first lane. Lanes whose extents come within `reach_m` are neighbours."""
    above, below = _neighbours(lanes, reach_m)
    cells: list[Cell] = []
    for i in range(len(lanes)):
        lower = below[i]
        if len(lower) == 1 and len(above[lower[0]]) == 1:
            continue
        chain = [i]
        while len(above[chain[-1]]) == 1 and len(below[above[chain[-1]][0]]) == 1:
            chain.append(above[chain[-1]][0])
        cells.append(tuple(lanes[j] for j in chain))
    return cells


def _neighbours(lanes: Sequence[Lane], reach_m: float) -> tuple[list[list[int]], list[list[int]]]:
    by_row: dict[int, list[int]] = defaultdict(list)
    for i, lane in enumerate(lanes):
        by_row[lane.row].append(i)
    above: list[list[int]] = [[] for _ in lanes]
    below: list[list[int]] = [[] for _ in lanes]
    for i, lane in enumerate(lanes):
        for j in by_row.get(lane.row + 1, ()):
            if lanes[j].start_x < lane.end_x + reach_m and lane.start_x < lanes[j].end_x + reach_m:
                above[i].append(j)
                below[j].append(i)
    return above, below
