"""What becomes of a unit: through its own reports, and through the sighting it holds. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from gcs.dispatch.model import Unit, UnitKind, UnitStatus
from gcs.dispatch.requests import UnitPosition, UnitReport
from gcs.sightings.errors import InvalidReportError, UnitBusyError
from gcs.sightings.intake import MAX_AHEAD, check_place
from gcs.sightings.model import Sighting, SightingStatus
from gcs.sightings.text import clean_line
from gcs.sightings.workflow import WITH_A_UNIT

MOST_SKILLS = 20
_NO_WINGS: Mapping[str, Any] = {"vehicle": None, "silent": False, "operation": None}
_ID = re.compile(r"\w[\w.-]{0,63}")
_DOING: Mapping[SightingStatus, UnitStatus] = {
    SightingStatus.ASSIGNED: UnitStatus.ASSIGNED,
    SightingStatus.ACCEPTED: UnitStatus.EN_ROUTE,
    SightingStatus.ON_SCENE: UnitStatus.ON_SCENE,
}


def holder(sighting: Sighting) -> str | None:
    """The unit that is dealing with the sighting now."""
    return sighting.unit if sighting.status in WITH_A_UNIT else None


def followed(units: Iterable[Unit], after: Sighting, off: str | None = None) -> tuple[Unit, ...]:
    """`units` after a step of a sighting that one of them has, had or gets; `off` goes off duty by it.

    Raises UnitBusyError when the one who is to get it is not free.
    """
    return tuple(_follow(unit, after, off) for unit in units)


def registered(report: UnitReport, known: Unit | None, now: datetime) -> Unit:
    """The unit as it introduces itself; duty and sighting stay as they were. Raises InvalidReportError."""
    if not _ID.fullmatch(report.id):
        raise InvalidReportError("id", "must be 1 to 64 letters, digits, dots, dashes or underscores")
    if report.vehicle and report.kind is not UnitKind.DRONE:
        raise InvalidReportError("vehicle", "is for units of the kind drone")
    if (report.lat is None) != (report.lon is None):
        raise InvalidReportError("lat" if report.lat is None else "lon", "latitude and longitude come together")
    if known is not None and known.sighting is not None and known.simulated is not report.simulated:
        raise UnitBusyError(known.id, known.sighting)
    name = clean_line(report.name, "name") or report.id
    unit = known or Unit(id=report.id, name=name, kind=report.kind)
    unit = replace(unit, name=name, kind=report.kind, simulated=report.simulated, **_said(report))
    if report.lat is None or report.lon is None:
        return unit
    return moved(unit, UnitPosition(lat=report.lat, lon=report.lon), now)


def _said(report: UnitReport) -> dict[str, Any]:
    """What the report says of group, skills, shift and vehicle."""
    said: dict[str, Any] = {}
    if report.group is not None:
        said["group"] = clean_line(report.group, "group")
    if report.skills is not None:
        if len(report.skills) > MOST_SKILLS:
            raise InvalidReportError("skills", f"at most {MOST_SKILLS} are kept")
        said["skills"] = tuple(filter(None, (clean_line(skill, "skills") for skill in report.skills)))
    if report.shift_until is not None:
        said["shift_until"] = report.shift_until
    if report.kind is not UnitKind.DRONE:
        said |= _NO_WINGS
    elif report.vehicle is not None:
        vehicle = clean_line(report.vehicle, "vehicle")
        said |= {"vehicle": vehicle} if vehicle else _NO_WINGS
    return said


def moved(unit: Unit, position: UnitPosition, now: datetime) -> Unit:
    """The unit at its position; one older than the position known changes nothing. Raises InvalidReportError."""
    check_place(position.lat, position.lon)
    at = position.at or now
    if at - now > MAX_AHEAD:
        raise InvalidReportError("at", "lies more than 5 minutes ahead; check the clock of the sender")
    at = min(at, now)
    if unit.position_at is not None and at < unit.position_at:
        return unit
    return replace(unit, lat_deg=position.lat, lon_deg=position.lon, position_at=at)


def _follow(unit: Unit, after: Sighting, off: str | None) -> Unit:
    if unit.id == holder(after):
        if unit.sighting not in (None, after.id) or unit.status is UnitStatus.OFF:
            raise UnitBusyError(unit.id, unit.sighting)
        return replace(unit, status=_DOING[after.status], sighting=after.id)
    if unit.sighting != after.id:
        return unit
    return replace(unit, status=UnitStatus.OFF if unit.id == off else UnitStatus.FREE, sighting=None)
