"""How long to wait before a link calls again: longer each time, up to a limit."""

from __future__ import annotations

FIRST_S, LONGEST_S, GROWTH = 0.25, 5.0, 2.0


class Backoff:
    """0.25, 0.5, 1, 2, 4, 5, 5, ... seconds; from the start again after `reset`."""

    def __init__(self) -> None:
        self._next_s = FIRST_S

    def next_s(self) -> float:
        wait_s = self._next_s
        self._next_s = min(wait_s * GROWTH, LONGEST_S)
        return wait_s

    def reset(self) -> None:
        self._next_s = FIRST_S
