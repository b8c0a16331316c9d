"""A door for another system: an address and a secret of its own, and the report that comes in there. Pure.

What comes in is a report as people send it, without a source: the source is the door. `ref` is the other system's own
number of the matter, so that a report sent twice is kept once.
"""

from __future__ import annotations

import hashlib
import hmac
import uuid
from datetime import datetime
from typing import Any

import msgspec

from gcs.sightings.intake import SightingReport, SourceReport, Time
from gcs.sightings.text import clean_line


class Intake(msgspec.Struct, frozen=True, kw_only=True):
    """`digest` is the SHA-256 of the secret. `klass` is what a report is that names none; `exercise` makes all that
    comes in there simulated."""

    id: str
    name: str
    digest: str
    created_at: datetime
    created_by: str
    klass: str = "other"
    exercise: bool = False


class ForeignReport(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What another system says. Degrees WGS-84; only `lat` and `lon` are needed."""

    lat: float
    lon: float
    ref: str | None = None
    klass: str | None = None
    ce90_m: float | None = None
    priority: int | None = None
    seen_at: Time | None = None
    note: str = ""


def opens(intake: Intake, secret: str) -> bool:
    """Whether that is the door's secret; takes the same time whatever is given."""
    return hmac.compare_digest(secret_digest(secret), intake.digest)


def secret_digest(secret: str) -> str:
    """SHA-256 as hex: a random secret of 128 bits and more needs no slow hash."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def report_of(foreign: ForeignReport, intake: Intake) -> SightingReport:
    """The report as everybody else sends it. Raises InvalidReportError when `ref` is too long."""
    ref = clean_line(foreign.ref or "", "ref")
    known = str(uuid.uuid5(uuid.UUID(intake.id), ref)) if ref else None
    return SightingReport(
        id=known,
        klass=foreign.klass or intake.klass,
        lat=foreign.lat,
        lon=foreign.lon,
        ce90_m=foreign.ce90_m,
        priority=foreign.priority,
        seen_at=foreign.seen_at,
        note=foreign.note,
        source=SourceReport(kind="external", name=intake.name),
        simulated=intake.exercise,
    )


def sample_body(intake: Intake, lat_deg: float, lon_deg: float) -> dict[str, Any]:
    """A body that the door takes as it is."""
    return {"ref": "2026-0001", "klass": intake.klass, "lat": lat_deg, "lon": lon_deg, "note": "..."}
