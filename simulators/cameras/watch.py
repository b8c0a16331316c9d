"""The cameras of a fleet over a world: what each of them notices, with misses, false alarms and wrong places.

What it gives out is what a detector would report; which thing it was stays in `truth`, for the score only
and never in a report. A thing is noticed or missed once each time it comes into a camera's view; one that
has moved on is reported again. Equal inputs give equal observations. Pure.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot
from typing import Any, Final

from simulators.cameras.gimbal_camera import Eye, GimbalCamera, footprint, sees
from simulators.local_frame import LocalFrame
from simulators.seeded import Seeded
from simulators.terrain import Point
from simulators.world import Thing, World

_NAMESPACE: Final = uuid.uuid5(uuid.NAMESPACE_URL, "https://aeropatrol.invalid/drill")
CE90_SIGMAS: Final = 2.146
AGAIN_AFTER_S, AGAIN_AFTER_M = 30.0, 80.0
SURE, UNSURE = 0.9, 0.55
HEARD_WITHIN_M: Final = 600.0
"""A stray drone is not filmed from above: it is heard by its remote identification, which has its GPS position."""
HEARD_SIGMA_M: Final = 3.0
DETECTOR: Final = "simulated"


@dataclass(frozen=True, slots=True)
class CameraPose:
    """A vehicle's camera: degrees, metres above its home, degrees of the nose, whether it works."""

    sysid: int
    lat_deg: float
    lon_deg: float
    alt_rel_m: float
    heading_deg: float
    works: bool = True


@dataclass(frozen=True, slots=True)
class Observation:
    """Something noticed. `truth` is the thing it was and (`true_lat_deg`, `true_lon_deg`) where; None: nothing."""

    id: str
    sysid: int
    klass: str
    lat_deg: float
    lon_deg: float
    ce90_m: float
    confidence: float
    note: str = ""
    truth: str | None = None
    true_lat_deg: float | None = None
    true_lon_deg: float | None = None

    def report(self, network: str, seen_at: str) -> dict[str, Any]:
        """The body of `POST /api/v1/sightings`; holds nothing of the truth."""
        return {
            "id": self.id,
            "klass": self.klass,
            "lat": round(self.lat_deg, 7),
            "lon": round(self.lon_deg, 7),
            "ce90_m": round(self.ce90_m, 1),
            "seen_at": seen_at,
            "note": self.note,
            "source": {
                "kind": "camera",
                "name": "simulated camera",
                "vehicle": f"{network}-{self.sysid}",
                "detector": DETECTOR,
                "confidence": self.confidence,
            },
            "simulated": True,
        }


class Watch:
    """`false_classes` are those of which false alarms are made; `name` sets one run's ids apart from another's."""

    def __init__(
        self, camera: GimbalCamera, seed: int = 0, *, false_classes: Sequence[str] = (), name: str = "drill"
    ) -> None:
        self._camera = camera
        self._seed, self._name = seed, name
        self._chance = Seeded(seed)
        self._false_classes = tuple(false_classes)
        self._in_view: set[tuple[int, str]] = set()
        self._told: dict[str, tuple[float, float, float]] = {}
        self._count = 0
        self._looked_s: dict[int, float] = {}
        self.missed: list[tuple[int, str]] = []
        """Vehicles and things of the last look that came into view, were not known yet, and were not noticed."""

    def look(self, world: World, now_s: float, poses: Sequence[CameraPose]) -> list[Observation]:
        """What the cameras of flying vehicles notice now."""
        found = []
        self.missed = []
        for pose in sorted(poses, key=lambda pose: pose.sysid):
            if pose.works:
                found += self._things(world, now_s, pose)
                found += self._nothing(now_s, pose)
            self._looked_s[pose.sysid] = now_s
        return found

    def _things(self, world: World, now_s: float, pose: CameraPose) -> list[Observation]:
        found = []
        present = world.present(now_s)
        for thing in present:
            key = (pose.sysid, thing.id)
            if not self._visible(world, now_s, pose, thing):
                self._in_view.discard(key)
            elif key not in self._in_view or self._moved_on(thing, now_s):
                self._in_view.add(key)
                noticed, new = self._chance.uniform() >= self._camera.miss, self._new(thing, now_s)
                if noticed and new:
                    found.append(self._seen(thing, now_s, pose))
                elif new:
                    self.missed.append(key)
        return found

    def _visible(self, world: World, now_s: float, pose: CameraPose, thing: Thing) -> bool:
        at = thing.at(now_s)
        ground_m = world.terrain.height_m(at.lat_deg, at.lon_deg)
        if thing.airborne:
            return _distance_m(pose.lat_deg, pose.lon_deg, at.lat_deg, at.lon_deg) <= HEARD_WITHIN_M
        eye = Eye(pose.lat_deg, pose.lon_deg, pose.alt_rel_m, pose.heading_deg)
        return sees(self._camera, eye, Point(at.lat_deg, at.lon_deg, ground_m + at.alt_m), thing.size_m, world.terrain)

    def _new(self, thing: Thing, now_s: float) -> bool:
        return thing.id not in self._told or self._moved_on(thing, now_s)

    def _moved_on(self, thing: Thing, now_s: float) -> bool:
        told = self._told.get(thing.id)
        if told is None or now_s - told[0] < AGAIN_AFTER_S:
            return False
        at = thing.at(now_s)
        return _distance_m(told[1], told[2], at.lat_deg, at.lon_deg) >= AGAIN_AFTER_M

    def _seen(self, thing: Thing, now_s: float, pose: CameraPose) -> Observation:
        at = thing.at(now_s)
        self._told[thing.id] = (now_s, at.lat_deg, at.lon_deg)
        away_m = _distance_m(pose.lat_deg, pose.lon_deg, at.lat_deg, at.lon_deg)
        sigma_m = HEARD_SIGMA_M if thing.airborne else self._camera.noise_share * hypot(away_m, pose.alt_rel_m)
        frame = LocalFrame(at.lat_deg, at.lon_deg, 0.0)
        lat, lon = frame.to_geo(self._chance.gauss(sigma_m), self._chance.gauss(sigma_m))
        return Observation(
            self._next_id(), pose.sysid, thing.klass, lat, lon, CE90_SIGMAS * sigma_m, SURE, thing.note,
            thing.id, at.lat_deg, at.lon_deg,
        )  # fmt: skip

    def _nothing(self, now_s: float, pose: CameraPose) -> list[Observation]:
        """A false alarm, at the rate of the camera over the time since its last look."""
        since_s = now_s - self._looked_s.get(pose.sysid, now_s)
        rate = self._camera.false_per_h * max(0.0, since_s) / 3600.0
        if not self._false_classes or self._chance.uniform() >= rate:
            return []
        eye = Eye(pose.lat_deg, pose.lon_deg, pose.alt_rel_m, pose.heading_deg)
        x, y = self._chance.between(-1.0, 1.0), self._chance.between(-1.0, 1.0)
        klass = self._false_classes[int(self._chance.uniform() * len(self._false_classes))]
        place = footprint(self._camera, eye, x, y)
        if place is None:
            return []
        ce90_m = CE90_SIGMAS * self._camera.noise_share * pose.alt_rel_m
        return [Observation(self._next_id(), pose.sysid, klass, *place, ce90_m, UNSURE)]

    def rename(self, name: str) -> None:
        """Ids from now on are others than those given out under another name."""
        self._name = name

    def _next_id(self) -> str:
        self._count += 1
        return str(uuid.uuid5(_NAMESPACE, f"{self._name}/{self._seed}/{self._count}"))


def _distance_m(lat_deg: float, lon_deg: float, other_lat_deg: float, other_lon_deg: float) -> float:
    return hypot(*LocalFrame(lat_deg, lon_deg, 0.0).to_local(other_lat_deg, other_lon_deg))
