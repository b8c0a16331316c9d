"""What an ArduCopter says of its two estimators and three compasses when they fail, as recorded.

Compass 0 of the estimators is SITL's MAG2, 1 is MAG1, 2 is MAG3: the order in which this vehicle found them.
"""

from __future__ import annotations

from typing import Final

from simulators.autopilot.arming_checks import compasses_used
from simulators.autopilot.state import Vehicle

COMPASS_LOST_S, COMPASS_DOUBTED_S = 1.98, 10.3
ALIGNED_S, AIDED_S = 0.05, 0.17
_SIM_NUMBERS: Final = (2, 1, 3)
_USUAL_OFFSET: Final = 5.0
_WRONG_BY: Final = 300.0


class Lanes:
    """Which of the two estimators is used."""

    def __init__(self, vehicle: Vehicle) -> None:
        self._vehicle = vehicle
        self.primary = 0
        self._was_armed = self._told = self._flown = False

    def switch(self, lane: int) -> None:
        """Where both were never apart (not flown yet) there is nothing to choose."""
        if lane == self.primary or not self._flown:
            return
        self.primary = lane
        self._told = self._vehicle.armed
        self._vehicle.say(2, f"EKF3 lane switch {lane}")
        if self._told:
            self._vehicle.say(4, f"EKF primary changed:{lane}")

    def step(self) -> None:
        """On the ground the first one is used again."""
        armed = self._vehicle.armed
        self._flown = self._flown or self._vehicle.flying
        if self._was_armed and not armed and self.primary and self._told:
            self.primary = 0
            self._vehicle.say(4, "EKF primary changed:0")
        self._was_armed = armed


class Compasses:
    """`changed` is told when a parameter of theirs was set."""

    def __init__(self, vehicle: Vehicle) -> None:
        self._vehicle = vehicle
        self._used = 0
        self._lost_s: float | None = None
        self._doubted_s: float | None = None
        self._aiding = True
        self._back_s: tuple[float, float] | None = None
        self._was_armed = False

    def changed(self) -> None:
        now_s = self._vehicle.now_s
        self._lost_s = (self._lost_s or now_s) if self._failed(self._used) else None
        self._doubted_s = (self._doubted_s or now_s) if self._wrong(self._used) else None
        aiding = compasses_used(self._vehicle.params)
        if aiding != self._aiding and self._vehicle.position_ok:
            self._aiding = aiding
            if aiding:
                self._back_s = (now_s + ALIGNED_S, now_s + AIDED_S)
            else:
                self._both(4, "EKF3 IMU{} stopped aiding", (0, 1))

    def step(self) -> None:
        now_s = self._vehicle.now_s
        if self._lost_s is not None and now_s - self._lost_s >= COMPASS_LOST_S:
            self._lost_s = None
            healthy = next((n for n in range(3) if not self._failed(n)), None)
            if healthy is not None:
                self._use(healthy)
        if self._doubted_s is not None and now_s - self._doubted_s >= COMPASS_DOUBTED_S:
            self._doubted_s = now_s - (COMPASS_DOUBTED_S - 10.0)
            self._try_others()
        if self._back_s is not None:
            self._come_back(now_s)
        if self._was_armed and not self._vehicle.armed and self._used:
            self._used = 0
            self._both(6, "EKF3 IMU{} switching to compass 0", (0, 1))
        self._was_armed = self._vehicle.armed

    def _try_others(self) -> None:
        """Every other compass is as wrong: it ends where it began."""
        if not self._vehicle.flying:
            return
        others = [n for n in range(3) if n != self._used and not self._failed(n)]
        for imu in (1, 0):
            for number in (*others[:1], self._used):
                self._vehicle.say(6, f"EKF3 IMU{imu} switching to compass {number}")

    def _use(self, number: int) -> None:
        if number != self._used:
            self._used = number
            self._both(6, f"EKF3 IMU{{}} switching to compass {number}", (1, 0))

    def _come_back(self, now_s: float) -> None:
        if self._back_s is None:
            return
        aligned_s, aided_s = self._back_s
        if aligned_s is not None and now_s >= aligned_s:
            self._both(6, "EKF3 IMU{} MAG0 initial yaw alignment complete", (1, 0))
            self._back_s = (float("inf"), aided_s)
        if now_s >= aided_s:
            self._both(6, "EKF3 IMU{} is using GPS", (1, 0))
            self._back_s = None

    def _both(self, severity: int, text: str, order: tuple[int, int]) -> None:
        for imu in order:
            self._vehicle.say(severity, text.format(imu))

    def _failed(self, number: int) -> bool:
        return self._vehicle.params[f"SIM_MAG{_SIM_NUMBERS[number]}_FAIL"] != 0

    def _wrong(self, number: int) -> bool:
        offset = self._vehicle.params[f"SIM_MAG{_SIM_NUMBERS[number]}_OFS_X"]
        return abs(offset - _USUAL_OFFSET) > _WRONG_BY
