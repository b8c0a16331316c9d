"""What a real ArduPilot SITL says of itself for a drill: where it truly is, and which parameters it has taken. Pure.

SIMSTATE is the simulation's own truth (place and heading), whatever the autopilot believes; height, landing and
battery are the autopilot's word. Nothing is streamed unasked, and a reboot forgets what was asked for, so `says`
asks again for whatever does not flow.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import degrees
from types import MappingProxyType
from typing import Any, Final

from simulators.drill.engine import DroneState
from telemetry.constants import MavLandedState
from telemetry.dialect import ARDUPILOTMEGA, Message
from telemetry.messages import new
from telemetry.services.commands import set_message_interval

STREAMS: Final[Mapping[str, float]] = MappingProxyType(
    {"SIMSTATE": 10.0, "GLOBAL_POSITION_INT": 10.0, "EXTENDED_SYS_STATE": 4.0, "BATTERY_STATUS": 1.0}
)
"""What is asked for, in messages a second."""
LISTENED_TO: Final = frozenset({*STREAMS, "PARAM_VALUE"})
STALE_S: Final = 3.0
ASKED_AGAIN_S: Final = 3.0
SET_AGAIN_S, MOST_SETS = 1.0, 5
REAL32: Final = 9
UNKNOWN_PCT: Final = -1
IN_THE_AIR: Final = frozenset({MavLandedState.IN_AIR, MavLandedState.TAKEOFF, MavLandedState.LANDING})
OLDER: Final[Mapping[str, str]] = MappingProxyType(
    {"SIM_GPS1_ENABLE": "SIM_GPS_DISABLE", "SIM_GPS1_GLTCH_X": "SIM_GPS_GLITCH_X"}
)
"""Names that firmware before 4.6 has; a name that a firmware does not know is met with silence."""
TURNED_ROUND: Final = frozenset({"SIM_GPS_DISABLE"})


@dataclass(slots=True)
class _Wish:
    """A parameter that is to have a value."""

    value: float
    tries: int = 0
    due_s: float = float("-inf")


class Truth:
    """Of the vehicle with this system id. Times are seconds of any clock that goes forward."""

    def __init__(self, sysid: int) -> None:
        self.sysid = sysid
        self._last: dict[str, Any] = {}
        self._heard_s: dict[str, float] = {}
        self._asked_s = float("-inf")
        self._wishes: dict[str, _Wish] = {}
        self._not_taken: list[str] = []

    def receive(self, message: Message, now_s: float) -> None:
        """A message of the vehicle; those of other types change nothing."""
        name = message.message_name
        if name == "PARAM_VALUE":
            self._taken(message.param_id)
        elif name in STREAMS and not (name == "BATTERY_STATUS" and message.id != 0):
            self._last[name], self._heard_s[name] = message, now_s

    def state(self, now_s: float) -> DroneState | None:
        """Where it is; None while that is not known, or was not heard lately."""
        if any(now_s - self._heard_s.get(name, float("-inf")) > STALE_S for name in STREAMS):
            return None
        true, told = self._last["SIMSTATE"], self._last["GLOBAL_POSITION_INT"]
        left = self._last["BATTERY_STATUS"].battery_remaining
        if left == UNKNOWN_PCT:
            return None
        return DroneState(
            self.sysid,
            true.lat / 1e7,
            true.lng / 1e7,
            told.relative_alt / 1000.0,
            degrees(true.yaw) % 360.0,
            self._last["EXTENDED_SYS_STATE"].landed_state in IN_THE_AIR,
            float(left),
        )

    def set_parameter(self, name: str, value: float) -> None:
        """Have the vehicle set it; told again until it says that it has, a few times."""
        self._wishes.pop(name, None)
        self._wishes[name] = _Wish(value)

    def not_taken(self) -> list[str]:
        """Names of parameters that the vehicle never answered to, each told once."""
        names, self._not_taken = self._not_taken, []
        return names

    def says(self, now_s: float) -> Iterator[Message]:
        """What is to be sent to the vehicle now."""
        if now_s - self._asked_s >= ASKED_AGAIN_S:
            self._asked_s = now_s
            for name, rate_hz in STREAMS.items():
                if now_s - self._heard_s.get(name, float("-inf")) >= STALE_S:
                    yield set_message_interval((self.sysid, 1), ARDUPILOTMEGA.by_name[name].TYPE.id, rate_hz)
        for name, wish in tuple(self._wishes.items()):
            if now_s < wish.due_s:
                continue
            if wish.tries == MOST_SETS:
                del self._wishes[name]
                self._not_taken.append(name)
                continue
            wish.tries, wish.due_s = wish.tries + 1, now_s + SET_AGAIN_S
            yield from self._sets(name, wish.value)

    def _sets(self, name: str, value: float) -> Iterator[Message]:
        """By every name that it may have."""
        names = {name: value}
        if (older := OLDER.get(name)) is not None:
            names[older] = 1.0 - value if older in TURNED_ROUND else value
        for each, as_told in names.items():
            yield new(
                "PARAM_SET", target_system=self.sysid, target_component=1, param_id=each, param_value=as_told,
                param_type=REAL32,
            )  # fmt: skip

    def _taken(self, name: str) -> None:
        newer = next((new_name for new_name, old in OLDER.items() if old == name), name)
        for each in (name, newer):
            wish = self._wishes.get(each)
            if wish is not None and wish.tries:
                del self._wishes[each]
