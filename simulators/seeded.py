"""Random numbers that are the same for the same seed on every machine and Python: SplitMix64.

Source of the mixing constants: Steele, Lea and Flood, Fast splittable pseudorandom number generators, 2014.
"""

from __future__ import annotations

from math import cos, log, pi, sqrt

_MASK = (1 << 64) - 1
_STEP = 0x9E3779B97F4A7C15


class Seeded:
    """A stream of numbers; equal seeds give equal streams."""

    __slots__ = ("_state",)

    def __init__(self, seed: int) -> None:
        self._state = seed & _MASK

    def uniform(self) -> float:
        """In [0, 1)."""
        self._state = (self._state + _STEP) & _MASK
        mixed = self._state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
        return ((mixed ^ (mixed >> 31)) >> 11) / (1 << 53)

    def between(self, low: float, high: float) -> float:
        return low + (high - low) * self.uniform()

    def gauss(self, sigma: float = 1.0) -> float:
        """Normal with mean 0 (Box and Muller)."""
        radius = sqrt(-2.0 * log(1.0 - self.uniform()))
        return sigma * radius * cos(2.0 * pi * self.uniform())
