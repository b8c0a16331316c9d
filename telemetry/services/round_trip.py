"""How long to wait for an answer before asking again: max(floor, 4 x smoothed round trip).

The smoothing (1/8) and the rule that only answers to what was sent once are measured are Jacobson's and
Karn's (RFC 6298). The wait grows with every miss only until there is a first measure, so that a slow link
gets one: after that, an answer is missing because it was lost.
"""

from __future__ import annotations

FLOOR_S = 0.25
FIRST_S = 0.5
LONGER = 1.5
LONGEST = 2.0
SMOOTHING = 1 / 8
MARGIN = 4.0


class RoundTrip:
    """The round trip to one vehicle, as measured by one transfer."""

    def __init__(self) -> None:
        self._smoothed_s: float | None = None
        self._stretch = 1.0

    @property
    def smoothed_s(self) -> float | None:
        return self._smoothed_s

    @property
    def wait_s(self) -> float:
        """Seconds from sending to sending again."""
        base_s = FIRST_S if self._smoothed_s is None else max(FLOOR_S, MARGIN * self._smoothed_s)
        return base_s * self._stretch

    def measured(self, seconds: float) -> None:
        """An answer to something that was sent once took `seconds`."""
        before_s = seconds if self._smoothed_s is None else self._smoothed_s
        self._smoothed_s = before_s + SMOOTHING * (max(0.0, seconds) - before_s)
        self._stretch = 1.0

    def missed(self) -> None:
        """The wait ended without an answer."""
        if self._smoothed_s is None:
            self._stretch = min(LONGEST, self._stretch * LONGER)
