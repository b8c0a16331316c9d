"""Promise 7, in the air: the server is killed while its vehicles fly.

Goal: at every kill the vehicles fly on; the next server recognises them, goes on with the operation to its end, has
every sighting that was acknowledged, serves again within 5 s of its own time, and arms nobody who was armed before.
"""

import asyncio
import json
import os
import sys
from collections import Counter
from pathlib import Path

import aiohttp

from simulators.battery import BatterySpec
from simulators.fleet import SimFleet, VehicleSpec

ROOT = Path(__file__).parents[2]
SPEEDUP = 10.0
SERVING_WITHIN_CPU_S = 5.0
HOME = (29.9, 121.84)
AREA = {
    "type": "Polygon",
    "coordinates": [
        [[121.8405, 29.9005], [121.8435, 29.9005], [121.8435, 29.9025], [121.8405, 29.9025], [121.8405, 29.9005]]
    ],
}
KILLED_WHEN = ("launching", "flying", "returning")
"""A kill as soon as a sortie has this status, one after the other."""


class Server:
    """One life of `aeropatrol serve` after another, over the same folder."""

    def __init__(self, folder, links, cpu_s):
        self.cpu_s = cpu_s
        self.command = [sys.executable, "-m", "gcs", "serve", "--json", "--http", "127.0.0.1:0", "--data", str(folder)]
        self.command += [word for link in links for word in ("--link", link)]
        self.environment = {**os.environ, "PYTHONPATH": str(ROOT), "AEROPATROL_LAUNCH_GAP_S": "0.5"}
        self.process, self.url, self.slowest_cpu_s = None, "", 0.0

    async def start(self):
        self.process = await asyncio.create_subprocess_exec(
            *self.command, env=self.environment, cwd=ROOT, stdout=asyncio.subprocess.PIPE
        )
        self.url = json.loads(await self.process.stdout.readline())["url"]
        self.slowest_cpu_s = max(self.slowest_cpu_s, self.cpu_s(self.process.pid))

    async def kill(self):
        self.process.kill()
        await self.process.wait()


class Person:
    """Talks to whichever server lives."""

    def __init__(self, session, server):
        self.session, self.server = session, server
        self.acknowledged = set()

    async def get(self, path):
        async with self.session.get(f"{self.server.url}/api/v1{path}") as answer:
            return await answer.json()

    async def post(self, path, **body):
        async with self.session.post(f"{self.server.url}/api/v1{path}", json=body) as answer:
            told = await answer.json()
            assert answer.status in (200, 201), told
            return told

    async def report(self):
        sighting = await self.post("/sightings", klass="crowd", lat=29.9015, lon=121.8435)
        self.acknowledged.add(sighting["id"])

    async def until(self, true):
        async with asyncio.timeout(60):
            while True:
                state = await self.get("/state")
                if true(state):
                    return state
                await asyncio.sleep(0.1)

    async def launch(self, vehicles):
        plan = await self.post("/plans", area=AREA, drones=len(vehicles), swath_m=60, altitude_m=40, speed_m_s=8)
        drafted = {"plan_hash": plan["properties"]["hash"], "name": "night", "purpose": "patrol", "vehicles": vehicles}
        operation = (await self.post("/operations", **drafted))["id"]
        for step, body in (("check", {}), ("authorise", {"note": "n"}), ("upload", {}), ("launch", {})):
            await self.post(f"/operations/{operation}/{step}", **body)
        return operation


def has_sortie(status):
    return lambda state: any(sortie["status"] == status for sortie in state["operations"][0]["sorties"])


def ready(vehicles):
    return lambda state: {v["id"] for v in state["vehicles"] if v["prearm_ok"] and v["home_lat"]} == set(vehicles)


async def fly(folder, cpu_s):
    """The last state, every event, the sightings acknowledged, and the slowest start."""
    pack = BatterySpec(capacity_mah=11_000.0)
    fleet = SimFleet(
        [VehicleSpec(sysid=n, lat_deg=HOME[0], lon_deg=HOME[1], battery=pack) for n in (1, 2)], speedup=SPEEDUP
    )
    vehicles = ["main-1", "main-2"]
    await fleet.start()
    server = Server(folder, fleet.urls, cpu_s)
    try:
        async with aiohttp.ClientSession() as session:
            person = Person(session, server)
            await server.start()
            await person.until(ready(vehicles))
            await person.launch(vehicles)
            for status in KILLED_WHEN:
                await person.until(has_sortie(status))
                await person.report()
                await server.kill()
                await server.start()
            state = await person.until(lambda state: state["operations"][0]["status"] in ("closed", "aborted"))
            return state, await person.get("/events?limit=1000"), person.acknowledged, server.slowest_cpu_s
    finally:
        if server.process is not None and server.process.returncode is None:
            await server.kill()
        await fleet.stop()


def armed_while_armed(events):
    """Arming commands to vehicles that were last heard armed."""
    armed, wrong = {}, []
    for event in events:
        kind, vehicle = event["kind"], event["vehicle"]
        if kind in ("vehicle.armed", "vehicle.disarmed"):
            armed[vehicle] = kind == "vehicle.armed"
        elif kind == "vehicle.appeared":
            armed[vehicle] = event["data"]["armed"]
        elif kind == "command.sent" and event["data"]["command"] == "COMPONENT_ARM_DISARM" and armed[vehicle]:
            wrong.append(event)
    return wrong


async def test_a_killed_server_takes_its_flight_up_again(tmp_path, cpu_s):
    state, events, acknowledged, slowest_cpu_s = await fly(tmp_path, cpu_s)
    operation = state["operations"][0]
    flown = Counter(sortie["status"] for sortie in operation["sorties"])
    print(
        f"promise 7 in flight: goal all sorties flown through {len(KILLED_WHEN)} kills, 0 sightings lost, serving "
        f"<= {SERVING_WITHIN_CPU_S:.0f} s of CPU; measured {dict(flown)}, slowest start {slowest_cpu_s:.1f} s of CPU"
    )
    assert operation["status"] == "closed"
    assert flown == {"flown": len(operation["sorties"])}
    assert acknowledged <= {sighting["id"] for sighting in state["sightings"]}
    assert armed_while_armed(events) == []
    assert slowest_cpu_s <= SERVING_WITHIN_CPU_S
