"""What is being transferred from or to vehicles right now: how far it is, and how it is given up. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from telemetry.services import machine
from telemetry.services.machine import Machine, Progress


@dataclass(frozen=True, slots=True)
class Transfer:
    """`kind` as in its events, `about` what it moves (a path, the number of a log) or the name of a command, `actor`
    who waits for it."""

    id: str
    kind: str
    about: str
    actor: str
    machine: machine.Transfer[Any] = field(repr=False)

    @property
    def progress(self) -> Progress:
        return self.machine.progress


class Transfers:
    """Those under way, by vehicle and id; ids count up and are never used again."""

    def __init__(self) -> None:
        self._under_way: dict[str, dict[str, Transfer]] = {}
        self._ids = count(1)

    def of(self, vehicle: str) -> tuple[Transfer, ...]:
        """Those of one vehicle that take long, oldest first."""
        mine = self._under_way.get(vehicle)
        return tuple([each for each in mine.values() if each.machine.is_long]) if mine else ()

    @contextmanager
    def under_way(self, vehicle: str, working: Machine[Any], *, kind: str, about: str, actor: str) -> Iterator[None]:
        """While the block runs, `working` is; one that is no transfer is not counted."""
        if not isinstance(working, machine.Transfer):
            yield
            return
        transfer = Transfer(str(next(self._ids)), kind, about, actor, working)
        mine = self._under_way.setdefault(vehicle, {})
        mine[transfer.id] = transfer
        try:
            yield
        finally:
            del mine[transfer.id]
