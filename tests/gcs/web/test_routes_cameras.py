"""Gimbal and cameras over HTTP: what they can is done, and shown afterwards."""

from math import isnan

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


@pytest.mark.parametrize(("rest", "flag"), [("neutral", 2.0), ("stow", 1.0)])
async def test_a_gimbal_rests_by_the_flags_of_its_manager(api, behind, rest, flag):
    heard(behind, "GIMBAL_MANAGER_STATUS", 1, primary_control_sysid=255, primary_control_compid=190)
    assert (await api.post(f"{BASE}/gimbal", json={"rest": rest, "confirm": "main-1"})).status == 200
    (message,) = sent(behind)
    assert (message.command, message.param5) == (MavCmd.DO_GIMBAL_MANAGER_PITCHYAW, flag)
    assert all(map(isnan, (message.param1, message.param2, message.param3, message.param4)))


async def test_a_gimbal_is_pointed_or_rests(api, behind, refused):
    for body in ({"confirm": "main-1"}, {**LOOK, "rest": "stow"}):
        await refused(await api.post(f"{BASE}/gimbal", json=body), 422, "body.invalid")
    assert sent(behind) == []


CAPTURE, SETTINGS, TRACKING = 262, 260, 275
DEEDS = [
    ({"action": "photo"}, 2000, {"param3": 1.0}, (512, CAPTURE)),
    ({"action": "start_video"}, 2500, {}, (512, CAPTURE)),
    ({"action": "stop_video"}, 2501, {}, (512, CAPTURE)),
    ({"action": "zoom", "share": 0.25}, 531, {"param1": 2.0, "param2": 25.0}, (512, SETTINGS)),
    ({"action": "focus", "share": 1}, 532, {"param1": 2.0, "param2": 100.0}, (512, SETTINGS)),
    ({"action": "focus", "share": None}, 532, {"param1": 4.0}, (512, SETTINGS)),
    ({"action": "track_point", "x": 0.5, "y": 0.25}, 2004, {"param1": 0.5, "param2": 0.25}, (511, TRACKING)),
    ({"action": "track_box", "box": [0.25, 0.25, 0.5, 0.75]}, 2005, {"param1": 0.25, "param4": 0.75}, (511, TRACKING)),
    ({"action": "stop_tracking"}, 2010, {}, (511, TRACKING)),
]


@pytest.mark.parametrize(("body", "number", "params", "shown_by"), DEEDS, ids=lambda value: str(value)[:40])
async def test_a_camera_is_asked_at_its_own_address_and_then_what_came_of_it(
    api, behind, body, number, params, shown_by
):
    heard(behind, "CAMERA_CAPTURE_STATUS", 100)
    answer = await api.post(f"{BASE}/camera", json={**body, "confirm": "main-1"})
    assert (await answer.json())["command"] == body["action"]
    deed, telling = sent(behind)
    assert (deed.command, deed.target_component, telling.target_component) == (number, 100, 100)
    assert {name: getattr(deed, name) for name in params} == params
    assert (telling.command, telling.param1) == shown_by


async def test_what_a_camera_says_it_cannot_is_not_asked_of_it(api, behind, refused):
    heard(behind, "CAMERA_INFORMATION", 100, flags=2)
    await refused(
        await api.post(f"{BASE}/camera", json={"action": "zoom", "share": 0.5, "confirm": "main-1"}), 409,
        "camera.cannot",
    )  # fmt: skip
    assert sent(behind) == []
    assert (await api.post(f"{BASE}/camera", json={"action": "photo", "confirm": "main-1"})).status == 200


@pytest.mark.parametrize(
    "body",
    [
        {"action": "zoom"},
        {"action": "zoom", "share": 1.5},
        {"action": "track_box", "box": [0, 0, 1]},
        {"action": "bend"},
    ],
    ids=str,
)
async def test_a_deed_needs_its_numbers(api, behind, refused, body):
    await refused(await api.post(f"{BASE}/camera", json={**body, "confirm": "main-1"}), 422, "body.invalid")
    assert sent(behind) == []


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
