"""Drill files: TOML, strictly. Whatever is wrong is one line that names the file and the key. Pure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files
from itertools import pairwise
from pathlib import PurePath

import msgspec

from simulators.drill import Drill, ThingPart
from simulators.faults import FaultError, checked
from simulators.local_frame import LocalFrame

_PLACE = re.compile(r" - at `\$\.?(?P<place>[^`]*)`$")
_UNKNOWN = re.compile(r"^Object contains unknown field `(?P<key>[^`]*)`")
FARTHEST_HOME_M = 5000.0


class DrillError(ValueError):
    """A drill file that cannot be used; the text names the file and the key."""


def load_drill(text: str, name: str, classes: Iterable[str] = ()) -> Drill:
    """The drill in `text`. `classes` are the classes of sightings there are (none: not checked). DrillError."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DrillError(f"{name}: {error}") from error
    if "id" in raw:
        raise DrillError(f"{name}: id: unknown key; a drill is called as its file")
    try:
        drill = msgspec.convert({**raw, "id": PurePath(name).stem}, Drill)
    except msgspec.ValidationError as error:
        raise DrillError(f"{name}: {_said(str(error))}") from error
    for key, problem in _problems(drill, frozenset(classes)):
        raise DrillError(f"{name}: {key}: {problem}")
    return drill


def shipped_drills() -> Mapping[str, str]:
    """The drills that come with the program: their texts by name."""
    folder = files("simulators") / "drills"
    found = {
        PurePath(item.name).stem: item.read_text("utf-8") for item in folder.iterdir() if item.name.endswith(".toml")
    }
    return dict(sorted(found.items()))


def _said(text: str) -> str:
    """`key: what is wrong` from what the converter says."""
    found = _PLACE.search(text)
    place = found["place"] if found else ""
    what = text[: found.start()] if found else text
    unknown = _UNKNOWN.match(what)
    if unknown:
        return f"{place}.{unknown['key']}: unknown key".removeprefix(".")
    return f"{place}: {what[:1].lower()}{what[1:]}" if place else what


def _problems(drill: Drill, classes: frozenset[str]) -> Iterator[tuple[str, str]]:
    """What fits no type: ids twice, times after the end, places elsewhere, unknown faults and classes."""
    yield from _twice(drill)
    end_s = drill.limits.duration_s
    frame = LocalFrame(*drill.place.home, 0.0)
    for number, (lat, lon) in enumerate(drill.place.area):
        north, east = frame.to_local(lat, lon)
        if max(abs(north), abs(east)) > FARTHEST_HOME_M:
            yield f"place.area[{number}]", f"lies more than {FARTHEST_HOME_M / 1000:g} km from home"
    for number, thing in enumerate(drill.things):
        for key, problem in _thing_problems(thing, end_s, classes):
            yield f"thing[{number}].{key}", problem
    for number, klass in enumerate(drill.camera.false_classes):
        if classes and klass not in classes:
            yield f"camera.false_classes[{number}]", f"there is no class of sightings {klass!r}"
    for number, part in enumerate(drill.faults):
        try:
            checked(part.fault(), drill.fleet.vehicles)
        except FaultError as error:
            yield f"fault[{number}].{error.key.replace('numbers', 'with')}", str(error)
        if part.at_s > end_s:
            yield f"fault[{number}].at_s", f"lies after the end at {end_s:g} s"
    yield from _objective_problems(drill)


def _objective_problems(drill: Drill) -> Iterator[tuple[str, str]]:
    kinds = {objective.kind for objective in drill.objectives}
    if not kinds:
        yield "objective", "a drill needs at least one"
    if "notices" in kinds and not drill.notices:
        yield "notice", "the objective 'notices' needs places to give notice at"
    if "home_s" in kinds and not any(fault.come_home for fault in drill.faults):
        yield "fault", "the objective 'home_s' needs a fault with come_home = true"


def _thing_problems(thing: ThingPart, end_s: float, classes: frozenset[str]) -> Iterator[tuple[str, str]]:
    if thing.appears_s > end_s:
        yield "appears_s", f"lies after the end at {end_s:g} s"
    if thing.leaves_s is not None and thing.leaves_s <= thing.appears_s:
        yield "leaves_s", "is not after appears_s"
    if thing.klass is not None and classes and thing.klass not in classes:
        yield "klass", f"there is no class of sightings {thing.klass!r}"
    times = [point[0] for point in thing.path]
    if times[0] < 0 or any(later <= earlier for earlier, later in pairwise(times)):
        yield "path", "its seconds must grow from 0 on"
    if not all(abs(point[1]) <= 85 and abs(point[2]) <= 180 for point in thing.path):
        yield "path", "holds what is not a place: seconds, latitude, longitude"


def _twice(drill: Drill) -> Iterator[tuple[str, str]]:
    for key, ids in (
        ("thing", [thing.id for thing in drill.things]),
        ("unit", [unit.id for unit in drill.units]),
        ("notice", [notice.id for notice in drill.notices]),
        ("objective", [objective.kind for objective in drill.objectives]),
    ):
        for number, name in enumerate(ids):
            if name in ids[:number]:
                yield f"{key}[{number}]", f"there are two {name!r}"
