"""A DroneKit script flies a vehicle through ground control's own door for guests."""

import asyncio
import importlib.util
from pathlib import Path

import pytest

pytest.importorskip("pymavlink")
from telemetry.links.endpoint import Endpoint
from telemetry.messages import new

pytestmark = [pytest.mark.peer, pytest.mark.timeout(90)]
SCRIPT = Path(__file__).parents[2] / "docs/examples/dronekit_script.py"


def example():
    spec = importlib.util.spec_from_file_location("dronekit_script", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


async def test_the_example_script_flies_a_vehicle_that_ground_control_goes_on_hearing(vehicle):
    pytest.importorskip("monotonic")
    port, fleet = vehicle
    heard, first = [], asyncio.Event()

    def hear(received):
        heard.append(received)
        first.set()

    centre = Endpoint(sysid=255, compid=190, subscribed=frozenset({"HEARTBEAT"}), on_message=hear)
    try:
        await centre.add(f"tcpout://127.0.0.1:{port}")
        door = await centre.add("guest+udpin://127.0.0.1:0?allow=all")
        async with asyncio.timeout(10.0):
            await first.wait()
        centre.send(new("REQUEST_DATA_STREAM", target_system=1, target_component=1, req_message_rate=10, start_stop=1))
        await asyncio.to_thread(example().fly, f"udpout:127.0.0.1:{door.port}")
    finally:
        await centre.stop()
    body = fleet.vehicles[0].vehicle.body
    assert body.on_ground
    assert abs(body.north_m) < 0.5
    assert {received.message.base_mode & 128 for received in heard if received.sysid == 1} == {0, 128}
