"""Wind and the wind triangle: how fast a vehicle moves over ground along a leg."""

from __future__ import annotations

import math
from dataclasses import dataclass

SLOWEST_GROUND_SPEED_M_S = 2.0
"""A leg slower than this over ground is refused: gusts would stop the vehicle."""


@dataclass(frozen=True, slots=True)
class Wind:
    """`from_deg` is where the wind comes from, degrees clockwise from true north."""

    from_deg: float
    speed_m_s: float

    @property
    def vector(self) -> tuple[float, float]:
        """Where the air moves to: (east, north) m/s."""
        angle = math.radians(self.from_deg)
        return -self.speed_m_s * math.sin(angle), -self.speed_m_s * math.cos(angle)


def ground_speed(east: float, north: float, airspeed_m_s: float, wind: tuple[float, float]) -> float:
    """Speed along the unit direction (`east`, `north`), m/s; 0.1 where the vehicle cannot hold the track."""
    along = east * wind[0] + north * wind[1]
    across_squared = wind[0] ** 2 + wind[1] ** 2 - along**2
    if across_squared >= airspeed_m_s**2:
        return 0.1
    return max(0.1, along + math.sqrt(airspeed_m_s**2 - across_squared))
