"""What the station needs of the wire: `telemetry.links.endpoint.Endpoint` is one."""

from __future__ import annotations

from typing import Protocol

from telemetry.dialect import Message
from telemetry.received import Origin


class Wire(Protocol):
    """Sends under our own system and component id; `to` None reaches every link and peer."""

    @property
    def sysid(self) -> int: ...

    @property
    def compid(self) -> int: ...

    def send(self, message: Message, to: Origin | None = None) -> None: ...
