"""What the station needs of the rest of the system, and no more."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from telemetry.dialect import Message
from telemetry.received import Origin


class Wire(Protocol):
    """`telemetry.links.endpoint.Endpoint` is one.

    Sends under our own system and component id; `to` None reaches every link and peer."""

    @property
    def sysid(self) -> int: ...

    @property
    def compid(self) -> int: ...

    def send(self, message: Message, to: Origin | None = None) -> None: ...

    def loss(self, origin: Origin) -> float | None:
        """Share of frames from there that were missing lately; None where nobody knows."""
        ...


class OpenUploads(Protocol):
    """The vehicles on which an upload of ours began and was not verified: what is left there may be half of one
    mission and half of another. Outlives ground control: `gcs.store.open_uploads` is one."""

    def vehicles(self) -> Collection[str]:
        """Those left by whoever ran before us."""
        ...

    async def began(self, vehicle_id: str) -> None:
        """Returns after it was synced. OSError when it cannot be kept."""
        ...

    async def verified(self, vehicle_id: str) -> None:
        """The vehicle holds what was uploaded. OSError when that cannot be kept."""
        ...


class ForgottenUploads:
    """Keeps nothing: for a station whose vehicles do not outlive it, such as a test's."""

    def vehicles(self) -> Collection[str]:
        return ()

    async def began(self, vehicle_id: str) -> None:
        """Nothing is kept."""

    async def verified(self, vehicle_id: str) -> None:
        """Nothing was kept."""
