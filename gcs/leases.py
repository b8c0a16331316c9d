"""Who may command a vehicle: one seat at a time, for a while, until it lets go or somebody takes over. Pure.

A command takes the lease when nobody holds it, so that nobody has to ask first in peace; it lasts `LEASE_S`
from the last sign of its holder. An operation holds its vehicles under the seat that authorised it for as long
as it flies, unless somebody took over meanwhile. Take-over is always possible, and is told to both.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

LEASE_S = 20.0
"""A pilot's page renews its lease every few seconds; one that was closed keeps nobody waiting long."""


class HeldError(Exception):
    """Another seat commands the vehicle."""

    def __init__(self, vehicle: str, holder: str) -> None:
        super().__init__(f"{vehicle} is commanded by {holder}: ask them to let go, or take over")
        self.holder = holder


@dataclass(frozen=True, slots=True)
class Lease:
    """`seat` alone commands until `until_s` (monotonic)."""

    seat: str
    until_s: float


@dataclass(frozen=True, slots=True)
class Taken:
    """`seat` holds the vehicle now; `before` is who held it, None for nobody or for the same seat."""

    seat: str
    before: str | None
    new: bool


class Leases:
    """`operator` names the seat under which an operation holds a vehicle now; None where none does."""

    def __init__(self, operator: Callable[[str], str | None]) -> None:
        self._operator = operator
        self._leases: dict[str, Lease] = {}

    def holder(self, vehicle: str, now_s: float) -> str | None:
        """Who alone may command the vehicle now; None while anybody may."""
        return self.leased(vehicle, now_s) or self._operator(vehicle)

    def leased(self, vehicle: str, now_s: float) -> str | None:
        """Who has taken the vehicle, whatever operation holds it besides."""
        lease = self._leases.get(vehicle)
        return lease.seat if lease is not None and now_s < lease.until_s else None

    def take(self, vehicle: str, seat: str, now_s: float, *, take_over: bool = False) -> Taken:
        """Take or renew the lease. HeldError when another seat has it, unless `take_over`."""
        holder = self.holder(vehicle, now_s)
        if holder not in (None, seat) and not take_over:
            raise HeldError(vehicle, str(holder))
        lease = self._leases.get(vehicle)
        renewed = lease is not None and lease.seat == seat and now_s < lease.until_s
        self._leases[vehicle] = Lease(seat, now_s + LEASE_S)
        return Taken(seat, None if holder == seat else holder, new=not renewed)

    def release(self, vehicle: str, seat: str, now_s: float) -> bool:
        """Let go; whether there was something to let go of. What an operation holds stays held."""
        lease = self._leases.get(vehicle)
        if lease is None or lease.seat != seat or now_s >= lease.until_s:
            return False
        del self._leases[vehicle]
        return True
