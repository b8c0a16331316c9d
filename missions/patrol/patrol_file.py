"""Sites of a persistent patrol from GeoJSON: where to look again how often, from which base, with which swap pads.

| feature | is |
|---|---|
| Point of `kind` "base", "home" or "start" | where the drones live; one |
| Point of `kind` "pad" | where batteries can be swapped too |
| Polygon of `kind` "no_fly" | a zone that nobody flies through, at any height |
| any other Point, LineString, Polygon or MultiPolygon | a site: visited at its point, or in its middle |

A site has the `kind` of a profile (`site_profiles`) or a `deadline_s` of its own; `dwell_s`, `priority` and `windows`
(["07:00-08:30"]) stand over the profile's. `name` (else `zh` or `en`, else `id`) is what it is called. Private zones
of sites (`private_of`) are no sites. Pure.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely
from shapely.errors import ShapelyError

from missions.areas.checks import AreaError, checked_point, checked_polygon
from missions.areas.strict_json import parse_json
from missions.areas.zones import Zone
from missions.fleet import PlanError
from missions.geodesy import LocalFrame
from missions.patrol.revisit import PatrolSite
from missions.patrol.site_profiles import profile
from missions.patrol.site_weights import SiteWeight, weighted
from missions.plan import LonLat

BASE_KINDS = ("base", "home", "start")
MOST_PADS = 20
DAY_S = 86_400.0
WINDOW = re.compile(r"([01]\d|2[0-4]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")
FIGURES = ("deadline_s", "dwell_s", "priority")


@dataclass(frozen=True, slots=True)
class Place:
    """A site as people know it."""

    id: int
    name: str
    at: LonLat


@dataclass(frozen=True, slots=True)
class PatrolMap:
    """`tasks` in metres of `frame`, by the ids of `places`; a site whose busy hours are known has two. `stands`: where
    batteries are swapped, the base first."""

    name: str
    frame: LocalFrame
    places: tuple[Place, ...]
    tasks: tuple[PatrolSite, ...]
    stands: tuple[LonLat, ...]
    no_fly: tuple[Zone, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    """One site as the file has it."""

    key: str
    name: str
    at: LonLat
    task: PatrolSite


def read_patrol(
    data: bytes,
    name: str,
    *,
    base: LonLat | None = None,
    pads: tuple[LonLat, ...] = (),
    weights: Mapping[str, SiteWeight] | None = None,
) -> PatrolMap:
    """What the file holds; `base` stands over the file's, `pads` are added. AreaError: one line with file, place and
    fix."""
    document = parse_json(data, name)
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list) or not features:
        raise AreaError(f"{name}: is no FeatureCollection with sites")
    found: list[_Found] = []
    bases: list[LonLat] = []
    more_pads: list[LonLat] = []
    zones: list[Zone] = []
    for number, feature in enumerate(features, start=1):
        place = f"{name}: feature {number}"
        properties, geometry = _parts(feature, place)
        kind = properties.get("kind")
        if kind in BASE_KINDS or kind == "pad":
            spot = checked_point(geometry.get("coordinates"), place)
            (more_pads if kind == "pad" else bases).append(spot)
        elif kind == "no_fly":
            zones += [Zone(rings) for rings in checked_polygon(geometry.get("coordinates"), place)[0]]
        elif "private_of" not in properties:
            found.append(_site(properties, geometry, number, place))
    stands = _stands(name, base, bases, (*more_pads, *pads))
    if not found:
        raise AreaError(f"{name}: holds no site: add a Point with a kind or a deadline_s")
    frame = LocalFrame(*(round(float(degrees), 9) for degrees in np.mean([site.at for site in found], axis=0)))
    spots = frame.to_local(np.array([site.at for site in found])).tolist()
    placed = [replace(site.task, x_m=x, y_m=y) for site, (x, y) in zip(found, spots, strict=True)]
    known = weights or {}
    tasks = tuple(
        part for site, task in zip(found, placed, strict=True) for part in weighted(task, known.get(site.key))
    )
    places = tuple(Place(site.task.id, site.name, site.at) for site in found)
    return PatrolMap(name, frame, places, tasks, stands, tuple(zones))


def _stands(name: str, base: LonLat | None, bases: list[LonLat], pads: tuple[LonLat, ...]) -> tuple[LonLat, ...]:
    if base is None and len(bases) != 1:
        raise AreaError(f"{name}: holds {len(bases)} bases: expected one Point of kind base, or give --base lat,lon")
    if len(pads) > MOST_PADS:
        raise AreaError(f"{name}: {len(pads)} swap pads are too many: at most {MOST_PADS}")
    return tuple(dict.fromkeys((base or bases[0], *pads)))


def _parts(feature: Any, place: str) -> tuple[dict[str, Any], dict[str, Any]]:
    if not isinstance(feature, dict) or not isinstance(feature.get("geometry"), dict):
        raise AreaError(f"{place}: has no geometry")
    properties = feature.get("properties")
    return properties if isinstance(properties, dict) else {}, feature["geometry"]


def _site(properties: dict[str, Any], geometry: dict[str, Any], number: int, place: str) -> _Found:
    key = str(properties.get("id", number))[:100]
    label = next((properties[word] for word in ("name", "zh", "en") if isinstance(properties.get(word), str)), key)
    kind, deadline = properties.get("kind"), properties.get("deadline_s")
    if not isinstance(kind, str) and deadline is None:
        raise AreaError(f"{place}: needs the kind of a site, or a deadline_s")
    try:
        given = profile(kind) if isinstance(kind, str) and (deadline is None or _is_known(kind)) else None
        habits = (
            PatrolSite(number, 0.0, 0.0, given.deadline_s, given.dwell_s, given.priority, given.windows)
            if given
            else PatrolSite(number, 0.0, 0.0, DAY_S)
        )
        return _Found(key, label[:100], _middle(geometry, place), replace(habits, **_own(properties, place)))
    except PlanError as error:
        raise AreaError(f"{place}: {error}") from error


def _is_known(kind: str) -> bool:
    try:
        return bool(profile(kind))
    except PlanError:
        return False


def _own(properties: dict[str, Any], place: str) -> dict[str, Any]:
    """The figures that the site itself states."""
    own: dict[str, Any] = {}
    for name in FIGURES:
        value = properties.get(name)
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise AreaError(f"{place}: {name} is {str(value)[:40]!r}: must be a number")
        own[name] = int(value) if name == "priority" else float(value)
    if properties.get("windows") is not None:
        own["windows"] = _windows(properties["windows"], place)
    return own


def _windows(value: Any, place: str) -> tuple[tuple[float, float], ...]:
    """Seconds of the day; AreaError unless each is HH:MM-HH:MM and ends after it begins."""
    found = []
    for text in value if isinstance(value, list) else [value]:
        match = WINDOW.fullmatch(text) if isinstance(text, str) else None
        begin, end = (60.0 * (60 * int(match[i]) + int(match[i + 1])) for i in (1, 3)) if match else (0.0, 0.0)
        if not begin < end <= DAY_S:
            raise AreaError(f"{place}: window {str(text)[:40]!r} is not from-to of one day, such as 07:00-08:30")
        found.append((begin, end))
    return tuple(found)


def _middle(geometry: dict[str, Any], place: str) -> LonLat:
    if geometry.get("type") == "Point":
        return checked_point(geometry.get("coordinates"), place)
    try:
        shape = shapely.from_geojson(_text(geometry))
        middle = shape.interpolate(0.5, normalized=True) if shape.geom_type == "LineString" else shape.centroid
        return checked_point([middle.x, middle.y], place)
    except (ShapelyError, ValueError, TypeError, AttributeError) as error:
        if isinstance(error, AreaError):
            raise
        raise AreaError(f"{place}: is no Point, LineString, Polygon or MultiPolygon") from error


def _text(geometry: dict[str, Any]) -> str:
    return json.dumps(geometry)
