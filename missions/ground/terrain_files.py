"""The ground of a whole site: one height file, or all those of a folder, asked as one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from missions.geodesy import Array
from missions.ground.terrain import Ground, Terrain, TerrainError, read_terrain

SUFFIXES = frozenset({".hgt", ".tif", ".tiff"})
MOST_FILES = 100


@dataclass(frozen=True)
class Patchwork:
    """Where files overlap the first that knows the ground counts."""

    tiles: tuple[Terrain, ...]

    def height_m(self, lon_lat: Array) -> Array:
        """(n,) metres above sea level at (n, 2) degrees; NaN where no file knows."""
        points = np.asarray(lon_lat, dtype=float).reshape(-1, 2)
        heights = np.full(len(points), np.nan)
        for tile in self.tiles:
            heights = np.where(np.isnan(heights), tile.height_m(points), heights)
        return heights


def read_ground(path: Path) -> Ground:
    """The heights of a file, or of all .hgt and GeoTIFF files of a folder. TerrainError names what is wrong."""
    if not path.is_dir():
        return read_terrain(path)
    files = sorted(file for file in path.iterdir() if file.suffix.lower() in SUFFIXES)
    if not 1 <= len(files) <= MOST_FILES:
        raise TerrainError(f"{path.name}: holds {len(files)} height files: needs 1 to {MOST_FILES}, .hgt or GeoTIFF")
    return Patchwork(tuple(map(read_terrain, files)))
