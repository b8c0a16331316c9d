"""What a drill's log says in figures: times from step to step, places against the truth, breaches, batteries. Pure.

A report belongs to the thing that the camera's observation was of; one that no camera made, to the nearest
thing of its class within 60 m. What belongs to nothing, or to what is of no
interest, is false.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil, hypot
from typing import Any, Final

from simulators.drill.engine import Entry
from simulators.drill.model import Drill
from simulators.local_frame import LocalFrame
from simulators.world import World

BELONGS_WITHIN_M: Final = 60.0
BETWEEN_LANGUAGES: Final = " / "
SETTLED: Final = frozenset({"resolve", "dismiss"})
REFUSED: Final = frozenset({"refused", "timeout"})


@dataclass(slots=True)
class Found:
    """What became of one thing that was to be found; seconds of the drill, None = it did not happen.

    `zh` and `en` are what it is called; `in_view_s` when it was first in a picture, `seen_s` when first noticed.
    """

    thing: str
    klass: str
    appeared_s: float
    zh: str = ""
    en: str = ""
    in_view_s: float | None = None
    seen_s: float | None = None
    sighting: str | None = None
    reported_s: float | None = None
    accepted_s: float | None = None
    arrived_s: float | None = None
    settled_s: float | None = None


@dataclass(frozen=True, slots=True)
class PlaceError:
    """How far from the truth a report was, and what it was of."""

    at_s: float
    zh: str
    en: str
    metres: float


@dataclass(slots=True)
class FalseAlarm:
    """A sighting of nothing, or of `zh`, `en`, which is of no interest; and whether somebody was sent out for it."""

    sighting: str
    klass: str
    at_s: float
    zh: str = ""
    en: str = ""
    sent_out: bool = False
    dismissed: bool = False


@dataclass(frozen=True, slots=True)
class CommandError:
    at_s: float
    vehicle: str
    command: str
    result: str


@dataclass(slots=True)
class Measures:
    """Everything but what vehicles did in the air, which `flight_measures` has."""

    found: dict[str, Found] = field(default_factory=dict)
    places: list[PlaceError] = field(default_factory=list)
    false: dict[str, FalseAlarm] = field(default_factory=dict)
    commands: list[CommandError] = field(default_factory=list)
    commanded: int = 0
    """Commands of people, whatever came of them."""
    notices: dict[str, float] = field(default_factory=dict)

    @property
    def missed(self) -> list[Found]:
        return [found for found in self.found.values() if found.reported_s is None]


class _Reader:
    """Goes through a log once."""

    def __init__(self, drill: Drill, world: World) -> None:
        self._drill = drill
        self._things = {thing.id: thing for thing in world.things}
        self._seen: dict[str, Mapping[str, Any]] = {}
        self._of: dict[str, str] = {}
        self._poses: dict[str, Mapping[str, Any]] = {}
        self.measures = Measures()

    def take(self, entry: Entry) -> None:
        data = entry.data
        if entry.kind == "world.appeared" and data["find"]:
            zh, en = self._called(data["thing"])
            self.measures.found[data["thing"]] = Found(data["thing"], data["klass"], entry.at_s, zh, en)
        elif entry.kind == "camera.saw":
            self._saw(entry)
        elif entry.kind == "camera.missed":
            self._in_view(entry)
        elif entry.kind == "pose":
            self._poses[str(data["vehicle"])] = data
        elif entry.kind == "sighting.report":
            self._reported(entry)
        elif entry.kind.startswith("sighting."):
            self._stepped(entry, entry.kind.partition(".")[2])
        elif entry.kind == "command":
            self._command(entry)
        elif entry.kind == "notice":
            self._notice(entry)

    def _command(self, entry: Entry) -> None:
        data = entry.data
        self.measures.commanded += 1
        if data["result"] in REFUSED:
            error = CommandError(entry.at_s, data["vehicle"], data["command"], data["result"])
            self.measures.commands.append(error)

    def _saw(self, entry: Entry) -> None:
        self._seen[entry.data["id"]] = entry.data
        found = self._in_view(entry)
        if found is not None and found.seen_s is None:
            found.seen_s = entry.at_s

    def _in_view(self, entry: Entry) -> Found | None:
        found = self.measures.found.get(entry.data["thing"] or "")
        if found is not None and found.in_view_s is None:
            found.in_view_s = entry.at_s
        return found

    def _called(self, thing: str) -> tuple[str, str]:
        """In both languages: the halves of its note, or its id."""
        known = self._things.get(thing)
        zh, parted, en = (known.note if known is not None else "").partition(BETWEEN_LANGUAGES)
        return (zh, en) if parted and zh and en else (thing, thing)

    def _reported(self, entry: Entry) -> None:
        data = entry.data
        seen = next((self._seen[one] for one in data["reports"] if one in self._seen), None)
        if seen is not None and seen["thing"] is not None:
            thing, true_place = seen["thing"], (seen["true_lat"], seen["true_lon"])
        else:
            thing, true_place = (None, (0.0, 0.0)) if seen is not None else self._nearest(entry)
        if thing is None:
            self.measures.false[data["sighting"]] = FalseAlarm(data["sighting"], data["klass"], entry.at_s)
            return
        zh, en = self._called(thing)
        error_m = distance_m(*true_place, data["lat"], data["lon"])
        self.measures.places.append(PlaceError(entry.at_s, zh, en, error_m))
        found = self.measures.found.get(thing)
        if found is None:
            self.measures.false[data["sighting"]] = FalseAlarm(data["sighting"], data["klass"], entry.at_s, zh, en)
            return
        self._of[data["sighting"]] = thing
        if found.reported_s is None:
            found.sighting, found.reported_s = data["sighting"], entry.at_s

    def _nearest(self, entry: Entry) -> tuple[str | None, tuple[float, float]]:
        """The thing that a person's report is about, and where it is then."""
        best, place, near_m = None, (0.0, 0.0), BELONGS_WITHIN_M
        for thing in self._things.values():
            at = thing.at(entry.at_s)
            away_m = distance_m(at.lat_deg, at.lon_deg, entry.data["lat"], entry.data["lon"])
            if thing.klass == entry.data["klass"] and thing.present(entry.at_s) and away_m <= near_m:
                best, place, near_m = thing.id, (at.lat_deg, at.lon_deg), away_m
        return best, place

    def _stepped(self, entry: Entry, action: str) -> None:
        sighting = entry.data["sighting"]
        false = self.measures.false.get(sighting)
        if false is not None:
            false.sent_out |= action == "accept"
            false.dismissed |= action == "dismiss"
            return
        found = self.measures.found.get(self._of.get(sighting, ""))
        if found is None:
            return
        if action == "accept" and found.accepted_s is None:
            found.accepted_s = entry.at_s
        elif action == "arrive" and found.arrived_s is None:
            found.arrived_s = entry.at_s
        elif action in SETTLED and found.settled_s is None:
            found.settled_s = entry.at_s

    def _notice(self, entry: Entry) -> None:
        """A notice counts at every place near enough to the vehicle that gave it."""
        pose = self._poses.get(str(entry.data["vehicle"]))
        if pose is None or not pose["flying"]:
            return
        for place in self._drill.notices:
            if distance_m(*place.at, pose["lat"], pose["lon"]) <= place.radius_m:
                self.measures.notices.setdefault(place.id, entry.at_s)


def measure(drill: Drill, world: World, log: Iterable[Entry]) -> Measures:
    """`world` is the drill's with whatever an instructor added."""
    reader = _Reader(drill, world)
    for entry in log:
        reader.take(entry)
    return reader.measures


def distance_m(lat_deg: float, lon_deg: float, other_lat_deg: float, other_lon_deg: float) -> float:
    return hypot(*LocalFrame(lat_deg, lon_deg, 0.0).to_local(other_lat_deg, other_lon_deg))


def percentile(values: Sequence[float], share: float) -> float | None:
    """The smallest value that `share` of all values do not exceed; None of nothing."""
    if not values:
        return None
    ordered = sorted(values)
    return ordered[max(0, ceil(share * len(ordered)) - 1)]
