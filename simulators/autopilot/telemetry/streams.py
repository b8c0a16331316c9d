"""Which messages go out how often on each channel: REQUEST_DATA_STREAM and SET_MESSAGE_INTERVAL.

Rates belong to a channel and outlive its client, as with a real ArduPilot; time is the link's.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from types import MappingProxyType
from typing import Final

from simulators.autopilot.state import Vehicle
from simulators.autopilot.telemetry.messages import BUILDERS
from telemetry.constants import MavResult
from telemetry.dialect import ARDUPILOTMEGA, Message
from telemetry.messages import new

HEARTBEAT_S: Final = 1.0
FASTEST_US: Final = 2500
FASTEST_HZ: Final = 200.0
STREAMS_FROM_S: Final = 2.5
_HEARTBEAT_ID: Final = 0
_NEVER: Final = float("inf")
_SILENT: Final = frozenset(
    {22, 26, 34, 35, 100, 108, 124, 127, 128, 129, 132, 143, 165, 173, 180, 191, 192, 194, 225, 226, 235, 246,
     259, 260, 262, 264, 269, 271, 277, 280, 281, 285, 286, 295, 373, 435, 9005, 11020, 11031, 11032, 11038, 11039}
)  # fmt: skip
"""Ids that ArduCopter takes and then has nothing to send for: no such sensor, camera or gimbal is fitted."""
_NAMES: Mapping[int, str] = MappingProxyType(
    {
        1: "RAW_IMU SCALED_IMU2 SCALED_IMU3 SCALED_PRESSURE SCALED_PRESSURE2",
        2: "SYS_STATUS POWER_STATUS MEMINFO NAV_CONTROLLER_OUTPUT MISSION_CURRENT GPS_RAW_INT FENCE_STATUS "
        "POSITION_TARGET_GLOBAL_INT",
        3: "SERVO_OUTPUT_RAW RC_CHANNELS",
        6: "GLOBAL_POSITION_INT LOCAL_POSITION_NED",
        10: "AHRS2 ATTITUDE SIMSTATE ESC_TELEMETRY_1_TO_4",
        11: "VFR_HUD",
        12: "AHRS SYSTEM_TIME WIND TERRAIN_REPORT TERRAIN_REQUEST EKF_STATUS_REPORT VIBRATION BATTERY_STATUS "
        "GIMBAL_DEVICE_ATTITUDE_STATUS",
    }
)
GROUPS: Mapping[int, tuple[int, ...]] = MappingProxyType(
    {stream: tuple(ARDUPILOTMEGA.by_name[name].TYPE.id for name in names.split()) for stream, names in _NAMES.items()}
)
_RATES: Mapping[int, str] = MappingProxyType(
    {1: "RAW_SENS", 2: "EXT_STAT", 3: "RC_CHAN", 6: "POSITION", 10: "EXTRA1", 11: "EXTRA2", 12: "EXTRA3"}
)
_WITH_RATES: Final = 2
"""So many channels have parameters for their rates."""
_ORDER: Mapping[int, int] = MappingProxyType({msgid: place for place, msgid in enumerate(BUILDERS)})


def known(msgid: int) -> bool:
    """Whether ArduCopter has the message at all."""
    return msgid in BUILDERS or msgid in _SILENT


class Channel:
    """The rates of one channel: intervals in seconds by id, and when each is due."""

    def __init__(self, now_s: float) -> None:
        self._interval_s: dict[int, float] = {_HEARTBEAT_ID: HEARTBEAT_S}
        self._due_s: dict[int, float] = {_HEARTBEAT_ID: now_s}
        self._next_s = now_s

    def set_rate(self, msgid: int, interval_s: float | None, now_s: float) -> None:
        """None stops the message."""
        if interval_s is None:
            self._interval_s.pop(msgid, None)
            self._due_s.pop(msgid, None)
        else:
            self._due_s[msgid] = self._bucket_s(interval_s) or now_s + interval_s
            self._interval_s[msgid] = interval_s
        self._next_s = min(self._due_s.values(), default=_NEVER)

    def _bucket_s(self, interval_s: float) -> float | None:
        """When messages of the same interval are due: they go out together."""
        ids = (msgid for msgid, other_s in self._interval_s.items() if other_s == interval_s and msgid != _HEARTBEAT_ID)
        return next((self._due_s[msgid] for msgid in ids), None)

    def interval_us(self, msgid: int) -> int:
        interval_s = self._interval_s.get(msgid)
        return -1 if interval_s is None else round(interval_s * 1e6)

    def restart(self, msgid: int, now_s: float) -> None:
        """Send a streamed message at once and count its interval from now."""
        if msgid in self._due_s:
            self._due_s[msgid] = self._next_s = now_s

    def streams(self, msgid: int) -> bool:
        return msgid in self._due_s

    def due(self, now_s: float) -> list[int]:
        """Ids to send now, in ArduCopter's order."""
        if now_s < self._next_s:
            return []
        ids = [msgid for msgid, due_s in self._due_s.items() if due_s <= now_s]
        for msgid in ids:
            interval_s = self._interval_s[msgid]
            next_s = self._due_s[msgid] + interval_s
            self._due_s[msgid] = next_s if next_s > now_s else now_s + interval_s
        self._next_s = min(self._due_s.values(), default=_NEVER)
        ids.sort(key=_place)
        return ids


def _place(msgid: int) -> int:
    return _ORDER.get(msgid, 1000)


class Streams:
    """The channels of one vehicle."""

    def __init__(self, vehicle: Vehicle) -> None:
        self._vehicle = vehicle
        self._channels: dict[str, Channel] = {}

    def open(self, name: str, first_heartbeat_s: float, number: int) -> None:
        """A channel exists from now on, with the rates of its MAVn parameters; opening it again changes nothing."""
        if name in self._channels:
            return
        vehicle = self._vehicle
        self._channels[name] = channel = Channel(max(first_heartbeat_s, vehicle.link_s))
        for stream, parameter in _RATES.items():
            rate = vehicle.params[f"MAV{number + 1}_{parameter}"] if number < _WITH_RATES else 0.0
            if rate > 0:
                for msgid in GROUPS[stream]:
                    channel.set_rate(msgid, 1.0 / min(rate, FASTEST_HZ), max(vehicle.link_s, STREAMS_FROM_S))

    def request_data_stream(self, name: str, message: Message) -> None:
        """Group 0 is every group; rates of 0 and a stop turn the group off; unknown groups are ignored."""
        stream = message.req_stream_id
        ids = [i for group in GROUPS.values() for i in group] if stream == 0 else GROUPS.get(stream, ())
        rate = message.req_message_rate if message.start_stop else 0
        for msgid in ids:
            self._channels[name].set_rate(msgid, 1.0 / rate if rate > 0 else None, self._vehicle.link_s)

    def set_interval(self, name: str, msgid: int, interval_us: float, response: float) -> MavResult:
        """SET_MESSAGE_INTERVAL: -1 stops, 0 is the default (off, but for the heartbeat)."""
        if response != 0 or not isfinite(interval_us) or interval_us < -1:
            return MavResult.DENIED
        if not known(msgid):
            self._vehicle.say(6, f"No ap_message for mavlink id ({msgid})", name)
            return MavResult.DENIED
        if 0 < interval_us <= FASTEST_US:
            text = f"Requested rate for message ID {msgid} too fast. Increase SCHED_LOOP_RATE"
            self._vehicle.say(6, text, name)
            return MavResult.DENIED
        default = HEARTBEAT_S if msgid == _HEARTBEAT_ID else None
        interval_s = default if interval_us == 0 else interval_us / 1e6 if interval_us > 0 else None
        self._channels[name].set_rate(msgid, interval_s, self._vehicle.link_s)
        return MavResult.ACCEPTED

    def tell_interval(self, name: str, msgid: int) -> MavResult:
        """GET_MESSAGE_INTERVAL: MESSAGE_INTERVAL goes out, 0 for an unknown id."""
        interval_us = self._channels[name].interval_us(msgid) if known(msgid) else 0
        self._vehicle.send(new("MESSAGE_INTERVAL", message_id=msgid & 0xFFFF, interval_us=interval_us), name)
        return MavResult.ACCEPTED if known(msgid) else MavResult.FAILED

    def client_came(self, name: str) -> None:
        """A client who comes later hears a heartbeat at once."""
        self._channels[name].restart(_HEARTBEAT_ID, self._vehicle.link_s)

    def extra_heartbeat(self) -> None:
        """The mode changed: a heartbeat in between, which moves none of the others."""
        heartbeat = build(self._vehicle, _HEARTBEAT_ID)
        for name, channel in self._channels.items():
            if heartbeat is not None and channel.streams(_HEARTBEAT_ID):
                self._vehicle.news.append((heartbeat, name))

    def step(self) -> None:
        """Queue what is due on every channel."""
        now_s = self._vehicle.link_s
        built: dict[int, Message | None] = {}
        for name, channel in self._channels.items():
            for msgid in channel.due(now_s):
                if msgid not in built:
                    built[msgid] = build(self._vehicle, msgid)
                message = built[msgid]
                if message is not None:
                    self._vehicle.outbox.append((message, name))


def build(vehicle: Vehicle, msgid: int) -> Message | None:
    """The message as it stands now; None where there is nothing to send."""
    builder = BUILDERS.get(msgid)
    return builder(vehicle) if builder else None
