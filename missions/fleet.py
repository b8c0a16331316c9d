"""What flies: the figures of the drones, their start points and the wind."""

from __future__ import annotations

import math
from dataclasses import dataclass

from missions.energy import Battery
from missions.plan import LonLat
from missions.wind import Wind

MOST_DRONES = 500


class PlanError(ValueError):
    """No plan is possible; the text is one line that says why and what to change."""


@dataclass(frozen=True, slots=True)
class FleetSpec:
    """`drones` like drones. `starts` are used in turn (drone i starts at `starts[i % n]`); empty = the area's
    own homes, else a point 20 m outside its south-west corner. `endurance_s` is a full battery, of which
    `reserve` (0 to 1) is never planned away. `swath_m` 0 = the area's own. `launch_gap_s` is kept between two
    launches, `swap_s` between landing and the next take-off of a drone. Speeds in m/s, accelerations in m/s2.
    """

    drones: int = 1
    swath_m: float = 0.0
    altitude_m: float = 60.0
    speed_m_s: float = 10.0
    accel_m_s2: float = 2.0
    endurance_s: float = 1500.0
    reserve: float = 0.2
    starts: tuple[LonLat, ...] = ()
    wind: Wind | None = None
    launch_gap_s: float = 0.0
    swap_s: float = 120.0
    climb_m_s: float = 2.5
    descent_m_s: float = 1.5
    layer_step_m: float = 5.0
    most_layers: int = 6
    seed: int = 0

    def __post_init__(self) -> None:
        if not 1 <= self.drones <= MOST_DRONES:
            raise PlanError(f"drones must be 1 to {MOST_DRONES}, not {self.drones}")
        positive = ("altitude_m", "speed_m_s", "accel_m_s2", "endurance_s", "climb_m_s", "descent_m_s", "layer_step_m")
        for name in positive:
            value = getattr(self, name)
            if not (math.isfinite(value) and value > 0):
                raise PlanError(f"{name} must be a number above 0, not {value}")
        if not 0 <= self.reserve < 1:
            raise PlanError(f"reserve must be 0 to below 1, not {self.reserve}")
        for name in ("swath_m", "launch_gap_s", "swap_s"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value >= 0):
                raise PlanError(f"{name} must be a number of 0 or more, not {value}")

    @property
    def battery(self) -> Battery:
        return Battery(self.endurance_s, self.reserve)

    @property
    def usable_s(self) -> float:
        """Longest flight that keeps the reserve, take-off and landing included."""
        return self.battery.usable_s

    def vertical_s(self, altitude_m: float) -> float:
        """Time to climb to `altitude_m` and to come down from it again."""
        return altitude_m / self.climb_m_s + altitude_m / self.descent_m_s
