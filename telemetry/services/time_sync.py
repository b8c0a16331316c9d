"""One clock for the whole fleet: what a vehicle's boot clock shows, in our own time.

We ask with TIMESYNC (tc1 = 0, ts1 = our time); the answer carries the vehicle's time and ours back. The
vehicle's clock was read somewhere within the round trip, in its middle as far as anybody knows, so that
half the round trip bounds the error. Of the last answers the one with the smallest bound is believed,
each bound growing with age by what two quartz clocks drift apart (as in NTP's clock filter, RFC 5905).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import NoReturn

from telemetry.messages import new
from telemetry.received import Received
from telemetry.services.machine import Machine
from telemetry.services.peer import Address, Peer

EVERY_S = 5.0
FIRST_EVERY_S = 0.5
FIRST_ANSWERS = 5
FIRST_QUESTIONS = 10
"""Who answers none of so many is asked as seldom as everybody else."""
ANSWERS_KEPT = 16
LONGEST_ROUND_TRIP_S = 2.0
DRIFT = 100e-6
RESTARTED_S = 1.0


@dataclass(frozen=True, slots=True)
class ClockReading:
    """`ahead_s`: the vehicle's clock minus ours, known to within `within_s` when it was taken at `at_s`."""

    ahead_s: float
    within_s: float
    at_s: float

    def bound_s(self, now_s: float) -> float:
        return self.within_s + DRIFT * max(0.0, now_s - self.at_s)


class TimeSync(Machine[NoReturn]):
    """Keeps asking `target` for its time; never ends. A vehicle that restarted is measured anew."""

    def __init__(self, target: Address, own: Address) -> None:
        super().__init__()
        self._peer = Peer(target, own)
        self._asked_ns: int | None = None
        self._readings: deque[ClockReading] = deque(maxlen=ANSWERS_KEPT)
        self._answers = self._questions = 0
        self._ask_s = 0.0

    def start(self, now_s: float) -> None:
        self._ask(now_s)

    def receive(self, received: Received, now_s: float) -> None:
        message = received.message
        if message.message_name != "TIMESYNC" or message.tc1 == 0 or not self._peer.speaks(received):
            return
        if message.ts1 != self._asked_ns:
            return
        self._asked_ns = None
        sent_s = message.ts1 / 1e9
        if 0 <= now_s - sent_s <= LONGEST_ROUND_TRIP_S:
            half_s = (now_s - sent_s) / 2
            self._take(ClockReading(message.tc1 / 1e9 - sent_s - half_s, half_s, now_s))

    def handle_timer(self, now_s: float) -> None:
        if now_s >= self._ask_s:
            self._ask(now_s)

    def next_deadline(self) -> float | None:
        return self._ask_s

    @property
    def answers(self) -> int:
        """How many answers in a row agree."""
        return self._answers

    def reading(self, now_s: float) -> ClockReading | None:
        """The best that is known; None before the first answer."""
        return min(self._readings, key=lambda reading: reading.bound_s(now_s), default=None)

    def to_own_s(self, vehicle_s: float, now_s: float) -> float | None:
        """Our time at which the vehicle's clock showed `vehicle_s`; None before the first answer."""
        best = self.reading(now_s)
        return None if best is None else vehicle_s - best.ahead_s

    def _ask(self, now_s: float) -> None:
        self._asked_ns = round(now_s * 1e9)
        self._outbox.append(new("TIMESYNC", tc1=0, ts1=self._asked_ns))
        self._questions += 1
        eager = self._answers < FIRST_ANSWERS and self._questions < FIRST_QUESTIONS
        self._ask_s = now_s + (FIRST_EVERY_S if eager else EVERY_S)

    def _take(self, reading: ClockReading) -> None:
        best = self.reading(reading.at_s)
        if best is not None and abs(reading.ahead_s - best.ahead_s) > RESTARTED_S:
            self._readings.clear()
            self._answers = self._questions = 0
        self._answers += 1
        self._readings.append(reading)
