"""The first forty seconds of a vehicle, and the checks before arming.

Texts and times as recorded from power-on: ready at 2.4 s, GPS at 10 s, home at 20 s, position good at 41.4 s.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from simulators.arming_checks import compasses_used, parameter_problems
from simulators.autopilot_state import AUTO, POSITION_MODES, STABILIZE, Vehicle

SWITCH_S = 2.7  # the mode switch of the transmitter is read, and overrides what was asked for earlier
READY_S, GPS_S, HOME_S, POSITION_S, WARM_S = 2.4, 10.0, 20.0, 41.4, 45.0
_EKF = ((5.5, 0), (6.0, 167), (41.5, 831))
_TEXTS = (
    (0.2, 7, "RCInput: decoding UDP (Pulses)"),
    (0.3, 6, "Calibrating barometer"),
    (1.9, 6, "Barometer 1 calibration complete"),
    (1.9, 6, "Barometer 2 calibration complete"),
    (2.4, 6, "ArduPilot Ready"),
    (2.4, 6, "AHRS: DCM active"),
    (2.7, 6, "RC7: SaveWaypoint LOW"),
    (4.4, 6, "EKF3 IMU0 initialised"),
    (4.4, 6, "EKF3 IMU1 initialised"),
    (4.4, 6, "AHRS: EKF3 active"),
    (5.8, 6, "EKF3 IMU0 tilt alignment complete"),
    (5.8, 6, "EKF3 IMU1 tilt alignment complete"),
    (5.9, 6, "EKF3 IMU0 MAG0 initial yaw alignment complete"),
    (5.9, 6, "EKF3 IMU1 MAG0 initial yaw alignment complete"),
    (9.8, 6, "GPS 1: probing for u-blox at 230400 baud"),
    (9.8, 6, "GPS 1: detected u-blox"),
    (20.0, 6, "EKF3 IMU0 origin set"),
    (20.0, 6, "Field Elevation Set: {alt:.0f}m"),
    (20.2, 6, "EKF3 IMU1 origin set"),
    (41.4, 6, "EKF3 IMU0 is using GPS"),
    (41.6, 6, "EKF3 IMU1 is using GPS"),
)
_EARLY_CHECKS = (
    (2.4, 12.7, "Accels inconsistent"),
    (2.4, 5.9, "EKF attitude is bad"),
    (2.4, 3.0, "Compass not healthy"),
    (2.4, 3.0, "AHRS: EKF3 not started"),
    (2.4, 3.0, "Battery 1 unhealthy"),
    (3.0, 4.4, "AHRS: EKF3 Yaw inconsistent 96 deg. Wait or reboot"),
    (4.4, 5.0, "AHRS: EKF3 still initialising"),
    (12.7, 22.8, "Gyros inconsistent"),
)
NOT_ARMABLE = frozenset({6, 7, 9, 17, 21, 27, 14, 15})


class Boot:
    """Brings the vehicle up along the recorded timeline as simulated time passes."""

    def __init__(self, vehicle: Vehicle, enter_mode: Callable[[int], None]) -> None:
        self._vehicle = vehicle
        self._enter_mode = enter_mode
        self._next_text = 0
        self._switch_read = False

    def warm_start(self) -> None:
        """Everything has happened already: the vehicle stands there with a good position and a home."""
        self._vehicle.now_s = WARM_S
        self._next_text = len(_TEXTS)
        self.step()

    @property
    def complete(self) -> bool:
        """Nothing more happens by itself."""
        return self._next_text == len(_TEXTS)

    def step(self) -> None:
        vehicle, now = self._vehicle, self._vehicle.now_s
        while self._next_text < len(_TEXTS) and now >= _TEXTS[self._next_text][0]:
            _, severity, text = _TEXTS[self._next_text]
            vehicle.say(severity, text.format(alt=vehicle.frame.alt_m))
            self._next_text += 1
        vehicle.ready = now >= READY_S
        if now >= SWITCH_S and not self._switch_read:
            self._switch_read = True
            if vehicle.mode != STABILIZE:
                self._enter_mode(STABILIZE)
        vehicle.has_gps = now >= GPS_S
        vehicle.fix_type, vehicle.satellites = (6, 10) if vehicle.has_gps else (0, 0)
        if now >= HOME_S and not vehicle.origin_set:
            vehicle.origin_set = True
            vehicle.set_home(vehicle.home_here(locked=False))
        for start, flags in _EKF:
            if now >= start:
                vehicle.ekf_flags = flags
        vehicle.position_ok = now >= POSITION_S


def prearm_problems(vehicle: Vehicle) -> Iterator[str]:
    """One text per failing check, without the prefix (`PreArm: ` or `Arm: `)."""
    if not vehicle.ready:
        yield "System not initialised"
        return
    now = vehicle.now_s
    for start, end, text in _EARLY_CHECKS:
        if start <= now < end:
            yield text
    if vehicle.mode in POSITION_MODES:
        if vehicle.home is None:
            yield "AHRS: waiting for home"
        elif 0 < vehicle.fix_type < 3:
            yield "GPS 1: Bad fix"
        elif not vehicle.position_ok or not compasses_used(vehicle.params):
            yield "Need Position Estimate"
    if vehicle.mode == AUTO and vehicle.mission.total == 0:
        yield "Mode requires mission"
    yield from parameter_problems(vehicle.params)
    yield from _battery_problems(vehicle)
    if "radio" in vehicle.failsafes:
        yield "Radio failsafe on"
    if vehicle.fence.breached:
        yield "Vehicle breaching Polygon fence"


def _battery_problems(vehicle: Vehicle) -> Iterator[str]:
    minimum = vehicle.params["BATT_ARM_VOLT"]
    if minimum > 0 and vehicle.battery.voltage_v < minimum:
        yield "Battery 1 below minimum arming voltage"
    if vehicle.charge_state > 1 and 0 < vehicle.battery.voltage_v <= vehicle.params["BATT_LOW_VOLT"]:
        yield "Battery 1 low voltage failsafe"
    if "battery" in vehicle.failsafes:
        yield "Battery failsafe"


def arming_problems(vehicle: Vehicle, mode_name: str, *, has_mission: bool) -> Iterator[str]:
    """What refuses an arming request in this mode, in ArduPilot's words."""
    if not vehicle.ready:
        yield "System not initialised"
    elif vehicle.mode == AUTO and not has_mission:
        yield "Mode requires mission"
    elif vehicle.mode == AUTO or vehicle.mode in NOT_ARMABLE:
        yield f"{mode_name} mode not armable"
    else:
        yield from prearm_problems(vehicle)
