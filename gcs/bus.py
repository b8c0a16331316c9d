"""In-process fan-out of events and live changes.

A subscriber is a plain callable called on the event loop; it must return at once. One that raises
would be a defect of ours, so it is not guarded against.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Bus(Generic[T]):
    """Delivers each published item to every subscriber, in the order of subscription."""

    def __init__(self) -> None:
        self._subscribers: list[Callable[[T], None]] = []

    def subscribe(self, subscriber: Callable[[T], None]) -> Callable[[], None]:
        """Start delivering to `subscriber`; call what is returned to stop."""
        self._subscribers.append(subscriber)

        def unsubscribe() -> None:
            if subscriber in self._subscribers:
                self._subscribers.remove(subscriber)

        return unsubscribe

    def publish(self, item: T) -> None:
        for subscriber in tuple(self._subscribers):
            subscriber(item)
