"""The ground as it is: heights above the sea from the files of the site, and the geoid under them.

Rays are marched in heights above mean sea level, which is what height files and autopilots say. Heights above the
ellipsoid are turned into those by the geoid, and are refused without one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

import numpy as np

from gcs.sightings.errors import InvalidReportError, ReliefError
from gcs.sightings.geoid import Geoid, flat_geoid, read_geoid
from gcs.sightings.locate import CameraPose, PoseErrors
from missions.ground.terrain import Terrain, TerrainError, read_terrain

SUFFIXES = frozenset({".hgt", ".tif", ".tiff"})
HIGHEST_M = 5000.0
MOST_SAMPLES = 100_000_000
"""Of all files together: 400 MB."""
ERRORS = PoseErrors(height_m=5.0)
"""Over relief: 3 m of the camera's height, and the 4 m (one sigma) by which SRTM is wrong in Eurasia."""


class HeightDatum(StrEnum):
    """What a camera's height is counted from: the ground below it, mean sea level, or the WGS-84 ellipsoid."""

    GROUND = "ground"
    MSL = "msl"
    HAE = "hae"


@dataclass(frozen=True)
class Relief:
    """Called with (latitude, longitude) it is a `locate.Ground`: metres above mean sea level, None where unknown."""

    tiles: tuple[Terrain, ...]
    geoid: Geoid | None = None

    def __call__(self, lat_deg: float, lon_deg: float) -> float | None:
        for tile in self.tiles:
            height = _height_m(tile, lat_deg, lon_deg)
            if height is not None:
                return height
        return None

    def msl_m(self, lat_deg: float, lon_deg: float, hae_m: float) -> float | None:
        """The height above the sea of one above the ellipsoid; None without a geoid."""
        return None if self.geoid is None else hae_m - self.geoid.undulation_m(lat_deg, lon_deg)

    def hae_m(self, lat_deg: float, lon_deg: float, msl_m: float) -> float | None:
        """The height above the ellipsoid; None without a geoid."""
        return None if self.geoid is None else msl_m + self.geoid.undulation_m(lat_deg, lon_deg)


NO_RELIEF = Relief(())


def load_relief(named: str, geoid: str = "", undulation_m: float | None = None) -> Relief:
    """The heights of a file, or of all .hgt and GeoTIFF files of a folder, and the geoid of a grid file or of one
    figure; without a file it knows no ground, but still the geoid. Raises ReliefError."""
    under = read_geoid(Path(geoid)) if geoid else None
    if under is None and undulation_m is not None:
        under = flat_geoid(undulation_m)
    return Relief(_tiles(_files(Path(named))) if named else (), under)


def stand(pose: CameraPose, datum: HeightDatum, relief: Relief) -> tuple[CameraPose, Relief | None]:
    """The pose above mean sea level and the relief to look for the ground in; or, where no file knows the ground below
    the camera, the pose as it is and None: above flat ground. Raises InvalidReportError for a height that cannot be
    compared with the ground."""
    lat, lon = pose.lat_deg, pose.lon_deg
    below = relief(lat, lon)
    if datum is HeightDatum.GROUND:
        if not 0 < pose.height_m <= HIGHEST_M:
            raise InvalidReportError("pose.height_m", f"must be 0 to {HIGHEST_M:.0f} metres above the ground")
        return (pose, None) if below is None else (replace(pose, height_m=below + pose.height_m), relief)
    if below is None:
        raise InvalidReportError("pose.height_datum", "no height file knows the ground there: say the height above it")
    if datum is HeightDatum.MSL:
        return pose, relief
    if relief.geoid is None:
        raise InvalidReportError("pose.height_datum", "heights above the ellipsoid need a geoid, see the settings")
    return replace(pose, height_m=pose.height_m - relief.geoid.undulation_m(lat, lon)), relief


def _files(named: Path) -> Sequence[Path]:
    if not named.is_dir():
        return (named,)
    found = sorted(path for path in named.iterdir() if path.suffix.lower() in SUFFIXES)
    if not found:
        raise ReliefError(f"{named}: has no .hgt and no GeoTIFF file")
    return found


def _tiles(files: Sequence[Path]) -> tuple[Terrain, ...]:
    tiles, samples = list[Terrain](), 0
    for file in files:
        try:
            tile = read_terrain(file)
        except TerrainError as error:
            raise ReliefError(str(error)) from error
        samples += tile.heights.size
        if samples > MOST_SAMPLES:
            raise ReliefError(f"{file.name}: too much ground with the files before it: cut out what is flown over")
        tiles.append(replace(tile, heights=tile.heights.astype(np.float32)))
    return tuple(tiles)


def _height_m(tile: Terrain, lat_deg: float, lon_deg: float) -> float | None:
    """As `Terrain.height_m`, of one point and without the cost of an array."""
    x, y = (lon_deg - tile.west) / tile.step_lon, (tile.north - lat_deg) / tile.step_lat
    rows, columns = tile.heights.shape
    if not (0 <= x <= columns - 1 and 0 <= y <= rows - 1):
        return None
    i, j = min(int(y), rows - 2), min(int(x), columns - 2)
    down, right, heights = y - i, x - j, tile.heights
    upper = float(heights[i, j]) * (1 - right) + float(heights[i, j + 1]) * right
    lower = float(heights[i + 1, j]) * (1 - right) + float(heights[i + 1, j + 1]) * right
    height = upper * (1 - down) + lower * down
    return height if math.isfinite(height) else None
