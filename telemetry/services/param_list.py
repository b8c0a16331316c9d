"""Reads all parameters of a vehicle.

The vehicle streams them in order of index; what got lost on the way is asked for by index, a few at a
time. Their number is not constant (switching a sensor off hides its parameters): when it changes on the
way, indices have moved and the list is read anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from telemetry.messages import new
from telemetry.received import Received
from telemetry.services.machine import Progress, Transfer
from telemetry.services.parameter import NO_INDEX, Parameter, from_message
from telemetry.services.peer import Address, Peer

LIST_AGAIN_S = 3.0
QUIET_S = 0.8
READ_AGAIN_S = 1.0
AT_A_TIME = 16
NO_PROGRESS_S = 20.0
MAX_RESTARTS = 3


@dataclass(frozen=True, slots=True)
class ParamListOutcome:
    """Parameters by name; `missing` are the indices that never came, `reason` why it ended before all were there."""

    parameters: Mapping[str, Parameter]
    missing: tuple[int, ...] = ()
    reason: str = ""

    @property
    def complete(self) -> bool:
        return not self.missing and not self.reason


class ParamList(Transfer[ParamListOutcome]):
    """PARAM_REQUEST_LIST with everything that is lost asked for again."""

    def __init__(self, target: Address, own: Address) -> None:
        super().__init__()
        self._peer = Peer(target, own)
        self._count: int | None = None
        self._by_index: dict[int, Parameter] = {}
        self._progress_s = 0.0
        self._next_s = 0.0
        self._restarts = 0

    @property
    def progress(self) -> Progress:
        return Progress(len(self._by_index), self._count, "items")

    def give_up(self, reason: str, now_s: float) -> None:  # noqa: ARG002 - nothing is open on the vehicle
        if not self.done:
            self._end(reason)

    def start(self, now_s: float) -> None:
        self._progress_s = now_s
        self._request_list(now_s)

    def receive(self, received: Received, now_s: float) -> None:
        message = received.message
        if self.done or message.message_name != "PARAM_VALUE" or not self._peer.speaks(received):
            return
        if message.param_index == NO_INDEX:
            return
        if self._count is not None and message.param_count != self._count:
            self._start_over(now_s)
            return
        self._count = message.param_count
        self._next_s = now_s + QUIET_S
        if message.param_index < self._count and message.param_index not in self._by_index:
            self._by_index[message.param_index] = from_message(message)
            self._progress_s = now_s
        if len(self._by_index) == self._count:
            self._end()

    def handle_timer(self, now_s: float) -> None:
        if self.done:
            return
        if now_s >= self._progress_s + NO_PROGRESS_S:
            self._end(f"nothing new came for {NO_PROGRESS_S:.0f} s")
        elif now_s >= self._next_s:
            if self._count is None:
                self._request_list(now_s)
            else:
                self._request_missing(now_s)

    def next_deadline(self) -> float | None:
        return None if self.done else min(self._next_s, self._progress_s + NO_PROGRESS_S)

    def _request_list(self, now_s: float) -> None:
        self._outbox.append(new("PARAM_REQUEST_LIST", **self._peer.address))
        self._next_s = now_s + LIST_AGAIN_S

    def _request_missing(self, now_s: float) -> None:
        for index in self._missing()[:AT_A_TIME]:
            self._outbox.append(new("PARAM_REQUEST_READ", **self._peer.address, param_index=index))
        self._next_s = now_s + READ_AGAIN_S

    def _missing(self) -> list[int]:
        return [index for index in range(self._count or 0) if index not in self._by_index]

    def _start_over(self, now_s: float) -> None:
        self._restarts += 1
        if self._restarts > MAX_RESTARTS:
            self._end("their number keeps changing")
            return
        self._count = None
        self._by_index.clear()
        self._progress_s = now_s
        self._request_list(now_s)

    def _end(self, reason: str = "") -> None:
        ordered = (self._by_index[index] for index in sorted(self._by_index))
        parameters = {parameter.name: parameter for parameter in ordered}
        self.outcome = ParamListOutcome(parameters, tuple(self._missing()), reason)
