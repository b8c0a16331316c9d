"""The plan file: a GeoJSON FeatureCollection.

One LineString a sortie (`properties.kind` "sortie"; third coordinate metres above the take-off point),
Polygons of kind "area" and "no_fly" (with `floor_m`, `ceiling_m` and `above` where a zone has a band of heights),
and the figures of the whole in the top-level `properties`. `survey` holds one 0 or 1 a leg: is it a lane? `stays_s`,
where there are any, one number a position: how long the drone stays there.
"""

from __future__ import annotations

import json
import math
from typing import Any

from missions.areas.checks import checked_point
from missions.areas.strict_json import parse_json
from missions.areas.zone_json import zone_of
from missions.areas.zones import Zone
from missions.plan import Plan, Ring, Sortie, Waypoint
from missions.ways.stays import LONGEST_STAY_S


class PlanFileError(ValueError):
    """Not a plan file; one line that says where and why."""


def dumps(plan: Plan) -> str:
    """`plan` as JSON text, the same for the same plan."""
    return json.dumps(to_geojson(plan), ensure_ascii=False, separators=(",", ":"), allow_nan=False) + "\n"


def to_geojson(plan: Plan) -> dict[str, Any]:
    """`plan` as the FeatureCollection that `dumps` writes."""
    features = [_polygon(rings, {"kind": "area"}) for rings in plan.area]
    features += [_polygon(zone.rings, {"kind": "no_fly", **zone.properties()}) for zone in plan.no_fly]
    features += [_line(sortie) for sortie in plan.sorties]
    figures = {
        "kind": "plan",
        "hash": plan.hash,
        "makespan_s": plan.makespan_s,
        "covered_fraction": plan.covered_fraction,
        "drones": plan.drones,
    }
    return {
        "type": "FeatureCollection",
        "properties": {**dict(plan.settings), **figures},
        "features": features,
    }


def _polygon(rings: tuple[Ring, ...], properties: dict[str, Any]) -> dict[str, Any]:
    closed = [[list(point) for point in (ring if ring[0] == ring[-1] else (*ring, ring[0]))] for ring in rings]
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "Polygon", "coordinates": closed},
    }


def _line(sortie: Sortie) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {
            "kind": "sortie",
            "drone": sortie.drone,
            "sortie": sortie.sortie,
            "length_m": sortie.length_m,
            "duration_s": sortie.duration_s,
            "swath_m": sortie.swath_m,
            "speed_m_s": sortie.speed_m_s,
            "start_s": sortie.start_s,
            "altitude_m": sortie.path[0].alt_rel_m if sortie.path else None,
            **({"lands_at_end": True} if sortie.lands_at_end else {}),
            "survey": [int(waypoint.survey) for waypoint in sortie.path[1:]],
            **_stays(sortie),
        },
        "geometry": {
            "type": "LineString",
            "coordinates": [[w.lon_deg, w.lat_deg, w.alt_rel_m] for w in sortie.path],
        },
    }


def _stays(sortie: Sortie) -> dict[str, Any]:
    stays = [waypoint.stay_s for waypoint in sortie.path]
    return {"stays_s": stays} if any(stays) else {}


def loads(text: str | bytes) -> Plan:
    """The plan in a plan file. PlanFileError, or AreaError for broken JSON and positions, with one line."""
    document = parse_json(text.encode() if isinstance(text, str) else text, "plan file")
    if not isinstance(document, dict) or not isinstance(document.get("features"), list):
        raise PlanFileError("plan file: is not a FeatureCollection")
    area: list[tuple[Ring, ...]] = []
    no_fly: list[Zone] = []
    sorties: list[Sortie] = []
    for i, feature in enumerate(document["features"]):
        place = f"plan file: feature {i + 1}"
        properties, coordinates = _parts(feature, place)
        kind = properties.get("kind")
        if kind == "area":
            area.append(_rings(coordinates, place))
        elif kind == "no_fly":
            no_fly.append(zone_of(_rings(coordinates, place), properties, place))
        elif kind == "sortie":
            sorties.append(_sortie(properties, coordinates, place))
    figures = document.get("properties")
    figures = figures if isinstance(figures, dict) else {}
    if not sorties and "makespan_s" not in figures:
        raise PlanFileError("plan file: holds no sorties: give a .geojson that a planner wrote")
    settings = {k: v for k, v in figures.items() if k not in ("kind", "hash", "makespan_s", "covered_fraction")}
    return Plan(
        area=tuple(area),
        no_fly=tuple(no_fly),
        sorties=tuple(sorties),
        makespan_s=_number(figures, "makespan_s", "plan file"),
        covered_fraction=_number(figures, "covered_fraction", "plan file"),
        settings=tuple(settings.items()),
    )


def _parts(feature: Any, place: str) -> tuple[dict[str, Any], Any]:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    if not isinstance(properties, dict) or not isinstance(geometry, dict):
        raise PlanFileError(f"{place}: needs properties and a geometry")
    return properties, geometry.get("coordinates")


def _rings(coordinates: Any, place: str) -> tuple[Ring, ...]:
    if not isinstance(coordinates, list) or not coordinates or not all(isinstance(r, list) and r for r in coordinates):
        raise PlanFileError(f"{place}: a polygon needs a list of rings")
    return tuple(tuple(checked_point(point, place) for point in ring) for ring in coordinates)


def _sortie(properties: dict[str, Any], coordinates: Any, place: str) -> Sortie:
    if not isinstance(coordinates, list) or len(coordinates) < 2:
        raise PlanFileError(f"{place}: a sortie needs at least 2 positions")
    flags = properties.get("survey")
    flags = flags if isinstance(flags, list) and len(flags) == len(coordinates) - 1 else [0] * (len(coordinates) - 1)
    path = tuple(
        Waypoint(*checked_point(point, place), _altitude(point, place), bool(flag), stay)
        for point, flag, stay in zip(coordinates, [0, *flags], _waits(properties, len(coordinates), place), strict=True)
    )
    drone, sortie = _number(properties, "drone", place), _number(properties, "sortie", place)
    if not (drone.is_integer() and sortie.is_integer() and 0 <= drone < 10_000 and 0 <= sortie < 10_000):
        raise PlanFileError(f"{place}: drone and sortie must be whole numbers from 0")
    length, duration, swath, speed = (
        _number(properties, key, place) for key in ("length_m", "duration_s", "swath_m", "speed_m_s")
    )
    start = _number(properties, "start_s", place) if "start_s" in properties else 0.0
    lands = properties.get("lands_at_end") is True
    return Sortie(int(drone), int(sortie), path, length, duration, swath, speed, start, lands)


def _waits(properties: dict[str, Any], count: int, place: str) -> list[float]:
    """Seconds to stay at each position."""
    stays = properties.get("stays_s")
    if stays is None:
        return [0.0] * count
    good = isinstance(stays, list) and len(stays) == count and all(_is_stay(stay) for stay in stays)
    if not good:
        raise PlanFileError(f"{place}: stays_s must list 0 to {LONGEST_STAY_S:g} seconds for each position")
    return [float(stay) for stay in stays]


def _is_stay(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= LONGEST_STAY_S


def _altitude(point: Any, place: str) -> float:
    if len(point) < 3 or isinstance(point[2], bool) or not isinstance(point[2], int | float):
        raise PlanFileError(f"{place}: every position of a sortie needs an altitude")
    return float(point[2])


def _number(values: dict[str, Any], key: str, place: str) -> float:
    value = values.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise PlanFileError(f"{place}: {key} must be a number, not {value!r}")
    return float(value)
