"""Every number that has a name here has it in pymavlink's tables too."""

import inspect
from enum import IntEnum

import pytest
from pymavlink.dialects.v20 import ardupilotmega

from telemetry import constants

TABLES = {
    "MavAutopilot": ("MAV_AUTOPILOT", "MAV_AUTOPILOT_"),
    "MavType": ("MAV_TYPE", "MAV_TYPE_"),
    "MavState": ("MAV_STATE", "MAV_STATE_"),
    "MavModeFlag": ("MAV_MODE_FLAG", "MAV_MODE_FLAG_"),
    "MavLandedState": ("MAV_LANDED_STATE", "MAV_LANDED_STATE_"),
    "MavSeverity": ("MAV_SEVERITY", "MAV_SEVERITY_"),
    "MavResult": ("MAV_RESULT", "MAV_RESULT_"),
    "MavMissionResult": ("MAV_MISSION_RESULT", "MAV_MISSION_"),
    "MavMissionType": ("MAV_MISSION_TYPE", "MAV_MISSION_TYPE_"),
    "MavFrame": ("MAV_FRAME", "MAV_FRAME_"),
    "MavParamType": ("MAV_PARAM_TYPE", "MAV_PARAM_TYPE_"),
    "GpsFix": ("GPS_FIX_TYPE", "GPS_FIX_TYPE_"),
    "EkfFlag": ("EKF_STATUS_FLAGS", "EKF_"),
    "MavCmd": ("MAV_CMD", "MAV_CMD_"),
}
LEFT_OUT_BY_ARDUPILOT = {"MAV_RESULT": {"MAV_RESULT_CANCELLED": 6}}
"""What MAVLink's common definitions have, and ArduPilot's, of which pymavlink's tables are made, do not."""
CANNOT_START_WITH_A_DIGIT = {"FIX_2D": "2D_FIX", "FIX_3D": "3D_FIX"}
ENUMS = [
    (name, cls)
    for name, cls in inspect.getmembers(constants, inspect.isclass)
    if issubclass(cls, int) and cls.__module__ == constants.__name__
]


@pytest.mark.parametrize(("name", "cls"), ENUMS, ids=[name for name, _ in ENUMS])
def test_a_table_equals_pymavlinks(name: str, cls: type[IntEnum]) -> None:
    table, prefix = TABLES[name]
    theirs = {entry.name: value for value, entry in ardupilotmega.enums[table].items()}
    left_out = LEFT_OUT_BY_ARDUPILOT.get(table, {})
    assert not left_out.keys() & theirs.keys()

    ours = {prefix + CANNOT_START_WITH_A_DIGIT.get(member.name, member.name): member.value for member in cls}

    assert ours
    assert {key: (theirs | left_out).get(key) for key in ours} == ours
