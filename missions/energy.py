"""What a battery gives. A multirotor in slow flight draws nearly what hovering draws, so time in the air is the
measure: the power of hovering follows momentum theory and hardly changes below 12 m/s.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Battery:
    """`endurance_s` is a full pack in the air; `reserve` (0 to 1) of it is never planned away."""

    endurance_s: float
    reserve: float

    @property
    def usable_s(self) -> float:
        """The longest flight, take-off and landing included."""
        return self.endurance_s * (1.0 - self.reserve)

    def share(self, duration_s: float) -> float:
        """Part of a full pack that a flight uses."""
        return duration_s / self.endurance_s
