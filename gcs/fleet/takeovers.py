"""What a vehicle asks the station that it obeys: whether another ground station may take it over.

The vehicle tells by MAV_CMD_REQUEST_OPERATOR_CONTROL who asks and for how long (MAVLink's operator control protocol).
That it was heard is acknowledged at once, or the vehicle would go on asking; what becomes of it, a person decides.
Granting is a command of its own (`allow_takeover`), refusing is silence: the protocol has no word for it. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from telemetry.dialect import Message
from telemetry.services.operator_control import asked_of


@dataclass(frozen=True, slots=True)
class Takeover:
    """The ground station with system id `station` asks for control, until `until_s` (monotonic); `said` so often."""

    station: int
    until_s: float
    said: int = 1


class Takeovers:
    """The open questions, by vehicle."""

    def __init__(self) -> None:
        self._open: dict[str, Takeover] = {}
        self.open: Mapping[str, Takeover] = MappingProxyType(self._open)

    def hear(self, vehicle_id: str, message: Message, own_sysid: int, now_s: float) -> Takeover | None:
        """The question in a COMMAND_LONG of the vehicle; None when it is none, or not of another station to us."""
        asked = asked_of(message)
        if asked is None or message.target_system != own_sysid or asked.station == own_sysid:
            return None
        before = self._open.get(vehicle_id)
        said = before.said + 1 if before is not None and before.station == asked.station else 1
        takeover = self._open[vehicle_id] = Takeover(asked.station, now_s + asked.timeout_s, said)
        return takeover

    def settle(self, vehicle_id: str) -> Takeover | None:
        """Somebody has answered: the question that was open, None when there was none."""
        return self._open.pop(vehicle_id, None)

    def lapse(self, now_s: float) -> list[tuple[str, Takeover]]:
        """The questions that nobody has answered in time; they are closed."""
        over = [(vehicle_id, asked) for vehicle_id, asked in self._open.items() if asked.until_s <= now_s]
        for vehicle_id, _ in over:
            del self._open[vehicle_id]
        return over
