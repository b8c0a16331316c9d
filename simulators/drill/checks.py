"""What of a drill fits no type: ids twice, times after the end, no outlines, impossible objectives. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from math import hypot, isfinite
from typing import Final

from shapely import Point, Polygon

from simulators.drill.model import Drill, ThingPart, UnitPart
from simulators.faults import FaultError, checked
from simulators.local_frame import LocalFrame

FARTHEST_HOME_M: Final = 5000.0
FARTHEST_M: Final = 20_000.0
"""From home to people and things."""
SMALLEST_M2: Final = 100.0
NEEDS: Final[Mapping[str, tuple[str, str, Callable[[Drill], bool]]]] = {
    "find": ("thing", "things to find (find = true)", lambda drill: any(thing.find for thing in drill.things)),
    "notices": ("notice", "places to give notice at", lambda drill: bool(drill.notices)),
    "home_s": (
        "fault",
        "a fault with come_home = true",
        lambda drill: any(fault.come_home for fault in drill.faults),
    ),
    "accept_s": ("unit", "somebody to send", lambda drill: bool(drill.units)),
    "arrive_s": ("unit", "somebody to send", lambda drill: bool(drill.units)),
}
"""By the kind of an objective: the key that lacks something, what, and whether it is there."""

Problem = tuple[str, str]
"""The key, and what is wrong with it."""


def problems(drill: Drill, classes: frozenset[str]) -> Iterator[Problem]:
    """All of them; `classes` are the classes of sightings there are (none: not checked)."""
    yield from _twice(drill)
    yield from _place_problems(drill)
    end_s = drill.limits.duration_s
    for number, thing in enumerate(drill.things):
        for key, problem in _thing_problems(drill, thing, end_s, classes):
            yield f"thing[{number}].{key}", problem
    for number, unit in enumerate(drill.units):
        for key, problem in _unit_problems(drill, unit):
            yield f"unit[{number}].{key}", problem
    for number, klass in enumerate(drill.camera.false_classes):
        if classes and klass not in classes:
            yield f"camera.false_classes[{number}]", f"there is no class of sightings {klass!r}"
    yield from _fault_problems(drill)
    yield from _objective_problems(drill)


def _place_problems(drill: Drill) -> Iterator[Problem]:
    place, frame = drill.place, LocalFrame(*drill.place.home, 0.0)
    for number, (lat, lon) in enumerate(place.area):
        if max(map(abs, frame.to_local(lat, lon))) > FARTHEST_HOME_M:
            yield f"place.area[{number}]", f"lies more than {FARTHEST_HOME_M / 1000:g} km from home"
    home = Point(0.0, 0.0)
    for key, points in (("area", place.area), *((f"no_fly[{n}]", zone) for n, zone in enumerate(place.no_fly))):
        shape = Polygon([frame.to_local(*point) for point in points])
        if not shape.is_valid or shape.area < SMALLEST_M2:
            yield f"place.{key}", "is no outline: its points lie on a line, or it crosses itself"
        elif key != "area" and shape.covers(home):
            yield "place.home", f"lies in {key}"
    if drill.fleet.altitude_m > drill.limits.highest_m:
        told = f"{drill.fleet.altitude_m:g} m is above limits.highest_m, {drill.limits.highest_m:g} m"
        yield "fleet.altitude_m", told
    if drill.fleet.altitude_m < drill.limits.lowest_m:
        yield "fleet.altitude_m", f"{drill.fleet.altitude_m:g} m is below limits.lowest_m, {drill.limits.lowest_m:g} m"


def _thing_problems(drill: Drill, thing: ThingPart, end_s: float, classes: frozenset[str]) -> Iterator[Problem]:
    if thing.appears_s > end_s:
        yield "appears_s", f"lies after the end at {end_s:g} s"
    if thing.leaves_s is not None and thing.leaves_s <= thing.appears_s:
        yield "leaves_s", "is not after appears_s"
    if thing.klass is not None and classes and thing.klass not in classes:
        yield "klass", f"there is no class of sightings {thing.klass!r}"
    times = [point[0] for point in thing.path]
    if not times[0] >= 0 or not all(later > earlier for earlier, later in pairwise(times)):
        yield "path", "its seconds must grow from 0 on"
    if not all(abs(point[1]) <= 85 and abs(point[2]) <= 180 and all(map(isfinite, point)) for point in thing.path):
        yield "path", "holds what is not a place: seconds, latitude, longitude, height"
    elif all(_far(drill, (point[1], point[2])) for point in thing.path):
        yield "path", f"lies more than {FARTHEST_M / 1000:g} km from home"


def _unit_problems(drill: Drill, unit: UnitPart) -> Iterator[Problem]:
    if _far(drill, unit.at):
        yield "at", f"lies more than {FARTHEST_M / 1000:g} km from home"
    if unit.phone_back_s is not None and (unit.phone_lost_s is None or unit.phone_back_s <= unit.phone_lost_s):
        yield "phone_back_s", "is not after phone_lost_s"


def _fault_problems(drill: Drill) -> Iterator[Problem]:
    for number, part in enumerate(drill.faults):
        try:
            checked(part.fault(), drill.fleet.vehicles)
        except FaultError as error:
            yield f"fault[{number}].{error.key.replace('numbers', 'with')}", str(error)
        if part.at_s > drill.limits.duration_s:
            yield f"fault[{number}].at_s", f"lies after the end at {drill.limits.duration_s:g} s"


def _objective_problems(drill: Drill) -> Iterator[Problem]:
    if not drill.objectives:
        yield "objective", "a drill needs at least one"
    for objective in drill.objectives:
        key, what, there = NEEDS.get(objective.kind, ("", "", _always))
        if not there(drill):
            yield key, f"the objective {objective.kind!r} needs {what}"


def _always(_drill: Drill) -> bool:
    return True


def _far(drill: Drill, place: Sequence[float]) -> bool:
    return hypot(*LocalFrame(*drill.place.home, 0.0).to_local(place[0], place[1])) > FARTHEST_M


def _twice(drill: Drill) -> Iterator[Problem]:
    for key, ids in (
        ("thing", [thing.id for thing in drill.things]),
        ("unit", [unit.id for unit in drill.units]),
        ("notice", [notice.id for notice in drill.notices]),
        ("objective", [objective.kind for objective in drill.objectives]),
    ):
        yield from _repeated(key, ids)


def _repeated(key: str, names: Iterable[str]) -> Iterator[Problem]:
    seen = set[str]()
    for number, name in enumerate(names):
        if name in seen:
            yield f"{key}[{number}]", f"there are two {name!r}"
        seen.add(name)
