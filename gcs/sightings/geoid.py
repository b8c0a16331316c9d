"""How high the geoid stands above the WGS-84 ellipsoid: the difference between heights above the sea and heights
above the ellipsoid. Around Beilun it is 13 m, elsewhere up to 107 m.

Read from a grid that the site gives: GeographicLib's `.pgm` (egm96-15.pgm, egm2008-5.pgm and so on), PROJ's `.gtx`
(egm96_15.gtx, egm08_25.gtx), or the EGM96 grid of the agency that made it (WW15MGH.DAC). Where one figure is good
enough for the whole site, that is the geoid.
"""

from __future__ import annotations

import math
import re
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gcs.sightings.errors import ReliefError

HIGHEST_M = 120.0
"""No geoid is further from the ellipsoid than that."""
DAC_ROWS, DAC_COLUMNS = 721, 1440
_GTX = struct.Struct(">4d2i")
_PGM = re.compile(rb"P5\s+((?:#[^\n]*\n|\s+)*)(\d+)\s+(\d+)\s+65535\s")
_OFFSET, _SCALE = (re.compile(rb"#\s*" + word + rb"\s+(\S+)") for word in (b"Offset", b"Scale"))


@dataclass(frozen=True)
class Geoid:
    """Samples from the north pole down and from `west_deg` east, once round; metres are `offset_m + scale_m * sample`.
    `name` says which it is."""

    name: str
    samples: Any
    offset_m: float
    scale_m: float
    west_deg: float = 0.0

    def undulation_m(self, lat_deg: float, lon_deg: float) -> float:
        """Metres of the geoid above the ellipsoid, between the four nearest samples."""
        rows, columns = self.samples.shape
        y, x = (90.0 - lat_deg) / 180.0 * (rows - 1), ((lon_deg - self.west_deg) % 360.0) / 360.0 * columns
        i, j = min(int(y), rows - 2), int(x) % columns
        down, right, after = y - i, x - int(x), (j + 1) % columns
        upper = float(self.samples[i, j]) * (1 - right) + float(self.samples[i, after]) * right
        lower = float(self.samples[i + 1, j]) * (1 - right) + float(self.samples[i + 1, after]) * right
        sample = float(upper * (1 - down) + lower * down)
        return self.offset_m + self.scale_m * sample


def flat_geoid(undulation_m: float) -> Geoid:
    """One figure for the whole site."""
    return Geoid(f"{undulation_m:g} m", np.full((2, 1), undulation_m), 0.0, 1.0)


def read_geoid(path: Path) -> Geoid:
    """The grid in a file; it is read where it is asked, not as a whole. Raises ReliefError."""
    try:
        if path.suffix.lower() == ".pgm":
            return _pgm(path)
        if path.suffix.lower() == ".gtx":
            return _gtx(path)
        if path.stat().st_size != DAC_ROWS * DAC_COLUMNS * 2:
            raise ReliefError(
                f"{path.name}: is no .pgm of GeographicLib, no .gtx of PROJ, and not the 721 by 1440 grid of EGM96"
            )
        samples = np.memmap(path, dtype=">i2", mode="r", shape=(DAC_ROWS, DAC_COLUMNS))
        return _sound(Geoid(path.stem, samples, 0.0, 0.01))
    except OSError as error:
        raise ReliefError(f"{path.name}: cannot be read: {error.strerror or error}") from error


def _pgm(path: Path) -> Geoid:
    with path.open("rb") as file:
        begin = file.read(4096)
    head = _PGM.match(begin)
    offset, scale = (found.search(head[1]) if head else None for found in (_OFFSET, _SCALE))
    if head is None or offset is None or scale is None:
        raise ReliefError(f"{path.name}: is no geoid of GeographicLib: no offset and scale at its beginning")
    columns, rows = int(head[2]), int(head[3])
    if rows < 2 or columns < 1 or path.stat().st_size != head.end() + rows * columns * 2:
        raise ReliefError(f"{path.name}: is not as long as its beginning says")
    samples = np.memmap(path, dtype=">u2", mode="r", offset=head.end(), shape=(rows, columns))
    try:
        return _sound(Geoid(path.stem, samples, float(offset[1]), float(scale[1])))
    except ValueError as error:
        raise ReliefError(f"{path.name}: {error}") from error


def _gtx(path: Path) -> Geoid:
    """Where it begins in the south and west, its steps, rows and columns; then metres, from the south up."""
    with path.open("rb") as file:
        head = file.read(_GTX.size)
    if len(head) < _GTX.size:
        raise ReliefError(f"{path.name}: is no geoid of PROJ: it ends before its heights begin")
    south, west, step_lat, step_lon, rows, columns = _GTX.unpack(head)
    if rows < 2 or columns < 1 or path.stat().st_size != _GTX.size + rows * columns * 4:
        raise ReliefError(f"{path.name}: is not as long as its beginning says")
    whole = (
        math.isclose(south, -90) and math.isclose(step_lat * (rows - 1), 180) and math.isclose(step_lon * columns, 360)
    )
    if not (whole and math.isfinite(west)):
        raise ReliefError(f"{path.name}: does not cover the whole Earth")
    metres = np.memmap(path, dtype=">f4", mode="r", offset=_GTX.size, shape=(rows, columns))
    return _sound(Geoid(path.stem, metres[::-1], 0.0, 1.0, west))


def _sound(geoid: Geoid) -> Geoid:
    """A grid that was read in the wrong form tells heights that there are not."""
    asked = (geoid.undulation_m(lat, lon) for lat in (-60.0, -30.0, 0.0, 30.0, 60.0) for lon in range(0, 360, 60))
    if not all(math.isfinite(height) and abs(height) <= HIGHEST_M for height in asked):
        raise ReliefError(f"{geoid.name}: tells heights beyond {HIGHEST_M:.0f} m: is no grid of a geoid")
    return geoid
