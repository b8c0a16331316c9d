"""Which vehicles have only moved since the live feed told of them last: a row tells that. Pure.

What was told last is compared with what is now, everything but what a row carries. A vehicle of which nothing was
told yet is told whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from gcs.fleet.state import VehicleState
from gcs.picture import Glimpse
from maps.layers import settled
from maps.views import MovedView


class Moves:
    """`glimpses` gives the vehicles that are named and there."""

    def __init__(self, glimpses: Callable[[Iterable[str]], Iterator[Glimpse]]) -> None:
        self._glimpses = glimpses
        self._told: dict[str, tuple[VehicleState, tuple[object, ...]]] = {}

    def of(self, vehicles: Sequence[str]) -> tuple[list[MovedView], list[str]]:
        """Rows of those that only moved, and the names of the others, which are to be told whole, or are gone."""
        rows, others, told = list[MovedView](), list[str](), self._told
        for glimpse in self._glimpses(vehicles):
            state, beside = glimpse.state, glimpse.beside()
            before = told.get(state.id)
            told[state.id] = (state, beside)
            if before is not None and before[1] == beside and settled(before[0], state):
                rows.append(glimpse.row())
            else:
                others.append(state.id)
        if len(rows) + len(others) < len(vehicles):
            there = {row.id for row in rows}.union(others)
            others += [name for name in vehicles if name not in there]
        return rows, others

    def forget(self) -> None:
        """Somebody was told otherwise: all is told whole once more."""
        self._told.clear()
