"""Asks a vehicle for messages at given rates, one after the other.

SET_MESSAGE_INTERVAL says of each whether it is granted; an id that the vehicle does not know is refused
and skipped. A vehicle that does not know the command at all gets REQUEST_DATA_STREAM, which is never
answered, with the groups in which ArduPilot streams.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from types import MappingProxyType
from typing import Any

from telemetry.constants import MavResult
from telemetry.dialect import ARDUPILOTMEGA, Message
from telemetry.messages import new
from telemetry.received import Received
from telemetry.services.command import Command, CommandOutcome
from telemetry.services.commands import set_message_interval
from telemetry.services.machine import Machine
from telemetry.services.peer import Address

SILENT_ENDS = 2
"""So many rates in a row without any answer, and the rest is not asked."""
STREAMS: Mapping[str, int] = MappingProxyType(
    {
        "RAW_IMU": 1, "SCALED_IMU2": 1, "SCALED_IMU3": 1, "SCALED_PRESSURE": 1, "SYS_STATUS": 2, "POWER_STATUS": 2,
        "MEMINFO": 2, "NAV_CONTROLLER_OUTPUT": 2, "MISSION_CURRENT": 2, "GPS_RAW_INT": 2, "FENCE_STATUS": 2,
        "POSITION_TARGET_GLOBAL_INT": 2, "SERVO_OUTPUT_RAW": 3, "RC_CHANNELS": 3, "GLOBAL_POSITION_INT": 6,
        "LOCAL_POSITION_NED": 6, "AHRS2": 10, "ATTITUDE": 10, "SIMSTATE": 10, "VFR_HUD": 11, "AHRS": 12,
        "SYSTEM_TIME": 12, "WIND": 12, "EKF_STATUS_REPORT": 12, "VIBRATION": 12, "BATTERY_STATUS": 12,
    }
)  # fmt: skip
"""MAV_DATA_STREAM by message, as ArduCopter groups them."""


@dataclass(frozen=True, slots=True)
class RatesOutcome:
    """Names of the messages that were granted, refused and not answered; `by_stream` after the fall-back."""

    granted: tuple[str, ...]
    refused: tuple[str, ...]
    unanswered: tuple[str, ...]
    by_stream: bool = False


class MessageRates(Machine[RatesOutcome]):
    """`rates` is Hz by message name; 0 stops a stream. KeyError for a name that the dialect lacks."""

    def __init__(self, target: Address, own: Address, rates: Mapping[str, float]) -> None:
        super().__init__()
        self._target, self._own = target, own
        self._rates = dict(rates)
        self._ids = {name: ARDUPILOTMEGA.by_name[name].TYPE.id for name in rates}
        self._waiting = list(rates)
        self._answers: dict[str, CommandOutcome] = {}
        self._silent = 0
        self._command: Command | None = None

    def start(self, now_s: float) -> None:
        self._next(now_s)

    def receive(self, received: Received, now_s: float) -> None:
        if self._command is not None:
            self._command.receive(received, now_s)
            self._collect(now_s)

    def handle_timer(self, now_s: float) -> None:
        if self._command is not None:
            self._command.handle_timer(now_s)
            self._collect(now_s)

    def next_deadline(self) -> float | None:
        return None if self._command is None else self._command.next_deadline()

    def _next(self, now_s: float) -> None:
        if not self._waiting or self._silent >= SILENT_ENDS:
            self._end(by_stream=False)
            return
        name = self._waiting[0]
        message = set_message_interval(self._target, self._ids[name], self._rates[name])
        self._command = Command(self._target, message, own=self._own)
        self._command.start(now_s)
        self._outbox += self._command.drain()

    def _collect(self, now_s: float) -> None:
        command = self._command
        if command is None:
            return
        self._outbox += command.drain()
        if command.outcome is None:
            return
        if command.outcome.result is MavResult.UNSUPPORTED:
            self._outbox += [self._stream(stream, rate_hz) for stream, rate_hz in sorted(self._by_stream().items())]
            self._end(by_stream=True)
            return
        self._silent = self._silent + 1 if command.outcome.timed_out else 0
        self._answers[self._waiting.pop(0)] = command.outcome
        self._next(now_s)

    def _by_stream(self) -> dict[int, int]:
        """Whole Hz by stream: the fastest of its messages."""
        rates: dict[int, int] = {}
        for name, rate_hz in self._rates.items():
            if name in STREAMS:
                rates[STREAMS[name]] = max(rates.get(STREAMS[name], 0), ceil(rate_hz))
        return rates

    def _stream(self, stream: int, rate_hz: int) -> Message:
        address: dict[str, Any] = {"target_system": self._target[0], "target_component": self._target[1]}
        wanted: dict[str, Any] = {"req_stream_id": stream, "req_message_rate": rate_hz, "start_stop": int(rate_hz > 0)}
        return new("REQUEST_DATA_STREAM", **address, **wanted)

    def _end(self, *, by_stream: bool) -> None:
        self._command = None
        granted = [name for name, answer in self._answers.items() if answer.ok]
        unanswered = [name for name, answer in self._answers.items() if answer.timed_out]
        refused = [name for name in self._answers if name not in granted and name not in unanswered]
        unanswered += [] if by_stream else self._waiting
        self.outcome = RatesOutcome(tuple(granted), tuple(refused), tuple(unanswered), by_stream)
