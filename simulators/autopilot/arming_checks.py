"""Arming checks that follow from parameters: one text a check, in ArduPilot's words and order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import hypot
from typing import Final

from simulators.autopilot.state import ReadsParameters

SIM_HDOP_CM: Final = 121
LEAST_THROTTLE_PWM: Final = 910
ANGLE_LIMITS_CDEG: Final = (1000, 8000)
FIELD_MAX, FIELD_MIN = 875, 185
_FIELD_HERE: Final = (-35.0, -338.0, 341.0)  # milligauss as recorded with the nose east
_AXES: Final = ("X", "Y", "Z")
_USUAL_OFFSET: Final = 5.0
_USUAL_VARIANCE, _WRONG_PER_VARIANCE = 0.0119, 151.0
_LAND_ITEM: Final = 1
GCS_FAILSAFE: Final = "GCS failsafe on"
_CIRCLE: Final = 2
SILENT_AT_FIRST: Final = frozenset(
    {
        "Motors: Check frame class and type",
        "Check FS_THR_VALUE",
        "Check ANGLE_MAX",
        "Need Alt Estimate",
        GCS_FAILSAFE,
    }
)
"""Checks of ArduCopter itself: unlike those of the common library they are not told as soon as they fail."""


def compasses_used(params: ReadsParameters) -> bool:
    return any(params[name] for name in ("COMPASS_USE", "COMPASS_USE2", "COMPASS_USE3"))


def compass_variance(params: ReadsParameters) -> float:
    """What the estimators think of the compasses: recorded 3.94 for one that is 595 milligauss wrong."""
    return max(_USUAL_VARIANCE, abs(params["SIM_MAG1_OFS_X"] - _USUAL_OFFSET) / _WRONG_PER_VARIANCE)


def parameter_problems(params: ReadsParameters) -> Iterator[str]:
    """What wrong parameters refuse."""
    for wrong, text in _CHECKS:
        if wrong(params):
            yield text(params) if callable(text) else text


def _uncalibrated(params: ReadsParameters) -> bool:
    offsets = all(params[f"INS_ACCOFFS_{axis}"] == 0 for axis in _AXES)
    return offsets and all(params[f"INS_ACCSCAL_{axis}"] == 1 for axis in _AXES)


def _field(params: ReadsParameters) -> int:
    x, y, z = _FIELD_HERE
    return int(hypot(x + params["COMPASS_OFS_X"] - _USUAL_OFFSET, y, z))


def _field_wrong(params: ReadsParameters) -> bool:
    return not FIELD_MIN <= _field(params) <= FIELD_MAX


def fence_wrong(params: ReadsParameters) -> bool:
    """A circle round home that is none; what else is wrong with a fence is not looked at then."""
    return params["FENCE_ENABLE"] > 0 and bool(int(params["FENCE_TYPE"]) & _CIRCLE) and params["FENCE_RADIUS"] <= 0


_CHECKS: Final[tuple[tuple[Callable[[ReadsParameters], bool], str | Callable[[ReadsParameters], str]], ...]] = (
    (_uncalibrated, "3D Accel calibration needed"),
    (lambda p: bool(p["SIM_MAG1_FAIL"]) and compasses_used(p), "Compass not healthy"),
    (_field_wrong, lambda p: f"Check mag field: {_field(p)}, max {FIELD_MAX}, min {FIELD_MIN}"),
    (_field_wrong, "EKF compass variance"),
    (lambda p: p["GPS_HDOP_GOOD"] < SIM_HDOP_CM, "High GPS HDOP"),
    (lambda p: p["FRAME_CLASS"] == 0, "Motors: Check frame class and type"),
    (lambda p: p["FS_THR_ENABLE"] > 0 and p["FS_THR_VALUE"] < LEAST_THROTTLE_PWM, "Check FS_THR_VALUE"),
    (lambda p: not ANGLE_LIMITS_CDEG[0] <= p["ANGLE_MAX"] <= ANGLE_LIMITS_CDEG[1], "Check ANGLE_MAX"),
    (fence_wrong, "Invalid Circle FENCE_RADIUS value"),
    (lambda p: bool(int(p["ARMING_MIS_ITEMS"]) & _LAND_ITEM), "Missing mission item: land"),
)
