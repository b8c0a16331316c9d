"""Parameters: the values of ArduCopter's 1354, and the PARAM_* messages.

Values and types were read from a real vehicle and ship in params_default.json (name: [value, type, index]).
Recorded habits: a write is echoed with index 65535 and the vehicle's own type; integers are cut toward
zero and clamped to their type; unknown names, NaN and infinities get silence.
"""

from __future__ import annotations

import json
import struct
from functools import cache
from importlib.resources import files
from math import isfinite
from types import MappingProxyType
from typing import Final

from simulators.autopilot.state import Vehicle
from telemetry.dialect import Message
from telemetry.messages import new

NO_INDEX: Final = 65535
REAL32: Final = 9
HIDDEN_AT_FIRST, _OF_GPS = 13, 22
_COMPLETES: Final = "RELAY1_FUNCTION"
"""The first boot writes it, and with it the parameters of relays are there."""
_TOP_LEVEL: Final = frozenset(
    {
        "FORMAT_VERSION", "PILOT_THR_FILT", "PILOT_TKOFF_ALT", "PILOT_THR_BHV", "RTL_ALT", "RTL_SPEED",
        "RTL_ALT_FINAL", "RTL_CLIMB_MIN", "RTL_LOIT_TIME", "RTL_ALT_TYPE", "RTL_CONE_SLOPE", "FS_GCS_ENABLE",
        "GPS_HDOP_GOOD", "SUPER_SIMPLE", "SIMPLE", "WP_YAW_BEHAVIOR", "LAND_SPEED", "LAND_SPEED_HIGH",
        "PILOT_SPEED_UP", "PILOT_ACCEL_Z", "FS_THR_ENABLE", "FS_THR_VALUE", "THR_DZ", "FLTMODE1", "FLTMODE2",
        "FLTMODE3", "FLTMODE4", "FLTMODE5", "FLTMODE6", "FLTMODE_CH", "INITIAL_MODE", "LOG_BITMASK",
        "ESC_CALIBRATION", "TUNE", "FRAME_TYPE", "DISARM_DELAY", "ANGLE_MAX", "PHLD_BRAKE_RATE", "PHLD_BRAKE_ANGLE",
        "LAND_REPOSITION", "FS_EKF_ACTION", "FS_EKF_THRESH", "FS_CRASH_CHECK", "RC_SPEED", "ACRO_BAL_ROLL",
        "ACRO_BAL_PITCH", "ACRO_TRAINER",
    }
)  # fmt: skip
"""Parameters of no group: their echo always says their own type."""
LIST_PER_S: Final = 1934.0  # 1354 values in 0.70 s
READ_DELAY_S: Final = 0.05  # ArduPilot's io thread looks about ten times a second
_RANGES: Final = MappingProxyType({2: (-128, 127), 4: (-32768, 32767), 6: (-(2**31), 2**31 - 1)})


@cache
def default_parameters() -> MappingProxyType[str, tuple[float, int, int]]:
    """Name to (value, MAV_PARAM_TYPE, index), in the order of the index."""
    raw = json.loads(files("simulators.autopilot.parameters").joinpath("params_default.json").read_text("utf-8"))
    rows = sorted(raw.items(), key=lambda row: row[1][2])
    return MappingProxyType({name: (float(value), int(kind), int(index)) for name, (value, kind, index) in rows})


@cache
def _names() -> tuple[str, ...]:
    return tuple(default_parameters())


READ_ONLY: Final = frozenset(
    {"MIS_TOTAL"} | {f"BARO{number}_{what}" for number in (1, 2, 3) for what in ("GND_PRESS", "DEVID")}
)
"""What a vehicle keeps to itself: a write is denied, and the value told."""


class Parameters:
    """One vehicle's values: the defaults and what was changed."""

    def __init__(self, changes: dict[str, float] | None = None) -> None:
        self._changed: dict[str, float] = {}
        for name, value in (changes or {}).items():
            if self.set(name, value) is None:
                raise ValueError(f"unknown parameter or impossible value: {name}={value}")

    def __getitem__(self, name: str) -> float:
        value = self._changed.get(name)
        return default_parameters()[name][0] if value is None else value

    def holds(self, name: str) -> bool:
        """Whether a value was stored beside the default."""
        return name in self._changed

    def forget(self, name: str) -> None:
        self._changed.pop(name, None)

    def set(self, name: str, value: float) -> float | None:
        """The value as stored, or None where the name is unknown or the value not finite."""
        known = default_parameters().get(name)
        if known is None or not isfinite(value):
            return None
        self._changed[name] = _as_stored(value, known[1])
        return self._changed[name]


def _as_stored(value: float, kind: int) -> float:
    limits = _RANGES.get(kind)
    if limits is None:
        try:
            return float(struct.unpack("<f", struct.pack("<f", value))[0])
        except OverflowError:
            return 3.4028234663852886e38 if value > 0 else -3.4028234663852886e38
    return float(max(limits[0], min(limits[1], int(value))))


class ParameterService:
    """Answers PARAM_REQUEST_LIST, PARAM_REQUEST_READ and PARAM_SET; times are the link's."""

    def __init__(self, vehicle: Vehicle, values: Parameters) -> None:
        self._vehicle = vehicle
        self._values = values
        self.hidden = 0
        self._lists: dict[str, float] = {}  # channel -> next index, with the fraction not yet due
        self._reads: list[tuple[float, Message, str]] = []

    def request_list(self, channel: str) -> None:
        for text in self._vehicle.banner():
            self._vehicle.say(6, text, channel)
        self._lists[channel] = 0.0

    def request_read(self, message: Message, channel: str) -> None:
        if message.param_index >= 0:
            if message.param_index >= len(_names()):
                return
            name, index = _names()[message.param_index], message.param_index
        else:
            name, index = message.param_id, NO_INDEX
        if name in default_parameters():
            self._reads.append((self._vehicle.link_s + READ_DELAY_S, self.value_message(name, index), channel))

    def set(self, message: Message) -> None:
        """A default that stays is not stored, and its echo says REAL32; a vector is told whole with its first axis."""
        name, before = message.param_id, self._value(message.param_id)
        stored = self._values.holds(name)
        if name in READ_ONLY and isfinite(message.param_value):
            self._vehicle.say(4, f"Param write denied ({name})")
            self._vehicle.send(self.value_message(name))
            return
        after = self._values.set(name, message.param_value)
        if after is None:
            return
        echo = self.value_message(name)
        if message.param_value == before and not stored and name not in _TOP_LEVEL:
            self._values.forget(name)
            echo = echo.replace(param_type=REAL32)
        self._vehicle.send(echo)
        if name.endswith("_X") and after != before:
            for axis in (f"{name[:-1]}Y", f"{name[:-1]}Z"):
                if self._value(axis) is not None:
                    self._vehicle.send(self.value_message(axis))

    def _value(self, name: str) -> float | None:
        return self._values[name] if name in default_parameters() else None

    def announce(self, name: str, value: float) -> None:
        """The vehicle changes one of its own values and says so."""
        if self._values.set(name, value) is not None:
            self._vehicle.announced.append((self.value_message(name), None))

    def tell(self, name: str) -> None:
        """The vehicle has written one of its own values again."""
        if name == _COMPLETES:
            self.hidden = 0
        self._vehicle.announced.append((self.value_message(name), None))

    def value_message(self, name: str, index: int = NO_INDEX) -> Message:
        kind = default_parameters()[name][1]
        return new(
            "PARAM_VALUE", param_id=name, param_value=self._values[name], param_type=kind,
            param_count=self._count(), param_index=index,
        )  # fmt: skip

    def _count(self) -> int:
        """Values of sensors that are switched off are not counted."""
        return len(_names()) - self.hidden - (0 if self._values["SIM_GPS1_ENABLE"] else _OF_GPS)

    def step(self, link_dt_s: float) -> None:
        if self._reads:
            due = [read for read in self._reads if read[0] <= self._vehicle.link_s]
            self._reads = [read for read in self._reads if read[0] > self._vehicle.link_s]
            for _, message, channel in due:
                self._vehicle.send(message, channel)
        for channel, position in list(self._lists.items()):
            end = min(position + link_dt_s * LIST_PER_S, float(len(_names())))
            for index in range(int(position), int(end)):
                self._vehicle.send(self.value_message(_names()[index], index), channel)
            if end >= len(_names()):
                del self._lists[channel]
            else:
                self._lists[channel] = end
