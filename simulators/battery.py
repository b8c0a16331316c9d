"""A battery pack and what the motors draw from it.

The default is SITL's: 3300 mAh, 12.6 V whatever is drawn. A real pack is given its resistance and
an open-circuit voltage that falls with the charge. Recorded draw: hover 28.1 A, climb at 2.5 m/s
30.6 A, descent at 1.5 m/s 26.8 A, cruise at 10 m/s (30 degrees of lean) 30.6 A.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import cos

FULL_CELL_V, LEAST_FORCED_V = 4.2, 6.0
HOVER_A = 28.1
CLIMB_A_PER_M_S = 1.0
DESCENT_A_PER_M_S = 0.87
LEAN_A = 2.5 / (1 / cos(0.5219) - 1)  # 29.9 degrees of lean at cruise
_CELL_CURVE = ((0.0, 3.27), (0.05, 3.55), (0.2, 3.71), (0.5, 3.84), (0.8, 4.03), (1.0, 4.2))


@dataclass(frozen=True, slots=True)
class BatterySpec:
    """`sags` off = SITL's constant voltage."""

    capacity_mah: float = 3300.0
    cells: int = 3
    resistance_ohm: float = 0.012
    sags: bool = False
    hover_a: float = HOVER_A

    def __post_init__(self) -> None:
        if self.capacity_mah <= 0 or self.cells < 1 or self.resistance_ohm < 0 or self.hover_a <= 0:
            raise ValueError(f"impossible battery: {self}")


class Battery:
    """The state of one pack; `step` takes what is drawn for a time. `rated_mah` is what the vehicle believes to be in a
    full one, and tells its percentage by; the voltage knows better."""

    __slots__ = ("_forced_v", "consumed_mah", "consumed_wh", "current_a", "rated_mah", "spec", "voltage_v")

    def __init__(self, spec: BatterySpec) -> None:
        self.spec = spec
        self.rated_mah = spec.capacity_mah
        self._forced_v: float | None = None
        self.swap()

    def swap(self) -> None:
        """A full pack takes the place of this one."""
        self.consumed_mah = self.consumed_wh = self.current_a = 0.0
        self.voltage_v = self._open_circuit_v()

    def set_remaining(self, fraction: float) -> None:
        """Say how full the pack is, as BATTERY_RESET does."""
        self.consumed_mah = (1.0 - fraction) * self.rated_mah
        self.voltage_v = self._loaded_v()

    def force_voltage(self, voltage_v: float | None) -> None:
        """Fault injection: hold the voltage there; None gives it back to the pack."""
        self._forced_v = voltage_v
        self.voltage_v = self._loaded_v()

    def step(self, dt_s: float, current_a: float) -> None:
        """`current_a` is what is drawn at the full voltage: under a forced one the power stays, as recorded."""
        if self._forced_v is not None:
            current_a *= FULL_CELL_V * self.spec.cells / max(self._forced_v, LEAST_FORCED_V)
        self.current_a = current_a
        self.consumed_mah += current_a * dt_s / 3.6
        self.voltage_v = self._loaded_v()
        self.consumed_wh += current_a * self.voltage_v * dt_s / 3600

    @property
    def remaining_fraction(self) -> float:
        return max(0.0, 1.0 - self.consumed_mah / self.spec.capacity_mah)

    @property
    def remaining_pct(self) -> int:
        return int(max(0.0, 1.0 - self.consumed_mah / self.rated_mah) * 100)

    def _loaded_v(self) -> float:
        if self._forced_v is not None:
            return self._forced_v
        drop = self.current_a * self.spec.resistance_ohm if self.spec.sags else 0.0
        return self._open_circuit_v() - drop

    def _open_circuit_v(self) -> float:
        if not self.spec.sags:
            return FULL_CELL_V * self.spec.cells
        left = self.remaining_fraction
        for (x0, v0), (x1, v1) in pairwise(_CELL_CURVE):
            if left <= x1:
                return self.spec.cells * (v0 + (v1 - v0) * (left - x0) / (x1 - x0))
        return 4.2 * self.spec.cells


def draw_a(spec: BatterySpec, *, flying: bool, climb_m_s: float, lean_rad: float) -> float:
    """Amperes drawn in a state of flight; armed on the ground SITL draws nothing."""
    if not flying:
        return 0.0
    vertical = climb_m_s * (CLIMB_A_PER_M_S if climb_m_s > 0 else DESCENT_A_PER_M_S)
    return (HOVER_A + vertical + LEAN_A * (1 / cos(lean_rad) - 1)) * spec.hover_a / HOVER_A
