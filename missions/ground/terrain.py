"""Heights of the ground: SRTM tiles (`.hgt`) and simple GeoTIFFs, asked by longitude and latitude.

A grid has its first row in the north and its first column in the west; heights are metres above sea level,
read between the four nearest samples. Outside the grid, and where a sample is void, the height is NaN:
unknown ground is never taken for flat.
"""

from __future__ import annotations

import math
import re
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

import numpy as np

from missions.geodesy import Array
from missions.ground.tiff_blocks import (
    BITS,
    COMPRESSION,
    DEFLATE,
    DIFFERENCES,
    FORMAT,
    HEIGHT,
    NO_PREDICTOR,
    OF_FLOATS,
    OLD_DEFLATE,
    PLAIN,
    PREDICTOR,
    WIDTH,
    samples,
)

HGT_SIDES = (1201, 3601)
HGT_NAME = re.compile(r"([NS])(\d{2})([EW])(\d{3})", re.IGNORECASE)
HGT_VOID = -32768
FLOATS = 3
LARGEST_BYTES = 512 * 2**20
MOST_SAMPLES = 200_000_000

BYTE_ORDERS: Mapping[bytes, str] = MappingProxyType({b"II*\0": "<", b"MM\0*": ">"})
BIG_TIFFS = (b"II+\0", b"MM\0+")
SAMPLES, PIXEL_SCALE, TIE_POINT, NO_DATA = 277, 33550, 33922, 42113
FIELD_TYPES = {1: "B", 2: "s", 3: "H", 4: "I", 5: "II", 6: "b", 8: "h", 9: "i", 11: "f", 12: "d"}


class TerrainError(ValueError):
    """Not a usable height file; one line that says which and why."""


class Ground(Protocol):
    """Whatever knows how high the ground lies."""

    def height_m(self, lon_lat: Array) -> Array:
        """(n,) metres above sea level at (n, 2) degrees; NaN where unknown."""
        ...


@dataclass(frozen=True)
class Terrain:
    """A grid of heights. `west`, `north`: degrees of the first sample; steps in degrees, both positive."""

    heights: Array
    west: float
    north: float
    step_lon: float
    step_lat: float

    def height_m(self, lon_lat: Array) -> Array:
        """(n,) metres above sea level at (n, 2) degrees; NaN where unknown."""
        points = np.asarray(lon_lat, dtype=float).reshape(-1, 2)
        x, y = (points[:, 0] - self.west) / self.step_lon, (self.north - points[:, 1]) / self.step_lat
        rows, columns = self.heights.shape
        inside = (x >= -1e-9) & (y >= -1e-9) & (x <= columns - 1 + 1e-9) & (y <= rows - 1 + 1e-9)
        i = np.clip(np.floor(np.where(inside, y, 0.0)), 0, rows - 2).astype(int)
        j = np.clip(np.floor(np.where(inside, x, 0.0)), 0, columns - 2).astype(int)
        down, right = np.where(inside, y, 0.0) - i, np.where(inside, x, 0.0) - j
        upper = self.heights[i, j] * (1 - right) + self.heights[i, j + 1] * right
        lower = self.heights[i + 1, j] * (1 - right) + self.heights[i + 1, j + 1] * right
        result: Array = np.where(inside, upper * (1 - down) + lower * down, np.nan)
        return result


def read_terrain(path: Path) -> Terrain:
    """The grid of a `.hgt` file, named by its south-west corner as N29E121.hgt, or of a GeoTIFF in degrees."""
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise TerrainError(f"{path.name}: is larger than {LARGEST_BYTES // 2**20} MB: cut the area out of it")
        data = path.read_bytes()
    except OSError as error:
        raise TerrainError(f"{path.name}: cannot be read: {error.strerror or error}") from error
    return hgt(data, path.name) if path.suffix.lower() == ".hgt" else geotiff(data, path.name)


def hgt(data: bytes, name: str) -> Terrain:
    """An SRTM tile of one degree: big-endian 16-bit metres, 1201 or 3601 samples a side."""
    named = HGT_NAME.search(name)
    if named is None:
        raise TerrainError(f"{name}: is not named by its corner, such as N29E121.hgt")
    side = math.isqrt(len(data) // 2)
    if side not in HGT_SIDES or side * side * 2 != len(data):
        raise TerrainError(f"{name}: has {len(data)} bytes: a .hgt has 1201 or 3601 samples a side, 2 bytes each")
    raw = np.frombuffer(data, dtype=">i2").reshape(side, side)
    south = int(named[2]) * (1 if named[1].upper() == "N" else -1)
    west = int(named[4]) * (1 if named[3].upper() == "E" else -1)
    step = 1.0 / (side - 1)
    return Terrain(np.where(raw == HGT_VOID, np.nan, raw.astype(float)), float(west), south + 1.0, step, step)


def geotiff(data: bytes, name: str) -> Terrain:
    """One band in strips or tiles, plain or deflated, integers or floats, placed by a pixel scale and one tie point."""
    if data[:4] not in BYTE_ORDERS:
        big = data[:4] in BIG_TIFFS
        what = "a BigTIFF: use gdal_translate -co BIGTIFF=NO" if big else "no TIFF: give a GeoTIFF or a .hgt file"
        raise TerrainError(f"{name}: is {what}")
    try:
        tags, order = _tags(data)
        kind, bits = int(tags.get(FORMAT, (1,))[0]), int(tags[BITS][0])
        _refuse_unusual(tags, kind, bits, name)
        raw = samples(data, tags, order)
        scale, tie = tags[PIXEL_SCALE], tags[TIE_POINT]
        void = float(tags[NO_DATA][0].strip(b"\0 ").decode("ascii")) if NO_DATA in tags else math.nan
    except TerrainError:
        raise
    except (KeyError, IndexError, ValueError, struct.error, zlib.error, OverflowError) as error:
        raise TerrainError(f"{name}: is cut short, or damaged: fetch it again") from error
    heights = raw.astype(float)
    west, north = (
        float(tie[3]) + (0.5 - float(tie[0])) * float(scale[0]),
        float(tie[4]) - (0.5 - float(tie[1])) * float(scale[1]),
    )
    if not (scale[0] > 0 and scale[1] > 0 and abs(west) <= 360 and abs(north) <= 90):
        raise TerrainError(f"{name}: is not in degrees: reproject it to WGS-84 longitude and latitude")
    return Terrain(np.where(heights == void, np.nan, heights), west, north, float(scale[0]), float(scale[1]))


def _refuse_unusual(tags: dict[int, tuple[Any, ...]], kind: int, bits: int, name: str) -> None:
    if PIXEL_SCALE not in tags or TIE_POINT not in tags:
        raise TerrainError(f"{name}: does not say where it lies (pixel scale and tie point): save it as a GeoTIFF")
    rows, columns = int(tags[HEIGHT][0]), int(tags[WIDTH][0])
    if rows * columns > MOST_SAMPLES or min(rows, columns) < 2:
        raise TerrainError(f"{name}: is {columns} by {rows} samples: needs 2 or more a side, and not too many")
    if int(tags.get(COMPRESSION, (1,))[0]) not in (PLAIN, DEFLATE, OLD_DEFLATE):
        raise TerrainError(f"{name}: is packed in an unusual way: use gdal_translate -co COMPRESS=DEFLATE")
    predictors = (NO_PREDICTOR, OF_FLOATS, DIFFERENCES) if kind == FLOATS else (NO_PREDICTOR, DIFFERENCES)
    if int(tags.get(PREDICTOR, (1,))[0]) not in predictors or int(tags.get(SAMPLES, (1,))[0]) != 1:
        raise TerrainError(f"{name}: has an unusual predictor or several bands: write one band without a predictor")
    if (kind, bits) not in ((1, 8), (1, 16), (2, 16), (2, 32), (3, 32), (3, 64)):
        raise TerrainError(f"{name}: has samples of {bits} bits of kind {kind}: use 16-bit integers or 32-bit floats")


def _tags(data: bytes) -> tuple[dict[int, tuple[Any, ...]], str]:
    order = BYTE_ORDERS[data[:4]]
    (at,) = struct.unpack_from(f"{order}I", data, 4)
    (count,) = struct.unpack_from(f"{order}H", data, at)
    tags: dict[int, tuple[Any, ...]] = {}
    for i in range(count):
        tag, kind, number = struct.unpack_from(f"{order}HHI", data, at + 2 + 12 * i)
        if kind not in FIELD_TYPES or number > len(data):
            continue
        form = f"{order}{number}{FIELD_TYPES[kind]}" if kind != 5 else f"{order}{2 * number}I"
        place = at + 10 + 12 * i
        if struct.calcsize(form) > 4:
            (place,) = struct.unpack_from(f"{order}I", data, place)
        tags[tag] = struct.unpack_from(form, data, place)
    return tags, order
