"""Asking a vehicle itself for control, over HTTP."""

import pytest

from telemetry.services.command import ONCE, sending_of
from telemetry.services.operator_control import request_control

PATH = "/api/v1/vehicles/main-1/operator"
ASK = {"action": "request", "confirm": "main-1"}
REQUEST_OPERATOR_CONTROL = 32100


@pytest.mark.parametrize(
    ("more", "params"),
    [
        ({}, (1, 0, 10, 255)),
        ({"allow_takeover": True, "timeout_s": 30}, (1, 1, 30, 255)),
        ({"action": "release"}, (0, 0, 0, 255)),
    ],
)
async def test_control_is_asked_for_and_given_back_for_our_system_id(api, behind, more, params):
    answer = await api.post(PATH, json={**ASK, **more}, headers={"X-Seat": "chen"})
    assert answer.status == 200
    ((vehicle, message, actor),) = behind.station.sent
    assert (vehicle, actor, message.command) == ("main-1", "chen", REQUEST_OPERATOR_CONTROL)
    assert (message.param1, message.param2, message.param3, message.param4) == params


def test_it_is_sent_once():
    assert sending_of(request_control((1, 1), 255, allow_takeover=False)) == ONCE


async def test_the_vehicle_is_named_twice_and_held_and_no_recording(api, behind, serve, refused):
    await refused(await api.post(PATH, json={**ASK, "confirm": "main-2"}), 422, "command.not_confirmed")
    await refused(await api.post(PATH, json={**ASK, "timeout_s": 500}), 422, "body.invalid")
    await api.post("/api/v1/vehicles/main-1/lease", json={"confirm": "main-1"}, headers={"X-Seat": "chen"})
    await refused(await api.post(PATH, json=ASK, headers={"X-Seat": "wang"}), 409, "vehicle.held")
    await refused(await (await serve(replay=True)).post(PATH, json=ASK), 409, "replay.read_only")
    assert behind.station.sent == []
