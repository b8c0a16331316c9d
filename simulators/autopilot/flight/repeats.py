"""DO_REPEAT_RELAY and DO_REPEAT_SERVO: something that is switched again and again, one at a time as in ArduPilot."""

from __future__ import annotations

from math import isfinite
from typing import Final

from simulators.autopilot import actions
from simulators.autopilot.state import Vehicle

SERVO_MIDDLE: Final = 1500.0
_MOST: Final = 10_000


class Repeats:
    """`relay` and `servo` begin, `step` switches what is due; False where there is no such channel."""

    def __init__(self, vehicle: Vehicle) -> None:
        self._vehicle = vehicle
        self._channel, self._pwm = 0.0, 0.0
        self._left, self._every_s, self._next_s = 0, 0.0, 0.0
        self._is_relay = False

    def relay(self, number: float, count: float, period_s: float) -> bool:
        if not 0 <= number < actions.RELAYS:
            return False
        self._is_relay = True
        self._begin(number, count, period_s)
        return True

    def servo(self, channel: float, pwm: float, count: float, period_s: float) -> bool:
        if not actions.servo_is_free(self._vehicle, channel):
            return False
        self._is_relay, self._pwm = False, pwm
        self._begin(channel, count, period_s)
        return True

    def _begin(self, channel: float, count: float, period_s: float) -> None:
        self._channel = channel
        self._left = 2 * max(0, min(_MOST, actions.whole(count)))
        self._every_s = max(0.0, period_s) / 2 if isfinite(period_s) else 0.0
        self._next_s = self._vehicle.now_s

    def step(self) -> None:
        vehicle = self._vehicle
        if not self._left or vehicle.now_s < self._next_s:
            return
        self._next_s = vehicle.now_s + self._every_s
        self._left -= 1
        if self._is_relay:
            actions.set_relay(vehicle, self._channel, not vehicle.relays.get(int(self._channel), False))
        else:
            actions.set_servo(vehicle, self._channel, self._pwm if self._left % 2 else SERVO_MIDDLE)
