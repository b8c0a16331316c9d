"""A drone is sent to look from above, over HTTP: named twice, held, and never where or when it may not."""

import pytest

from telemetry.constants import MavCmd, MavResult
from telemetry.services.command import CommandOutcome

from .test_routes_looks import ID, LAT, LON, fly  # noqa: F401  a fixture

PATH = "/api/v1/vehicles/main-1/fly-there"


@pytest.fixture
async def seen(api):
    report = {"id": ID, "klass": "crowd", "lat": LAT + 0.009, "lon": LON, "simulated": True}
    await api.post("/api/v1/sightings", json=report)


async def send(api, **body):
    return await api.post(PATH, json={"confirm": "main-1", **body}, headers={"X-Seat": "li"})


async def test_it_flies_above_the_sighting_and_turns_its_camera_there(api, behind, fly, seen):  # noqa: F811
    fly()
    answer = await send(api, sighting=ID)
    assert (answer.status, await answer.json()) == (200, {"vehicle": "main-1", "alt_m": 50.0, "looks": True})
    (going, _, by), (looking, *_) = [(message, vehicle, by) for vehicle, message, by in behind.station.sent]
    assert (going.command, going.x, going.y, going.z, by) == (MavCmd.DO_REPOSITION, 299090000, 1218400000, 50.0, "li")
    assert looking.command == MavCmd.DO_SET_ROI_LOCATION
    assert behind.leases.holder("main-1", behind.clock.monotonic_s()) == "li"
    assert behind.errands.of(behind.vehicles["main-1"]).place == (LON, LAT + 0.009)


async def test_a_place_and_a_height_are_taken_as_asked(api, behind, fly):  # noqa: F811
    fly()
    answer = await send(api, place={"lat": LAT, "lon": LON + 0.01}, alt_m=80)
    assert (await answer.json())["alt_m"] == 80.0
    assert behind.station.sent[0][1].z == 80.0


async def test_who_may_not_is_refused_before_anything_is_sent(api, behind, fly, seen, refused):  # noqa: F811
    fly(mode="RTL")
    await refused(await send(api, sighting=ID), 409, "vehicle.not_sent")
    fly(armed=False, landed_state=1)
    await refused(await send(api, sighting=ID), 409, "vehicle.not_sent")
    fly(simulated=False)
    await refused(await send(api, sighting=ID), 409, "vehicle.not_sent")
    assert behind.station.sent == []
    assert behind.leases.holder("main-1", behind.clock.monotonic_s()) is None


async def test_the_vehicle_is_named_twice_and_one_place(api, behind, fly, seen, refused):  # noqa: F811
    fly()
    await refused(await api.post(PATH, json={"confirm": "main-2", "sighting": ID}), 422, "command.not_confirmed")
    await refused(await send(api), 422, "body.invalid")
    await refused(await send(api, sighting=ID, place={"lat": LAT, "lon": LON}), 422, "body.invalid")
    await refused(await send(api, sighting=ID, alt_m=5), 422, "body.invalid")
    await refused(await send(api, sighting="nothing"), 404, "sighting.unknown")
    assert behind.station.sent == []


async def test_what_the_vehicle_refuses_is_told(api, behind, fly, seen, refused):  # noqa: F811
    fly()
    behind.station.outcome = CommandOutcome(
        result=MavResult.DENIED, ok=False, timed_out=False, attempts=1, detail="not now"
    )
    await refused(await send(api, sighting=ID), 409, "command.refused")
    assert len(behind.station.sent) == 1
    assert behind.errands.of(behind.vehicles["main-1"]) is None, "it stays where it is"


async def test_one_that_has_not_answered_may_be_on_its_way(api, behind, fly, seen, refused):  # noqa: F811
    fly()
    behind.station.outcome = CommandOutcome(result=None, ok=False, timed_out=True, attempts=1, detail="")
    await refused(await send(api, sighting=ID), 504, "command.timeout")
    assert behind.errands.of(behind.vehicles["main-1"])
