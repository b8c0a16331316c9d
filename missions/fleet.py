"""What flies: the figures of the drones, their start points and the wind."""

from __future__ import annotations

import math
from dataclasses import dataclass

from missions.energy import Battery
from missions.plan import LonLat
from missions.vertical import CLIMB_M_S, DESCENT_M_S, climb_s, landing_s
from missions.wind import Wind

MOST_DRONES = 500
MOST_PADS = 20


class PlanError(ValueError):
    """No plan is possible; the text is one line that says why and what to change."""


@dataclass(frozen=True, slots=True)
class DroneSpec:
    """One drone among unlike ones. `swath_m` 0 = the area's own; `start` None = the fleet's next start point."""

    speed_m_s: float = 10.0
    accel_m_s2: float = 2.0
    endurance_s: float = 1500.0
    reserve: float = 0.2
    swath_m: float = 0.0
    swap_s: float = 120.0
    start: LonLat | None = None
    ceiling_m: float = 500.0

    def __post_init__(self) -> None:
        _check_positive(self, ("speed_m_s", "accel_m_s2", "endurance_s", "ceiling_m"))
        _check_not_negative(self, ("swath_m", "swap_s"))
        if not 0 <= self.reserve < 1:
            raise PlanError(f"reserve must be 0 to below 1, not {self.reserve}")

    @property
    def battery(self) -> Battery:
        return Battery(self.endurance_s, self.reserve)


@dataclass(frozen=True, slots=True)
class FleetSpec:
    """`drones` like drones, or `unlike` ones, which then count. `starts` are used in turn (drone i starts at
    `starts[i % n]`); empty = the area's own homes, else a point 20 m outside its south-west corner.
    `endurance_s` is a full battery, of which `reserve` (0 to 1) is never planned away. `swath_m` 0 = the area's
    own. `launch_gap_s` is kept between two launches, `swap_s` between landing and the next take-off of a drone.
    `lane_deg` fixes the direction of the lanes, degrees clockwise from true north. Speeds in m/s,
    accelerations in m/s2. `pads` are places where batteries are swapped too: a sortie that is not a drone's last may
    end at one, where the next then begins. `take_off_amsl_m`: how high the start points lie above the sea, None =
    unknown.
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
    climb_m_s: float = CLIMB_M_S
    descent_m_s: float = DESCENT_M_S
    layer_step_m: float = 5.0
    most_layers: int = 6
    lane_deg: float | None = None
    unlike: tuple[DroneSpec, ...] = ()
    seed: int = 0
    take_off_amsl_m: float | None = None
    pads: tuple[LonLat, ...] = ()

    def __post_init__(self) -> None:
        if len(self.pads) > MOST_PADS:
            raise PlanError(f"{len(self.pads)} swap pads are too many: at most {MOST_PADS}")
        if self.unlike:
            object.__setattr__(self, "drones", len(self.unlike))
        if not 1 <= self.drones <= MOST_DRONES:
            raise PlanError(f"drones must be 1 to {MOST_DRONES}, not {self.drones}")
        _check_positive(
            self,
            ("altitude_m", "speed_m_s", "accel_m_s2", "endurance_s", "climb_m_s", "descent_m_s", "layer_step_m"),
        )
        _check_not_negative(self, ("swath_m", "launch_gap_s", "swap_s"))
        if not 0 <= self.reserve < 1:
            raise PlanError(f"reserve must be 0 to below 1, not {self.reserve}")
        if self.altitude_m > min(drone.ceiling_m for drone in self.each()):
            raise PlanError(f"altitude_m is {self.altitude_m:g}, above the ceiling of a drone: fly lower")
        if self.take_off_amsl_m is not None and not math.isfinite(self.take_off_amsl_m):
            raise PlanError(f"take_off_amsl_m must be metres above the sea, not {self.take_off_amsl_m}")
        if self.lane_deg is not None and not math.isfinite(self.lane_deg):
            raise PlanError(f"lane_deg must be degrees from north, not {self.lane_deg}")

    @property
    def battery(self) -> Battery:
        return Battery(self.endurance_s, self.reserve)

    @property
    def usable_s(self) -> float:
        """Longest flight that keeps the reserve, take-off and landing included."""
        return self.battery.usable_s

    def vertical_s(self, altitude_m: float) -> float:
        """Time to take off and climb to `altitude_m`, and to come down from it and land again."""
        return climb_s(altitude_m, self.climb_m_s) + landing_s(altitude_m, self.descent_m_s)

    @property
    def layers(self) -> int:
        """How many altitude layers there are below everybody's ceiling."""
        ceiling = min(drone.ceiling_m for drone in self.each())
        return max(1, min(self.most_layers, 1 + int((ceiling - self.altitude_m) / self.layer_step_m)))

    @property
    def heights(self) -> tuple[float, ...]:
        """Of the layers that the plan may use, the lowest first: no more than there are drones."""
        return tuple(self.altitude_m + self.layer_step_m * layer for layer in range(min(self.drones, self.layers)))

    def each(self) -> tuple[DroneSpec, ...]:
        """Every drone's own figures, in order."""
        like = DroneSpec(self.speed_m_s, self.accel_m_s2, self.endurance_s, self.reserve, self.swath_m, self.swap_s)
        return self.unlike or (like,) * self.drones


def _check_positive(spec: DroneSpec | FleetSpec, names: tuple[str, ...]) -> None:
    for name in names:
        value = getattr(spec, name)
        if not (math.isfinite(value) and value > 0):
            raise PlanError(f"{name} must be a number above 0, not {value}")


def _check_not_negative(spec: DroneSpec | FleetSpec, names: tuple[str, ...]) -> None:
    for name in names:
        value = getattr(spec, name)
        if not (math.isfinite(value) and value >= 0):
            raise PlanError(f"{name} must be a number of 0 or more, not {value}")
