"""NAV_DELAY until a time of day, by ArduCopter's count."""

from __future__ import annotations

from typing import Final

from simulators.autopilot.state import Vehicle
from telemetry.services.mission_item import MissionItem

OPEN: Final = -1
_DAY_S, _HOUR_S, _MINUTE_S = 86_400, 3_600, 60


def until_utc(vehicle: Vehicle, item: MissionItem) -> float:
    """Seconds until the hour, minute and second of parameters 2 to 4; -1 leaves one open, as the largest ones only.

    0 while the vehicle does not know the time.
    """
    if not vehicle.has_gps:
        return 0.0
    now_us = vehicle.unix_at_boot_us + vehicle.boot_us
    second_of_day, part_s = now_us // 1_000_000 % _DAY_S, now_us % 1_000_000 / 1e6
    hour, minute, second = int(item.param2), int(item.param3), int(item.param4)
    wait_s = -part_s
    if (hour, minute, second) == (OPEN, OPEN, OPEN):
        return wait_s + 1.0 if part_s > 0 else 0.0
    wait_s += second - second_of_day % _MINUTE_S
    period_s = _MINUTE_S
    if (hour, minute) != (OPEN, OPEN):
        wait_s += (minute - second_of_day // _MINUTE_S % 60) * _MINUTE_S
        period_s = _HOUR_S
    if hour != OPEN:
        wait_s += (hour - second_of_day // _HOUR_S) * _HOUR_S
        period_s = _DAY_S
    return wait_s + period_s if wait_s < 0 else wait_s
