"""Wind at a vehicle: a constant part and gusts that come and go, the same for the same seed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import cos, exp, radians, sin, sqrt
from typing import Final

from simulators.seeded import Seeded

TURBULENCE_S: Final = 0.041
"""How long a gust of SITL's lasts: 50 of its 1200 steps a second."""


@dataclass(frozen=True, slots=True)
class WindSpec:
    """`from_deg` is where the wind comes from; gusts are a first-order Gauss-Markov process per axis."""

    speed_m_s: float = 0.0
    from_deg: float = 0.0
    gust_sigma_m_s: float = 0.0
    gust_time_s: float = 4.0


class Wind:
    """Steps the gusts; `north_m_s` and `east_m_s` is the way the air moves."""

    __slots__ = ("_calm", "_gust_east", "_gust_north", "_random", "_spec", "east_m_s", "north_m_s")

    def __init__(self, spec: WindSpec, seed: int = 0) -> None:
        self._spec = self._calm = spec
        self._random = Seeded(seed)
        self._gust_north = self._gust_east = 0.0
        self.north_m_s = -spec.speed_m_s * cos(radians(spec.from_deg))
        self.east_m_s = -spec.speed_m_s * sin(radians(spec.from_deg))

    def blow(self, speed_m_s: float, from_deg: float) -> None:
        """Another constant part; the gusts stay."""
        self._spec = replace(self._spec, speed_m_s=speed_m_s, from_deg=from_deg)
        self.north_m_s = -speed_m_s * cos(radians(from_deg)) + self._gust_north
        self.east_m_s = -speed_m_s * sin(radians(from_deg)) + self._gust_east

    def shake(self, sigma_m_s: float) -> None:
        """SITL's turbulence, so fast that a vehicle trembles and drifts little; 0 gives its own gusts back."""
        calm = self._calm
        sigma, time_s = (
            (sigma_m_s / sqrt(2), TURBULENCE_S) if sigma_m_s > 0 else (calm.gust_sigma_m_s, calm.gust_time_s)
        )
        self._spec = replace(self._spec, gust_sigma_m_s=sigma, gust_time_s=time_s)
        if sigma == 0:
            self._gust_north = self._gust_east = 0.0
            self.blow(self._spec.speed_m_s, self._spec.from_deg)

    def step(self, dt_s: float) -> None:
        spec = self._spec
        if spec.gust_sigma_m_s <= 0:
            return
        keep = exp(-dt_s / spec.gust_time_s)
        kick = spec.gust_sigma_m_s * sqrt(1 - keep * keep)
        self._gust_north = self._gust_north * keep + self._random.gauss(kick)
        self._gust_east = self._gust_east * keep + self._random.gauss(kick)
        self.north_m_s = -spec.speed_m_s * cos(radians(spec.from_deg)) + self._gust_north
        self.east_m_s = -spec.speed_m_s * sin(radians(spec.from_deg)) + self._gust_east
