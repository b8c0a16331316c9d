"""Wind over a place and a time: steps on a timeline, stronger with height. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import atan2, cos, degrees, hypot, radians, sin
from typing import Final

MEASURED_AT_M: Final = 10.0
SHEAR: Final = 0.14
"""Exponent of the power law over open ground (Hellmann)."""
LOWEST_M: Final = 1.0


@dataclass(frozen=True, slots=True)
class Breeze:
    """From `at_s` on the wind is this, 10 m above ground; between two steps it turns evenly."""

    at_s: float
    speed_m_s: float
    from_deg: float


class WindField:
    """No step at all is calm."""

    def __init__(self, steps: Sequence[Breeze] = ()) -> None:
        self._steps = tuple(sorted(steps, key=lambda step: step.at_s))

    def at(self, now_s: float, height_m: float = MEASURED_AT_M) -> tuple[float, float]:
        """Speed in m/s and where it comes from in degrees, `height_m` above ground."""
        north, east = self._at_mast(now_s)
        speed = hypot(north, east) * (max(height_m, LOWEST_M) / MEASURED_AT_M) ** SHEAR
        return speed, degrees(atan2(east, north)) % 360.0

    def _at_mast(self, now_s: float) -> tuple[float, float]:
        if not self._steps:
            return 0.0, 0.0
        if now_s <= self._steps[0].at_s:
            return _parts(self._steps[0])
        for before, after in pairwise(self._steps):
            if now_s < after.at_s:
                share = (now_s - before.at_s) / (after.at_s - before.at_s)
                (n0, e0), (n1, e1) = _parts(before), _parts(after)
                return n0 + share * (n1 - n0), e0 + share * (e1 - e0)
        return _parts(self._steps[-1])


def _parts(step: Breeze) -> tuple[float, float]:
    angle = radians(step.from_deg)
    return step.speed_m_s * cos(angle), step.speed_m_s * sin(angle)
