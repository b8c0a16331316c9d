"""Real ArduPilot vehicles and a ground control, both run as a person runs them.

`make test-sitl` runs these; without TEST_SITL=1 they are not even collected.
"""

import asyncio
import json
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import aiohttp
import pytest

from gcs.cli.patrol import PatrolDriver
from simulators.sitl.binary import SitlError, find_binary

VEHICLES, SPEEDUP, BASE_PORT = 2, 8, 17_600
SWAP_S = 20
LAT, LON = 29.9, 121.84
METRES_PER_LAT, METRES_PER_LON = 110_850.0, 96_600.0

if os.environ.get("TEST_SITL") != "1":
    collect_ignore_glob = ["test_*.py"]


@pytest.fixture(scope="session")
def binary():
    try:
        return find_binary(None, os.environ, Path.cwd())
    except SitlError as error:
        pytest.skip(str(error))


def start(*arguments, errors):
    command = [sys.executable, "-m", "gcs", *map(str, arguments), "--json"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True)


@pytest.fixture
def aeropatrol():
    """Starts `aeropatrol` with arguments; its output is JSON, `errors` a file for what it tells."""
    return start


@pytest.fixture(scope="session")
def vehicles(binary, tmp_path_factory):
    """Two vehicles side by side, ready for take-off: what `aeropatrol sitl` tells of them."""
    folder = tmp_path_factory.mktemp("sitl")
    options = ("--vehicles", VEHICLES, "--speedup", SPEEDUP, "--base-port", BASE_PORT, "--folder", folder)
    battery = ("--swap-s", SWAP_S)
    with (folder / "errors.txt").open("w") as errors:
        process = start("sitl", "--binary", binary, *options, *battery, errors=errors)
        line = process.stdout.readline()
        assert line, (folder / "errors.txt").read_text()
        yield json.loads(line)["vehicles"]
        process.terminate()
        assert process.wait(20) == 0


class Centre:
    """A ground control in a process of its own, and somebody who works at it."""

    ids = tuple(f"main-{1 + n}" for n in range(VEHICLES))

    def __init__(self, vehicles, folder):
        self._links = [part for vehicle in vehicles for part in ("--link", vehicle["urls"][0])]
        self._folder = folder
        self._process = None
        self._session = None
        self._driver = None

    async def open(self):
        with (self._folder / "errors.txt").open("a") as errors:
            where = ("--http", "127.0.0.1:0", "--data", self._folder)
            self._process = start("serve", *where, *self._links, errors=errors)
        line = await asyncio.to_thread(self._process.stdout.readline)
        assert line, (self._folder / "errors.txt").read_text()
        self._session = aiohttp.ClientSession()
        self._driver = PatrolDriver(self._session, json.loads(line)["url"])

    async def close(self):
        await self.kill(self._process.terminate)

    async def kill(self, how=None):
        """End the process at once, as a power cut does."""
        await self._session.close()
        (how or self._process.kill)()
        await asyncio.to_thread(self._process.wait, 20)

    async def vehicles(self):
        """By name."""
        return {v["id"]: v for v in (await self._driver.get("/state"))["vehicles"]}

    async def events(self):
        return await self._driver.get("/events?limit=1000")

    async def operation(self, name):
        return await self._driver.get(f"/operations/{name}")

    async def sorties(self, name):
        """Status and progress by vehicle, first sorties only."""
        return {s["vehicle"]: (s["status"], s["progress"]) for s in (await self.operation(name))["sorties"]}

    async def ready(self):
        async def good():
            known = await self.vehicles()
            return all(v in known and known[v]["prearm_ok"] and known[v]["ekf_ok"] for v in self.ids) and all(
                known[v]["mission_known"] and known[v]["home_lat"] and not known[v]["armed"] for v in self.ids
            )

        await self.until(good, 90)

    async def patrol(self, width_m=170, height_m=110, **more):
        """Plan an area north-east of the vehicles for both of them, and launch."""
        await self.ready()
        request = {"area": area(width_m, height_m), "drones": VEHICLES, "swath_m": 40, "altitude_m": 40}
        plan = await self._driver.plan({**request, "starts": [[LAT, LON]], **more})
        return await self._driver.start(plan["properties"]["hash"], "Trial", "trial of the system", self.ids)

    async def ask(self, name, step, **body):
        return await self._driver._request("POST", f"/operations/{name}/{step}", body)

    def flies_in(self, vehicle, mode):
        async def there():
            return (await self.vehicles())[vehicle]["mode"] == mode

        return there

    async def surveying(self, name):
        """Wait until both are in their lanes."""

        async def out():
            return all(status == "flying" and at >= 2 for status, at in (await self.sorties(name)).values())

        await self.until(out, 90)

    async def over(self, name):
        """Wait for the report; the operation as it ended."""

        async def ended():
            return (await self.operation(name)).get("report")

        await self.until(ended, 240)
        return await self.operation(name)

    async def until(self, true, limit_s):
        deadline = asyncio.get_running_loop().time() + limit_s
        while not await true():
            assert asyncio.get_running_loop().time() < deadline, [
                (event["kind"], event["vehicle"], event["data"]) for event in (await self.events())[-12:]
            ]
            await asyncio.sleep(0.2)


def area(width_m, height_m, east_m=60.0, north_m=60.0):
    corners = [(0, 0), (width_m, 0), (width_m, height_m), (0, height_m), (0, 0)]
    ring = [[LON + (east_m + x) / METRES_PER_LON, LAT + (north_m + y) / METRES_PER_LAT] for x, y in corners]
    return {"type": "Polygon", "coordinates": [ring]}


@pytest.fixture
async def centre(vehicles, tmp_path):
    one = Centre(vehicles, tmp_path)
    await one.open()
    yield one
    await one.close()


@pytest.fixture
def second_station(vehicles):
    """Another ground station (pymavlink) on the first vehicle's second port."""
    from pymavlink import mavutil

    @contextmanager
    def station():
        address = vehicles[0]["urls"][1].replace("tcpout://", "tcp:")
        link = mavutil.mavlink_connection(address, source_system=254)
        try:
            assert link.wait_heartbeat(timeout=10) is not None
            yield link
        finally:
            link.close()

    return station
