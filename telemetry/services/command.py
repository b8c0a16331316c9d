"""One command and its acknowledgement.

The law: a command is repeated only when doing it twice is the same as doing it once. What may be repeated
stands in `REPEATED`, with `confirmation` counting up; everything else is sent exactly once, because an
answer that was lost does not mean that the command was. An acknowledgement counts when it comes from the
target, is meant for us and names our command. IN_PROGRESS means wait on, and may say how far it is; nothing is
repeated after it. Giving up ends a command in progress on a target that takes COMMAND_CANCEL: that is repeated until
the command is answered for good, and what the target says then is the outcome. On any other (ArduPilot) it ends
the waiting, not the command; so does giving up once more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from types import MappingProxyType

from telemetry.constants import MavCmd, MavFrame, MavResult
from telemetry.dialect import Message
from telemetry.messages import new
from telemetry.received import Received
from telemetry.services.command_cancel import command_cancel
from telemetry.services.machine import Progress, Transfer
from telemetry.services.peer import Address, Peer


@dataclass(frozen=True, slots=True)
class Sending:
    """Send up to `attempts` times, waiting `wait_s` for an answer each time."""

    attempts: int
    wait_s: float


ONCE = Sending(attempts=1, wait_s=3.0)
SLOW_ONCE = Sending(attempts=1, wait_s=30.0)
ASKED = Sending(attempts=5, wait_s=1.0)
URGENT = Sending(attempts=10, wait_s=0.7)
CANCELLING = Sending(attempts=5, wait_s=1.0)

REPEATED: Mapping[int, Sending] = MappingProxyType(
    {
        MavCmd.NAV_RETURN_TO_LAUNCH: URGENT,
        MavCmd.NAV_LAND: URGENT,
        MavCmd.DO_PAUSE_CONTINUE: URGENT,
        MavCmd.DO_FLIGHTTERMINATION: URGENT,
        MavCmd.DO_FENCE_ENABLE: ASKED,
        MavCmd.DO_CHANGE_SPEED: ASKED,
        MavCmd.DO_REPOSITION: ASKED,
        MavCmd.DO_SET_ROI: ASKED,
        MavCmd.DO_SET_ROI_LOCATION: ASKED,
        MavCmd.DO_SET_ROI_NONE: ASKED,
        MavCmd.DO_SET_RELAY: ASKED,
        MavCmd.DO_SET_SERVO: ASKED,
        MavCmd.DO_GRIPPER: ASKED,
        MavCmd.DO_GIMBAL_MANAGER_PITCHYAW: ASKED,
        MavCmd.DO_GIMBAL_MANAGER_CONFIGURE: ASKED,
        MavCmd.IMAGE_STOP_CAPTURE: ASKED,
        MavCmd.VIDEO_STOP_CAPTURE: ASKED,
        MavCmd.CAMERA_STOP_TRACKING: ASKED,
        MavCmd.CONTROL_HIGH_LATENCY: ASKED,
        MavCmd.RUN_PREARM_CHECKS: ASKED,
        MavCmd.GET_HOME_POSITION: ASKED,
        MavCmd.GET_MESSAGE_INTERVAL: ASKED,
        MavCmd.SET_MESSAGE_INTERVAL: ASKED,
        MavCmd.REQUEST_MESSAGE: ASKED,
        MavCmd.REQUEST_PROTOCOL_VERSION: ASKED,
        MavCmd.REQUEST_AUTOPILOT_CAPABILITIES: ASKED,
        MavCmd.DO_SEND_BANNER: ASKED,
    }
)
"""Doing these twice is doing them once."""
SLOW = frozenset({MavCmd.PREFLIGHT_CALIBRATION, MavCmd.PREFLIGHT_STORAGE})
"""Sent once, and their answer may take its time."""
PROGRESS_WAIT_S = 5.0
PROGRESS_LIMIT_S = 120.0
WHOLE_PERCENT = 100
_PLACED = frozenset(
    {
        MavCmd.NAV_LAND,
        MavCmd.NAV_TAKEOFF,
        MavCmd.NAV_LOITER_UNLIM,
        MavCmd.DO_SET_HOME,
        MavCmd.DO_SET_ROI,
        MavCmd.DO_SET_ROI_LOCATION,
        MavCmd.DO_REPOSITION,
    }
)
_OTHER_FORM = frozenset({MavResult.COMMAND_INT_ONLY, MavResult.COMMAND_LONG_ONLY})


@dataclass(frozen=True, slots=True)
class CommandOutcome:
    """`result` is the vehicle's answer (None: none, or one without a name); `ok` only when it accepted.

    After `timed_out` nobody knows whether the command was taken: look at the vehicle.
    """

    result: MavResult | None
    ok: bool
    timed_out: bool
    attempts: int
    detail: str = ""


def sending_of(message: Message) -> Sending:
    """How often `message` may be sent and how long its answer is waited for."""
    if message.command == MavCmd.COMPONENT_ARM_DISARM and message.param1 == 0 and message.param2 == 0:
        return ASKED
    if message.command in SLOW:
        return SLOW_ONCE
    return REPEATED.get(message.command, ONCE)


class Command(Transfer[CommandOutcome]):
    """Sends `message` (COMMAND_LONG or COMMAND_INT) to `target` and waits for its acknowledgement.

    `takes_cancel`: `target` knows COMMAND_CANCEL.
    """

    def __init__(
        self,
        target: Address,
        message: Message,
        *,
        own: Address,
        sending: Sending | None = None,
        takes_cancel: bool = False,
    ) -> None:
        super().__init__()
        self._target = target
        self._peer = Peer(target, own)
        self._takes_cancel = takes_cancel
        self._cancels = 0
        self._given_up = ""
        self._message = message
        self._sending = sending or sending_of(message)
        self._attempts = 0
        self._started_s = 0.0
        self._deadline_s: float | None = None
        self._in_progress = False
        self._percent: int | None = None
        self._converted = False

    @property
    def is_long(self) -> bool:
        """Only once the vehicle has said so."""
        return self._in_progress

    @property
    def progress(self) -> Progress:
        told = self._percent is not None
        return Progress(done=self._percent or 0, total=WHOLE_PERCENT if told else None, unit="percent")

    def start(self, now_s: float) -> None:
        self._started_s = now_s
        self._send(now_s)

    def receive(self, received: Received, now_s: float) -> None:
        message = received.message
        if self.done or message.message_name != "COMMAND_ACK" or message.command != self._message.command:
            return
        if not self._peer.speaks(received):
            return
        if message.result == MavResult.IN_PROGRESS:
            self._in_progress = True
            self._percent = message.progress if message.progress <= WHOLE_PERCENT else None
            if not self._cancels:
                self._deadline_s = min(now_s + PROGRESS_WAIT_S, self._started_s + PROGRESS_LIMIT_S)
        elif message.result in _OTHER_FORM and not self._converted:
            self._converted = True
            self._message = other_form(self._message)
            self._send(now_s)
        else:
            self._answered(message)

    def handle_timer(self, now_s: float) -> None:
        if self.done or self._deadline_s is None or now_s < self._deadline_s:
            return
        if 0 < self._cancels < CANCELLING.attempts:
            self._cancel(now_s)
        elif self._cancels:
            self._nobody_knows(f"{self._given_up}; not said to have ended")
        elif self._in_progress or self._attempts >= self._sending.attempts:
            self._nobody_knows("in progress, then nothing" if self._in_progress else "no answer")
        else:
            self._send(now_s)

    def next_deadline(self) -> float | None:
        return self._deadline_s

    def give_up(self, reason: str, now_s: float) -> None:
        """End it on the target where that can be told to; otherwise nobody waits any longer."""
        if self.done:
            return
        if self._takes_cancel and self._in_progress and not self._cancels:
            self._given_up = reason
            self._cancel(now_s)
        else:
            self._nobody_knows(reason)

    def _cancel(self, now_s: float) -> None:
        self._outbox.append(command_cancel(self._target, self._message.command))
        self._cancels += 1
        self._deadline_s = now_s + CANCELLING.wait_s

    def _nobody_knows(self, detail: str) -> None:
        self._end(CommandOutcome(None, ok=False, timed_out=True, attempts=self._attempts, detail=detail))

    def _send(self, now_s: float) -> None:
        message = self._message
        if message.message_name == "COMMAND_LONG" and self._attempts:
            message = message.replace(confirmation=min(self._attempts, 255))
        self._outbox.append(message)
        self._attempts += 1
        self._deadline_s = now_s + self._sending.wait_s

    def _answered(self, ack: Message) -> None:
        try:
            result = MavResult(ack.result)
        except ValueError:
            detail = f"result {ack.result}"
            self._end(CommandOutcome(None, ok=False, timed_out=False, attempts=self._attempts, detail=detail))
            return
        ok = result is MavResult.ACCEPTED
        detail = "" if ok else result.name
        if result is MavResult.CANCELLED and self._given_up:
            detail = self._given_up
        self._end(CommandOutcome(result, ok=ok, timed_out=False, attempts=self._attempts, detail=detail))

    def _end(self, outcome: CommandOutcome) -> None:
        self.outcome, self._deadline_s = outcome, None


def other_form(message: Message) -> Message:
    """The same command as COMMAND_INT instead of COMMAND_LONG or the other way round."""
    same = {name: getattr(message, name) for name in ("target_system", "target_component", "command")}
    same |= {name: getattr(message, name) for name in ("param1", "param2", "param3", "param4")}
    scale = 1e7 if message.command in _PLACED else 1.0
    if message.message_name == "COMMAND_INT":
        return new("COMMAND_LONG", **same, param5=message.x / scale, param6=message.y / scale, param7=message.z)
    x, y = (round(value * scale) if isfinite(value) else 0 for value in (message.param5, message.param6))
    return new("COMMAND_INT", **same, frame=MavFrame.GLOBAL_RELATIVE_ALT, x=x, y=y, z=message.param7)
