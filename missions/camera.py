"""What a camera sees straight down: footprint, ground resolution, swath.

Figures of the catalogue are the makers' (sensor size, true focal length, pixels of a still picture).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


class CameraError(ValueError):
    """No such camera, or figures that make no picture."""


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera looking straight down, its long side across the direction of flight."""

    name: str
    title: str
    sensor_width_mm: float
    sensor_height_mm: float
    focal_mm: float
    width_px: int
    height_px: int

    def footprint_m(self, altitude_m: float) -> tuple[float, float]:
        """(across, along) the direction of flight on flat ground."""
        scale = altitude_m / self.focal_mm
        return self.sensor_width_mm * scale, self.sensor_height_mm * scale

    def ground_resolution_cm(self, altitude_m: float) -> float:
        """Centimetres of ground a pixel."""
        return 100.0 * self.footprint_m(altitude_m)[0] / self.width_px

    def swath_m(self, altitude_m: float, side_overlap: float) -> float:
        """Distance between lanes for an overlap of 0 to below 1 between them."""
        if not 0.0 <= side_overlap < 1.0:
            raise CameraError(f"overlap must be 0 to below 1, not {side_overlap}")
        if not altitude_m > 0.0:
            raise CameraError(f"altitude must be above 0, not {altitude_m}")
        return self.footprint_m(altitude_m)[0] * (1.0 - side_overlap)

    def trigger_distance_m(self, altitude_m: float, front_overlap: float) -> float:
        """Distance between two pictures for an overlap of 0 to below 1 along the lane."""
        if not 0.0 <= front_overlap < 1.0:
            raise CameraError(f"overlap must be 0 to below 1, not {front_overlap}")
        return self.footprint_m(altitude_m)[1] * (1.0 - front_overlap)

    def altitude_m(self, ground_resolution_cm: float) -> float:
        """The height above ground at which a pixel is that many centimetres of ground."""
        if not ground_resolution_cm > 0.0:
            raise CameraError(f"ground resolution must be above 0 cm, not {ground_resolution_cm}")
        return ground_resolution_cm / self.ground_resolution_cm(1.0)

    def fastest_m_s(
        self, altitude_m: float, front_overlap: float, *, interval_s: float, exposure_s: float, blur_px: float = 1.0
    ) -> float:
        """The speed at which pictures still overlap at one every `interval_s`, and the ground moves by no more
        than `blur_px` pixels while the shutter is open for `exposure_s`."""
        if not (interval_s > 0.0 and exposure_s > 0.0 and blur_px > 0.0):
            raise CameraError("interval, exposure and blur must be above 0")
        by_trigger = self.trigger_distance_m(altitude_m, front_overlap) / interval_s
        by_blur = blur_px * self.ground_resolution_cm(altitude_m) / 100.0 / exposure_s
        return min(by_trigger, by_blur)


_CATALOGUE = (
    Camera("mavic3e", "DJI Mavic 3 Enterprise, wide", 17.3, 13.0, 12.29, 5280, 3956),
    Camera("mavic3t", "DJI Mavic 3 Thermal, wide", 6.4, 4.8, 4.4, 8000, 6000),
    Camera("mavic3t-thermal", "DJI Mavic 3 Thermal, thermal", 7.68, 6.144, 9.1, 640, 512),
    Camera("h20t", "DJI Zenmuse H20T, wide", 6.17, 4.55, 4.5, 4056, 3040),
    Camera("h20t-thermal", "DJI Zenmuse H20T, thermal", 7.68, 6.144, 13.5, 640, 512),
    Camera("p1-35", "DJI Zenmuse P1, 35 mm", 35.9, 24.0, 35.0, 8192, 5460),
    Camera("phantom4pro", "DJI Phantom 4 Pro", 13.2, 8.8, 8.8, 5472, 3648),
    Camera("mini2", "DJI Mini 2", 6.3, 4.7, 4.49, 4000, 3000),
    Camera("rx1r2", "Sony RX1R II", 35.9, 24.0, 35.0, 7952, 5304),
    Camera("pihq-6", "Raspberry Pi HQ camera, 6 mm", 6.287, 4.712, 6.0, 4056, 3040),
    Camera("vuepro640-13", "FLIR Vue Pro 640, 13 mm", 10.88, 8.704, 13.0, 640, 512),
)
CAMERAS: Mapping[str, Camera] = MappingProxyType({camera.name: camera for camera in _CATALOGUE})


def camera(name: str) -> Camera:
    """The camera of that name; CameraError lists the names there are."""
    found = CAMERAS.get(name.strip().lower())
    if found is None:
        raise CameraError(f"no camera {name!r}: known are {', '.join(sorted(CAMERAS))}")
    return found
