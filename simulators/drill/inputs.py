"""Everything that a drill's engine was told, and an engine made anew from that: the same log, byte for byte.

So whoever doubts a score can have its log made again from what came in (`again`). Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import astuple
from typing import Any, Final

import msgspec

from simulators.drill.engine import DrillEngine, DroneState, Turn
from simulators.drill.model import Drill
from simulators.faults import Fault
from simulators.world import Thing


class InputError(ValueError):
    """Lines that are no inputs of a drill; the text names the line."""


class RecordedEngine(DrillEngine):
    """Keeps what it is told, in the order in which it came."""

    def __init__(self, drill: Drill, run: str = "") -> None:
        super().__init__(drill, run)
        self._inputs: list[bytes] = []

    def inputs(self) -> bytes:
        """JSON lines: what was called, and with what."""
        return b"".join(self._inputs)

    def advance(self, now_s: float, drones: Sequence[DroneState]) -> Turn:
        self._keep("advance", now_s, [astuple(drone) for drone in drones])
        return super().advance(now_s, drones)

    def note(self, kind: str, at_s: float | None = None, /, **data: Any) -> None:
        self._keep("note", kind, at_s, data)
        super().note(kind, at_s, **data)

    def inject(self, fault: Fault) -> None:
        super().inject(fault)
        self._keep("inject", fault)

    def end_fault(self, name: str, vehicle: int) -> bool:
        self._keep("end_fault", name, vehicle)
        return super().end_fault(name, vehicle)

    def add(self, thing: Thing) -> None:
        super().add(thing)
        self._keep("add", thing)

    def bookmark(self, name: str, by: str) -> int:
        self._keep("bookmark", name, by)
        return super().bookmark(name, by)

    def rewind(self, bookmark: int, by: str, **data: Any) -> None:
        super().rewind(bookmark, by, **data)
        self._keep("rewind", bookmark, by, data)

    def _keep(self, *call: Any) -> None:
        self._inputs.append(msgspec.json.encode(call) + b"\n")


def again(drill: Drill, run: str, lines: Iterable[bytes]) -> DrillEngine:
    """The engine after it was told all of that again. InputError."""
    engine = DrillEngine(drill, run)
    for number, line in enumerate(lines, 1):
        try:
            name, *arguments = msgspec.json.decode(line, type=list[Any])
            _CALLS[name](engine, *arguments)
        except (msgspec.MsgspecError, KeyError, TypeError, ValueError) as error:
            raise InputError(f"line {number}: {error}") from error
    return engine


def _advance(engine: DrillEngine, now_s: float, drones: Sequence[Sequence[Any]]) -> None:
    engine.advance(now_s, [DroneState(*drone) for drone in drones])


def _note(engine: DrillEngine, kind: str, at_s: float | None, data: Mapping[str, Any]) -> None:
    engine.note(kind, at_s, **data)


def _rewind(engine: DrillEngine, bookmark: int, by: str, data: Mapping[str, Any]) -> None:
    engine.rewind(bookmark, by, **data)


_CALLS: Final[Mapping[str, Callable[..., object]]] = {
    "advance": _advance,
    "note": _note,
    "inject": lambda engine, fault: engine.inject(msgspec.convert(fault, Fault)),
    "end_fault": DrillEngine.end_fault,
    "add": lambda engine, thing: engine.add(msgspec.convert(thing, Thing)),
    "bookmark": DrillEngine.bookmark,
    "rewind": _rewind,
}
