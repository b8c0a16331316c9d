"""What a vehicle says of terrain (TERRAIN_REQUEST, TERRAIN_REPORT), and what it takes (TERRAIN_DATA, TERRAIN_CHECK)."""

from __future__ import annotations

from typing import Final

from simulators.autopilot.state import Vehicle
from simulators.autopilot.telemetry.terrain_blocks import SPACING_M
from telemetry.dialect import Message
from telemetry.messages import new

AGAIN_S: Final = 2.0


def request(vehicle: Vehicle) -> Message | None:
    """The next block that lacks something, every two seconds once the GPS is there."""
    if not vehicle.params["TERRAIN_ENABLE"]:
        return None
    if vehicle.has_gps and vehicle.link_s - vehicle.terrain_asked_s < AGAIN_S:
        return None
    missing = vehicle.terrain.missing(*vehicle.position_deg)
    if missing is None:
        return None
    if vehicle.has_gps:
        vehicle.terrain_asked_s = vehicle.link_s
    (lat, lon), mask = missing
    return new("TERRAIN_REQUEST", lat=lat, lon=lon, grid_spacing=SPACING_M, mask=mask)


def report(vehicle: Vehicle) -> Message:
    """For where the vehicle is; before it knows that, of no place."""
    if not vehicle.has_gps:
        return new("TERRAIN_REPORT", spacing=SPACING_M, pending=vehicle.terrain.least_pending)
    return report_for(vehicle, *vehicle.position_deg)


def report_for(vehicle: Vehicle, lat_deg: float, lon_deg: float) -> Message:
    """A spacing of 0 says that the height there is not known."""
    vehicle.terrain.look_around(*vehicle.position_deg)
    height_m, below_m = (vehicle.terrain.height_m(*at) for at in ((lat_deg, lon_deg), vehicle.position_deg))
    pending, loaded = vehicle.terrain.counts()
    return new(
        "TERRAIN_REPORT", lat=round(lat_deg * 1e7), lon=round(lon_deg * 1e7),
        spacing=0 if height_m is None else SPACING_M, terrain_height=height_m or 0.0,
        current_height=vehicle.alt_m - (below_m or 0.0), pending=pending, loaded=loaded,
    )  # fmt: skip


def take(vehicle: Vehicle, message: Message) -> None:
    """TERRAIN_DATA."""
    vehicle.terrain.take((message.lat, message.lon), message.grid_spacing, message.gridbit, message.data)
