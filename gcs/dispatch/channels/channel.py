"""What a channel is to the outbox."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from gcs.dispatch.channels.settings import ChannelSettings
from gcs.events import Event
from gcs.sightings.model import Sighting


class NotDeliveredError(Exception):
    """The other side has not taken it. `final` says that trying again is of no use."""

    def __init__(self, problem: str, *, final: bool = False) -> None:
        self.final = final
        super().__init__(problem)


class NotYetError(Exception):
    """It is not time: another way is given `wait_s` seconds more. Nothing is wrong."""

    def __init__(self, wait_s: float) -> None:
        self.wait_s = wait_s
        super().__init__(f"waits {wait_s:.1f} s for another way")


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event for one channel. `id` is the same at every attempt, so that the other side can show it once;
    `sighting` is the one the event is about, as it is now."""

    id: str
    event: Event
    sighting: Sighting | None
    attempt: int


class Channel(Protocol):
    """Delivers at least once, in the order of the events."""

    @property
    def name(self) -> str: ...

    @property
    def exercise(self) -> bool:
        """Gets what is simulated and nothing else; every other channel never gets it."""
        ...

    @property
    def problem(self) -> str:
        """Why there is no connection where one is kept open; "" for all is well."""
        ...

    def wants(self, event: Event) -> bool:
        """Whether the event is for this channel. Called on the store's thread: it looks at nothing but the event."""
        ...

    async def send(self, delivery: Delivery) -> None:
        """Returns when the other side has said that it has it; raises NotDeliveredError, or NotYetError."""
        ...

    async def close(self) -> None:
        """Called once, after the last `send` has ended."""
        ...


class SettledChannel:
    """What every channel of the settings has in common: its name, whom it is for, and what it wants to hear of."""

    def __init__(self, settings: ChannelSettings) -> None:
        self.name = settings.name
        self.exercise = settings.exercise
        self._kinds = settings.kinds

    @property
    def problem(self) -> str:
        """Nothing, where no connection is kept open."""
        return ""

    def wants(self, event: Event) -> bool:
        """Every event about a sighting of the kinds that the settings name."""
        return event.sighting is not None and event.kind.startswith(self._kinds)
