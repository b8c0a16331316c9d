"""What is planted on the ground and who is there: a scene, read from a TOML file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import PurePath
from typing import Any, TypeVar


class SceneError(ValueError):
    """A scene that cannot be used; the text names the place in the file."""


@dataclass(frozen=True, slots=True)
class Anomaly:
    """Something to be seen from above; `klass` is a class of sightings."""

    id: str
    klass: str
    lat_deg: float
    lon_deg: float
    note: str = ""


@dataclass(frozen=True, slots=True)
class SceneUnit:
    """Somebody on the ground who can deal with it; `kind` as in docs/api.md."""

    id: str
    name: str
    kind: str
    lat_deg: float
    lon_deg: float


@dataclass(frozen=True, slots=True)
class Scene:
    """`id` is the file's name without its ending."""

    id: str
    anomalies: tuple[Anomaly, ...]
    units: tuple[SceneUnit, ...]


T = TypeVar("T", Anomaly, SceneUnit)


def load_scene(text: str, name: str = "scene.toml") -> Scene:
    """The scene in `text`. Raises SceneError for what is not TOML, unknown or missing keys, impossible places."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SceneError(f"{name}: {error}") from error
    unknown = raw.keys() - {"anomaly", "unit"}
    if unknown:
        raise SceneError(f"{name}: unknown key {min(unknown)!r}")
    anomalies = _rows(raw, "anomaly", Anomaly, name)
    units = _rows(raw, "unit", SceneUnit, name)
    return Scene(PurePath(name).stem, anomalies, units)


def _rows(raw: Mapping[str, Any], key: str, kind: type[T], name: str) -> tuple[T, ...]:
    rows = raw.get(key, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise SceneError(f"{name}: {key} must be a list of tables")
    made = tuple(_row(row, kind, f"{name}: {key} {number}") for number, row in enumerate(rows, start=1))
    ids = [one.id for one in made]
    if len(set(ids)) < len(ids):
        raise SceneError(f"{name}: two of {key} have the same id")
    return made


def _row(row: Mapping[str, Any], kind: type[T], where: str) -> T:
    types = {field.name: field.type for field in fields(kind)}
    for key, value in row.items():
        if key not in types:
            raise SceneError(f"{where}: unknown key {key!r}")
        wanted = str if types[key] == "str" else (int, float)
        if not isinstance(value, wanted) or isinstance(value, bool):
            raise SceneError(f"{where}: {key} is not {'text' if wanted is str else 'a number'}")
    try:
        made = kind(**row)
    except TypeError as error:
        missing = sorted(types.keys() - row.keys() - {"note"})
        raise SceneError(f"{where}: {', '.join(missing)} missing") from error
    if not (-90 <= made.lat_deg <= 90 and -180 <= made.lon_deg <= 180):
        raise SceneError(f"{where}: {made.lat_deg}, {made.lon_deg} is not a place")
    return made
