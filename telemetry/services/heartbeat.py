"""Our heartbeat, and the gate that keeps it from lying.

A vehicle's ground-control failsafe looks at heartbeats only, so they must not go out while nobody would
notice what the vehicle says.
"""

from __future__ import annotations

from telemetry.constants import MavAutopilot, MavState, MavType
from telemetry.dialect import Message
from telemetry.messages import new

STALL_S = 2.0
_MAVLINK_VERSION = 3


def gcs_heartbeat() -> Message:
    """What a ground control station says once a second."""
    return new(
        "HEARTBEAT",
        type=MavType.GCS,
        autopilot=MavAutopilot.INVALID,
        system_status=MavState.ACTIVE,
        mavlink_version=_MAVLINK_VERSION,
    )


class HealthGate:
    """Asked before every heartbeat, once a second: a call that comes `stall_s` or more after the one
    before shows that the loop stood still, and that heartbeat is not sent. A loop that keeps stalling
    therefore sends none at all; one that runs again sends the next."""

    def __init__(self, stall_s: float = STALL_S) -> None:
        self._stall_s = stall_s
        self._asked_s: float | None = None
        self.stalls = 0
        """How often the loop was found to have stood still."""

    def healthy(self, now_s: float) -> bool:
        """Whether a heartbeat may go out at `now_s` (monotonic)."""
        before_s, self._asked_s = self._asked_s, now_s
        if before_s is None or now_s - before_s < self._stall_s:
            return True
        self.stalls += 1
        return False
