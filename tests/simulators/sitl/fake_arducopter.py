"""Stands in for ArduPilot's SITL binary: its command line, with our own simulated vehicle behind it.

FAKE_SITL in the environment makes it fail: `dies` ends it at once, `deaf` keeps it from ever being ready.
"""

import argparse
import asyncio
import os
import sys
from pathlib import Path

from simulators.fleet import FleetError, SimFleet, VehicleSpec

STORAGE = Path("eeprom.bin")


def options():
    parser = argparse.ArgumentParser()
    for name in ("model", "home", "serial0", "defaults"):
        parser.add_argument(f"--{name}", required=True)
    for name in ("sysid", "instance", "base-port", "rc-in-port"):
        parser.add_argument(f"--{name}", required=True, type=int)
    parser.add_argument("--speedup", required=True, type=float)
    return parser.parse_args()


def parameters(files):
    pairs = [line.split() for file in files.split(",") for line in Path(file).read_text().splitlines()]
    return {name: float(value) for name, value in pairs}


async def fly(chosen):
    lat, lon, alt, heading = map(float, chosen.home.split(","))
    params = parameters(chosen.defaults)
    if params["MAV_SYSID"] != chosen.sysid:
        sys.exit("the parameter file names another vehicle")
    warm = os.environ.get("FAKE_SITL") != "deaf"
    spec = VehicleSpec(chosen.sysid, lat, lon, alt, heading, warm=warm)
    async with SimFleet([spec], speedup=chosen.speedup, base_port=chosen.base_port, extra_ports=True):
        await asyncio.sleep(3600)


def main():
    chosen = options()
    print(f"storage {'kept' if STORAGE.exists() else 'new'}", flush=True)
    STORAGE.touch()
    if os.environ.get("FAKE_SITL") == "dies":
        sys.exit(f"bind failed on port {chosen.base_port}")
    try:
        asyncio.run(fly(chosen))
    except FleetError as error:
        sys.exit(str(error))


main()
