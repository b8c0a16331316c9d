"""Who talks to whom: a machine listens to one component and hears only what is meant for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from telemetry.received import Received

Address = tuple[int, int]
"""System id and component id."""


@dataclass(frozen=True, slots=True)
class Peer:
    """The component `target` as seen by `own`; component 0 in `target` stands for any of that system."""

    target: Address
    own: Address

    def speaks(self, received: Received) -> bool:
        """Whether `received` comes from the target and is addressed to us or to nobody in particular.

        MAVLink 1 answers carry no address where the field is an extension: it reads as 0, for everybody.
        """
        sysid, compid = self.target
        if received.sysid != sysid or compid not in (0, received.compid):
            return False
        message = received.message
        to_system = getattr(message, "target_system", 0)
        to_component = getattr(message, "target_component", 0)
        return to_system in (0, self.own[0]) and to_component in (0, self.own[1])

    @property
    def address(self) -> dict[str, Any]:
        """The fields that address a message to the target."""
        return {"target_system": self.target[0], "target_component": self.target[1]}
