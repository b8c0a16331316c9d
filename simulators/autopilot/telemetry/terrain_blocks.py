"""Heights of the ground as ArduPilot keeps them: it asks ground stations for blocks around it and is sent squares.

A block has 28 by 32 points 100 m apart, counted from the whole degree south-west of a place, and overlaps its
neighbours by one square; a square of 4 by 4 points is one TERRAIN_DATA. Asked for are the blocks of the place itself
and of eight places around it.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, floor, radians
from typing import Final

SPACING_M: Final = 100
SQUARES: Final = 56
WHOLE: Final = (1 << SQUARES) - 1
_NORTH, _EAST = 24, 28
_SQUARES_EAST, _SIDE = 8, 4
_AROUND_M: Final = (0.7 * 28 * SPACING_M, 0.7 * 32 * SPACING_M)
_SAME_E7: Final = 5
_METRES_A_DEGREE: Final = 111_318.84502145
Corner = tuple[int, int]
"""South and west edge of a block, in degrees x 1e7."""


class TerrainBlocks:
    """What one vehicle was sent."""

    def __init__(self) -> None:
        self._filled: dict[Corner, int] = {}
        self._heights: dict[Corner, dict[tuple[int, int], int]] = {}

    def look_around(self, lat_deg: float, lon_deg: float) -> None:
        """Blocks around a place are wanted from now on."""
        for corner in corners_around(lat_deg, lon_deg):
            self._filled.setdefault(corner, 0)

    def missing(self, lat_deg: float, lon_deg: float) -> tuple[Corner, int] | None:
        """The block to ask for and the squares that it lacks, as a mask; that of the place goes first."""
        here = corner_of(lat_deg, lon_deg)
        for corner in (here, *self._filled):
            lacking = WHOLE & ~self._filled.get(corner, 0)
            if lacking:
                return corner, lacking
        return None

    def take(self, corner: Corner, spacing_m: int, square: int, heights_m: Sequence[int]) -> None:
        """One square; others than were asked for are ignored."""
        known = next((c for c in self._filled if max(abs(c[0] - corner[0]), abs(c[1] - corner[1])) <= _SAME_E7), None)
        if known is None or spacing_m != SPACING_M or not 0 <= square < SQUARES:
            return
        first = square // _SQUARES_EAST * _SIDE, square % _SQUARES_EAST * _SIDE
        kept = self._heights.setdefault(known, {})
        for index, height in enumerate(heights_m):
            kept[first[0] + index // _SIDE, first[1] + index % _SIDE] = height
        self._filled[known] |= 1 << square

    @property
    def least_pending(self) -> int:
        """Squares of the one block that is wanted before the place is known."""
        return SQUARES

    def counts(self) -> tuple[int, int]:
        """Squares that are pending, and that are there."""
        there = sum(filled.bit_count() for filled in self._filled.values())
        return len(self._filled) * SQUARES - there, there

    def height_m(self, lat_deg: float, lon_deg: float) -> float | None:
        """Above sea level, between the four points around; None where one of them is not there."""
        (north, east), corner = _steps(lat_deg, lon_deg), corner_of(lat_deg, lon_deg)
        x, y = int(north) % _NORTH, int(east) % _EAST
        kept = self._heights.get(corner, {})
        around = [kept.get((x + dx, y + dy)) for dx in (0, 1) for dy in (0, 1)]
        if any(height is None for height in around):
            return None
        south_west, south_east, north_west, north_east = (float(height or 0) for height in around)
        up, right = north % 1, east % 1
        return (1 - right) * ((1 - up) * south_west + up * north_west) + right * (
            (1 - up) * south_east + up * north_east
        )


def _steps(lat_deg: float, lon_deg: float) -> tuple[float, float]:
    """Points north and east of the whole degree south-west of a place."""
    south, west = floor(lat_deg), floor(lon_deg)
    shrink = cos(radians((lat_deg + south) / 2))
    north_m, east_m = (lat_deg - south) * _METRES_A_DEGREE, (lon_deg - west) * _METRES_A_DEGREE * shrink
    return north_m / SPACING_M, east_m / SPACING_M


def corner_of(lat_deg: float, lon_deg: float) -> Corner:
    """The south-west corner of the block in which a place is."""
    north, east = _steps(lat_deg, lon_deg)
    north_m, east_m = north // _NORTH * _NORTH * SPACING_M, east // _EAST * _EAST * SPACING_M
    south, west = floor(lat_deg), floor(lon_deg)
    lat = south + north_m / _METRES_A_DEGREE
    lon = west + east_m / (_METRES_A_DEGREE * cos(radians((south + lat) / 2)))
    return floor(lat * 1e7), floor(lon * 1e7)


def corners_around(lat_deg: float, lon_deg: float) -> list[Corner]:
    """Of the place and of eight around it; each once."""
    found: dict[Corner, None] = {}
    a_degree_east = _METRES_A_DEGREE * max(0.01, cos(radians(lat_deg)))
    for x in (-1, 0, 1):
        for y in (-1, 0, 1):
            lat, lon = lat_deg + x * _AROUND_M[0] / _METRES_A_DEGREE, lon_deg + y * _AROUND_M[1] / a_degree_east
            found[corner_of(lat, lon)] = None
    return list(found)
