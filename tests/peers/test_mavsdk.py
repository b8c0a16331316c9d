"""MAVSDK takes the simulated vehicle for a vehicle: connects, uploads, arms, takes off, flies, comes home."""

import asyncio

import pytest

mavsdk = pytest.importorskip("mavsdk.asyncio")
from mavsdk.asyncio.plugins.action import ActionAsync  # noqa: E402
from mavsdk.asyncio.plugins.mission_raw import MissionItem, MissionRawAsync  # noqa: E402
from mavsdk.asyncio.plugins.telemetry import TelemetryAsync  # noqa: E402

pytestmark = [pytest.mark.peer, pytest.mark.timeout(60)]


async def until(true, within_s=20.0):
    deadline = asyncio.get_running_loop().time() + within_s
    while not true():
        assert asyncio.get_running_loop().time() < deadline, "it did not happen in time"
        await asyncio.sleep(0.05)


async def next_where(updates, wanted, within_s=20.0):
    async def find():
        async for update in updates:
            if wanted(update):
                return update
        return None

    return await asyncio.wait_for(find(), within_s)


@pytest.fixture
async def system(vehicle):
    port, _ = vehicle
    configuration = mavsdk.Configuration.create_with_component_type(mavsdk.ComponentType.GROUND_STATION)
    async with mavsdk.Mavsdk(configuration) as client:
        await client.add_any_connection(f"tcpout://127.0.0.1:{port}")
        found = await client.first_autopilot(timeout_s=10.0)
        assert found is not None
        yield found


async def test_it_takes_off_flies_a_raw_mission_and_returns(system, vehicle, mission):
    simulated = vehicle[1].vehicles[0].vehicle
    raw, action, telemetry = MissionRawAsync(system), ActionAsync(system), TelemetryAsync(system)
    await raw.upload_mission(
        [
            MissionItem(seq, frame, command, int(seq == 0), 1, p1, 0.0, 0.0, 0.0, x, y, z, 0)
            for seq, (command, frame, p1, x, y, z) in enumerate(mission)
        ]
    )
    held = await raw.download_mission()
    assert [item.command for item in held] == [16, 22, 16, 16, 20]

    await telemetry.set_rate_position(10.0)
    await action.set_takeoff_altitude(10.0)
    await action.arm()
    await action.takeoff()
    await next_where(telemetry.subscribe_in_air(), lambda in_air: in_air)
    await next_where(telemetry.subscribe_position(), lambda p: p.relative_altitude_m > 9.0)
    await raw.start_mission()
    await next_where(raw.subscribe_mission_progress(), lambda progress: progress.current >= 3)
    await until(lambda: simulated.body.east_m > 5.0)
    await action.return_to_launch()
    await next_where(telemetry.subscribe_armed(), lambda armed: not armed)
    assert abs(simulated.body.north_m) < 0.5
    assert abs(simulated.body.east_m) < 0.5
