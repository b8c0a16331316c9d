"""TERRAIN_REQUEST: the block of heights around the vehicle that it wants to have, as ArduPilot divides the world.

A block is 24 by 28 points apart, counted from the whole degree south-west of the place; its south-west
corner is asked for until somebody answers, every two seconds once the GPS is there.
"""

from __future__ import annotations

from math import cos, floor, radians
from typing import Final

from simulators.autopilot_state import Vehicle
from telemetry.dialect import Message
from telemetry.messages import new

SPACING_M: Final = 100
SQUARES: Final = 56
AGAIN_S: Final = 2.0
_BLOCK_NORTH, _BLOCK_EAST = 24, 28
_METRES_A_DEGREE: Final = 111_318.84502145


def build(vehicle: Vehicle) -> Message | None:
    if not vehicle.params["TERRAIN_ENABLE"]:
        return None
    if vehicle.has_gps:
        if vehicle.link_s - vehicle.terrain_asked_s < AGAIN_S:
            return None
        vehicle.terrain_asked_s = vehicle.link_s
    lat, lon = corner_deg(*vehicle.position_deg)
    return new(
        "TERRAIN_REQUEST", lat=round(lat * 1e7), lon=round(lon * 1e7), grid_spacing=SPACING_M, mask=(1 << SQUARES) - 1
    )


def corner_deg(lat_deg: float, lon_deg: float) -> tuple[float, float]:
    """The south-west corner of the block in which a place is."""
    south, west = floor(lat_deg), floor(lon_deg)
    shrink = cos(radians((lat_deg + south) / 2))
    north_m, east_m = (lat_deg - south) * _METRES_A_DEGREE, (lon_deg - west) * _METRES_A_DEGREE * shrink
    north_m = north_m // (SPACING_M * _BLOCK_NORTH) * SPACING_M * _BLOCK_NORTH
    east_m = east_m // (SPACING_M * _BLOCK_EAST) * SPACING_M * _BLOCK_EAST
    north_deg = north_m / _METRES_A_DEGREE
    return south + north_deg, west + east_m / (_METRES_A_DEGREE * cos(radians(south + north_deg / 2)))
