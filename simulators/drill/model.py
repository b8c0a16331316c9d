"""A drill as data, as its TOML file has it: place, fleet, world, faults, objectives, limits, seed. Pure.

Times are seconds of the drill, places `[lat, lon]` in degrees WGS-84, heights metres. `drill_file` reads
and checks a file and refuses keys that are not named here; the methods turn parts into what simulates them.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from simulators.cameras.gimbal_camera import GimbalCamera
from simulators.faults import Fault
from simulators.scene import SceneUnit
from simulators.terrain import Hill, Terrain
from simulators.wind_field import Breeze, WindField
from simulators.world import KINDS, Thing, Waypoint, World

Lat = Annotated[float, Meta(ge=-85, le=85)]
Lon = Annotated[float, Meta(ge=-180, le=180)]
LatLon = tuple[Lat, Lon]
Seconds = Annotated[float, Meta(ge=0, le=14_400)]
Share = Annotated[float, Meta(ge=0, le=1)]
Id = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
Text = Annotated[str, Meta(min_length=1, max_length=400)]
PathPoint = Annotated[list[float], Meta(min_length=3, max_length=4)]
"""Seconds after the thing appeared, latitude, longitude, and height above ground for what flies."""


class Place(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`home` is where the fleet stands; `no_fly` are polygons inside or around the area."""

    zh: Text
    en: Text
    home: LatLon
    area: Annotated[tuple[LatLon, ...], Meta(min_length=3, max_length=100)]
    no_fly: tuple[Annotated[tuple[LatLon, ...], Meta(min_length=3, max_length=100)], ...] = ()


class FleetPart(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many vehicles, how they usually fly, and what they fly on."""

    vehicles: Annotated[int, Meta(ge=1, le=12)]
    altitude_m: Annotated[float, Meta(ge=10, le=150)] = 50.0
    speed_m_s: Annotated[float, Meta(ge=1, le=20)] = 9.0
    swath_m: Annotated[float, Meta(ge=5, le=300)] = 60.0
    endurance_s: Annotated[float, Meta(ge=120, le=7200)] = 1200.0
    battery_mah: Annotated[float, Meta(ge=1000, le=60_000)] = 11_000.0


class ThingPart(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One of the world's things; `klass` and `size_m` are those of its kind unless told."""

    id: Id
    kind: Literal["person", "car", "fire", "crowd", "object", "drone"]
    path: Annotated[tuple[PathPoint, ...], Meta(min_length=1, max_length=200)]
    klass: Id | None = None
    appears_s: Seconds = 0.0
    leaves_s: Seconds | None = None
    size_m: Annotated[float, Meta(gt=0, le=200)] | None = None
    find: bool = True
    note: Annotated[str, Meta(max_length=200)] = ""

    def thing(self) -> Thing:
        kind = KINDS[self.kind]
        return Thing(
            self.id,
            self.kind,
            self.klass or kind.klass,
            tuple(Waypoint(*point) for point in self.path),
            self.appears_s,
            self.leaves_s,
            self.size_m or kind.size_m,
            self.find,
            self.note,
        )


class BreezePart(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    at_s: Seconds = 0.0
    speed_m_s: Annotated[float, Meta(ge=0, le=40)]
    from_deg: Annotated[float, Meta(ge=0, le=360)]


class HillPart(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    lat: Lat
    lon: Lon
    height_m: Annotated[float, Meta(gt=0, le=2000)]
    radius_m: Annotated[float, Meta(gt=0, le=20_000)]


class FaultPart(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`vehicle` 0 is all of them; `with` are the fault's own parameters; with `come_home` nobody concerned should stay
    in the air (objective `home_s`)."""

    name: str
    at_s: Seconds = 0.0
    until_s: Seconds | None = None
    vehicle: Annotated[int, Meta(ge=0, le=12)] = 0
    numbers: dict[str, float] = msgspec.field(default_factory=dict, name="with")
    come_home: bool = False

    def fault(self) -> Fault:
        return Fault(self.name, self.at_s, self.until_s, self.vehicle, self.numbers)


class UnitPart(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody on the ground, and how they take to work: shares of calls refused or answered late."""

    id: Id
    name: Text
    kind: Literal["patrol_car", "officer", "auxiliary", "grid_worker", "volunteer"]
    at: LatLon
    speed_m_s: Annotated[float, Meta(gt=0, le=40)] = 8.0
    refuses: Share = 0.0
    slow: Share = 0.0
    phone_lost_s: Seconds | None = None
    phone_back_s: Seconds | None = None

    def unit(self) -> SceneUnit:
        return SceneUnit(self.id, self.name, self.kind, *self.at)


class CameraPart(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    across_deg: Annotated[float, Meta(gt=1, lt=170)] = 73.7
    along_deg: Annotated[float, Meta(gt=1, lt=170)] = 56.0
    width_px: Annotated[int, Meta(ge=100, le=20_000)] = 1920
    smallest_px: Annotated[float, Meta(gt=0, le=500)] = 8.0
    farthest_m: Annotated[float, Meta(gt=0, le=5000)] = 400.0
    pitch_deg: Annotated[float, Meta(ge=-90, le=0)] = -90.0
    yaw_deg: Annotated[float, Meta(ge=-180, le=180)] = 0.0
    miss: Share = 0.05
    false_per_h: Annotated[float, Meta(ge=0, le=1000)] = 2.0
    noise_share: Annotated[float, Meta(ge=0, le=0.5)] = 0.03
    false_classes: tuple[Id, ...] = ("illegal_parking", "crowd")

    def camera(self) -> GimbalCamera:
        values = msgspec.structs.asdict(self)
        del values["false_classes"]
        return GimbalCamera(**values)


class NoticePart(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A place whose people are to hear a loudspeaker notice, from no farther than `radius_m`."""

    id: Id
    zh: Text
    en: Text
    at: LatLon
    radius_m: Annotated[float, Meta(gt=5, le=500)] = 120.0


class Objective(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What counts, what is asked of it, and the points for reaching it; kinds are described in `score`."""

    kind: Literal[
        "find", "report_s", "accept_s", "arrive_s", "place_m", "false_alarms", "cover", "separation", "rules",
        "commands", "battery", "notices", "home_s",
    ]  # fmt: skip
    target: Annotated[float, Meta(ge=0, le=100_000)]
    points: Annotated[float, Meta(gt=0, le=100)]


class Limits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When the drill is over, what is a breach, and the share of all points that passes; `reserve_pct` is the charge
    that a sortie must leave, or its vehicle is not launched. Lower than `lowest_m` nobody flies but near home."""

    duration_s: Annotated[float, Meta(ge=60, le=7200)]
    highest_m: Annotated[float, Meta(ge=10, le=500)] = 120.0
    lowest_m: Annotated[float, Meta(ge=0, le=100)] = 0.0
    separation_m: Annotated[float, Meta(ge=1, le=500)] = 15.0
    outside_m: Annotated[float, Meta(ge=0, le=5000)] = 150.0
    reserve_pct: Annotated[float, Meta(ge=0, le=90)] = 20.0
    passes: Share = 0.7


class Drill(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole of a drill. `id` is the file's name without its ending."""

    id: str = ""
    zh: Text
    en: Text
    brief_zh: Text
    brief_en: Text
    seed: Annotated[int, Meta(ge=0, le=2**31)]
    place: Place
    fleet: FleetPart
    limits: Limits
    camera: CameraPart = CameraPart()
    things: tuple[ThingPart, ...] = msgspec.field(default=(), name="thing")
    wind: tuple[BreezePart, ...] = ()
    hills: tuple[HillPart, ...] = msgspec.field(default=(), name="hill")
    faults: tuple[FaultPart, ...] = msgspec.field(default=(), name="fault")
    units: tuple[UnitPart, ...] = msgspec.field(default=(), name="unit")
    notices: tuple[NoticePart, ...] = msgspec.field(default=(), name="notice")
    objectives: tuple[Objective, ...] = msgspec.field(default=(), name="objective")

    def world(self) -> World:
        hills = [Hill(hill.lat, hill.lon, hill.height_m, hill.radius_m) for hill in self.hills]
        breezes = [Breeze(step.at_s, step.speed_m_s, step.from_deg) for step in self.wind]
        return World(tuple(part.thing() for part in self.things), Terrain(hills), WindField(breezes))
