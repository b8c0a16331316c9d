"""A report from outside becomes a sighting, or one error that names the field. Pure.

The JSON is that of `POST /sightings` in docs/api.md: only `klass`, `lat` and `lon` are needed.
"""

from __future__ import annotations

import math
import uuid
from datetime import datetime, timedelta
from typing import Annotated

import msgspec

from gcs.sightings.catalogue import PRIORITIES, Catalogue
from gcs.sightings.errors import InvalidReportError
from gcs.sightings.model import Place, Sighting, SightingStatus, Source, Step
from gcs.sightings.text import clean_line, clean_note

MAX_AGE = timedelta(days=7)
MAX_AHEAD = timedelta(minutes=5)
MAX_CE90_M = 10_000.0
LOWEST_M, HIGHEST_M = -500.0, 10_000.0
LARGEST_PICTURE_PX = 20_000
SOURCE_KINDS = ("camera", "person", "external")

Time = Annotated[datetime, msgspec.Meta(tz=True)]


class SourceReport(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who or what saw it: `kind` is camera, person or external; `confidence` 0..1; `frame` and `pixel` as in
    `Source`."""

    kind: str = "person"
    name: str = ""
    vehicle: str | None = None
    detector: str | None = None
    confidence: float | None = None
    frame: str | None = None
    pixel: tuple[float, float] | None = None


class SightingReport(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is reported. Degrees WGS-84, heights as in `Place`; `id` is a UUID of the reporter's choice, so that it may
    report again."""

    klass: str
    lat: float
    lon: float
    id: str | None = None
    ce90_m: float | None = None
    msl_m: float | None = None
    hae_m: float | None = None
    priority: int | None = None
    seen_at: Time | None = None
    note: str = ""
    source: SourceReport | None = None
    operation: str | None = None
    simulated: bool = False


def sighting_id(report: SightingReport) -> str | None:
    """The id of the report in the one way of writing it; None when it names none."""
    if report.id is None:
        return None
    try:
        return str(uuid.UUID(report.id))
    except ValueError:
        raise InvalidReportError("id", "must be a UUID such as 0f8fad5b-d9cb-469f-a165-70867728950e") from None


def make_sighting(report: SightingReport, catalogue: Catalogue, *, new_id: str, now: datetime, actor: str) -> Sighting:
    """The sighting that `report` tells of; `new_id` is its id. Raises InvalidReportError."""
    check_class(report.klass, report.priority, catalogue)
    klass = catalogue[report.klass]
    priority = klass.priority if report.priority is None else report.priority
    return Sighting(
        id=new_id,
        klass=klass.id,
        priority=priority,
        place=_place(report),
        seen_at=_seen(report.seen_at, now),
        received_at=now,
        source=_source(report.source or SourceReport(name=actor)),
        note=clean_note(report.note, "note"),
        operation=_optional(report.operation, "operation"),
        simulated=report.simulated,
        history=(Step(at=now, actor=actor, action="report", status=SightingStatus.NEW),),
    )


def check_class(klass: str | None, priority: int | None, catalogue: Catalogue) -> None:
    """Raises InvalidReportError for a class that is not in the catalogue, and for a priority that there is not."""
    if klass is not None and klass not in catalogue:
        raise InvalidReportError("klass", f"unknown; known classes: {', '.join(catalogue)}")
    if priority is not None and priority not in PRIORITIES:
        raise InvalidReportError("priority", "must be 1 (urgent) to 4 (low)")


def check_place(lat_deg: float, lon_deg: float) -> None:
    """Raises InvalidReportError where there is no place on Earth; 0, 0 is what a receiver without a fix says."""
    if not -90 <= lat_deg <= 90:
        raise InvalidReportError("lat", "must be -90 to 90 degrees")
    if not -180 <= lon_deg <= 180:
        raise InvalidReportError("lon", "must be -180 to 180 degrees")
    if (lat_deg, lon_deg) == (0, 0):
        raise InvalidReportError("lat", "0, 0 is what a receiver without a fix says, not a place")


def _place(report: SightingReport) -> Place:
    check_place(report.lat, report.lon)
    if report.ce90_m is not None and not 0 <= report.ce90_m <= MAX_CE90_M:
        raise InvalidReportError("ce90_m", f"must be 0 to {MAX_CE90_M:.0f} metres")
    for field, height in (("msl_m", report.msl_m), ("hae_m", report.hae_m)):
        if height is not None and not LOWEST_M <= height <= HIGHEST_M:
            raise InvalidReportError(field, f"must be {LOWEST_M:.0f} to {HIGHEST_M:.0f} metres")
    return Place(lat_deg=report.lat, lon_deg=report.lon, ce90_m=report.ce90_m, msl_m=report.msl_m, hae_m=report.hae_m)


def _seen(seen_at: datetime | None, now: datetime) -> datetime:
    if seen_at is None:
        return now
    if seen_at.tzinfo is None:
        raise InvalidReportError("seen_at", "needs a time zone")
    if seen_at - now > MAX_AHEAD:
        raise InvalidReportError("seen_at", "lies more than 5 minutes ahead; check the clock of the sender")
    if now - seen_at > MAX_AGE:
        raise InvalidReportError("seen_at", f"lies more than {MAX_AGE.days} days back")
    return seen_at


def _source(source: SourceReport) -> Source:
    if source.kind not in SOURCE_KINDS:
        raise InvalidReportError("source.kind", f"must be one of {', '.join(SOURCE_KINDS)}")
    confidence = source.confidence
    if confidence is not None and not (math.isfinite(confidence) and 0 <= confidence <= 1):
        raise InvalidReportError("source.confidence", "must be 0 to 1")
    if source.pixel is not None and not all(0 <= side <= LARGEST_PICTURE_PX for side in source.pixel):
        raise InvalidReportError("source.pixel", f"must be two numbers of 0 to {LARGEST_PICTURE_PX}")
    return Source(
        kind=source.kind,
        name=clean_line(source.name, "source.name"),
        vehicle=_optional(source.vehicle, "source.vehicle"),
        detector=_optional(source.detector, "source.detector"),
        confidence=confidence,
        frame=_optional(source.frame, "source.frame"),
        pixel=source.pixel,
    )


def _optional(text: str | None, field: str) -> str | None:
    return None if text is None else clean_line(text, field) or None
