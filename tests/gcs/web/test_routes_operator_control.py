"""Asking a vehicle itself for control, over HTTP."""

import pytest

from gcs.fleet.takeovers import Takeover
from telemetry.services.command import ONCE, CommandOutcome, sending_of
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


async def test_the_vehicles_question_is_answered_once_by_a_command_or_by_silence(api, behind, refused):
    for action, granted, params in (("grant", True, (1, 1, 10, 255)), ("refuse", False, None)):
        behind.station.sent.clear()
        behind.station.takeovers["main-1"] = Takeover(254, 100.0)
        answer = await api.post(PATH, json={**ASK, "action": action}, headers={"X-Seat": "chen"})
        assert answer.status == 200
        assert behind.station.settled.pop() == (254, "chen", granted)
        sent = [(m.param1, m.param2, m.param3, m.param4) for _, m, _ in behind.station.sent]
        assert sent == ([params] if params else [])
        again = await api.post(PATH, json={**ASK, "action": action}, headers={"X-Seat": "chen"})
        await refused(again, 409, "operator.not_asked")


async def test_what_the_vehicle_has_not_taken_is_not_granted(api, behind, refused):
    behind.station.takeovers["main-1"] = Takeover(254, 100.0)
    behind.station.outcome = CommandOutcome(result=None, ok=False, timed_out=True, attempts=1)
    await refused(await api.post(PATH, json={**ASK, "action": "grant"}), 504, "command.timeout")
    assert (behind.station.settled, list(behind.station.takeovers)) == ([], ["main-1"])


def test_it_is_sent_once():
    assert sending_of(request_control((1, 1), 255, allow_takeover=False)) == ONCE


async def test_the_vehicle_is_named_twice_and_held_and_no_recording(api, behind, serve, refused):
    await refused(await api.post(PATH, json={**ASK, "confirm": "main-2"}), 422, "command.not_confirmed")
    await refused(await api.post(PATH, json={**ASK, "timeout_s": 500}), 422, "body.invalid")
    await api.post("/api/v1/vehicles/main-1/lease", json={"confirm": "main-1"}, headers={"X-Seat": "chen"})
    await refused(await api.post(PATH, json=ASK, headers={"X-Seat": "wang"}), 409, "vehicle.held")
    await refused(await (await serve(replay=True)).post(PATH, json=ASK), 409, "replay.read_only")
    assert behind.station.sent == []
