"""Doors for other systems: address, secret, sample, test, and what comes in there."""

import pytest

HERE = {"lat": 29.9, "lon": 121.84}


@pytest.fixture
def post(api):
    async def send(path, body=None, **headers):
        return await api.post(f"/api/v1{path}", json={} if body is None else body, headers={"X-Seat": "li", **headers})

    return send


@pytest.fixture
async def door(post):
    answer = await post("/intakes", {"name": "城管平台", "klass": "illegal_parking"})
    assert answer.status == 201
    return await answer.json()


def secret(door):
    return {"X-Intake-Secret": door["secret"]}


def reports(door):
    return door["intake"]["path"].removeprefix("/api/v1")


async def test_the_sample_is_taken_as_it_is_and_comes_from_that_system(api, post, door):
    answer = await post(reports(door), door["sample"], **secret(door))
    assert answer.status == 201
    sighting = await (await api.get(f"/api/v1/sightings/{(await answer.json())['id']}")).json()
    assert (sighting["source"]["kind"], sighting["source"]["name"]) == ("external", "城管平台")
    assert (sighting["klass"], sighting["simulated"]) == ("illegal_parking", False)


async def test_a_matter_reported_twice_is_one_sighting(post, door, behind):
    first, second = [await post(reports(door), {**HERE, "ref": "A-17"}, **secret(door)) for _ in range(2)]
    assert (first.status, second.status) == (201, 200)
    assert (await first.json())["id"] == (await second.json())["id"]
    assert len(behind.desk.sightings) == 1


@pytest.mark.parametrize("headers", [{}, {"X-Intake-Secret": "guess"}, {"Authorization": "Bearer guess"}])
async def test_without_the_secret_nobody_reports(post, door, refused, behind, headers):
    await refused(await post(reports(door), HERE, **headers), 401, "intake.wrong_secret")
    assert behind.desk.sightings == {}


async def test_the_secret_is_taken_as_bearer_too_and_opens_nothing_else(guarded, behind, as_centre, refused):
    door = await (await guarded.post("/api/v1/intakes", json={"name": "cad"}, headers=as_centre)).json()
    bearer = {"Authorization": f"Bearer {door['secret']}"}
    assert (await guarded.post(door["intake"]["path"], json=HERE, headers=bearer)).status == 201
    await refused(await guarded.get("/api/v1/sightings", headers=bearer), 401, "token.wrong")


async def test_the_secret_is_not_kept(post, door, behind):
    (kept,) = behind.store.intakes.values()
    assert door["secret"] not in repr(kept)
    assert all(door["secret"] not in repr(event) for event in behind.published)


async def test_a_test_is_a_notice_and_sends_nobody(post, door, behind):
    assert (await post(f"/intakes/{door['intake']['id']}/test")).status == 200
    assert (await post(f"{reports(door)}?test=1", HERE, **secret(door))).status == 200
    tested = [event for event in behind.published if event.kind == "intake.tested"]
    assert [event.data.get("klass") for event in tested] == [None, "illegal_parking"]
    assert behind.desk.sightings == {}


async def test_a_test_with_a_wrong_body_is_refused_as_the_real_one(post, door, refused):
    for path in (reports(door), f"{reports(door)}?test=1"):
        document = await refused(await post(path, {"lat": 91, "lon": 0}, **secret(door)), 422, "report.invalid")
        assert document["field"] == "lat"


async def test_a_door_that_was_closed_opens_to_nobody(post, door, refused):
    assert (await post(f"/intakes/{door['intake']['id']}/close")).status == 200
    await refused(await post(reports(door), HERE, **secret(door)), 401, "intake.wrong_secret")
    await refused(await post(f"/intakes/{door['intake']['id']}/test"), 404, "intake.unknown")


async def test_what_comes_in_at_an_exercise_door_is_simulated(post, behind):
    door = await (await post("/intakes", {"name": "trainer", "exercise": True})).json()
    await post(reports(door), HERE, **secret(door))
    assert [sighting.simulated for sighting in behind.desk.sightings.values()] == [True]


@pytest.mark.parametrize(("body", "field"), [({"name": " "}, "name"), ({"name": "x", "klass": "unheard"}, "klass")])
async def test_a_door_that_cannot_be_is_refused(post, refused, body, field):
    assert (await refused(await post("/intakes", body), 422, "report.invalid"))["field"] == field
