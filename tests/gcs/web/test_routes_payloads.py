"""Gimbal and camera over HTTP."""

import pytest

from telemetry.constants import MavCmd
from telemetry.messages import new
from telemetry.received import Origin, Received

BASE = "/api/v1/vehicles/main-1"
LOOK = {"pitch_deg": -45, "yaw_deg": 10, "confirm": "main-1"}
ORIGIN = Origin("udpin://0.0.0.0:14550", "10.0.0.1:14550")


def heard(behind, name, compid, **fields):
    behind.payloads.receive("main-1", Received(new(name, **fields), 1, compid, 0, ORIGIN, 0.0), 0.0)


def sent(behind):
    return [message for _, message, _ in behind.station.sent]


async def test_control_is_taken_before_the_gimbal_is_pointed(api, behind):
    assert (await api.post(f"{BASE}/gimbal", json=LOOK)).status == 200
    take, point = sent(behind)
    assert (take.command, take.param1) == (MavCmd.DO_GIMBAL_MANAGER_CONFIGURE, -2.0)
    assert (point.command, point.param1, point.param2) == (MavCmd.DO_GIMBAL_MANAGER_PITCHYAW, -45.0, 10.0)


async def test_control_that_is_ours_already_is_not_taken_again(api, behind):
    heard(behind, "GIMBAL_MANAGER_STATUS", 1, primary_control_sysid=255, primary_control_compid=190)
    await api.post(f"{BASE}/gimbal", json=LOOK)
    assert [message.command for message in sent(behind)] == [MavCmd.DO_GIMBAL_MANAGER_PITCHYAW]


@pytest.mark.parametrize(("action", "number"), [("photo", 2000), ("start_video", 2500), ("stop_video", 2501)])
async def test_a_camera_is_asked_at_its_own_address(api, behind, action, number):
    heard(behind, "CAMERA_CAPTURE_STATUS", 100)
    answer = await api.post(f"{BASE}/camera", json={"action": action, "confirm": "main-1"})
    assert (await answer.json())["command"] == action
    (message,) = sent(behind)
    assert (message.command, message.target_component) == (number, 100)


async def test_without_a_camera_of_its_own_the_autopilot_is_asked(api, behind, refused):
    await api.post(f"{BASE}/camera", json={"action": "photo", "confirm": "main-1"})
    assert sent(behind)[0].target_component == 1
    wrong = {"action": "photo", "camera": "100-0", "confirm": "main-1"}
    await refused(await api.post(f"{BASE}/camera", json=wrong), 404, "camera.unknown")


async def test_the_vehicle_is_named_twice_and_held(api, behind, refused):
    await refused(await api.post(f"{BASE}/gimbal", json={**LOOK, "confirm": "main-2"}), 422, "command.not_confirmed")
    await api.post(f"{BASE}/lease", json={"confirm": "main-1"}, headers={"X-Seat": "chen"})
    for path, body in (("gimbal", LOOK), ("camera", {"action": "photo", "confirm": "main-1"})):
        await refused(await api.post(f"{BASE}/{path}", json=body, headers={"X-Seat": "wang"}), 409, "vehicle.held")
    assert sent(behind) == []
