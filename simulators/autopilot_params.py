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

from simulators.autopilot_state import Vehicle
from telemetry.dialect import Message
from telemetry.messages import new

NO_INDEX: Final = 65535
LIST_PER_S: Final = 1934.0  # 1354 values in 0.70 s
READ_DELAY_S: Final = 0.05  # ArduPilot's io thread looks about ten times a second
_RANGES: Final = MappingProxyType({2: (-128, 127), 4: (-32768, 32767), 6: (-(2**31), 2**31 - 1)})


@cache
def default_parameters() -> MappingProxyType[str, tuple[float, int, int]]:
    """Name to (value, MAV_PARAM_TYPE, index), in the order of the index."""
    raw = json.loads(files("simulators").joinpath("params_default.json").read_text("utf-8"))
    rows = sorted(raw.items(), key=lambda row: row[1][2])
    return MappingProxyType({name: (float(value), int(kind), int(index)) for name, (value, kind, index) in rows})


@cache
def _names() -> tuple[str, ...]:
    return tuple(default_parameters())


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
        self._lists: dict[str, float] = {}  # channel -> next index, with the fraction not yet due
        self._reads: list[tuple[float, Message, str | None]] = []

    def request_list(self, channel: str) -> None:
        for text in self._vehicle.banner():
            self._vehicle.say(6, text, channel)
        self._lists[channel] = 0.0

    def request_read(self, message: Message) -> None:
        if message.param_index >= 0:
            if message.param_index >= len(_names()):
                return
            name, index = _names()[message.param_index], message.param_index
        else:
            name, index = message.param_id, NO_INDEX
        if name in default_parameters():
            self._reads.append((self._vehicle.link_s + READ_DELAY_S, self.value_message(name, index), None))

    def set(self, message: Message) -> None:
        if self._values.set(message.param_id, message.param_value) is not None:
            self._vehicle.send(self.value_message(message.param_id))

    def announce(self, name: str, value: float) -> None:
        """The vehicle changes one of its own values and says so."""
        if self._values.set(name, value) is not None:
            self._vehicle.announced.append((self.value_message(name), None))

    def tell(self, name: str) -> None:
        """The vehicle has written one of its own values again."""
        self._vehicle.announced.append((self.value_message(name), None))

    def value_message(self, name: str, index: int = NO_INDEX) -> Message:
        kind = default_parameters()[name][1]
        return new(
            "PARAM_VALUE", param_id=name, param_value=self._values[name], param_type=kind,
            param_count=len(_names()), param_index=index,
        )  # fmt: skip

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
