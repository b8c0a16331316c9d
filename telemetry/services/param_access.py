"""Reads one parameter by name, or writes one and makes sure of what the vehicle made of it.

A vehicle answers with PARAM_VALUE, to a name it does not know with silence. It cuts and clamps what is
written to the parameter's own type; the outcome tells what it holds now. Reading and writing are repeated:
twice is the same as once.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import Any

from telemetry.constants import MavParamType
from telemetry.messages import new
from telemetry.received import Received
from telemetry.services.machine import Machine
from telemetry.services.parameter import Parameter, from_message, kept
from telemetry.services.peer import Address, Peer

AGAIN_S = 1.0
ATTEMPTS = 6
BELIEVED_AFTER = 2
"""A value that is not the wanted one may be an answer to what was asked before: only after so many sends
does it count."""
MAX_NAME_BYTES = 16


@dataclass(frozen=True, slots=True)
class ParamOutcome:
    """`parameter` as the vehicle holds it now; None when it said nothing. `ok`: it is as it was wanted."""

    parameter: Parameter | None
    ok: bool
    reason: str = ""


class ParamAccess(Machine[ParamOutcome]):
    """Reads the parameter `name` or, with `value`, sets it. ValueError for a name or a value that cannot be sent."""

    def __init__(self, target: Address, own: Address, name: str, value: float | None = None) -> None:
        super().__init__()
        if not 0 < len(name.encode()) <= MAX_NAME_BYTES:
            raise ValueError(f"{name!r} is no parameter's name: 1 to {MAX_NAME_BYTES} bytes")
        if value is not None and not isfinite(value):
            raise ValueError(f"{name} cannot be set to {value}")
        self._peer = Peer(target, own)
        self._name, self._value = name, value
        self._attempts = 0
        self._again_s = 0.0

    def start(self, now_s: float) -> None:
        self._send(now_s)

    def receive(self, received: Received, now_s: float) -> None:  # noqa: ARG002
        message = received.message
        if self.done or message.message_name != "PARAM_VALUE" or message.param_id != self._name:
            return
        if not self._peer.speaks(received):
            return
        parameter = from_message(message)
        if self._value is None or parameter.value == kept(self._value, parameter.kind):
            self.outcome = ParamOutcome(parameter, ok=True)
        elif self._attempts >= BELIEVED_AFTER:
            self.outcome = ParamOutcome(parameter, ok=False, reason=f"the vehicle keeps {parameter.shown()}")

    def handle_timer(self, now_s: float) -> None:
        if self.done or now_s < self._again_s:
            return
        if self._attempts >= ATTEMPTS:
            self.outcome = ParamOutcome(None, ok=False, reason=f"no answer: the vehicle may not have {self._name}")
        else:
            self._send(now_s)

    def next_deadline(self) -> float | None:
        return None if self.done else self._again_s

    def _send(self, now_s: float) -> None:
        if self._value is None:
            message = new("PARAM_REQUEST_READ", **self._peer.address, param_id=self._name, param_index=-1)
        else:
            told: dict[str, Any] = {"param_value": self._value, "param_type": int(MavParamType.REAL32)}
            message = new("PARAM_SET", **self._peer.address, param_id=self._name, **told)
        self._outbox.append(message)
        self._attempts += 1
        self._again_s = now_s + AGAIN_S
