"""`--home lat,lon,alt,heading`: where the first vehicle of a simulated fleet stands, the others east of it."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

import typer

from simulators.local_frame import LocalFrame

SPACING_M = 5.0
FARTHEST_LAT_DEG = 89.0
LOWEST_M, HIGHEST_M = -500.0, 9000.0


@dataclass(frozen=True, slots=True)
class Home:
    """Degrees, metres above sea level, degrees of the nose."""

    lat_deg: float
    lon_deg: float
    alt_m: float
    heading_deg: float

    def side_by_side(self, vehicles: int) -> list[tuple[float, float]]:
        """Latitude and longitude of each."""
        frame = LocalFrame(self.lat_deg, self.lon_deg, self.alt_m)
        return [frame.to_geo(0.0, SPACING_M * index) for index in range(vehicles)]


def home_of(text: str) -> Home:
    """Raises typer.BadParameter for what is no place on the earth."""
    try:
        lat, lon, alt, heading = (float(part) for part in text.split(","))
    except ValueError:
        raise typer.BadParameter(f"{text!r}: expected lat,lon,alt,heading", param_hint="--home") from None
    if not (abs(lat) <= FARTHEST_LAT_DEG and abs(lon) <= 180.0 and LOWEST_M <= alt <= HIGHEST_M and isfinite(heading)):
        raise typer.BadParameter(f"{text!r}: is not on the earth", param_hint="--home")
    return Home(lat, lon, alt, heading % 360.0)
