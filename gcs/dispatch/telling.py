"""What is written down about sightings and units. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from gcs.dispatch.model import Unit
from gcs.events import Event
from gcs.sightings.model import Sighting
from gcs.sightings.workflow import Action

_KINDS: Mapping[str, str] = MappingProxyType(
    {
        Action.ASSIGN: "sighting.assigned",
        Action.ACCEPT: "sighting.accepted",
        Action.REFUSE: "sighting.refused",
        Action.EXPIRE: "sighting.expired",
        Action.ARRIVE: "sighting.on_scene",
        Action.RESOLVE: "sighting.resolved",
        Action.DISMISS: "sighting.dismissed",
        Action.REOPEN: "sighting.reopened",
        Action.CLASSIFY: "sighting.classified",
        Action.DUPLICATE: "sighting.duplicate",
        Action.FEEDBACK: "sighting.feedback",
        Action.ASSESS: "sighting.assessed",
        Action.ANALYSE: "sighting.analysed",
        Action.SUPERVISE: "sighting.asked_after",
        Action.ARCHIVE: "sighting.archived",
    }
)


def sighting_created(sighting: Sighting, actor: str) -> Event:
    place = sighting.place
    data = {
        "klass": sighting.klass,
        "priority": sighting.priority,
        "lat": place.lat_deg,
        "lon": place.lon_deg,
        "simulated": sighting.simulated,
    }
    return _about(sighting, "sighting.created", sighting.received_at, actor, data)


def sighting_stepped(sighting: Sighting, data: Mapping[str, Any]) -> Event:
    """The last step of its history as an event, at the time when it was kept."""
    step = sighting.history[-1]
    late = {} if step.received_at is None else {"taken_at": step.at.isoformat()}
    said = {"note": step.note, "outcome": sighting.outcome, "duplicate_of": sighting.duplicate_of}
    told = {
        "klass": sighting.klass,
        "priority": sighting.priority,
        **{k: v for k, v in said.items() if v},
        **late,
        **data,
    }
    return _about(sighting, _KINDS[step.action], step.received_at or step.at, step.actor, told)


def sighting_pictured(sighting: Sighting, actor: str) -> Event:
    """A picture was attached."""
    picture = sighting.pictures[-1]
    data = {"picture": picture.name, "size": picture.size, "masked": picture.masked}
    return _about(sighting, "sighting.pictured", picture.received_at or picture.at, actor, data)


def sighting_followed(new: Sighting, old: Sighting, at: datetime, actor: str) -> Event:
    """An archived sighting is taken up again by a new one."""
    return _about(old, "sighting.followed", at, actor, {"by": new.id})


def sighting_joined(sighting: Sighting, newcomer: Sighting, actor: str) -> Event:
    """A report tells of something that is known already."""
    data = {"report": newcomer.id, "views": len(sighting.views), "ce90_m": sighting.place.ce90_m}
    return _about(sighting, "sighting.joined", newcomer.received_at, actor, data)


def sighting_supervised(sighting: Sighting, at: datetime) -> Event:
    """The centre has to look at it, or need not any longer."""
    standing = sighting.supervised
    data = {} if standing is None else {"level": standing.level.value, "reason": standing.reason}
    return _about(sighting, "sighting.supervised" if standing else "sighting.unsupervised", at, "system", data)


def sighting_waits(sighting: Sighting, at: datetime) -> Event:
    """Nobody who may deal with it is free."""
    data = {"klass": sighting.klass, "priority": sighting.priority}
    return _about(sighting, "sighting.waiting", at, "system", data)


def unit_registered(unit: Unit, at: datetime, actor: str, *, new: bool) -> Event:
    kind = "unit.registered" if new else "unit.changed"
    data = {"name": unit.name, "kind": unit.kind.value, "simulated": unit.simulated}
    return Event(kind=kind, at=at, actor=actor, unit=unit.id, data=data)


def unit_status(unit: Unit, at: datetime, actor: str) -> Event:
    return Event(kind="unit.status", at=at, actor=actor, unit=unit.id, data={"status": unit.status.value})


def _about(sighting: Sighting, kind: str, at: datetime, actor: str, data: dict[str, Any]) -> Event:
    unit = sighting.history[-1].unit
    return Event(
        kind=kind,
        at=at,
        actor=actor,
        vehicle=sighting.source.vehicle,
        operation=sighting.operation,
        sighting=sighting.id,
        unit=unit,
        data=data,
    )
