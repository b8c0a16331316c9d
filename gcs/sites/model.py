"""A site, its kind, and when to look at it. Frozen; degrees WGS-84, `[lon, lat]` in rings as in GeoJSON. Pure."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Annotated, Literal

import msgspec

from gcs.dispatch.model import UnitKind

Ring = tuple[tuple[float, float], ...]
Polygon = tuple[Ring, ...]
PictureRule = Literal["refuse", "mask", "keep"]
Day = Annotated[int, msgspec.Meta(ge=1, le=7)]
Positive = Annotated[float, msgspec.Meta(gt=0)]


class SiteError(ValueError):
    """Sites that cannot be used; one line that names the file and the entry."""


class Hours(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"begin": "from", "end": "to"}
):
    """A time of the week, local; an end before the beginning is on the next day. Days: 1 is Monday."""

    zh: str
    en: str
    days: tuple[Day, ...]
    begin: str
    end: str

    def holds(self, local: datetime) -> bool:
        """Whether it is that time now."""
        begin, end = clock_time(self.begin), clock_time(self.end)
        today, yesterday = local.isoweekday(), (local - timedelta(days=1)).isoweekday()
        now = local.timetz().replace(tzinfo=None)
        if begin <= end:
            return today in self.days and begin <= now < end
        return (today in self.days and now >= begin) or (yesterday in self.days and now < end)


class Profile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to look for at a kind of site, when and how, who serves it, and what becomes of pictures from inside its
    private zones. `hours` empty: whenever somebody says so."""

    id: str = ""
    zh: str
    en: str
    look_for: tuple[str, ...]
    hours: tuple[Hours, ...]
    pattern: Literal["lanes", "edge", "hover", "line"]
    height_m: Positive
    speed_m_s: Positive
    units: tuple[UnitKind, ...]
    pictures: PictureRule = "keep"


class PrivateZone(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a site that is nobody else's business."""

    zh: str
    en: str
    areas: tuple[Polygon, ...]


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """A place that is looked after; `kind` names its profile."""

    id: str
    zh: str
    en: str
    kind: str
    areas: tuple[Polygon, ...]
    private: tuple[PrivateZone, ...] = ()


def clock_time(text: str) -> time:
    """`07:30` as a time; raises SiteError."""
    try:
        return time.fromisoformat(text)
    except ValueError:
        raise SiteError(f"{text!r} is not a time such as 07:30") from None
