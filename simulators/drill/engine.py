"""A drill in progress, without clock, socket or task: time and poses go in, what happens comes out.

Everything is written to the log in the order in which it came: what the world did, what cameras saw (with
the truth), faults, where vehicles were, and whatever ground control did (`note`). The log is all that the
score is made of. The same drill and the same inputs give the same log, byte for byte. Pure.

A bookmark keeps all that the drill is made of, and `rewind` brings it back: what came after is taken out of the
log, into `undone`, and does not count.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from simulators.cameras.watch import CameraPose, Observation, Watch
from simulators.drill.model import Drill
from simulators.faults import CATALOGUE, Fault, Where, checked
from simulators.world import Thing, World

POSE_EVERY_S: Final = 1.0


class Entry(msgspec.Struct, frozen=True):
    """One line of the log: seconds of the drill, a dotted kind, JSON values."""

    at_s: float
    kind: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class DroneState:
    """A vehicle as the simulation has it: degrees, metres above home, percent."""

    sysid: int
    lat_deg: float
    lon_deg: float
    alt_rel_m: float
    heading_deg: float
    flying: bool
    battery_pct: float


@dataclass(frozen=True, slots=True)
class Turn:
    """What has come of a step in time: what to report, and what is wrong from now on if that has changed."""

    observations: Sequence[Observation] = ()
    faults: Sequence[Fault] = ()
    began: Sequence[Fault] = ()
    ended: Sequence[Fault] = ()
    over: bool = False


@dataclass(slots=True)
class _Seen:
    """What has been told already."""

    present: set[str] = field(default_factory=set)
    active: list[Fault] = field(default_factory=list)
    pose_s: dict[int, float] = field(default_factory=dict)
    flying: dict[int, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Moment:
    """All that changes while a drill runs; `entries` is the length of the log."""

    name: str
    now_s: float
    world: World
    watch: Watch
    faults: tuple[Fault, ...]
    seen: _Seen
    entries: int


class DrillEngine:
    """`run` sets the ids of one run's reports apart from those of another."""

    def __init__(self, drill: Drill, run: str = "") -> None:
        self.drill, self._run = drill, run
        self.world: World = drill.world()
        camera = drill.camera
        self._watch = Watch(camera.camera(), drill.seed, false_classes=camera.false_classes, name=f"{drill.id}/{run}")
        self._faults = [part.fault() for part in drill.faults]
        self._seen = _Seen()
        self._moments: dict[int, _Moment] = {}
        self._bookmarks = 0
        self.log: list[Entry] = []
        self.undone: list[tuple[Entry, ...]] = []
        self.now_s = 0.0
        self._write("drill.start", drill=drill.id, seed=drill.seed)

    @property
    def active_faults(self) -> tuple[Fault, ...]:
        return tuple(fault for fault in self._faults if fault.active(self.now_s))

    @property
    def run(self) -> str:
        """The name of the run as it goes on since the last rewind."""
        return f"{self._run}-r{len(self.undone)}" if self.undone else self._run

    def advance(self, now_s: float, drones: Sequence[DroneState]) -> Turn:
        """Let time pass to `now_s` with the vehicles where they are now."""
        self.now_s = now_s
        self._appear()
        began, ended = self._fail()
        for drone in drones:
            self._log_pose(drone)
        observations = self._watch.look(self.world, now_s, [self._camera_pose(d) for d in drones if d.flying])
        for sysid, thing in self._watch.missed:
            self._write("camera.missed", vehicle=sysid, thing=thing)
        for seen in observations:
            self._log_observation(seen)
        return Turn(observations, self.active_faults, began, ended, now_s >= self.drill.limits.duration_s)

    def note(self, kind: str, at_s: float | None = None, /, **data: Any) -> None:
        """Something happened elsewhere: at ground control, at the instructor's page."""
        self._write(kind, at_s, **data)

    def inject(self, fault: Fault) -> None:
        """A fault that the file does not have. Raises FaultError."""
        self._faults.append(checked(fault, self.drill.fleet.vehicles))
        self._write("instructor.fault", name=fault.name, vehicle=fault.vehicle, at_s=fault.at_s, until_s=fault.until_s)

    def end_fault(self, name: str, vehicle: int) -> bool:
        """End what is wrong now under that name; says whether there was such a thing."""
        kept = [f for f in self._faults if not (f.name == name and f.vehicle == vehicle and f.active(self.now_s))]
        if len(kept) == len(self._faults):
            return False
        self._faults = kept
        self._write("instructor.fault_ended", name=name, vehicle=vehicle)
        return True

    def add(self, thing: Thing) -> None:
        """A thing that the file does not have. Raises ValueError for an id that is taken."""
        self.world = self.world.with_thing(thing)
        self._write("instructor.thing", id=thing.id, kind=thing.kind)

    def bookmark(self, name: str, by: str) -> int:
        """Keep this moment; the number to come back to it by."""
        self._bookmarks += 1
        self._write("bookmark", id=self._bookmarks, name=name, by=by)
        self._moments[self._bookmarks] = _Moment(
            name, self.now_s, self.world, copy.deepcopy(self._watch), tuple(self._faults), copy.deepcopy(self._seen),
            len(self.log),
        )  # fmt: skip
        return self._bookmarks

    def rewind(self, bookmark: int, by: str, **data: Any) -> None:
        """Everything is again as it was at a bookmark, but for a line in the log that says so and for the ids of
        reports to come, because those given out are taken. KeyError."""
        moment, from_s = self._moments[bookmark], self.now_s
        self._moments = {number: kept for number, kept in self._moments.items() if number <= bookmark}
        self.undone.append(tuple(self.log[moment.entries :]))
        del self.log[moment.entries :]
        self.now_s, self.world, self._faults = moment.now_s, moment.world, list(moment.faults)
        self._watch, self._seen = copy.deepcopy(moment.watch), copy.deepcopy(moment.seen)
        self._watch.rename(f"{self.drill.id}/{self.run}")
        undone = len(self.undone[-1])
        self._write(
            "instructor.rewound", name=moment.name, bookmark=bookmark, by=by, from_s=round(from_s, 3), undone=undone,
            **data,
        )  # fmt: skip

    def log_bytes(self) -> bytes:
        """The log as JSON lines."""
        return json_lines(self.log)

    def _write(self, kind: str, at_s: float | None = None, /, **data: Any) -> None:
        self.log.append(Entry(round(self.now_s if at_s is None else at_s, 3), kind, data))

    def _appear(self) -> None:
        present = {thing.id: thing for thing in self.world.present(self.now_s)}
        for thing_id in sorted(present.keys() - self._seen.present):
            thing, at = present[thing_id], present[thing_id].at(self.now_s)
            self._write(
                "world.appeared", thing=thing_id, kind=thing.kind, klass=thing.klass, find=thing.find,
                lat=round(at.lat_deg, 7), lon=round(at.lon_deg, 7),
            )  # fmt: skip
        for thing_id in sorted(self._seen.present - present.keys()):
            self._write("world.gone", thing=thing_id)
        self._seen.present = set(present)

    def _fail(self) -> tuple[list[Fault], list[Fault]]:
        active = list(self.active_faults)
        before, self._seen.active = self._seen.active, active
        began = [fault for fault in active if fault not in before]
        ended = [fault for fault in before if fault not in active]
        for fault in began:
            self._write("fault.on", name=fault.name, vehicle=fault.vehicle, **{"with": dict(fault.numbers)})
        for fault in ended:
            self._write("fault.off", name=fault.name, vehicle=fault.vehicle)
        return began, ended

    def _log_pose(self, drone: DroneState) -> None:
        """Once a second while flying, and where flying begins or ends."""
        seen, changed = self._seen, self._seen.flying.get(drone.sysid, False) != drone.flying
        due = drone.flying and self.now_s - seen.pose_s.get(drone.sysid, -POSE_EVERY_S) >= POSE_EVERY_S
        if not (changed or due):
            return
        seen.flying[drone.sysid], seen.pose_s[drone.sysid] = drone.flying, self.now_s
        self._write(
            "pose", vehicle=drone.sysid, lat=round(drone.lat_deg, 7), lon=round(drone.lon_deg, 7),
            alt=round(drone.alt_rel_m, 2), battery=round(drone.battery_pct, 1), flying=drone.flying,
        )  # fmt: skip

    def _camera_pose(self, drone: DroneState) -> CameraPose:
        broken = any(
            CATALOGUE[fault.name].where is Where.CAMERA and fault.concerns(drone.sysid) for fault in self.active_faults
        )
        return CameraPose(
            drone.sysid, drone.lat_deg, drone.lon_deg, drone.alt_rel_m, drone.heading_deg, works=not broken
        )

    def _log_observation(self, seen: Observation) -> None:
        self._write(
            "camera.saw", id=seen.id, vehicle=seen.sysid, klass=seen.klass, thing=seen.truth,
            lat=round(seen.lat_deg, 7), lon=round(seen.lon_deg, 7),
            true_lat=seen.true_lat_deg and round(seen.true_lat_deg, 7),
            true_lon=seen.true_lon_deg and round(seen.true_lon_deg, 7),
        )  # fmt: skip


def json_lines(entries: Sequence[Entry]) -> bytes:
    return b"".join(msgspec.json.encode(entry, order="sorted") + b"\n" for entry in entries)
