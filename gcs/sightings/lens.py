"""A pixel as a direction: pinhole camera with Brown's distortion (radial k1..k3, tangential p1, p2)."""

from __future__ import annotations

from dataclasses import dataclass

_STEPS = 20


@dataclass(frozen=True, slots=True)
class Lens:
    """Focal lengths and principal point in pixels; without a principal point it is the middle of the picture."""

    width_px: int
    height_px: int
    fx_px: float
    fy_px: float
    cx_px: float | None = None
    cy_px: float | None = None
    k1: float = 0.0
    k2: float = 0.0
    k3: float = 0.0
    p1: float = 0.0
    p2: float = 0.0

    def direction(self, x_px: float, y_px: float) -> tuple[float, float]:
        """(right, down) of the ray through a pixel, for 1 forward. Pixels count right and down from a corner."""
        cx = self.width_px / 2 if self.cx_px is None else self.cx_px
        cy = self.height_px / 2 if self.cy_px is None else self.cy_px
        return self._undistorted((x_px - cx) / self.fx_px, (y_px - cy) / self.fy_px)

    def distorted(self, right: float, down: float) -> tuple[float, float]:
        """Where Brown's model moves a direction to."""
        square = right * right + down * down
        radial = 1 + square * (self.k1 + square * (self.k2 + square * self.k3))
        return (
            right * radial + 2 * self.p1 * right * down + self.p2 * (square + 2 * right * right),
            down * radial + self.p1 * (square + 2 * down * down) + 2 * self.p2 * right * down,
        )

    def _undistorted(self, seen_right: float, seen_down: float) -> tuple[float, float]:
        right, down = seen_right, seen_down
        for _ in range(_STEPS):
            moved_right, moved_down = self.distorted(right, down)
            right, down = right + seen_right - moved_right, down + seen_down - moved_down
        return right, down
