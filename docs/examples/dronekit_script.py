"""A DroneKit script beside ground control: take a vehicle, fly it up, a little north and home, let go of it.

Ground control offers every vehicle that somebody has taken to scripts on its machine, on a port of its own:

    aeropatrol serve --scripts 14600-14855
    python docs/examples/dronekit_script.py main-1

The script commands in the name of its seat, that vehicle and no other, for as long as nobody takes it over. Ground
control goes on hearing, recording and guarding the vehicle; the script sets no rates and no signing, and its system id
is neither ground control's nor a vehicle's. Where the pages ask for a token, it is read from AEROPATROL_TOKEN.
"""

import json
import os
import sys
import time
import urllib.request
from collections.abc import Callable
from typing import Any

from gcs.dronekit_compat import import_dronekit

GROUND_CONTROL = "http://127.0.0.1:8080"
SEAT = "script"
SCRIPT_SYSID = 251
HEIGHT_M = 10
NORTH_DEG = 0.0002


def ask(base: str, vehicle: str, what: str) -> dict[str, Any]:
    """Take (`lease`) or let go of (`release`) a vehicle; who holds it, and where a script may connect."""
    headers = {"Content-Type": "application/json", "X-Seat": SEAT}
    if token := os.environ.get("AEROPATROL_TOKEN"):
        headers["Authorization"] = f"Bearer {token}"
    body = json.dumps({"confirm": vehicle}).encode()
    if not base.startswith(("http://", "https://")):
        raise ValueError(f"{base} is no address of ground control")
    request = urllib.request.Request(f"{base}/api/v1/vehicles/{vehicle}/{what}", body, headers)  # noqa: S310
    with urllib.request.urlopen(request, timeout=10.0) as answer:  # noqa: S310
        return dict(json.load(answer))


def until(true: Callable[[], object], within_s: float = 60.0) -> None:
    end = time.monotonic() + within_s
    while not true():
        if time.monotonic() > end:
            raise TimeoutError("the vehicle did not do it in time")
        time.sleep(0.05)


def fly(connect: str) -> None:
    """Fly the vehicle at that address, such as `tcp:127.0.0.1:14601`."""
    dronekit = import_dronekit()
    vehicle = dronekit.connect(connect, source_system=SCRIPT_SYSID, wait_ready=["armed", "mode"], heartbeat_timeout=20)
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


def main(vehicle: str, base: str = GROUND_CONTROL) -> None:
    taken = ask(base, vehicle, "lease")
    if not taken.get("script"):
        sys.exit("ground control offers no ports to scripts: start it with --scripts 14600-14855")
    try:
        fly(taken["script"]["connect"])
    finally:
        ask(base, vehicle, "release")


if __name__ == "__main__":
    main(*sys.argv[1:])
