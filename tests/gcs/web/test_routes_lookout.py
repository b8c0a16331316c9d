"""What a vehicle does for those on the ground, over HTTP: look, follow, speak, light up."""

import pytest
from msgspec.structs import replace

from gcs.config import Config
from gcs.dispatch.payloads import PayloadSettings
from telemetry.constants import MavCmd, MavResult
from telemetry.services.command import CommandOutcome

ID = "0f8fad5b-d9cb-469f-a165-70867728950e"
SPEAKER = PayloadSettings(name="speaker", zh="喊话器", en="Loudspeaker", relay=0, speaks=True)
LIGHT = PayloadSettings(name="light", zh="探照灯", en="Spotlight", servo=9)


@pytest.fixture
async def post(serve, behind):
    client = await serve(config=Config(data=str(behind.folder), payloads=(SPEAKER, LIGHT)))
    await client.post("/api/v1/sightings", json={"id": ID, "klass": "crowd", "lat": 29.9, "lon": 121.84})

    async def send(path, **body):
        return await client.post(f"/api/v1/vehicles/main-1{path}", json=body, headers={"X-Seat": "li"})

    yield send
    await behind.lookout.stop()


async def test_a_loudspeaker_is_switched_and_what_was_said_is_written_down(post, behind):
    answer = await post("/payloads/speaker", confirm="main-1", text="请佩戴头盔 / wear your helmet")
    assert answer.status == 200
    ((vehicle, message, actor),) = behind.station.sent
    assert (vehicle, actor) == ("main-1", "li")
    assert (message.command, message.param1, message.param2) == (MavCmd.DO_SET_RELAY, 0.0, 1.0)
    used = behind.published[-1]
    assert (used.kind, used.actor, used.vehicle) == ("payload.used", "li", "main-1")
    assert used.data == {"payload": "speaker", "on": True, "text": "请佩戴头盔 / wear your helmet", "taken": True}


@pytest.mark.parametrize(("on", "pulse"), [(True, 1900.0), (False, 1100.0)])
async def test_a_spotlight_on_a_servo_output(post, behind, on, pulse):
    await post("/payloads/light", confirm="main-1", on=on)
    message = behind.station.sent[0][1]
    assert (message.command, message.param1, message.param2) == (MavCmd.DO_SET_SERVO, 9.0, pulse)


async def test_a_place_on_the_map_is_looked_at(post, behind):
    answer = await post("/look", confirm="main-1", place={"lat": 29.91, "lon": 121.85})
    assert (await answer.json())["doing"] == "looks"
    message = behind.station.sent[0][1]
    assert (message.command, message.x, message.y) == (MavCmd.DO_SET_ROI_LOCATION, 299100000, 1218500000)


async def test_one_thing_is_looked_at_at_a_time(post, behind, refused):
    both = await post("/look", confirm="main-1", place={"lat": 29.91, "lon": 121.85}, sighting=ID)
    await refused(both, 422, "body.invalid")
    await refused(await post("/look", confirm="main-1", place={"lat": 91, "lon": 0}), 422, "body.invalid")
    assert behind.station.sent == []


async def test_what_cannot_be_is_refused_and_nothing_sent(post, behind, refused):
    await refused(await post("/payloads/speaker", confirm="main-1"), 422, "payload.no_text")
    await refused(await post("/payloads/speaker", confirm="main-2", text="x"), 422, "command.not_confirmed")
    await refused(await post("/payloads/cannon", confirm="main-1"), 404, "payload.unknown")
    await refused(await post("/look", confirm="main-1", sighting="nothing"), 404, "sighting.unknown")
    await refused(await post("/look", confirm="main-1", unit="nobody"), 404, "unit.unknown")
    behind.desk.units["car-1"] = replace(behind.desk.units["car-1"], lat_deg=None, lon_deg=None)
    await refused(await post("/look", confirm="main-1", unit="car-1"), 409, "unit.no_place")
    assert behind.station.sent == []


async def test_a_use_that_was_refused_is_written_down_as_refused(post, behind, refused):
    behind.station.outcome = CommandOutcome(result=MavResult.DENIED, ok=False, timed_out=False, attempts=1)
    await refused(await post("/payloads/light", confirm="main-1"), 409, "command.refused")
    assert behind.published[-1].data["taken"] is False


async def test_it_looks_at_a_sighting_after_a_unit_and_ahead_again(post, behind):
    for body, doing, command in (
        ({"sighting": ID}, "looks", MavCmd.DO_SET_ROI_LOCATION),
        ({"unit": "car-1"}, "follows", MavCmd.DO_SET_ROI_LOCATION),
        ({}, "looks ahead", MavCmd.DO_SET_ROI_NONE),
    ):
        answer = await (await post("/look", confirm="main-1", **body)).json()
        assert (answer["doing"], behind.station.sent[-1][1].command) == (doing, command)
    first = behind.station.sent[0][1]
    assert (first.x, first.y) == (299000000, 1218400000)
    assert behind.lookout.following == {}
