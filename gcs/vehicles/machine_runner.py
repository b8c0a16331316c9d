"""Runs a sans-IO machine on the event loop: gives it messages and time, sends what it wants sent."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from gcs.clock import Clock
from telemetry.dialect import Message
from telemetry.received import Received
from telemetry.services.machine import Machine, Transfer

T = TypeVar("T")


class MachineRunner:
    """The machines at work on one vehicle.

    `send` puts a message on the wire and returns at once. Every message of the vehicle is offered to
    every machine; which ones concern it is the machine's own business.
    """

    def __init__(self, send: Callable[[Message], None], clock: Clock) -> None:
        self._send = send
        self._clock = clock
        self._running: dict[Machine[Any], asyncio.Event] = {}

    @property
    def busy(self) -> bool:
        return bool(self._running)

    def offer(self, received: Received) -> None:
        """Hand a message to the machines at work; what they answer is sent before this returns."""
        if not self._running:
            return
        now_s = self._clock.monotonic_s()
        for machine, changed in tuple(self._running.items()):
            machine.receive(received, now_s)
            self._flush(machine)
            changed.set()

    def give_up(self, machine: Transfer[Any], reason: str) -> None:
        """Nothing happens to one that has ended already."""
        changed = self._running.get(machine)
        if changed is not None:
            machine.give_up(reason, self._clock.monotonic_s())
            self._flush(machine)
            changed.set()

    async def run(self, machine: Machine[T]) -> T:
        """Start `machine` and wait for its outcome. Cancelling stops it where it is."""
        changed = asyncio.Event()
        self._running[machine] = changed
        try:
            machine.start(self._clock.monotonic_s())
            self._flush(machine)
            while machine.outcome is None:
                await self._wait(machine, changed)
                changed.clear()
            return machine.outcome
        finally:
            del self._running[machine]

    async def _wait(self, machine: Machine[T], changed: asyncio.Event) -> None:
        deadline_s = machine.next_deadline()
        remaining_s = None if deadline_s is None else max(0.0, deadline_s - self._clock.monotonic_s())
        try:
            async with asyncio.timeout(remaining_s):
                await changed.wait()
        except TimeoutError:
            self._wake(machine)

    def _wake(self, machine: Machine[Any]) -> None:
        """A message that came together with the time-out may have ended the machine, or given it more time."""
        now_s, deadline_s = self._clock.monotonic_s(), machine.next_deadline()
        if machine.outcome is None and deadline_s is not None and now_s >= deadline_s:
            machine.handle_timer(now_s)
            self._flush(machine)

    def _flush(self, machine: Machine[Any]) -> None:
        for message in machine.drain():
            self._send(message)
