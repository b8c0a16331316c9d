"""A DroneKit script beside ground control: take off, fly a little north, come home.

Give ground control a door for it, `links = ["...", "guest+udpin://127.0.0.1:14560?allow=all"]`, then

    python docs/examples/dronekit_script.py udpout:127.0.0.1:14560

Ground control goes on hearing, recording and guarding the vehicle; the script sets no rates and no signing.
Its system id must not be ground control's.
"""

import sys
import time
from collections.abc import Callable

from gcs.dronekit_compat import import_dronekit

SCRIPT_SYSID = 251
HEIGHT_M = 10
NORTH_DEG = 0.0002


def until(true: Callable[[], object], within_s: float = 60.0) -> None:
    end = time.monotonic() + within_s
    while not true():
        if time.monotonic() > end:
            raise TimeoutError("the vehicle did not do it in time")
        time.sleep(0.05)


def fly(url: str) -> None:
    dronekit = import_dronekit()
    vehicle = dronekit.connect(url, source_system=SCRIPT_SYSID, wait_ready=["armed", "mode"], heartbeat_timeout=20)
    try:
        until(lambda: vehicle.location.global_relative_frame.lat)
        vehicle.mode = dronekit.VehicleMode("GUIDED")
        until(lambda: vehicle.mode.name == "GUIDED")
        vehicle.armed = True
        until(lambda: vehicle.armed)
        vehicle.simple_takeoff(HEIGHT_M)
        until(lambda: vehicle.location.global_relative_frame.alt > HEIGHT_M - 1)
        here = vehicle.location.global_relative_frame
        vehicle.simple_goto(dronekit.LocationGlobalRelative(here.lat + NORTH_DEG, here.lon, HEIGHT_M))
        until(lambda: vehicle.location.global_relative_frame.lat > here.lat + 0.9 * NORTH_DEG)
        vehicle.mode = dronekit.VehicleMode("RTL")
        until(lambda: not vehicle.armed)
    finally:
        vehicle.close()


if __name__ == "__main__":
    fly(sys.argv[1])
