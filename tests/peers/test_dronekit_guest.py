"""Scripts fly vehicles through the doors that ground control opens for whoever has taken them."""

import asyncio
import contextlib
import importlib.util
import socket
from pathlib import Path

import aiohttp
import pytest

pytest.importorskip("pymavlink")
from pymavlink import mavutil

from gcs.app import GroundControl
from gcs.config import load_config
from gcs.dronekit_compat import import_dronekit
from simulators.fleet import SimFleet, VehicleSpec

pytestmark = [pytest.mark.peer, pytest.mark.timeout(120)]
SCRIPT = Path(__file__).parents[2] / "docs/examples/dronekit_script.py"
HOME_LAT, HOME_LON, SPEEDUP = 29.9, 121.84, 15.0
MANY = 40
"""Ports for a range in which some are surely free."""


def example():
    spec = importlib.util.spec_from_file_location("dronekit_script", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def free_range():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        first = min(probe.getsockname()[1], 65535 - MANY)
    return f"{first}-{first + MANY}"


class Desk:
    """A ground control with two vehicles and doors for scripts."""

    def __init__(self, control, http, fleet):
        self.control, self.http, self.fleet = control, http, fleet

    async def get(self, path):
        async with self.http.get(f"api/v1/{path}") as answer:
            return await answer.json()

    async def ask(self, vehicle, what, seat="script", **more):
        body, path = {"confirm": vehicle, **more}, f"api/v1/vehicles/{vehicle}/{what}"
        async with self.http.post(path, json=body, headers={"X-Seat": seat}) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def vehicle(self, name):
        return await self.get(f"vehicles/{name}")

    async def until(self, condition):
        async with asyncio.timeout(30):
            while not await condition():  # noqa: ASYNC110  ground control is asked over HTTP
                await asyncio.sleep(0.05)

    async def record(self, kind, count=1):
        """Events of that kind, once there are so many."""
        found = []

        async def enough():
            found[:] = [event for event in await self.get("events?limit=1000") if event["kind"] == kind]
            return len(found) >= count

        await self.until(enough)
        return found


@pytest.fixture
async def desk(tmp_path):
    specs = [VehicleSpec(sysid=n, lat_deg=HOME_LAT + n * 1e-4, lon_deg=HOME_LON) for n in (1, 2)]
    async with SimFleet(specs, speedup=SPEEDUP) as fleet:
        flags = {"data": str(tmp_path), "http": "127.0.0.1:0", "links": fleet.urls, "scripts": free_range()}
        async with (
            GroundControl(load_config(None, {}, flags)) as control,
            aiohttp.ClientSession(f"{control.url}/") as http,
        ):
            made = Desk(control, http, fleet)

            async def known():
                vehicles = {v["id"]: v for v in (await made.get("state"))["vehicles"]}
                return len(vehicles) == 2 and all(v["mission_known"] and v["prearm_ok"] for v in vehicles.values())

            await made.until(known)
            yield made


async def test_the_example_takes_a_vehicle_flies_it_through_its_door_and_lets_go(desk):
    pytest.importorskip("monotonic")
    await asyncio.to_thread(example().main, "main-1", desk.control.url)
    one, two = desk.fleet.vehicles
    flown = await desk.record("guest.command")

    assert one.vehicle.body.on_ground
    assert abs(one.vehicle.body.north_m) < 0.5
    assert two.vehicle.body.on_ground
    assert {event["vehicle"] for event in await desk.record("vehicle.armed")} == {"main-1"}
    assert {(event["actor"], event["vehicle"]) for event in flown} == {("script", "main-1")}
    assert {"COMPONENT_ARM_DISARM", "NAV_TAKEOFF"} <= {event["data"].get("command") for event in flown}
    assert [(e["actor"], e["vehicle"]) for e in await desk.record("script.opened")] == [("script", "main-1")]
    assert [(e["actor"], e["vehicle"]) for e in await desk.record("script.closed")] == [("script", "main-1")]
    assert (await desk.vehicle("main-1"))["script"] is None


class Caller:
    """pymavlink at a door; `heard` are the frames that came."""

    def __init__(self, connect):
        self.line = mavutil.mavlink_connection(connect, source_system=251, autoreconnect=False)

    def hear(self, name, within_s=10.0):
        return self.line.recv_match(type=name, blocking=True, timeout=within_s)

    def command(self, system, number, *params):
        values = [*params, *[0] * (7 - len(params))]
        self.line.mav.command_long_send(system, 1, number, 0, *values)

    def close(self):
        self.line.close()


@pytest.fixture
def call():
    callers = []

    def make(connect):
        callers.append(Caller(connect))
        return callers[-1]

    yield make
    for caller in callers:
        caller.close()


async def test_pymavlink_hears_one_vehicle_alone_and_reaches_no_other(desk, call):
    taken = await desk.ask("main-2", "lease")
    await desk.ask("main-1", "lease")
    caller = await asyncio.to_thread(call, taken["script"]["connect"])
    systems = set()
    for _ in range(60):
        systems.add((await asyncio.to_thread(caller.hear, None)).get_srcSystem())
    await asyncio.to_thread(caller.command, 1, 400, 1)
    refused = await asyncio.to_thread(caller.hear, "COMMAND_ACK")
    await asyncio.to_thread(caller.command, 2, 176, 1, 4)
    done = await asyncio.to_thread(caller.hear, "COMMAND_ACK")

    assert systems == {2}
    assert (refused.get_srcSystem(), refused.command, refused.result) == (255, 400, 2)
    assert (done.get_srcSystem(), done.command, done.result) == (2, 176, 0)

    async def in_guided():
        return (await desk.vehicle("main-2"))["mode"] == "GUIDED"

    await desk.until(in_guided)
    (event,) = await desk.record("guest.refused")
    assert (event["actor"], event["vehicle"], event["data"]["command"]) == ("script", "main-1", "COMPONENT_ARM_DISARM")
    assert "alone" in event["data"]["reason"]
    assert not (await desk.vehicle("main-1"))["armed"]
    assert [(e["vehicle"], e["data"]["command"]) for e in await desk.record("guest.command")] == [
        ("main-2", "DO_SET_MODE")
    ]


async def test_whoever_takes_the_vehicle_over_cuts_the_script_off(desk, call):
    taken = await desk.ask("main-1", "lease")
    caller = await asyncio.to_thread(call, taken["script"]["connect"])
    assert await asyncio.to_thread(caller.hear, "HEARTBEAT")

    async def connected():
        return (await desk.vehicle("main-1"))["script"]["callers"] == 1

    await desk.until(connected)
    over = await desk.ask("main-1", "lease", seat="pilot", take_over=True)
    assert over["script"] == {"connect": taken["script"]["connect"], "callers": 0, "refused": 0}

    def cut_off():
        with contextlib.suppress(OSError):
            while True:
                caller.line.port.settimeout(10.0)
                if not caller.line.port.recv(4096):
                    return True
        return True

    assert await asyncio.to_thread(cut_off)
    assert [event["actor"] for event in await desk.record("script.closed")] == ["script"]
    await desk.ask("main-1", "release", seat="pilot")
    assert (await desk.vehicle("main-1"))["script"] is None


async def test_a_mission_that_a_script_uploads_is_unknown_and_not_flown_until_it_was_read_back(desk, call):
    taken = await desk.ask("main-1", "lease")
    caller = await asyncio.to_thread(call, taken["script"]["connect"])
    line = caller.line

    def upload():
        assert caller.hear("HEARTBEAT")
        line.mav.mission_count_send(1, 1, 2)
        for seq in range(2):
            asked = caller.hear(["MISSION_REQUEST", "MISSION_REQUEST_INT"])
            assert asked.seq == seq
            at = (int(HOME_LAT * 1e7), int(HOME_LON * 1e7), 20.0)
            line.mav.mission_item_int_send(1, 1, seq, 3, 16, 0, 1, 0, 0, 0, 0, *at)
        done = caller.hear("MISSION_ACK")
        caller.command(1, 400, 1)
        return done.type, caller.hear("COMMAND_ACK")

    accepted, armed = await asyncio.to_thread(upload)
    assert accepted == 0
    assert (armed.get_srcSystem(), armed.command, armed.result) == (255, 400, 2)
    (event,) = await desk.record("guest.refused")
    assert "mission is unknown" in event["data"]["reason"]

    async def known():
        vehicle = await desk.vehicle("main-1")
        return vehicle["mission_known"] and vehicle["mission_total"] == 1

    await desk.until(known)
    await asyncio.to_thread(caller.command, 1, 176, 1, 4)
    await asyncio.to_thread(caller.hear, "COMMAND_ACK")
    await asyncio.to_thread(caller.command, 1, 400, 1)
    ack = await asyncio.to_thread(caller.hear, "COMMAND_ACK")
    assert (ack.get_srcSystem(), ack.result) == (1, 0)


async def test_mavsdk_flies_a_vehicle_through_its_door(desk):
    mavsdk = pytest.importorskip("mavsdk.asyncio")
    action = pytest.importorskip("mavsdk.asyncio.plugins.action")
    taken = await desk.ask("main-2", "lease")
    configuration = mavsdk.Configuration.create_with_component_type(mavsdk.ComponentType.GROUND_STATION)
    one, two = (vehicle.vehicle.body for vehicle in desk.fleet.vehicles)
    async with mavsdk.Mavsdk(configuration) as client:
        await client.add_any_connection(f"tcpout://{taken['script']['connect'].removeprefix('tcp:')}")
        system = await client.first_autopilot(timeout_s=10.0)
        assert system is not None
        pilot = action.ActionAsync(system)
        await pilot.set_takeoff_altitude(8.0)
        await pilot.arm()
        await pilot.takeoff()

        async def up():
            return two.up_m > 7.0

        await desk.until(up)
        await pilot.land()

        async def down():
            return two.on_ground

        await desk.until(down)
    assert one.on_ground
    flown = await desk.record("guest.command", 3)
    assert {event["vehicle"] for event in flown} == {"main-2"}
    assert {"COMPONENT_ARM_DISARM", "NAV_TAKEOFF"} <= {event["data"].get("command") for event in flown}


async def test_a_script_that_waits_for_everything_under_dronekits_own_id_gets_all_of_it(desk):
    pytest.importorskip("monotonic")
    taken = await desk.ask("main-1", "lease")

    def connect():
        found = import_dronekit().connect(taken["script"]["connect"], wait_ready=True)
        try:
            return len(found.parameters), found.mode.name
        finally:
            found.close()

    held, mode = await asyncio.to_thread(connect)
    assert held > 1300
    assert mode == (await desk.vehicle("main-1"))["mode"]
