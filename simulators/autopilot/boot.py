"""The first forty seconds of a vehicle, and the checks before arming.

Texts and times as recorded from power-on: ready at 2.45 s, GPS at 10 s, home at 20 s, position good at 41.4 s.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from simulators.autopilot.arming_checks import (
    GCS_FAILSAFE,
    SILENT_AT_FIRST,
    compasses_used,
    fence_wrong,
    parameter_problems,
)
from simulators.autopilot.state import AUTO, POSITION_MODES, STABILIZE, Vehicle
from simulators.autopilot.telemetry.air import NO_OPERATOR, operator_known

SWITCH_S = 2.75  # the mode switch of the transmitter is read, and overrides what was asked for earlier
READY_S, GPS_S, HOME_S, POSITION_S, WARM_S = 2.45, 10.0, 20.0, 41.4, 45.0
_EKF = ((5.5, 0), (6.0, 167), (41.5, 831))
_TEXTS = (
    (0.21, 7, "RCInput: decoding UDP (Pulses)"),
    (0.33, 6, "Calibrating barometer"),
    (1.93, 6, "Barometer 1 calibration complete"),
    (1.93, 6, "Barometer 2 calibration complete"),
    (2.45, 6, "ArduPilot Ready"),
    (2.45, 6, "AHRS: DCM active"),
    (2.75, 6, "RC7: SaveWaypoint LOW"),
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
    (2.4, 5.9, "EKF attitude is bad"),
    (2.4, 3.0, "Compass not healthy"),
    (2.4, 3.0, "AHRS: EKF3 not started"),
    (2.4, 3.0, "Battery 1 unhealthy"),
    (3.0, 4.4, "AHRS: EKF3 Yaw inconsistent 96 deg. Wait or reboot"),
    (4.4, 5.0, "AHRS: EKF3 still initialising"),
)
HEIGHT_S = 6.0  # the EKF knows its height from here on
CONSISTENT_FOR_S = 10.0
CHECKS_FROM_S, CHECK_EVERY_S = 3.46, 1.0
REPORT_EVERY_S, REPORT_AGAIN_S = 30.0, 4.0
BY_HAND = frozenset({0, 1, 11, 14, 18})
"""Modes in which the pilot's stick is the throttle: no height is needed."""
_NO_POSITION_TO_LAND = 9
_GYROS = (
    (2.45, "INS_GYROFFS_X INS_GYROFFS_Y INS_GYROFFS_Z INS_GYR_ID INS_GYR1_CALTEMP"),
    (2.45, "INS_GYR2OFFS_X INS_GYR2OFFS_Y INS_GYR2OFFS_Z INS_GYR2_ID INS_GYR2_CALTEMP"),
    (2.45, "INS_GYR3OFFS_X INS_GYR3OFFS_Y INS_GYR3OFFS_Z INS_GYR3_ID"),
)
_BAROMETERS_AT_HOME = (20.05, "BARO1_GND_PRESS BARO2_GND_PRESS")
FIRST_BOOT_PARAMETERS = (
    (0.21, "ESC_CALIBRATION RELAY1_FUNCTION"),
    (0.22, "COMPASS_DEV_ID COMPASS_DEV_ID2 COMPASS_DEV_ID3 COMPASS_EXTERNAL"),
    (0.22, "COMPASS_DEV_ID COMPASS_DEV_ID2 COMPASS_DEV_ID3"),
    (0.33, "CAM1_TYPE CAM2_TYPE BARO_ALT_OFFSET"),
    (1.93, "BARO1_GND_PRESS BARO2_GND_PRESS INS_GYR_ID INS_ACC_ID INS_GYR2_ID INS_ACC2_ID"),
    *_GYROS,
    (3.46, "EK3_SRC1_POSXY"),
    _BAROMETERS_AT_HOME,
)
REBOOT_PARAMETERS = (
    (0.21, "ESC_CALIBRATION"),
    (0.22, "COMPASS_EXTERNAL COMPASS_PRIO1_ID COMPASS_DEV_ID COMPASS_PRIO2_ID COMPASS_DEV_ID2"),
    (0.22, "COMPASS_PRIO3_ID COMPASS_DEV_ID3"),
    (0.33, "BARO_ALT_OFFSET"),
    (1.93, "BARO1_GND_PRESS BARO2_GND_PRESS INS_ACC_ID INS_ACC2_ID"),
    *_GYROS,
    _BAROMETERS_AT_HOME,
)
"""When a vehicle that boots tells which of its own values it wrote: the first time it fills its storage."""
NOT_ARMABLE = frozenset({6, 7, 9, 17, 21, 27, 14, 15})


class Boot:
    """Brings the vehicle up along the recorded timeline as simulated time passes."""

    def __init__(
        self, vehicle: Vehicle, enter_mode: Callable[[int], None], announce: Callable[[str], None], *, again: bool
    ) -> None:
        self._parameters = REBOOT_PARAMETERS if again else FIRST_BOOT_PARAMETERS
        self._vehicle = vehicle
        self._enter_mode = enter_mode
        self._announce = announce
        self._next_text = self._next_parameter = 0
        self._switch_read = False

    def warm_start(self) -> None:
        """Everything has happened already: the vehicle stands there with a good position and a home."""
        self._vehicle.now_s = WARM_S
        self._next_text = len(_TEXTS)
        self._next_parameter = len(self._parameters)
        self._vehicle.accels_since_s = self._vehicle.gyros_since_s = 0.0
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
        while self._next_parameter < len(self._parameters) and now >= self._parameters[self._next_parameter][0]:
            for name in self._parameters[self._next_parameter][1].split():
                self._announce(name)
            self._next_parameter += 1
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
    if vehicle.safety_on:
        yield "Hardware safety switch"
    if vehicle.mode not in BY_HAND and now < HEIGHT_S:
        yield "Need Alt Estimate"
    yield from _inconsistent(vehicle)
    for start, end, text in _EARLY_CHECKS:
        if start <= now < end:
            yield text
    if vehicle.mode in POSITION_MODES and vehicle.mode != _NO_POSITION_TO_LAND:
        yield from _position_problems(vehicle)
    if vehicle.mode == AUTO and vehicle.mission.total == 0:
        yield "Mode requires mission"
    yield from parameter_problems(vehicle.params)
    if vehicle.params["DID_ENABLE"] > 0 and not operator_known(vehicle):
        yield NO_OPERATOR
    yield from _battery_problems(vehicle)
    yield from _failsafe_problems(vehicle)
    if vehicle.fence.breached and vehicle.fence_enabled and not fence_wrong(vehicle.params):
        yield "Vehicle breaching Polygon fence"


def _failsafe_problems(vehicle: Vehicle) -> Iterator[str]:
    if "gcs" in vehicle.failsafes:
        yield GCS_FAILSAFE
    if "radio" in vehicle.failsafes:
        yield "Radio failsafe on"
    if vehicle.fence_enabled and vehicle.fence_missing:
        yield "Fences enabled, but none selected"


def _position_problems(vehicle: Vehicle) -> Iterator[str]:
    if vehicle.home is None:
        yield "AHRS: waiting for home"
    elif 0 < vehicle.fix_type < 3:
        yield "GPS 1: Bad fix"
    elif not vehicle.position_ok or not compasses_used(vehicle.params):
        yield "Need Position Estimate"


def _inconsistent(vehicle: Vehicle) -> Iterator[str]:
    """Sensors must have agreed for ten seconds since they were first looked at, gyros after accelerometers."""
    now = vehicle.now_s
    if vehicle.accels_since_s is None:
        vehicle.accels_since_s = now
    if now - vehicle.accels_since_s < CONSISTENT_FOR_S:
        yield "Accels inconsistent"
        return
    if vehicle.gyros_since_s is None:
        vehicle.gyros_since_s = now
    if now - vehicle.gyros_since_s < CONSISTENT_FOR_S:
        yield "Gyros inconsistent"


class PrearmWatch:
    """Looks once a second; tells problems every 30 s, and a second after they came up."""

    def __init__(self, vehicle: Vehicle) -> None:
        self._vehicle = vehicle
        self._next_s = CHECKS_FROM_S
        while self._next_s <= vehicle.now_s:
            self._next_s += CHECK_EVERY_S
        self._told_s = 0.0
        self._good = False
        self._hurry = False

    def look(self) -> list[str]:
        """The problems now, as anybody may ask for them; new ones are told with the next look."""
        problems = [] if self._vehicle.armed else list(prearm_problems(self._vehicle))
        good = all(problem in SILENT_AT_FIRST for problem in problems)
        self._hurry = self._hurry or (self._good and not good)
        self._good = good
        self._vehicle.prearm_ok = not problems
        return problems

    def step(self) -> None:
        now = self._vehicle.now_s
        if now < self._next_s:
            return
        self._next_s += CHECK_EVERY_S
        if self._vehicle.armed:
            self.look()
            return
        wait_s = REPORT_AGAIN_S if self._hurry else REPORT_EVERY_S
        tell = now - self._told_s > wait_s
        if tell:
            self._hurry, self._told_s = False, now
        for problem in self.look():
            if tell:
                self._vehicle.say(2, f"PreArm: {problem}")


def _battery_problems(vehicle: Vehicle) -> Iterator[str]:
    minimum = vehicle.params["BATT_ARM_VOLT"]
    if minimum > 0 and vehicle.battery.voltage_v < minimum:
        yield "Battery 1 below minimum arming voltage"
    if vehicle.charge_state > 1 and 0 < vehicle.battery.voltage_v <= vehicle.params["BATT_LOW_VOLT"]:
        yield "Battery 1 low voltage failsafe"
    if "battery" in vehicle.failsafes:
        yield "Battery failsafe"


ARMS_IN_AUTO = 1
"""A bit of AUTO_OPTIONS."""


def arming_problems(vehicle: Vehicle, mode_name: str, *, has_mission: bool) -> Iterator[str]:
    """What refuses an arming request in this mode, in ArduPilot's words."""
    if not vehicle.ready:
        yield "System not initialised"
        return
    problems = tuple(prearm_problems(vehicle))
    yield from problems
    if problems:
        return
    if vehicle.mode == AUTO and not has_mission:
        yield "Mode requires mission"
    elif vehicle.mode in NOT_ARMABLE or (
        vehicle.mode == AUTO and not int(vehicle.params["AUTO_OPTIONS"]) & ARMS_IN_AUTO
    ):
        yield f"{mode_name} mode not armable"


def _arms_in_auto(vehicle: Vehicle) -> bool:
    return bool(int(vehicle.params["AUTO_OPTIONS"]) & ARMS_IN_AUTO)
