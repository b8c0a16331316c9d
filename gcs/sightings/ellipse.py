"""How far a stated place may be from the true one: a normal distribution on the ground, east and north in metres."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

CE90_OF_A_CIRCLE = math.sqrt(-2 * math.log(0.1))
"""Radius that holds 90 % of a circular normal distribution, in one-sigmas: 2.146."""
_ANGLES = np.arange(64) * (math.pi / 64)
_BEYOND = 0.1
_HALVINGS = 40
_TINY_M2 = 1e-12


@dataclass(frozen=True, slots=True)
class Ellipse:
    """Variances east and north and their covariance, in square metres."""

    east_m2: float
    north_m2: float
    covariance_m2: float = 0.0

    @staticmethod
    def circle(ce90_m: float) -> Ellipse:
        """The same in every direction, from the radius that holds the truth nine times in ten."""
        variance = (ce90_m / CE90_OF_A_CIRCLE) ** 2
        return Ellipse(variance, variance)

    @staticmethod
    def of_axes(longer_m: float, shorter_m: float, bearing_deg: float) -> Ellipse:
        """From one-sigma half axes and the bearing of the longer one."""
        sine, cosine = math.sin(math.radians(bearing_deg)), math.cos(math.radians(bearing_deg))
        longer, shorter = longer_m**2, shorter_m**2
        return Ellipse(
            longer * sine**2 + shorter * cosine**2,
            longer * cosine**2 + shorter * sine**2,
            (longer - shorter) * sine * cosine,
        )

    @property
    def axes_m(self) -> tuple[float, float]:
        """One-sigma half axes, the longer first."""
        mean, half = (self.east_m2 + self.north_m2) / 2, (self.east_m2 - self.north_m2) / 2
        spread = math.hypot(half, self.covariance_m2)
        return math.sqrt(max(0.0, mean + spread)), math.sqrt(max(0.0, mean - spread))

    @property
    def bearing_deg(self) -> float:
        """Where the longer axis points, 0 to below 180 degrees clockwise from north."""
        angle = 0.5 * math.atan2(2 * self.covariance_m2, self.north_m2 - self.east_m2)
        return math.degrees(angle) % 180.0

    @property
    def ce_m(self) -> float:
        """The circular error as Cursor on Target states it: the radius of a circle with the same one-sigma spread."""
        return math.sqrt((self.east_m2 + self.north_m2) / 2)

    @property
    def ce90_m(self) -> float:
        """The radius around the stated place that holds the true one nine times in ten.

        A point drawn is beyond radius R in direction t of the unit circle with probability exp(-R^2 / 2 s(t)), where
        s(t) is the squared half axis there; the mean over 64 directions is good to a millimetre in a metre.
        """
        longer, shorter = self.axes_m
        squared = (longer * np.cos(_ANGLES)) ** 2 + (shorter * np.sin(_ANGLES)) ** 2
        low, high = 1.6 * longer, 2.2 * longer
        for _ in range(_HALVINGS if longer > 0 else 0):
            middle = (low + high) / 2
            beyond = float(np.mean(np.exp(-(middle**2) / (2 * squared + _TINY_M2))))
            low, high = (middle, high) if beyond > _BEYOND else (low, middle)
        return high
