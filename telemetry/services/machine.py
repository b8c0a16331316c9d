"""What every protocol machine has in common.

A machine is told of messages and of time, and is asked what to send and when to be woken:

    machine.start(now_s)
    send(machine.drain())                       # after every call below as well
    machine.receive(received, now_s)            # any message may be offered; foreign ones are ignored
    machine.handle_timer(now_s)                 # once now_s >= machine.next_deadline()
    machine.outcome                             # None while running, then the final result

It never raises on what it receives and never looks at a clock.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from telemetry.dialect import Message
from telemetry.received import Received

T = TypeVar("T")


class Machine(ABC, Generic[T]):
    """Base of the protocol machines; T is the type of the final result."""

    def __init__(self) -> None:
        self._outbox: list[Message] = []
        self.outcome: T | None = None

    @abstractmethod
    def start(self, now_s: float) -> None: ...

    @abstractmethod
    def receive(self, received: Received, now_s: float) -> None: ...

    @abstractmethod
    def handle_timer(self, now_s: float) -> None: ...

    @abstractmethod
    def next_deadline(self) -> float | None:
        """When `handle_timer` must be called, on the same clock as `now_s`; None = no need."""

    def drain(self) -> list[Message]:
        """Messages to send now; each is handed out once."""
        outgoing, self._outbox = self._outbox, []
        return outgoing

    @property
    def done(self) -> bool:
        return self.outcome is not None


@dataclass(frozen=True, slots=True)
class Progress:
    """`done` of `total`; None while nobody knows how much it will be."""

    done: int
    total: int | None
    unit: Literal["bytes", "items", "percent"]


class Transfer(Machine[T]):
    """A machine that moves much, so that somebody waits for it, and may not want to any longer."""

    @property
    def is_long(self) -> bool:
        """Whether it takes long enough for somebody to look at its progress."""
        return True

    @property
    @abstractmethod
    def progress(self) -> Progress: ...

    @abstractmethod
    def give_up(self, reason: str, now_s: float) -> None:
        """End without the rest, and let the vehicle know; `reason` becomes that of the outcome."""
