"""A simulated vehicle on a real port, and a short mission round it, for programs that nobody here wrote."""

import pytest

from simulators.fleet import SimFleet, VehicleSpec

HOME_LAT, HOME_LON = 29.9, 121.84
SPEEDUP = 15.0


@pytest.fixture
async def vehicle():
    """The port of one vehicle that is ready to fly, fifteen times as fast as real; and the fleet."""
    fleet = SimFleet([VehicleSpec(sysid=1, lat_deg=HOME_LAT, lon_deg=HOME_LON)], speedup=SPEEDUP)
    async with fleet:
        yield int(fleet.urls[0].rsplit(":", 1)[1]), fleet


@pytest.fixture
def mission():
    """Rows of (command, frame, p1, x, y, z): home, take-off, two waypoints, return."""
    north, east = round((HOME_LAT + 0.0003) * 1e7), round((HOME_LON + 0.0003) * 1e7)
    return [
        (16, 0, 0.0, round(HOME_LAT * 1e7), round(HOME_LON * 1e7), 10.0),
        (22, 3, 0.0, 0, 0, 12.0),
        (16, 3, 0.0, north, round(HOME_LON * 1e7), 12.0),
        (16, 3, 0.0, north, east, 12.0),
        (20, 0, 0.0, 0, 0, 0.0),
    ]
