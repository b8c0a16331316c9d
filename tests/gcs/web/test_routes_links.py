"""One tap on a phone accepts a task, once, without a token."""

import pytest

ID = "0f8fad5b-d9cb-469f-a165-70867728950e"
REPORT = {"id": ID, "klass": "crowd", "lat": 29.9, "lon": 121.84}


@pytest.fixture
async def link(guarded, behind, as_centre):
    await guarded.post("/api/v1/sightings", json=REPORT, headers=as_centre)
    steps = f"/api/v1/sightings/{ID}/steps"
    await guarded.post(steps, json={"action": "assign", "unit": "car-1"}, headers=as_centre)
    return f"/api/v1/links/{behind.signed.make(behind.desk.sightings[ID], 'car-1')}"


async def test_the_first_tap_accepts_and_the_second_does_nothing(guarded, link, refused, behind):
    answer = await guarded.post(link)
    assert await answer.json() == {"unit": "car-1", "status": "accepted"}
    before = behind.desk.sightings[ID]
    assert before.history[-1].actor == "car-1"
    await refused(await guarded.post(link), 410, "link.used")
    assert behind.desk.sightings[ID] == before


async def test_a_link_is_of_no_use_once_somebody_else_has_the_task(guarded, link, refused, as_centre):
    steps = f"/api/v1/sightings/{ID}/steps"
    await guarded.post(steps, json={"action": "assign", "unit": "car-2"}, headers=as_centre)
    await refused(await guarded.post(link), 410, "link.used")


async def test_looking_at_a_link_accepts_nothing(guarded, link, refused, behind):
    await refused(await guarded.get(f"{link}/picture"), 404, "picture.unknown")
    assert (await guarded.get(link)).status == 405
    assert behind.desk.sightings[ID].status == "assigned"


@pytest.mark.parametrize("wrong", ["x", "x.y", "." * 50, "a" * 700])
async def test_a_link_that_was_made_up_opens_nothing(guarded, refused, wrong):
    await refused(await guarded.post(f"/api/v1/links/{wrong}"), 404, "link.unknown")
