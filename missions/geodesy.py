"""A flat local frame: metres east and north of a centre, and back to WGS-84 degrees.

Azimuthal-equidistant on the WGS-84 ellipsoid: distances from the centre are exact, others are off by
about (distance / 6371 km)^2 / 6, that is 1 cm a kilometre at 10 km from the centre.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyproj
import shapely

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class LocalFrame:
    """Metres east and north of (`lon_deg`, `lat_deg`)."""

    lon_deg: float
    lat_deg: float

    @cached_property
    def _projection(self) -> pyproj.Proj:
        return pyproj.Proj(proj="aeqd", lat_0=self.lat_deg, lon_0=self.lon_deg, ellps="WGS84", units="m")

    def to_local(self, lon_lat: Array) -> Array:
        """(n, 2) degrees, longitude first, to (n, 2) metres."""
        points = np.asarray(lon_lat, dtype=np.float64).reshape(-1, 2)
        return np.column_stack(self._projection(points[:, 0], points[:, 1]))

    def to_lon_lat(self, local: Array) -> Array:
        """(n, 2) metres to (n, 2) degrees, longitude first."""
        points = np.asarray(local, dtype=np.float64).reshape(-1, 2)
        return np.column_stack(self._projection(points[:, 0], points[:, 1], inverse=True))

    def places(self, local: Any) -> tuple[tuple[float, float], ...]:
        """Points (n, 2) in degrees, longitude first, to a centimetre."""
        return tuple((round(float(lon), 7), round(float(lat), 7)) for lon, lat in self.to_lon_lat(local))

    def geometry_to_local(self, geometry: Any) -> Any:
        """A shapely geometry in degrees to one in metres."""
        return shapely.transform(geometry, self.to_local)

    def geometry_to_lon_lat(self, geometry: Any) -> Any:
        """A shapely geometry in metres to one in degrees."""
        return shapely.transform(geometry, self.to_lon_lat)
