"""How long to wait for an answer before asking again: max(floor, 4 x smoothed round trip).

The smoothing (1/8) and the rule that only answers to what was sent once are measured, while a wait that
was too short is lengthened until one is, are Karn's and Jacobson's (RFC 6298). The lengthening is small:
on these links an answer is missing because it was lost, seldom because of congestion.
"""

from __future__ import annotations

FLOOR_S = 0.25
FIRST_S = 0.5
LONGER = 1.5
LONGEST = 4.0
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
        self._stretch = min(LONGEST, self._stretch * LONGER)
