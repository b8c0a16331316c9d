"""The cells of a battery: as a vehicle tells them one by one, or as its voltage tells of them. Pure.

Most vehicles measure the whole battery only. Its voltage at rest, by how much charge is left, shows how many cells
work: one that has fallen out is seen by whoever has seen it work.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

HIGHEST_CELL_MV = 5000
"""More than any lithium cell: such an entry is (a part of) the whole battery's voltage."""
LEARNT_FROM_PCT = 50
"""Below it voltage and charge of real batteries, and of simulated ones, part too far to count cells by them."""
_UNUSED_MV = 65535
_AT_REST = ((0.0, 3.27), (20.0, 3.71), (50.0, 3.84), (80.0, 4.03), (100.0, 4.2))
"""Per cent left, and volts of a lithium polymer cell from which nothing is drawn (a usual discharge curve)."""


def told_cells_mv(voltages: Sequence[int], voltages_ext: Sequence[int]) -> tuple[int, ...]:
    """Millivolts of each cell by BATTERY_STATUS; none when it tells the whole battery's only.

    Zero between cells is a dead one; zeros after the last one are no cells, nor is zero among `voltages_ext`.
    """
    base = [mv for mv in voltages if mv != _UNUSED_MV]
    while base and base[-1] == 0:
        base.pop()
    cells = (*base, *(mv for mv in voltages_ext if 0 < mv < _UNUSED_MV))
    return cells if len(cells) > 1 and max(cells) <= HIGHEST_CELL_MV else ()


def working_cells(voltage_v: float | None, remaining_pct: float | None) -> float | None:
    """How many cells give that voltage at rest with that much left; None when either is unknown."""
    if not voltage_v or remaining_pct is None:
        return None
    left = min(max(remaining_pct, 0.0), 100.0)
    for (x0, v0), (x1, v1) in pairwise(_AT_REST):
        if left <= x1:
            return voltage_v / (v0 + (v1 - v0) * (left - x0) / (x1 - x0))
    return voltage_v / _AT_REST[-1][1]


def most_cells(before: float | None, voltage_v: float | None, remaining_pct: int | None) -> float | None:
    """The most cells that ever worked, with what the battery shows at rest now."""
    now = working_cells(voltage_v, remaining_pct)
    if now is None or remaining_pct is None or remaining_pct < LEARNT_FROM_PCT:
        return before
    return now if before is None else max(before, now)
