"""A camera's report of something that is already known joins it: one sighting with several views. Pure.

Only cameras' reports join, and only those that say how sure their place is: what a person reports is a decision of
that person. Nothing joins a settled sighting, and simulated never joins real.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec.structs import replace

from gcs.sightings.catalogue import Catalogue
from gcs.sightings.ellipse import Ellipse
from gcs.sightings.errors import InvalidReportError
from gcs.sightings.fuse import Reach, Spot, Thing, View, best_fit, fuse
from gcs.sightings.model import Axes, Place, Seen, Sighting, SightingStatus, Step
from gcs.sightings.text import clean_note
from gcs.sightings.workflow import SETTLED

MOST_VIEWS = 50


def may_join(sighting: Sighting) -> bool:
    """Whether the sighting may be taken together with another one."""
    return (
        sighting.source.kind == "camera"
        and sighting.place.ce90_m is not None
        and sighting.status not in SETTLED
        and len(sighting.views) < MOST_VIEWS
    )


def same_as(newcomer: Sighting, known: Iterable[Sighting], catalogue: Catalogue) -> str | None:
    """The id of the known sighting that `newcomer` shows again; None when it is something new."""
    klass = catalogue.get(newcomer.klass)
    if klass is None or not may_join(newcomer):
        return None
    things = {
        sighting.id: _thing(sighting)
        for sighting in known
        if sighting.klass == newcomer.klass and sighting.simulated is newcomer.simulated and may_join(sighting)
    }
    reach = Reach(timedelta(seconds=klass.merge_s), klass.merge_m)
    return best_fit(_view(newcomer.klass, _seen(newcomer)), things, reach)


def joined(sighting: Sighting, newcomer: Sighting) -> Sighting:
    """`sighting` with the view of `newcomer` added; its place is what all views say together, its height what the
    last view that knows it says."""
    views = (*(sighting.views or (_seen(sighting),)), _seen(newcomer))
    spot = fuse([_view(sighting.klass, seen) for seen in views])
    level = next((seen.place for seen in reversed(views) if seen.place.msl_m is not None), sighting.place)
    place = replace(place_of(spot), msl_m=level.msl_m, hae_m=level.hae_m)
    return replace(sighting, place=place, priority=min(sighting.priority, newcomer.priority), views=views)


def with_views_of(sighting: Sighting, duplicate: Sighting) -> Sighting:
    """`sighting` with what was seen of it under another id. Somebody has said so: its place stays where it is.

    Raises InvalidReportError when the two cannot be one.
    """
    if sighting.id == duplicate.id or sighting.status in (SightingStatus.DUPLICATE, SightingStatus.ARCHIVED):
        raise InvalidReportError("of", "must name another sighting, neither archived nor itself a duplicate")
    if sighting.simulated is not duplicate.simulated:
        raise InvalidReportError("of", "a simulated sighting and a real one are never the same")
    views = sighting.views or (_seen(sighting),)
    known = {seen.id for seen in views}
    more = (seen for seen in duplicate.views or (_seen(duplicate),) if seen.id not in known)
    priority = min(sighting.priority, duplicate.priority)
    return replace(sighting, views=(*views, *more), priority=priority)


def follow_up(archived: Sighting, now: datetime, note: str, actor: str) -> Sighting:
    """A new sighting of what was archived; its id follows from the old one's, so that there is one only."""
    step = Step(at=now, actor=actor, action="report", status=SightingStatus.NEW, note=clean_note(note, "note"))
    return Sighting(
        id=str(uuid.uuid5(uuid.UUID(archived.id), "follow-up")),
        klass=archived.klass,
        priority=archived.priority,
        place=archived.place,
        seen_at=now,
        received_at=now,
        source=archived.source,
        note=archived.note,
        operation=archived.operation,
        site=archived.site,
        simulated=archived.simulated,
        follows=archived.id,
        history=(step,),
    )


def place_of(spot: Spot) -> Place:
    """The place as records hold it: degrees to a millimetre or so, metres to a centimetre."""
    longer, shorter = spot.ellipse.axes_m
    axes = Axes(major_m=round(longer, 2), minor_m=round(shorter, 2), bearing_deg=round(spot.ellipse.bearing_deg, 1))
    return Place(
        lat_deg=round(spot.lat_deg, 8),
        lon_deg=round(spot.lon_deg, 8),
        ce90_m=round(spot.ellipse.ce90_m, 2),
        axes=axes,
    )


def _thing(sighting: Sighting) -> Thing:
    times = [seen.seen_at for seen in sighting.views] or [sighting.seen_at]
    return Thing(sighting.klass, _spot(sighting.place), min(times), max(times))


def _seen(sighting: Sighting) -> Seen:
    return Seen(
        id=sighting.id,
        place=sighting.place,
        seen_at=sighting.seen_at,
        source=sighting.source,
        note=sighting.note,
    )


def _view(klass: str, seen: Seen) -> View:
    """The observer is whoever shares its errors with the next look: the vehicle, else the camera by name."""
    observer = seen.source.vehicle or seen.source.name or seen.id
    return View(seen.id, klass, _spot(seen.place), seen.seen_at, observer)


def _spot(place: Place) -> Spot:
    if place.axes is not None:
        ellipse = Ellipse.of_axes(place.axes.major_m, place.axes.minor_m, place.axes.bearing_deg)
    else:
        ellipse = Ellipse.circle(place.ce90_m or 0.0)
    return Spot(place.lat_deg, place.lon_deg, ellipse)
