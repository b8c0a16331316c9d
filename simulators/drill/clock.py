"""The time of a drill: runs `speedup` times as fast as ours, stands while it is paused. Pure.

Every moment of ours has one moment of the drill, also those that are told of later. When the drill is rewound,
our time is set back with it.
"""

from __future__ import annotations

from bisect import bisect_right


class DrillClock:
    """Starts at `start_s` of our time: any clock that goes forward, but for `rewind`."""

    def __init__(self, speedup: float, start_s: float) -> None:
        self._speedup = speedup
        self._turns = [(start_s, 0.0, speedup)]

    @property
    def paused(self) -> bool:
        return self._turns[-1][2] == 0.0

    def at(self, our_s: float) -> float:
        """The drill's seconds at that moment; 0 before it began."""
        index = bisect_right(self._turns, our_s, key=lambda turn: turn[0]) - 1
        if index < 0:
            return 0.0
        ours_s, drill_s, rate = self._turns[index]
        return drill_s + (our_s - ours_s) * rate

    def pause(self, our_s: float) -> None:
        self._turn(our_s, 0.0)

    def resume(self, our_s: float) -> None:
        self._turn(our_s, self._speedup)

    def rewind(self, our_s: float) -> None:
        """It is that moment of ours again; what came after it has not been. It runs, or stands, as it did then."""
        self._turns = [turn for turn in self._turns if turn[0] <= our_s] or self._turns[:1]

    def _turn(self, our_s: float, rate: float) -> None:
        if self._turns[-1][2] != rate:
            self._turns.append((our_s, self.at(our_s), rate))
