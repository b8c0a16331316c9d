"""Who gets in: everybody on loopback, and elsewhere whoever shows a token, to what that token opens."""

import pytest

SEAT = "%E6%8C%87%E6%8C%A5%E5%91%98"


async def test_on_loopback_nobody_needs_a_token_and_everybody_has_a_seat(api):
    me = await (await api.get("/api/v1/me", headers={"X-Seat": SEAT})).json()
    assert me == {"seat": "指挥员", "role": "centre", "unit": None, "replay": False}
    assert (await (await api.get("/api/v1/me")).json())["seat"] == "pilot"


async def test_a_reserved_seat_is_refused(api, refused):
    document = await refused(await api.get("/api/v1/me", headers={"X-Seat": "System"}), 400, "seat.reserved")
    assert document["field"] == "X-Seat"


async def test_elsewhere_a_request_without_a_token_is_refused(guarded, refused):
    response = await guarded.get("/api/v1/state")
    await refused(response, 401, "token.needed")
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


async def test_the_centres_token_opens_everything_and_the_seat_is_said(guarded, as_centre):
    response = await guarded.get("/api/v1/me", headers={**as_centre, "X-Seat": "li"})
    assert await response.json() == {"seat": "li", "role": "centre", "unit": None, "replay": False}


async def test_a_units_token_makes_the_unit_the_seat_whatever_it_says(guarded, as_unit):
    response = await guarded.get("/api/v1/me", headers={**as_unit, "X-Seat": "chief"})
    assert await response.json() == {"seat": "car-1", "role": "unit", "unit": "car-1", "replay": False}


async def test_health_and_the_description_are_open_to_all(guarded):
    assert (await guarded.get("/api/v1/health")).status == 200
    assert (await guarded.get("/api/v1/openapi.json")).status == 200


async def test_ten_wrong_tokens_a_minute_are_answered_and_then_none(guarded, behind, refused, as_centre):
    def guess(number):
        return guarded.get("/api/v1/me", headers={"Authorization": f"Bearer guess-{number}"})

    for number in range(10):
        await refused(await guess(number), 401, "token.wrong")
    limited = await guess(10)
    await refused(limited, 429, "token.too_many")
    assert 0 < int(limited.headers["Retry-After"]) <= 60
    assert (await guarded.get("/api/v1/me", headers=as_centre)).status == 200, "the centre is not locked out"
    behind.clock.advance(61)
    await refused(await guess(11), 401, "token.wrong")


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic Y2VudHJl", "Bearer " + "x" * 5000])
async def test_something_else_than_a_token_opens_nothing(guarded, header):
    assert (await guarded.get("/api/v1/me", headers={"Authorization": header})).status == 401


SIGHTING = {"id": "0f8fad5b-d9cb-469f-a165-70867728950e", "klass": "illegal_parking", "lat": 29.9, "lon": 121.84}


async def post(client, path, body, headers):
    return await client.post(f"/api/v1{path}", json=body, headers=headers)


@pytest.mark.parametrize(
    "path", ["/state", "/trails", "/links", "/operations", "/events", "/alarms", "/vehicles/main-1"]
)
async def test_a_units_token_does_not_show_what_is_the_centres(guarded, as_unit, refused, path):
    await refused(await guarded.get(f"/api/v1{path}", headers=as_unit), 403, "unit.scope")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/vehicles/main-1/command", {"command": "rtl", "confirm": "main-1"}),
        ("/operations", {}),
        ("/plans", {}),
        ("/sightings", SIGHTING),
        ("/units/car-1/token", {}),
        ("/units/car-2/position", {"lat": 1, "lon": 1}),
        ("/units/car-2/status", {"status": "off"}),
        ("/units", {"id": "car-2", "name": "x", "kind": "officer"}),
    ],
)
async def test_a_units_token_changes_nothing_of_others(guarded, behind, as_unit, refused, path, body):
    await refused(await post(guarded, path, body, as_unit), 403, "unit.scope")
    assert not behind.station.sent
    assert not behind.desk.actors


async def test_a_unit_sees_and_moves_itself(guarded, as_unit, refused):
    assert [unit["id"] for unit in await (await guarded.get("/api/v1/units", headers=as_unit)).json()] == ["car-1"]
    await refused(await guarded.get("/api/v1/units/car-2", headers=as_unit), 403, "unit.scope")
    moved = await (await post(guarded, "/units/car-1/position", {"lat": 29.8, "lon": 121.8}, as_unit)).json()
    assert (moved["lat_deg"], moved["lon_deg"]) == (29.8, 121.8)


async def test_a_unit_takes_its_own_steps_of_its_own_sightings(guarded, behind, as_centre, as_unit, refused):
    steps = f"/sightings/{SIGHTING['id']}/steps"
    await post(guarded, "/sightings", SIGHTING, as_centre)
    await refused(await guarded.get(f"/api/v1/sightings/{SIGHTING['id']}", headers=as_unit), 404, "sighting.unknown")
    await post(guarded, steps, {"action": "assign", "unit": "car-1"}, as_centre)
    for refused_step in ({"action": "accept", "unit": "car-2"}, {"action": "dismiss", "note": "no"}):
        await refused(await post(guarded, steps, refused_step, as_unit), 403, "unit.scope")
    accepted = await (await post(guarded, steps, {"action": "accept"}, as_unit)).json()
    assert (accepted["status"], accepted["history"][-1]["actor"]) == ("accepted", "car-1")
    shown = await (await guarded.get("/api/v1/sightings", headers=as_unit)).json()
    assert [sighting["id"] for sighting in shown] == [SIGHTING["id"]]


async def test_a_unit_cannot_take_the_step_of_another_unit(guarded, as_centre, as_unit, refused):
    steps = f"/sightings/{SIGHTING['id']}/steps"
    await post(guarded, "/sightings", SIGHTING, as_centre)
    await post(guarded, steps, {"action": "assign", "unit": "car-2"}, as_centre)
    document = await refused(await post(guarded, steps, {"action": "accept"}, as_unit), 409, "sighting.not_yours")
    assert "accept" in document["legal"]


async def test_a_new_token_ends_the_one_before_at_once(guarded, behind, as_centre, as_unit):
    answer = await (await post(guarded, "/units/car-1/token", {}, as_centre)).json()
    assert answer["path"] == f"/unit?token={answer['token']}"
    assert len(answer["token"]) >= 32
    assert (await guarded.get("/api/v1/me", headers=as_unit)).status == 401
    renewed = {"Authorization": f"Bearer {answer['token']}"}
    assert (await (await guarded.get("/api/v1/me", headers=renewed)).json())["unit"] == "car-1"
    (event,) = behind.published
    assert (event.kind, event.unit) == ("unit.token_issued", "car-1")
    assert answer["token"] not in str(event)
    assert answer["token"] not in (behind.folder / "access.json").read_text()


async def test_on_loopback_there_are_no_tokens_to_give(api, refused):
    await refused(await post(api, "/units/car-1/token", {}, {}), 409, "token.not_needed")
