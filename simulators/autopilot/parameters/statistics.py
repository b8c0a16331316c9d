"""STAT_*: what a vehicle counts of its life, and when it says so (as recorded: every 30 s and after a landing)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from simulators.autopilot.state import Vehicle

EVERY_S: Final = 30.0
LOOK_EVERY_S: Final = 1.0
LANDED_AFTER_TOUCH_S: Final = 1.57
FIRST_LOOK_S: Final = 0.45


class Statistics:
    """`announce` changes a parameter and tells it."""

    def __init__(self, vehicle: Vehicle, announce: Callable[[str, float], None]) -> None:
        self._vehicle = vehicle
        self._announce = announce
        self._told_s = vehicle.now_s
        self._look_s = FIRST_LOOK_S
        while self._look_s <= vehicle.now_s:
            self._look_s += LOOK_EVERY_S
        self._flown_s = vehicle.params["STAT_FLTTIME"]
        self._flights = vehicle.params["STAT_FLTCNT"]
        self._runtime_s = vehicle.params["STAT_RUNTIME"]
        self._took_off_s: float | None = None
        self._touched_s = vehicle.now_s
        self._booted_s = vehicle.now_s

    def step(self) -> None:
        vehicle = self._vehicle
        if vehicle.flying:
            self._touched_s = vehicle.now_s
            if self._took_off_s is None:
                self._took_off_s = vehicle.now_s
                self._flights += 1
        elif self._took_off_s is not None and vehicle.now_s - self._touched_s >= LANDED_AFTER_TOUCH_S:
            self._flown_s += vehicle.now_s - self._took_off_s
            self._took_off_s = None
            self._tell()
        if vehicle.now_s >= self._look_s:
            self._look_s += LOOK_EVERY_S
            if vehicle.now_s - self._told_s >= EVERY_S:
                self._tell()

    def _tell(self) -> None:
        now_s, params = self._vehicle.now_s, self._vehicle.params
        self._told_s = now_s
        since_s = self._took_off_s
        flown_s = self._flown_s + (now_s - since_s if since_s is not None else 0.0)
        if int(flown_s) != params["STAT_FLTTIME"]:
            self._announce("STAT_FLTTIME", float(int(flown_s)))
        self._announce("STAT_RUNTIME", float(int(self._runtime_s + now_s - self._booted_s)))
        if self._flights != params["STAT_FLTCNT"]:
            self._announce("STAT_FLTCNT", self._flights)
