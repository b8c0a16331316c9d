"""How far one vehicle has come from power-up to ready for take-off. Pure.

The autopilot streams nothing by itself: `asks` are the requests that are due, to be sent until the answers
flow, and the `farewell` stops the streams again.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from telemetry.constants import EkfFlag, MavState
from telemetry.dialect import ARDUPILOTMEGA, Message
from telemetry.services.commands import set_message_interval

LISTENED_TO: Final = frozenset({"HEARTBEAT", "EKF_STATUS_REPORT", "SYS_STATUS", "GPS_RAW_INT", "STATUSTEXT"})
STREAMS: Final = ("EKF_STATUS_REPORT", "SYS_STATUS", "GPS_RAW_INT")
RATE_HZ: Final = 2.0
ASKED_AGAIN_S: Final = 3.0
PREARM_CHECK: Final = 0x10000000
POSITION_GOOD: Final = EkfFlag.ATTITUDE | EkfFlag.VELOCITY_HORIZ | EkfFlag.POS_HORIZ_ABS
POSITION_BAD: Final = EkfFlag.CONST_POS_MODE | EkfFlag.UNINITIALIZED | EkfFlag.GPS_GLITCHING
FIX_3D: Final = 3


class Stage(StrEnum):
    """In this order; `READY` is kept once it was reached."""

    SILENT = "not heard yet"
    BOOTING = "booting"
    NO_FIX = "looking for satellites"
    NO_POSITION = "finding its position"
    CHECKING = "arming checks"
    READY = "ready"


class Readiness:
    """Of the vehicle with this system id."""

    def __init__(self, sysid: int) -> None:
        self.sysid = sysid
        self.ready = False
        self.last_text = ""
        self._status = 0
        self._fix = 0
        self._flags = 0
        self._prearm_ok = False
        self._asked_s = float("-inf")
        self._streaming: set[str] = set()

    @property
    def stage(self) -> Stage:
        if self.ready:
            return Stage.READY
        if self._status == 0:
            return Stage.SILENT
        if self._status <= MavState.BOOT:
            return Stage.BOOTING
        if self._fix < FIX_3D:
            return Stage.NO_FIX
        return Stage.CHECKING if self._position_good else Stage.NO_POSITION

    @property
    def _position_good(self) -> bool:
        return self._flags & POSITION_GOOD == POSITION_GOOD and not self._flags & POSITION_BAD

    def receive(self, message: Message) -> None:
        """A message of the vehicle; those of other types change nothing."""
        name = message.message_name
        if name in STREAMS:
            self._streaming.add(name)
        if name == "HEARTBEAT":
            self._status = message.system_status
        elif name == "EKF_STATUS_REPORT":
            self._flags = message.flags
        elif name == "GPS_RAW_INT":
            self._fix = message.fix_type
        elif name == "SYS_STATUS":
            self._prearm_ok = bool(message.onboard_control_sensors_health & PREARM_CHECK)
        elif name == "STATUSTEXT":
            self.last_text = message.text
        self.ready = self.ready or (self._status > MavState.BOOT and self._position_good and self._prearm_ok)

    def asks(self, now_s: float) -> list[Message]:
        """Requests for streams that do not flow yet; nothing while the vehicle is silent or boots."""
        due = now_s - self._asked_s >= ASKED_AGAIN_S
        if self.ready or self._status <= MavState.BOOT or not due:
            return []
        self._asked_s = now_s
        return [self._rate(name, RATE_HZ) for name in STREAMS if name not in self._streaming]

    def farewell(self) -> list[Message]:
        """Requests that stop the streams."""
        return [self._rate(name, 0.0) for name in STREAMS]

    def _rate(self, name: str, hz: float) -> Message:
        return set_message_interval((self.sysid, 1), ARDUPILOTMEGA.by_name[name].TYPE.id, hz)
