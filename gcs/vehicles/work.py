"""One dialogue with a vehicle that is not a command: what is run, when it is refused, and what is told of it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from gcs.fleet.state import VehicleState
from gcs.vehicles.policy import dialogue_refusal
from telemetry.services.machine import Machine
from telemetry.services.peer import Address

T = TypeVar("T")
ITEMS_TURN = "items"
"""Missions, fences and rally points: a vehicle transfers one list at a time."""
Ending = tuple[bool, Mapping[str, Any]]
"""Whether it came to what was wanted, and what its event says."""


class WorkRefusedError(Exception):
    """Nothing was sent; the text says why."""


@dataclass(frozen=True, kw_only=True)
class Work(Generic[T]):
    """`make` builds the machine from the target's address and ours; `about` tells those who wait what is moved.

    Events: `{kind}.started`, then `{kind}.done` or `{kind}.failed`; or `{kind}.refused` alone. Works of one
    `turn` wait for each other on one vehicle.
    """

    kind: str
    turn: str
    make: Callable[[Address, Address], Machine[T]]
    ended: Callable[[T], Ending]
    told: Mapping[str, Any] = field(default_factory=dict)
    about: str = ""
    refusal: Callable[[VehicleState | None, float], str | None] = dialogue_refusal
