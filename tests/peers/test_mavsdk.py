"""MAVSDK takes the simulated vehicle for a vehicle: connects, uploads, arms, takes off, flies, comes home."""

import asyncio

import pytest

mavsdk = pytest.importorskip("mavsdk.asyncio")
from mavsdk.asyncio.plugins.action import ActionAsync  # noqa: E402
from mavsdk.asyncio.plugins.geofence import (  # noqa: E402
    Circle,
    FenceType,
    GeofenceAsync,
    GeofenceData,
    Point,
    Polygon,
)
from mavsdk.asyncio.plugins.mission_raw import MissionItem, MissionRawAsync  # noqa: E402
from mavsdk.asyncio.plugins.param import ParamAsync  # noqa: E402
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


async def test_a_geofence_is_uploaded_read_back_and_cleared(system):
    fence = GeofenceAsync(system)
    corners = [Point(29.9 + north, 121.84 + east) for north, east in ((-1e-3, -1e-3), (1e-3, -1e-3), (1e-3, 1e-3))]
    circle = Circle(Point(29.9002, 121.8402), 15.0, FenceType.EXCLUSION)
    await fence.upload_geofence(GeofenceData([Polygon(corners, FenceType.INCLUSION)], [circle]))
    held = await fence.download_geofence()
    assert [len(polygon.points) for polygon in held.polygons] == [3]
    assert held.polygons[0].points[1].latitude_deg == pytest.approx(29.901, abs=1e-6)
    assert held.circles[0].radius == pytest.approx(15.0)
    await fence.clear_geofence()


async def test_parameters_of_both_kinds_are_written_and_read_back(system):
    param = ParamAsync(system)
    await param.set_param_float("WPNAV_SPEED", 750.0)
    assert await param.get_param_float("WPNAV_SPEED") == pytest.approx(750.0)
    await param.set_param_int("RTL_ALT", 2500)
    assert await param.get_param_int("RTL_ALT") == 2500


async def test_telemetry_says_where_it_stands_and_how_full_it_is(system):
    telemetry = TelemetryAsync(system)
    await telemetry.set_rate_position(5.0)
    await telemetry.set_rate_battery(5.0)
    position = await next_where(telemetry.subscribe_position(), lambda p: abs(p.latitude_deg - 29.9) < 1e-4)
    assert position.longitude_deg == pytest.approx(121.84, abs=1e-4)
    battery = await next_where(telemetry.subscribe_battery(), lambda b: b.voltage_v > 1.0)
    assert battery.voltage_v == pytest.approx(12.6, abs=0.5)
