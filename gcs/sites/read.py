"""Sites from a GeoJSON file, kinds of sites from TOML; one clear line when either cannot be used.

A site is a Polygon or MultiPolygon feature with `id`, `kind`, `zh` and `en`. A private zone is one with `private_of`
(the id of its site), `zh` and `en`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace
from shapely.errors import ShapelyError
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from gcs.sightings.errors import InvalidReportError
from gcs.sightings.text import clean_line
from gcs.sites.model import Polygon, PrivateZone, Profile, Site, SiteError, clock_time
from gcs.sites.sites import Sites

EXAMPLE = "beilun"
MOST_SITES = 5000
_HERE = resources.files("gcs.sites")


class _Feature(msgspec.Struct, frozen=True):
    geometry: dict[str, Any]
    properties: dict[str, Any]


class _Collection(msgspec.Struct, frozen=True):
    features: list[_Feature]


class _Kinds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    kinds: dict[str, Profile] = msgspec.field(name="kind", default_factory=dict)


def load_sites(named: str, kinds: str = "") -> Sites:
    """The sites of a GeoJSON file, or of the example that comes with the program when it is named `beilun`; none when
    nothing is named. `kinds` is a TOML file of kinds, or "" for those that come with the program. Raises SiteError.
    """
    profiles = _kinds(kinds)
    if not named:
        return Sites((), profiles)
    try:
        example = named == EXAMPLE
        text = _HERE.joinpath("beilun.geojson").read_bytes() if example else Path(named).read_bytes()
    except OSError as error:
        raise SiteError(f"{named}: cannot be read ({error.strerror}); name an existing GeoJSON file") from error
    return Sites(read_sites(text, named, profiles), profiles)


def _kinds(file: str) -> Mapping[str, Profile]:
    if not file:
        return read_kinds(_HERE.joinpath("kinds.toml").read_text("utf-8"), "kinds.toml")
    try:
        return read_kinds(Path(file).read_text("utf-8"), file)
    except (OSError, UnicodeDecodeError) as error:
        raise SiteError(f"{file}: cannot be read ({error}); name an existing TOML file") from error


def read_kinds(text: str, name: str) -> Mapping[str, Profile]:
    """The profiles in TOML `text`."""
    try:
        kinds = msgspec.toml.decode(text, type=_Kinds).kinds
    except msgspec.MsgspecError as error:
        raise SiteError(f"{name}: {error}") from error
    for profile in kinds.values():
        for hours in profile.hours:
            clock_time(hours.begin), clock_time(hours.end)
    return {key: replace(profile, id=key) for key, profile in kinds.items()}


def read_sites(text: bytes, name: str, profiles: Mapping[str, Profile]) -> tuple[Site, ...]:
    """The sites in GeoJSON `text`; every error starts with `name` and says which feature."""
    try:
        features = msgspec.json.decode(text, type=_Collection).features
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise SiteError(f"{name}: {error}") from error
    if len(features) > MOST_SITES:
        raise SiteError(f"{name}: holds {len(features)} features, at most {MOST_SITES} are taken")
    sites: dict[str, Site] = {}
    zones: list[tuple[str, PrivateZone]] = []
    for number, feature in enumerate(features):
        where = f"{name}: feature {number}"
        if "private_of" in feature.properties:
            zones.append((_text(feature, "private_of", where), _zone(feature, where)))
            continue
        site = _site(feature, where, profiles)
        if site.id in sites:
            raise SiteError(f"{where}: there is a site {site.id!r} already")
        sites[site.id] = site
    return _with_zones(sites, zones, name)


def _with_zones(sites: dict[str, Site], zones: Iterable[tuple[str, PrivateZone]], name: str) -> tuple[Site, ...]:
    for owner, zone in zones:
        if owner not in sites:
            raise SiteError(f"{name}: the private zone {zone.en!r} is of {owner!r}, which is no site here")
        sites[owner] = replace(sites[owner], private=(*sites[owner].private, zone))
    return tuple(sites.values())


def _site(feature: _Feature, where: str, profiles: Mapping[str, Profile]) -> Site:
    kind = _text(feature, "kind", where)
    if kind not in profiles:
        raise SiteError(f"{where}: unknown kind {kind!r}; known kinds: {', '.join(profiles)}")
    return Site(
        id=_text(feature, "id", where),
        zh=_text(feature, "zh", where),
        en=_text(feature, "en", where),
        kind=kind,
        areas=_areas(feature, where),
    )


def _zone(feature: _Feature, where: str) -> PrivateZone:
    return PrivateZone(zh=_text(feature, "zh", where), en=_text(feature, "en", where), areas=_areas(feature, where))


def _text(feature: _Feature, key: str, where: str) -> str:
    value = feature.properties.get(key)
    try:
        cleaned = clean_line(value, key) if isinstance(value, str) else ""
    except InvalidReportError as error:
        raise SiteError(f"{where}: {error}") from error
    if not cleaned:
        raise SiteError(f"{where}: needs {key!r}, a text")
    return cleaned


def _areas(feature: _Feature, where: str) -> tuple[Polygon, ...]:
    try:
        geometry: BaseGeometry = shape(feature.geometry)
    except (ShapelyError, KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise SiteError(f"{where}: not a geometry: {error}") from error
    parts = list(getattr(geometry, "geoms", (geometry,)))
    if not parts or any(part.geom_type != "Polygon" for part in parts) or not geometry.is_valid:
        raise SiteError(f"{where}: must be a valid Polygon or MultiPolygon")
    west, south, east, north = geometry.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise SiteError(f"{where}: coordinates are longitude, latitude in degrees WGS-84")
    return tuple((_ring(part.exterior), *(_ring(hole) for hole in part.interiors)) for part in parts)


def _ring(line: Any) -> tuple[tuple[float, float], ...]:
    return tuple((float(x), float(y)) for x, y, *_ in line.coords)
