"""What a camera sees straight down: footprint, ground resolution, swath.

Figures of the cameras stand in `camera_catalogue`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from missions.camera_catalogue import CATALOGUE


class CameraError(ValueError):
    """No such camera, or figures that make no picture."""


@dataclass(frozen=True, slots=True)
class Shooting:
    """How pictures are taken: overlap along the lane, least seconds between two, seconds that the shutter is open.
    What is None caps no speed."""

    front_overlap: float = 0.7
    interval_s: float | None = None
    exposure_s: float | None = None


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

    def fastest_by_trigger_m_s(self, altitude_m: float, front_overlap: float, interval_s: float) -> float:
        """The speed at which pictures still overlap at one every `interval_s`."""
        if not interval_s > 0.0:
            raise CameraError(f"the time between pictures must be above 0 s, not {interval_s}")
        return self.trigger_distance_m(altitude_m, front_overlap) / interval_s

    def fastest_by_blur_m_s(self, altitude_m: float, exposure_s: float, blur_px: float = 1.0) -> float:
        """The speed at which the ground moves by no more than `blur_px` pixels while the shutter is open."""
        if not (exposure_s > 0.0 and blur_px > 0.0):
            raise CameraError(f"exposure and blur must be above 0, not {exposure_s} s and {blur_px}")
        return blur_px * self.ground_resolution_cm(altitude_m) / 100.0 / exposure_s

    def fastest_m_s(self, altitude_m: float, shooting: Shooting) -> float:
        """The speed at which pictures still overlap and are not blurred, as far as `shooting` says; else infinite."""
        caps = [math.inf]
        if shooting.interval_s is not None:
            caps.append(self.fastest_by_trigger_m_s(altitude_m, shooting.front_overlap, shooting.interval_s))
        if shooting.exposure_s is not None:
            caps.append(self.fastest_by_blur_m_s(altitude_m, shooting.exposure_s))
        return min(caps)


CAMERAS: Mapping[str, Camera] = MappingProxyType({row[0]: Camera(*row) for row in CATALOGUE})


def camera(name: str) -> Camera:
    """The camera of that name; CameraError lists the names there are."""
    found = CAMERAS.get(name.strip().lower())
    if found is None:
        raise CameraError(f"no camera {name!r}: known are {', '.join(sorted(CAMERAS))}")
    return found
