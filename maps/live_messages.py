"""What the live feed says, put together and encoded. Pure.

A reader of rows gets of vehicles that only moved one row each (`MovedView`), and whole objects of the others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from msgspec.structs import asdict, replace

from gcs.dispatch.model import Unit
from gcs.sightings.masking import in_hand, is_volunteer, masked_for
from gcs.sightings.model import Sighting
from maps.views import LiveMessage, MovedView, Shown, State, Trail, VehicleView

COLUMNS = MovedView.__struct_fields__
VEHICLES_AT_A_TIME = 64
"""So many are looked at and encoded before anything else gets its turn: well below a millisecond."""

encode = msgspec.json.Encoder().encode
Objects = Mapping[str, Mapping[str, Any]]


@dataclass(slots=True)
class Chunks:
    """A JSON list that grows by encoded pieces of it."""

    pieces: list[bytes] = field(default_factory=list)

    def add(self, items: Sequence[VehicleView] | Sequence[MovedView] | Sequence[Trail]) -> None:
        if items:
            self.pieces.append(encode(items)[1:-1])

    def whole(self) -> msgspec.Raw:
        return msgspec.Raw(b"[" + b",".join(self.pieces) + b"]")


@dataclass(slots=True)
class VehicleNews:
    """Vehicles that changed: all of them whole, for who gets no rows; else `rows` of those that only moved and
    `changed` for the others."""

    whole: Chunks = field(default_factory=Chunks)
    changed: Chunks = field(default_factory=Chunks)
    rows: Chunks = field(default_factory=Chunks)
    gone: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ByUnit:
    """Sightings by the unit that they concern, as it sees them: those it has, and the ids of those it had.

    A volunteer sees what is in their hands, masked, and nothing of it once it is closed.
    """

    held: Mapping[str, list[Sighting]]
    lost: Mapping[str, list[str]]

    @classmethod
    def of(cls, sightings: Iterable[Sighting], volunteers: Collection[str]) -> ByUnit:
        held: dict[str, list[Sighting]] = defaultdict(list)
        lost: dict[str, list[str]] = defaultdict(list)
        for sighting in sightings:
            unit = sighting.unit
            masked = unit in volunteers
            has_it = unit is not None and (not masked or in_hand(sighting, unit))
            if unit is not None and has_it:
                held[unit].append(masked_for(sighting, unit) if masked else sighting)
            for had in {step.unit for step in sighting.history} - {None, unit if has_it else None}:
                lost[had or ""].append(sighting.id)
        return cls(held, lost)


def found(shown: Shown, marked: Mapping[str, Collection[str]]) -> dict[str, dict[str, Any]]:
    """Those objects of each kind that are named, by id (a link's id is its URL)."""
    return {kind: _named(getattr(shown, kind), ids) for kind, ids in marked.items()}


def _named(objects: Iterable[Any], ids: Collection[str]) -> dict[str, Any]:
    named = ((item.url if hasattr(item, "url") else item.id, item) for item in objects)
    return {identifier: item for identifier, item in named if identifier in ids}


def changes(
    at: datetime, objects: Objects, gone: Mapping[str, list[str]], vehicles: VehicleNews, *, rows: bool
) -> bytes | None:
    """The message that says so; None when there is nothing to say."""
    message: LiveMessage = {"type": "changes", "at": at}
    told = vehicles.changed if rows else vehicles.whole
    if told.pieces:
        message["vehicles"] = told.whole()
    if rows and vehicles.rows.pieces:
        message["moved"] = {"columns": COLUMNS, "rows": vehicles.rows.whole()}
    for kind, items in objects.items():
        if items:
            message[kind] = list(items.values())
    left = {kind: ids for kind, ids in {"vehicles": vehicles.gone, **gone}.items() if ids}
    if left:
        message["gone"] = left
    return encode(message) if len(message) > 2 else None


def state_message(state: State, vehicles: Chunks, trails: Chunks) -> bytes:
    """The message with everything; `state` is without the vehicles."""
    return encode({"type": "state", "state": asdict(state) | {"vehicles": vehicles.whole()}, "trails": trails.whole()})


def for_unit(objects: Objects, by_unit: ByUnit, unit: str) -> tuple[Objects, dict[str, list[str]]]:
    """What the unit sees of what changed, and what is gone for it."""
    itself = objects.get("units", {}).get(unit)
    sightings = {sighting.id: sighting for sighting in by_unit.held.get(unit, ())}
    return {"units": {} if itself is None else {unit: itself}, "sightings": sightings}, {
        "sightings": by_unit.lost.get(unit, [])
    }


def volunteers(units: Iterable[Unit]) -> frozenset[str]:
    return frozenset(unit.id for unit in units if is_volunteer(unit))


def narrowed(state: State, unit: str) -> State:
    """What concerns the unit."""
    units = tuple(item for item in state.units if item.id == unit)
    mine = ByUnit.of(state.sightings, volunteers(units)).held.get(unit, [])
    return replace(
        state,
        vehicles=(),
        operations=(),
        alarms=(),
        links=(),
        traffic=(),
        sightings=tuple(mine),
        units=units,
    )
