"""Failsafes: ground control lost, battery low and critical. Delays, texts and modes as recorded.

A failsafe stays in `vehicle.failsafes` while it lasts; the heartbeat then says CRITICAL. Battery failsafes
latch until the pack is changed.
"""

from __future__ import annotations

from collections.abc import Callable

from simulators.autopilot.failsafes.actions import Modes, battery_low, gcs_lost, goes_on_without_gcs
from simulators.autopilot.state import Vehicle

GCS, BATTERY, RADIO = "gcs", "battery", "radio"
LOW, CRITICAL, NORMAL = 2, 3, 1
_NO_ACTION, _TERMINATE = 0, 5


class Failsafes:
    """`recover` is asked for the first of some modes, `stop_motors` in the air too. A ground station's heartbeat is
    told with `gcs_heard`."""

    def __init__(self, vehicle: Vehicle, recover: Callable[[Modes], None], stop_motors: Callable[[], None]) -> None:
        self._vehicle = vehicle
        self._recover = recover
        self._stop_motors = stop_motors
        self._gcs_heard_s: float | None = None
        self._low_since_s: float | None = None
        self._critical_since_s: float | None = None

    def gcs_heard(self, sysid: int) -> None:
        """Only the ground station of MAV_GCS_SYSID counts."""
        vehicle = self._vehicle
        if sysid != vehicle.params["MAV_GCS_SYSID"]:
            return
        self._gcs_heard_s = vehicle.link_s
        if GCS in vehicle.failsafes:
            vehicle.failsafes.discard(GCS)
            vehicle.say(4, "GCS Failsafe Cleared")

    def step(self) -> None:
        self._watch_gcs()
        self._watch_battery()

    def pack_changed(self) -> None:
        """A fresh battery clears what latched."""
        self._low_since_s = self._critical_since_s = None
        self._vehicle.charge_state = NORMAL
        self._vehicle.failsafes.discard(BATTERY)

    def _watch_gcs(self) -> None:
        vehicle = self._vehicle
        if self._gcs_heard_s is None or GCS in vehicle.failsafes or not vehicle.params["FS_GCS_ENABLE"]:
            return
        if vehicle.link_s - self._gcs_heard_s < vehicle.params["FS_GCS_TIMEOUT"]:
            return
        vehicle.failsafes.add(GCS)
        goes_on = goes_on_without_gcs(vehicle.mode, int(vehicle.params["FS_OPTIONS"])) if vehicle.flying else ""
        vehicle.say(4, f"GCS Failsafe - Continuing {goes_on}" if goes_on else "GCS Failsafe")
        if vehicle.flying and not goes_on:
            self._recover(gcs_lost(int(vehicle.params["FS_GCS_ENABLE"])))

    def _watch_battery(self) -> None:
        vehicle, params = self._vehicle, self._vehicle.params
        volts, used = vehicle.battery.voltage_v, vehicle.battery.consumed_mah
        left = vehicle.battery.rated_mah - used
        delay_s = params["BATT_LOW_TIMER"]
        self._low_since_s = self._since(
            self._low_since_s, _below(volts, left, params["BATT_LOW_VOLT"], params["BATT_LOW_MAH"])
        )
        self._critical_since_s = self._since(
            self._critical_since_s, _below(volts, left, params["BATT_CRT_VOLT"], params["BATT_CRT_MAH"])
        )
        if vehicle.charge_state < CRITICAL and self._past(self._critical_since_s, delay_s):
            self._trip(CRITICAL, "critical", params["BATT_FS_CRT_ACT"])
        elif vehicle.charge_state < LOW and self._past(self._low_since_s, delay_s):
            self._trip(LOW, "low", params["BATT_FS_LOW_ACT"])

    def _since(self, since_s: float | None, now_below: bool) -> float | None:
        if not now_below:
            return None
        return self._vehicle.now_s if since_s is None else since_s

    def _past(self, since_s: float | None, delay_s: float) -> bool:
        return since_s is not None and self._vehicle.now_s - since_s >= delay_s

    def _trip(self, level: int, word: str, action: float) -> None:
        vehicle = self._vehicle
        vehicle.charge_state = level
        battery = vehicle.battery
        text = f"Battery 1 is {word} {battery.voltage_v:.2f}V used {battery.consumed_mah:.0f} mAh"
        if action == _NO_ACTION:
            vehicle.say(4, text)
            return
        vehicle.failsafes.add(BATTERY)
        if vehicle.flying and action == _TERMINATE:
            self._stop_motors()
        elif vehicle.flying:
            self._recover(battery_low(int(action)))
        vehicle.say(4, text)
        vehicle.say(4, "Battery Failsafe")


def _below(volts: float, left_mah: float, low_volts: float, low_mah: float) -> bool:
    return (low_volts > 0 and volts <= low_volts) or (low_mah > 0 and left_mah <= low_mah)
