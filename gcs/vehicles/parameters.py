"""A vehicle's parameters: read as a whole or by name, set one at a time, what was read last kept in a file.

Every reading and every setting is an event with its actor. What a vehicle may be given while it is armed is
in `gcs.vehicles.policy`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Protocol, TypeVar

from gcs.clock import Clock
from gcs.vehicles.param_set import ParamSet, params_hash
from gcs.vehicles.policy import param_refusal, transfer_refusal
from gcs.vehicles.work import Ending, Work
from telemetry.services.param_access import ParamAccess, ParamOutcome
from telemetry.services.param_fetch import ParamFetch
from telemetry.services.param_list import ParamListOutcome

TURN = "params"
T = TypeVar("T")


class UnreadError(Exception):
    """The parameters could not be read whole; the text says why."""


class ParamStore(Protocol):
    """`gcs.store.param_files.ParamFiles` is one. Raises OSError when the disk fails."""

    async def put(self, vehicle_id: str, params: ParamSet) -> None: ...

    async def latest(self, vehicle_id: str) -> ParamSet | None: ...


class Runs(Protocol):
    """What is needed of the station."""

    async def run(self, vehicle_id: str, work: Work[T], actor: str) -> T: ...


class ParamDesk:
    """Every method raises WorkRefusedError when the vehicle must not be asked now."""

    def __init__(self, station: Runs, store: ParamStore, clock: Clock) -> None:
        self._station = station
        self._store = store
        self._clock = clock

    async def read(self, vehicle_id: str, actor: str) -> ParamSet:
        """All of them, from the vehicle, kept as the latest. UnreadError when they did not all come."""
        work = Work(kind="params", turn=TURN, make=ParamFetch, ended=_read, refusal=transfer_refusal)
        outcome = await self._station.run(vehicle_id, work, actor)
        if not outcome.complete:
            raise UnreadError(outcome.reason or f"{len(outcome.missing)} parameters never came")
        params = ParamSet(params_hash(outcome.parameters), self._clock.utc(), outcome.parameters)
        await self._store.put(vehicle_id, params)
        return params

    async def latest(self, vehicle_id: str) -> ParamSet | None:
        """As they were read last, by us or by whoever ran before us; nothing is asked of the vehicle."""
        return await self._store.latest(vehicle_id)

    async def get(self, vehicle_id: str, name: str, actor: str) -> ParamOutcome:
        """One of them. ValueError for what is no name."""
        return await self._station.run(vehicle_id, _access("param.read", name, None), actor)

    async def set(self, vehicle_id: str, name: str, value: float, actor: str) -> ParamOutcome:
        """Set one and read what the vehicle made of it. ValueError for what is no name, or not finite."""
        return await self._station.run(vehicle_id, param_work(name, value), actor)


def param_work(name: str, value: float) -> Work[ParamOutcome]:
    """Setting one parameter. ValueError for what is no name, or not finite."""
    return _access("param.set", name, value)


def _access(kind: str, name: str, value: float | None) -> Work[ParamOutcome]:
    ParamAccess((0, 0), (0, 0), name, value)
    told: dict[str, Any] = {"name": name} if value is None else {"name": name, "value": value}
    make = partial(ParamAccess, name=name, value=value)
    if value is None:
        return Work(kind=kind, turn=TURN, make=make, ended=_accessed, told=told)
    return Work(kind=kind, turn=TURN, make=make, ended=_accessed, told=told, refusal=_refusal_of(name))


def _refusal_of(name: str) -> Callable[[Any, float], str | None]:
    return lambda state, now_s: param_refusal(state, name, now_s)


def _accessed(outcome: ParamOutcome) -> Ending:
    held = None if outcome.parameter is None else outcome.parameter.value
    return outcome.ok, {"held": held, "reason": outcome.reason}


def _read(outcome: ParamListOutcome) -> Ending:
    return outcome.complete, {"number": len(outcome.parameters), "reason": outcome.reason}
