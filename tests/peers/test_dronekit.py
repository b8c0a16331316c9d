"""A DroneKit script flies the simulated vehicle on today's Python."""

import asyncio
import time

import pytest

pytest.importorskip("pymavlink")
from gcs.dronekit_compat import import_dronekit

pytestmark = [pytest.mark.peer, pytest.mark.timeout(60)]


def until(true, within_s=20.0):
    end = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def fly(port):
    dronekit = import_dronekit()
    vehicle = dronekit.connect(f"tcp:127.0.0.1:{port}", wait_ready=True, timeout=20, heartbeat_timeout=10)
    try:
        until(lambda: vehicle.is_armable)
        vehicle.mode = dronekit.VehicleMode("GUIDED")
        until(lambda: vehicle.mode.name == "GUIDED")
        vehicle.armed = True
        until(lambda: vehicle.armed)
        vehicle.simple_takeoff(10)
        until(lambda: vehicle.location.global_relative_frame.alt > 9.0)

        here = vehicle.location.global_relative_frame
        vehicle.simple_goto(dronekit.LocationGlobalRelative(here.lat + 0.0002, here.lon, 10))
        until(lambda: vehicle.location.global_relative_frame.lat > here.lat + 0.00018)
        vehicle.mode = dronekit.VehicleMode("RTL")
        until(lambda: not vehicle.armed)
        return vehicle.parameters["WPNAV_SPEED"]
    finally:
        vehicle.close()


async def test_a_script_connects_takes_off_goes_somewhere_and_returns(vehicle):
    pytest.importorskip("monotonic")
    port, fleet = vehicle
    assert await asyncio.to_thread(fly, port) == 1000.0
    body = fleet.vehicles[0].vehicle.body
    assert abs(body.north_m) < 0.5
