"""A long list a few at a time, so that nobody on the event loop waits until all of it was looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")


def parts(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """All of `items` as they are now, `size` at a time; the last part may be shorter."""
    listed = list(items)
    return (listed[at : at + size] for at in range(0, len(listed), size))
