"""Faults by SITL's own parameters (SIM_GPS1_ENABLE, SIM_RC_FAIL, SIM_ENGINE_FAIL, SIM_BATT_VOLTAGE, SIM_WIND_SPD ...).

Each runs the recorded sequence of fixes, EKF flags, texts and modes after the parameter was set. Times are
simulated seconds since then.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from simulators.autopilot.failsafes.actions import Modes, goes_on_without_radio, link_lost
from simulators.autopilot.failsafes.failsafe import RADIO
from simulators.autopilot.failsafes.sensors import Compasses, Lanes
from simulators.autopilot.state import LAND, POSITION_MODES, RTL, Vehicle

EKF: Final = "ekf"
GPS_FIX_LOST_S, EKF_BLIND_S, LANE_SWITCH_S, EKF_FAILSAFE_S = 0.5, 6.9, 8.0, 8.1
EKF_BACK_S, EKF_CLEARED_S = 0.6, 1.3
GLITCH_LANES_S, GLITCH_SEEN_S, GLITCH_BELIEVED_S, GLITCH_TAKEN_S = 0.14, 1.2, 10.1, 20.3
NO_PULSES_S, LOW_THROTTLE_S = 1.0, 0.06
LOW_THROTTLE: Final = 2
THRUST_LOSS_S: Final = 4.1
STRONGEST_WIND_M_S: Final = 100.0
FARTHEST_GLITCH_DEG: Final = 1.0
_GOOD, _BLIND, _GLITCH = 831, 37, 33599
_FULL_V: Final = 12.6
FAULT_PARAMETERS: Final = frozenset(
    {
        "SIM_GPS1_ENABLE", "SIM_GPS1_GLTCH_X", "SIM_RC_FAIL", "SIM_ENGINE_FAIL", "SIM_BATT_VOLTAGE", "SIM_WIND_SPD",
        "SIM_WIND_DIR", "SIM_WIND_TURB", "SIM_MAG1_FAIL", "SIM_MAG2_FAIL", "SIM_MAG3_FAIL", "SIM_MAG1_OFS_X",
        "SIM_MAG2_OFS_X", "SIM_MAG3_OFS_X", "BATT_CAPACITY", "COMPASS_USE", "COMPASS_USE2", "COMPASS_USE3",
    }
)  # fmt: skip
_Steps = list[tuple[float, Callable[[], None]]]


class Faults:
    """`apply` is told of every one of FAULT_PARAMETERS that is set; `recover` is asked for the first of some modes."""

    def __init__(self, vehicle: Vehicle, recover: Callable[[Modes], None]) -> None:
        self._vehicle = vehicle
        self._recover = recover
        self._plans: dict[str, _Steps] = {}
        self._compasses = Compasses(vehicle)
        self._lanes = Lanes(vehicle)
        self._throttle_low = False
        self._glitch_deg = 0.0
        self._handlers: dict[str, Callable[[float], None]] = {
            "SIM_GPS1_ENABLE": self._gps,
            "SIM_GPS1_GLTCH_X": self._glitch,
            "SIM_RC_FAIL": self._radio,
            "SIM_ENGINE_FAIL": self._motor,
            "SIM_BATT_VOLTAGE": self._voltage,
            "SIM_WIND_SPD": self._wind,
            "SIM_WIND_DIR": self._wind,
            "SIM_WIND_TURB": self._turbulence,
            "BATT_CAPACITY": self._capacity,
        }

    def apply(self, name: str, value: float) -> None:
        handler = self._handlers.get(name)
        if handler is not None:
            handler(value)
        else:
            self._compasses.changed()

    def step(self) -> None:
        self._compasses.step()
        self._lanes.step()
        now_s = self._vehicle.now_s
        for fault, steps in list(self._plans.items()):
            while steps and steps[0][0] <= now_s:
                steps.pop(0)[1]()
            if not steps and self._plans.get(fault) is steps:
                del self._plans[fault]

    def _plan(self, fault: str, *steps: tuple[float, Callable[[], None]]) -> None:
        now_s = self._vehicle.now_s
        self._plans[fault] = [(now_s + after_s, step) for after_s, step in steps]

    def _gps(self, value: float) -> None:
        if value == 0:
            self._plans.pop("glitch", None)
            self._plan(
                "gps", (GPS_FIX_LOST_S, self._fix_lost), (EKF_BLIND_S, self._blind),
                (LANE_SWITCH_S, self._lane_switch), (EKF_FAILSAFE_S, self._ekf_failsafe),
            )  # fmt: skip
        else:
            self._plan("gps", (0.0, self._fix_back), (EKF_BACK_S, self._sees), (EKF_CLEARED_S, self._ekf_cleared))

    def _fix_lost(self) -> None:
        self._vehicle.fix_type, self._vehicle.satellites = 1, 3

    def _fix_back(self) -> None:
        self._vehicle.fix_type, self._vehicle.satellites = 6, 10

    def _blind(self) -> None:
        self._vehicle.ekf_flags, self._vehicle.position_ok = _BLIND, False

    def _sees(self) -> None:
        self._vehicle.ekf_flags, self._vehicle.position_ok = _GOOD, True

    def _lane_switch(self) -> None:
        self._lanes.switch(1)

    def _ekf_failsafe(self) -> None:
        vehicle = self._vehicle
        vehicle.failsafes.add(EKF)
        vehicle.say(2, "EKF variance")
        if vehicle.flying and vehicle.mode in POSITION_MODES:
            self._recover((LAND,))
            vehicle.say(2, "EKF Failsafe: changed to LAND Mode")

    def _ekf_cleared(self) -> None:
        vehicle = self._vehicle
        if EKF in vehicle.failsafes:
            vehicle.failsafes.discard(EKF)
            if vehicle.armed:
                vehicle.say(2, "EKF Failsafe Cleared")

    def _glitch(self, value: float) -> None:
        """The GPS jumps, there or back: the filter hesitates between its lanes and believes it after ten seconds."""
        vehicle = self._vehicle
        value = max(-FARTHEST_GLITCH_DEG, min(FARTHEST_GLITCH_DEG, value))
        if value == self._glitch_deg or not vehicle.position_ok:
            self._glitch_deg = value
            return
        jump_deg, self._glitch_deg = value - self._glitch_deg, value
        vehicle.gps_jump_deg += jump_deg
        away = 1 - self._lanes.primary
        self._plan(
            "glitch", (GLITCH_LANES_S, partial(self._lanes.switch, away)),
            (GLITCH_LANES_S + 0.005, partial(self._lanes.switch, 1 - away)), (GLITCH_SEEN_S, self._glitch_seen),
            (GLITCH_BELIEVED_S, partial(self._believe, jump_deg, away)), (GLITCH_TAKEN_S, self._glitch_taken),
        )  # fmt: skip

    def _believe(self, jump_deg: float, lane: int) -> None:
        self._lanes.switch(lane)
        self._vehicle.shift_position(jump_deg)

    def _glitch_seen(self) -> None:
        self._vehicle.ekf_flags = _GLITCH
        self._vehicle.say(2, "GPS Glitch or Compass error")

    def _glitch_taken(self) -> None:
        self._vehicle.ekf_flags = _GOOD
        self._vehicle.say(2, "Glitch cleared")

    def _radio(self, value: float) -> None:
        self._throttle_low = self._throttle_low or value == LOW_THROTTLE
        if value != 0:
            self._plan("radio", (NO_PULSES_S if value == 1 else LOW_THROTTLE_S, self._radio_lost))
        elif not self._throttle_low:  # SITL's stick stays low once it was pulled
            self._plan("radio", (0.0, self._radio_back))

    def _radio_lost(self) -> None:
        vehicle = self._vehicle
        if not vehicle.params["FS_THR_ENABLE"] or RADIO in vehicle.failsafes:
            return
        vehicle.failsafes.add(RADIO)
        if vehicle.flying:
            goes_on = goes_on_without_radio(vehicle.mode, int(vehicle.params["FS_OPTIONS"]))
            if not goes_on and vehicle.mode not in {RTL, LAND}:
                self._recover(link_lost(int(vehicle.params["FS_THR_ENABLE"])))
            vehicle.say(4, f"Radio Failsafe - Continuing {goes_on}" if goes_on else "Radio Failsafe")
        else:
            vehicle.say(4, "Radio Failsafe - Disarming")

    def _radio_back(self) -> None:
        if RADIO in self._vehicle.failsafes:
            self._vehicle.failsafes.discard(RADIO)
            self._vehicle.say(4, "Radio Failsafe Cleared")

    def _motor(self, value: float) -> None:
        self._vehicle.motor_failed = value != 0
        if value != 0:
            self._plan("motor", (THRUST_LOSS_S, self._thrust_loss))

    def _thrust_loss(self) -> None:
        if self._vehicle.armed:
            self._vehicle.say(0, "Potential Thrust Loss (1)")

    def _voltage(self, value: float) -> None:
        self._vehicle.battery.force_voltage(None if abs(value - _FULL_V) < 0.01 else value)

    def _wind(self, _value: float) -> None:
        params = self._vehicle.params
        speed_m_s = max(0.0, min(STRONGEST_WIND_M_S, params["SIM_WIND_SPD"]))
        self._vehicle.wind.blow(speed_m_s, params["SIM_WIND_DIR"] % 360.0)

    def _turbulence(self, value: float) -> None:
        self._vehicle.wind.shake(max(0.0, min(STRONGEST_WIND_M_S, value)))

    def _capacity(self, value: float) -> None:
        """What a full pack is taken to hold."""
        self._vehicle.battery.rated_mah = max(1.0, value)
