"""GCJ-02, the shifted datum of Chinese street maps. Everything else in this program is WGS-84.

The forward shift is the published approximation (as in `eviltransform`, `prcoords` and others, Krassovsky
1940 ellipsoid); the way back is its fixed point. `maps/assets/js/gcj02.js` is the same for the browser.
"""

from __future__ import annotations

from math import cos, pi, sin, sqrt

SEMI_MAJOR_M = 6378245.0
ECCENTRICITY_SQUARED = 0.00669342162296594323
CHINA_LAT_DEG = (0.8293, 55.8271)
CHINA_LON_DEG = (72.004, 137.8347)
ROUNDS_BACK = 8
"""Each round shrinks the error about a thousandfold; eight reach the limit of a float."""


def is_shifted(lat_deg: float, lon_deg: float) -> bool:
    """Whether the shift applies there (a box around China; elsewhere both datums are equal)."""
    return CHINA_LAT_DEG[0] <= lat_deg <= CHINA_LAT_DEG[1] and CHINA_LON_DEG[0] <= lon_deg <= CHINA_LON_DEG[1]


def to_gcj02(lat_deg: float, lon_deg: float) -> tuple[float, float]:
    """Latitude and longitude in GCJ-02 of a WGS-84 position, degrees."""
    if not is_shifted(lat_deg, lon_deg):
        return lat_deg, lon_deg
    north, east = _shift_deg(lat_deg, lon_deg)
    return lat_deg + north, lon_deg + east


def from_gcj02(lat_deg: float, lon_deg: float) -> tuple[float, float]:
    """Latitude and longitude in WGS-84 of a GCJ-02 position, degrees; inverse of `to_gcj02` to 1e-9 degrees."""
    if not is_shifted(lat_deg, lon_deg):
        return lat_deg, lon_deg
    lat, lon = lat_deg, lon_deg
    for _ in range(ROUNDS_BACK):
        north, east = _shift_deg(lat, lon)
        lat, lon = lat_deg - north, lon_deg - east
    return lat, lon


def _shift_deg(lat_deg: float, lon_deg: float) -> tuple[float, float]:
    x, y = lon_deg - 105.0, lat_deg - 35.0
    common = (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0
    north_m = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + common
    north_m += (20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
    north_m += (160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y * pi / 30.0)) * 2.0 / 3.0
    east_m = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + common
    east_m += (20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
    east_m += (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0
    lat = lat_deg / 180.0 * pi
    w = 1.0 - ECCENTRICITY_SQUARED * sin(lat) ** 2
    meridian_m = SEMI_MAJOR_M * (1.0 - ECCENTRICITY_SQUARED) / (w * sqrt(w))
    parallel_m = SEMI_MAJOR_M / sqrt(w) * cos(lat)
    return north_m * 180.0 / (meridian_m * pi), east_m * 180.0 / (parallel_m * pi)
