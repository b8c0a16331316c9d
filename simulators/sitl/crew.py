"""The ground crew of simulated vehicles: a full battery for whoever has landed. Pure.

ArduPilot's SITL drains its battery and has nobody to change it; BATTERY_RESET says that it was changed.
"""

from __future__ import annotations

from typing import Final

from telemetry.constants import MavModeFlag
from telemetry.dialect import Message
from telemetry.services.commands import command_long

BATTERY_RESET: Final = 42651
EVERY_BATTERY: Final = 255.0
FULL_PCT: Final = 100.0


class Crew:
    """`swap_s` is how long a vehicle must have stood disarmed after a flight, in seconds of our clock."""

    def __init__(self, swap_s: float) -> None:
        self._swap_s = swap_s
        self._flown: set[int] = set()
        self._landed_s: dict[int, float] = {}

    def receive(self, sysid: int, message: Message, now_s: float) -> Message | None:
        """A message of a vehicle; the swap when it is due, once after each flight."""
        if message.message_name != "HEARTBEAT":
            return None
        if message.base_mode & MavModeFlag.SAFETY_ARMED:
            self._flown.add(sysid)
            self._landed_s.pop(sysid, None)
            return None
        if sysid not in self._flown or now_s - self._landed_s.setdefault(sysid, now_s) < self._swap_s:
            return None
        self._flown.discard(sysid)
        return command_long((sysid, 1), BATTERY_RESET, EVERY_BATTERY, FULL_PCT)
