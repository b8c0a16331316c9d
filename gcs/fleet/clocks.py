"""One clock for the fleet: what the boot clock of every vehicle heard shows in our time, and how late it tells. Pure.

A vehicle whose clock does not run as ours does (a simulated one, sped up) has no time in ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from gcs.fleet.state import VehicleState
from telemetry.dialect import Message
from telemetry.received import Received
from telemetry.services.peer import Address
from telemetry.services.time_sync import TimeSync

STEADY_ANSWERS = 3


@dataclass(frozen=True, slots=True)
class VehicleClock:
    """`ahead_s`: the vehicle's time since boot minus our monotonic clock, to within `within_s`. `late_s` is how old
    its newest position was when it came; None when it tells no time."""

    ahead_s: float
    within_s: float
    late_s: float | None


class FleetClocks:
    """`send` sends to a vehicle, `target` gives its address. `look` is called several times a second."""

    def __init__(
        self, send: Callable[[str, Message], None], target: Callable[[str], Address], own: Callable[[], Address]
    ) -> None:
        self._send = send
        self._target = target
        self._own = own
        self._machines: dict[str, TimeSync] = {}

    def look(self, states: Iterable[VehicleState], now_s: float) -> None:
        """Ask whoever is due. Nobody is asked who is silent, in conflict, or heard over a satellite."""
        for state in states:
            machine = self._machines.get(state.id)
            if machine is not None and now_s < (machine.next_deadline() or now_s):
                continue
            if state.stale(now_s) or state.conflict or state.high_latency:
                continue
            if machine is None:
                machine = self._machines[state.id] = TimeSync(self._target(state.id), self._own())
                machine.start(now_s)
            else:
                machine.handle_timer(now_s)
            for message in machine.drain():
                self._send(state.id, message)

    def receive(self, vehicle_id: str, received: Received, now_s: float) -> None:
        """A TIMESYNC came from the vehicle."""
        machine = self._machines.get(vehicle_id)
        if machine is not None:
            machine.receive(received, now_s)

    def clock(self, state: VehicleState, now_s: float) -> VehicleClock | None:
        """None before a few answers agree."""
        machine = self._machines.get(state.id)
        if machine is None or machine.answers < STEADY_ANSWERS:
            return None
        reading = machine.reading(now_s)
        if reading is None:
            return None
        late_s = None if state.boot_ms is None else max(0.0, state.last_heard_s + reading.ahead_s - state.boot_ms / 1e3)
        return VehicleClock(reading.ahead_s, reading.bound_s(now_s), late_s)
