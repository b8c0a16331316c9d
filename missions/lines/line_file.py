"""A line from a GeoJSON file: rail, road, river; or stops to visit in turn. What is wrong with a file is one line that
names it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from missions.areas.checks import AreaError
from missions.areas.strict_json import parse_json, read_file
from missions.geodesy import Array
from missions.ways.stays import LONGEST_STAY_S

MOST_POINTS = 20_000


def read_line(path: Path) -> Array:
    """The line in a file, as `load_line` has it."""
    return load_line(read_file(path), path.name)


def load_line(data: bytes, name: str) -> Array:
    """(n, 2) degrees, longitude first. AreaError unless there is exactly one LineString of 2 points or more."""
    lines = [shape for shape in _geometries(parse_json(data, name)) if shape.get("type") == "LineString"]
    if len(lines) != 1:
        raise AreaError(f"{name}: holds {len(lines)} lines: expected one LineString")
    return _points(lines[0].get("coordinates"), name)


def load_lines(data: bytes, name: str) -> list[Array]:
    """Every LineString, (n, 2) degrees each. AreaError when there is none, or one is wrong."""
    shapes = _geometries(parse_json(data, name))
    lines = [shape.get("coordinates") for shape in shapes if shape.get("type") == "LineString"]
    for shape in shapes:
        parts = shape.get("coordinates") if shape.get("type") == "MultiLineString" else []
        lines += parts if isinstance(parts, list) else []
    if not lines:
        raise AreaError(f"{name}: holds no line: expected LineStrings")
    return [_points(line, name) for line in lines]


def read_stops(path: Path) -> tuple[Array, tuple[float, ...]]:
    """The stops in a file, as `load_stops` has them."""
    return load_stops(read_file(path), path.name)


def load_stops(data: bytes, name: str) -> tuple[Array, tuple[float, ...]]:
    """(n, 2) degrees of the points in order, and how long to stay at each (`dwell_s` of a point; empty when none says
    so). The points are Points, or those of one LineString or MultiPoint. AreaError when there are none."""
    document = parse_json(data, name)
    found = [(shape, properties) for shape, properties in _features(document) if shape.get("type") == "Point"]
    if not found:
        shapes = [shape for shape in _geometries(document) if shape.get("type") in {"LineString", "MultiPoint"}]
        if len(shapes) != 1:
            raise AreaError(f"{name}: holds no stops: expected Points, or one LineString")
        return _points(shapes[0].get("coordinates"), name, least=1), ()
    points = _points([shape.get("coordinates") for shape, _ in found], name, least=1)
    stays = [_dwell(properties, f"{name}: point {number}") for number, (_, properties) in enumerate(found, start=1)]
    return points, tuple(stays) if any(stays) else ()


def _features(document: Any) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Every geometry with the properties of its feature."""
    features = document.get("features") if isinstance(document, dict) else None
    each = features if isinstance(features, list) else [document]
    found = []
    for feature in each:
        properties = feature.get("properties") if isinstance(feature, dict) else None
        known = properties if isinstance(properties, dict) else {}
        found += [(shape, known) for shape in _geometries(feature) if isinstance(shape, dict)]
    return found


def _dwell(properties: dict[str, Any], place: str) -> float:
    dwell = properties.get("dwell_s", 0.0)
    if not _is_number(dwell) or not 0.0 <= dwell <= LONGEST_STAY_S:
        raise AreaError(f"{place}: dwell_s is {str(dwell)[:40]!r}: must be 0 to {LONGEST_STAY_S:g} seconds")
    return float(dwell)


def _geometries(document: Any) -> list[dict[str, Any]]:
    """Every geometry of a document that is a collection, a feature or a geometry."""
    if not isinstance(document, dict):
        return []
    if document.get("type") == "FeatureCollection":
        features = document.get("features")
        return [shape for feature in features for shape in _geometries(feature)] if isinstance(features, list) else []
    return _geometries(document.get("geometry")) if document.get("type") == "Feature" else [document]


def _points(found: Any, name: str, least: int = 2) -> Array:
    if not isinstance(found, list) or not least <= len(found) <= MOST_POINTS:
        raise AreaError(f"{name}: a line has {least} to {MOST_POINTS} points")
    for number, point in enumerate(found):
        good = isinstance(point, list) and len(point) >= 2 and all(_is_number(value) for value in point[:2])
        if not good or not (-180.0 <= point[0] <= 180.0 and -85.0 <= point[1] <= 85.0):
            raise AreaError(f"{name}: point {number} is no longitude and latitude: {str(point)[:60]}")
    return np.array([point[:2] for point in found], dtype=np.float64)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
