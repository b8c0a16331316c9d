"""The area to look at: polygons with holes, zones that nobody may fly through, start points.

Holes of a polygon are no-fly as much as the zones are. `load_area` is the only door for areas from
outside: what it lets through is valid, and what it refuses it refuses with one line.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from missions.areas.checks import AreaError, checked_point, checked_polygon
from missions.areas.kml import is_kml, kml_document
from missions.areas.strict_json import parse_json, read_file, refuse_large
from missions.areas.zone_json import zone_of
from missions.areas.zones import Zone
from missions.plan import LonLat, Ring

__all__ = ["Area", "AreaError", "closed_at_all_heights", "load_area", "load_zones", "read_areas"]

AREA_KINDS = ("area", "", None)
ZONE_KINDS = ("no_fly",)
HOME_KINDS = ("home", "start")
PAD_KINDS = ("pad",)
DEGREES_OF = ("CRS84", "CRS84H", ":4326", ":4979", ":4490")
"""How systems end whose degrees are WGS-84's, or differ by less than a metre (CGCS2000)."""


@dataclass(frozen=True, slots=True)
class Area:
    """Valid polygons (rings: outer first, holes after; lon/lat degrees, first point repeated last) and
    no-fly zones, some within a band of heights only. `homes`, `pads` and `swath_m` are what the file proposed.
    `notes` tell what was changed on reading, such as a simplified outline."""

    name: str
    polygons: tuple[tuple[Ring, ...], ...]
    no_fly: tuple[Zone, ...] = ()
    homes: tuple[LonLat, ...] = ()
    swath_m: float | None = None
    notes: tuple[str, ...] = ()
    pads: tuple[LonLat, ...] = ()


def read_areas(paths: Iterable[Path]) -> Area:
    """All files together as one area. AreaError names the file that is wrong."""
    parts = [load_area(read_file(path), path.name) for path in paths]
    if not parts:
        raise AreaError("no area file given")
    swaths = {part.swath_m for part in parts if part.swath_m is not None}
    if len(swaths) > 1:
        raise AreaError(f"the files propose different swaths {sorted(swaths)}: say which with --swath")
    return Area(
        name=" + ".join(part.name for part in parts),
        polygons=_joined(part.polygons for part in parts),
        no_fly=tuple(zone for part in parts for zone in part.no_fly),
        homes=tuple(dict.fromkeys(home for part in parts for home in part.homes)),
        swath_m=next(iter(swaths), None),
        notes=tuple(note for part in parts for note in part.notes),
        pads=tuple(dict.fromkeys(pad for part in parts for pad in part.pads)),
    )


def closed_at_all_heights(area: Area) -> Area:
    """`area` with the bands of its zones left out: for flights whose heights above take-off are not known yet."""
    return replace(area, no_fly=tuple(Zone(zone.rings) for zone in area.no_fly))


def _joined(groups: Iterable[tuple[tuple[Ring, ...], ...]]) -> tuple[tuple[Ring, ...], ...]:
    return tuple(polygon for group in groups for polygon in group)


def load_area(data: bytes, name: str = "area", *, zones_do: bool = False) -> Area:
    """A GeoJSON Polygon, MultiPolygon, Feature or FeatureCollection, or KML or KMZ, as an Area.

    In a FeatureCollection polygons with `properties.kind` "no_fly" are zones and those with "area" or
    none are areas; points of kind "home" or "start" are start points, those of kind
    "pad" swap pads. Zones may have `floor_m` and `ceiling_m`,
    `above` "take_off" or "sea". With `zones_do` zones alone are enough. AreaError: one line with file, place and fix.
    """
    area = _read(data, name)
    if not area.polygons and not (zones_do and area.no_fly):
        raise AreaError(f"{name}: holds no area: add a Polygon or MultiPolygon")
    return area


def load_zones(data: bytes, name: str) -> tuple[Zone, ...]:
    """The zones of a file of the same form; AreaError when it has none."""
    zones = _read(data, name).no_fly
    if not zones:
        raise AreaError(f"{name}: holds no zone: give a Polygon the kind no_fly")
    return zones


def _read(data: bytes, name: str) -> Area:
    refuse_large(name, len(data))
    area = Area(name, ())
    document = kml_document(data, name) if is_kml(data) else parse_json(data, name)
    _refuse_other_system(document, name)
    for place, feature in _features(document, name):
        area = _with_feature(area, feature, f"{name}: {place}" if place else name)
    return area


def _refuse_other_system(document: Any, name: str) -> None:
    """AreaError where an old GeoJSON says that its coordinates are no WGS-84 degrees."""
    crs = document.get("crs") if isinstance(document, dict) else None
    properties = crs.get("properties") if isinstance(crs, dict) else None
    said = properties.get("name") if isinstance(properties, dict) else None
    if isinstance(said, str) and not said.upper().endswith(DEGREES_OF):
        raise AreaError(f"{name}: is in {said[:60]!r}: save it in WGS-84 degrees (EPSG:4326), as GeoJSON asks")


def _features(document: Any, name: str) -> list[tuple[str, dict[str, Any]]]:
    if not isinstance(document, dict):
        raise AreaError(f"{name}: is not GeoJSON: expected an object with a 'type'")
    kind = document.get("type")
    if kind == "FeatureCollection":
        features = document.get("features")
        if not isinstance(features, list) or not features:
            raise AreaError(f"{name}: 'features' is empty or not a list: add a Polygon")
        if not all(isinstance(feature, dict) for feature in features):
            raise AreaError(f"{name}: every entry of 'features' must be an object")
        whole = document.get("properties")
        shared = whole if isinstance(whole, dict) else {}
        collection = {"type": "Feature", "geometry": None, "properties": {**shared, "kind": "defaults"}}
        return [("", collection), *((f"feature {i + 1}", feature) for i, feature in enumerate(features))]
    if kind == "Feature":
        return [("", document)]
    return [("", {"type": "Feature", "geometry": document, "properties": {}})]


def _with_feature(area: Area, feature: dict[str, Any], place: str) -> Area:
    properties = feature.get("properties")
    properties = properties if isinstance(properties, dict) else {}
    kind, geometry = properties.get("kind"), feature.get("geometry")
    area = _with_defaults(area, properties, place)
    if kind == "defaults" or (geometry is None and kind not in (*AREA_KINDS, *ZONE_KINDS)):
        return area
    if not isinstance(geometry, dict):
        raise AreaError(f"{place}: has no geometry: expected a Polygon or MultiPolygon")
    shape, coordinates = geometry.get("type"), geometry.get("coordinates")
    if shape == "Point" and kind in HOME_KINDS:
        return replace(area, homes=(*area.homes, checked_point(coordinates, place)))
    if shape == "Point" and kind in PAD_KINDS:
        return replace(area, pads=(*area.pads, checked_point(coordinates, place)))
    if kind not in (*AREA_KINDS, *ZONE_KINDS):
        return area
    if shape not in ("Polygon", "MultiPolygon"):
        raise AreaError(f"{place}: is a {shape!r}: an area must be a Polygon or MultiPolygon")
    polygons, notes = _polygons(coordinates if shape == "MultiPolygon" else [coordinates], shape, place)
    area = replace(area, notes=(*area.notes, *notes))
    if kind in ZONE_KINDS:
        return replace(area, no_fly=(*area.no_fly, *(zone_of(rings, properties, place) for rings in polygons)))
    return replace(area, polygons=(*area.polygons, *polygons))


def _polygons(members: Any, shape: str, place: str) -> tuple[tuple[tuple[Ring, ...], ...], list[str]]:
    if not isinstance(members, list) or not members:
        raise AreaError(f"{place}: {shape} has no coordinates: draw an outline of at least 3 points")
    polygons: list[tuple[Ring, ...]] = []
    notes: list[str] = []
    for i, member in enumerate(members):
        where = f"{place}: polygon {i + 1}" if len(members) > 1 else place
        valid, note = checked_polygon(member, where)
        polygons += valid
        notes += note
    return tuple(polygons), notes


def _with_defaults(area: Area, properties: dict[str, Any], place: str) -> Area:
    swath, homes = properties.get("swath_m"), properties.get("homes")
    if swath is not None:
        if isinstance(swath, bool) or not isinstance(swath, int | float) or not 0.1 <= swath <= 10_000:
            raise AreaError(f"{place}: properties.swath_m is {swath!r}: must be metres, 0.1 to 10000")
        area = replace(area, swath_m=float(swath))
    if homes is not None:
        if not isinstance(homes, list):
            raise AreaError(f"{place}: properties.homes must be a list of [lon, lat]")
        points = tuple(checked_point(home, f"{place}: home {i + 1}") for i, home in enumerate(homes))
        area = replace(area, homes=(*area.homes, *points))
    return area
