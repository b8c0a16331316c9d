"""A downward camera's view: which planted things are inside the footprint, and where they seem to be.

The camera hangs in a gimbal that keeps it level; its long side lies across the direction of the nose, and
the ground is flat at the height of home. Each thing is reported once, with a UUID that is the same in
every run, so that a report sent again is kept once.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from math import cos, hypot, radians, sin, tan

from simulators.local_frame import LocalFrame
from simulators.scene import Anomaly, Scene
from simulators.seeded import Seeded

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://aeropatrol.invalid/scene")
CE90_SIGMAS = 2.146  # radius of a circular normal distribution that holds 90 %


@dataclass(frozen=True, slots=True)
class CameraSpec:
    """Angles of view in degrees; position noise grows with height; nothing is seen from below `lowest_m`."""

    across_deg: float = 73.7
    along_deg: float = 56.0
    lowest_m: float = 10.0
    highest_m: float = 150.0
    noise_share_of_height: float = 0.03
    confidence: float = 0.9

    def half_footprint_m(self, height_m: float) -> tuple[float, float]:
        """Half the ground seen across and along the nose."""
        return height_m * tan(radians(self.across_deg) / 2), height_m * tan(radians(self.along_deg) / 2)


@dataclass(frozen=True, slots=True)
class View:
    """Where a camera hangs: degrees, metres above the ground, degrees of the nose."""

    lat_deg: float
    lon_deg: float
    height_m: float
    heading_deg: float


@dataclass(frozen=True, slots=True)
class Detection:
    """Something seen; the place carries the geometry's noise."""

    id: str
    anomaly: Anomaly
    lat_deg: float
    lon_deg: float
    ce90_m: float
    confidence: float


def in_footprint(camera: CameraSpec, view: View, lat_deg: float, lon_deg: float) -> bool:
    """Whether a point on the ground is in the picture."""
    if not camera.lowest_m <= view.height_m <= camera.highest_m:
        return False
    north, east = LocalFrame(view.lat_deg, view.lon_deg, 0.0).to_local(lat_deg, lon_deg)
    half_across, half_along = camera.half_footprint_m(view.height_m)
    if hypot(north, east) > hypot(half_across, half_along):
        return False
    heading = radians(view.heading_deg)
    along = north * cos(heading) + east * sin(heading)
    across = east * cos(heading) - north * sin(heading)
    return abs(across) <= half_across and abs(along) <= half_along


class Detector:
    """Looks at a scene through the cameras of a fleet and tells each thing once."""

    def __init__(self, scene: Scene, camera: CameraSpec | None = None, seed: int = 0) -> None:
        self._scene = scene
        self._camera = camera or CameraSpec()
        self._seed = seed
        self._told: set[str] = set()

    @property
    def unseen(self) -> tuple[Anomaly, ...]:
        return tuple(anomaly for anomaly in self._scene.anomalies if anomaly.id not in self._told)

    def look(self, view: View) -> list[Detection]:
        """What this view shows for the first time."""
        found = []
        for anomaly in self.unseen:
            if in_footprint(self._camera, view, anomaly.lat_deg, anomaly.lon_deg):
                self._told.add(anomaly.id)
                found.append(self._detection(anomaly, view))
        return found

    def _detection(self, anomaly: Anomaly, view: View) -> Detection:
        noise = Seeded(self._seed ^ uuid.uuid5(_NAMESPACE, anomaly.id).int)
        sigma_m = self._camera.noise_share_of_height * view.height_m
        frame = LocalFrame(anomaly.lat_deg, anomaly.lon_deg, 0.0)
        lat, lon = frame.to_geo(noise.gauss(sigma_m), noise.gauss(sigma_m))
        ce90_m = round(CE90_SIGMAS * sigma_m, 1)
        return Detection(sighting_id(self._scene, anomaly), anomaly, lat, lon, ce90_m, self._camera.confidence)


def sighting_id(scene: Scene, anomaly: Anomaly) -> str:
    """The UUID under which an anomaly is reported."""
    return str(uuid.uuid5(_NAMESPACE, f"{scene.id}/{anomaly.id}"))
