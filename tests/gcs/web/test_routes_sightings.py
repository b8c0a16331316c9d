"""Sightings, units and alarms over HTTP."""

import pytest
from msgspec.structs import replace

from gcs.sightings.errors import SimulatedMixError, UnitBusyError
from gcs.store.errors import StoreError, StoreFullError, UnstorableError

ID = "0f8fad5b-d9cb-469f-a165-70867728950e"
REPORT = {"id": ID, "klass": "illegal_parking", "lat": 29.9, "lon": 121.84, "note": "堵住消防通道"}
HOSTILE = "</script><img src=x onerror=alert(1)>\u2028'\"`${1}"


async def post(client, path, body=None):
    return await client.post(f"/api/v1{path}", json={} if body is None else body, headers={"X-Seat": "li"})


async def test_a_report_is_kept_once_however_often_it_is_sent(api, behind):
    first, second = await post(api, "/sightings", REPORT), await post(api, "/sightings", {**REPORT, "note": "other"})
    assert (first.status, second.status) == (201, 200)
    assert await first.json() == await second.json()
    kept = await (await api.get(f"/api/v1/sightings/{ID}")).json()
    assert kept["history"][0]["actor"] == "li"
    assert len(behind.desk.sightings) == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"klass": "unheard"}, "klass"), ({"lat": 91}, "lat"), ({"priority": 9}, "priority"), ({"id": "x"}, "id")],
)
async def test_a_report_that_cannot_be_kept_names_the_field(api, refused, wrong, field):
    document = await refused(await post(api, "/sightings", {**REPORT, **wrong}), 422, "report.invalid")
    assert document["field"] == field


async def test_a_sighting_is_followed_step_by_step(api):
    await post(api, "/sightings", REPORT)
    for body, status in (
        ({"action": "assign", "unit": "car-1"}, "assigned"),
        ({"action": "accept", "unit": "car-1"}, "accepted"),
        ({"action": "arrive", "unit": "car-1"}, "on_scene"),
        ({"action": "resolve", "unit": "car-1", "outcome": "moved"}, "resolved"),
    ):
        assert (await (await post(api, f"/sightings/{ID}/steps", body)).json())["status"] == status


async def test_an_illegal_step_lists_the_legal_ones(api, refused):
    await post(api, "/sightings", REPORT)
    document = await refused(
        await post(api, f"/sightings/{ID}/steps", {"action": "arrive"}), 409, "sighting.illegal_step"
    )
    assert document["legal"] == ["assign", "dismiss", "classify", "supervise", "duplicate"]


async def test_what_only_the_timer_does_cannot_be_asked_for(api, refused):
    await post(api, "/sightings", REPORT)
    await refused(await post(api, f"/sightings/{ID}/steps", {"action": "expire"}), 422, "step.internal")
    await refused(await post(api, f"/sightings/{ID}/steps", {"action": "vanish"}), 422, "body.invalid")


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (StoreFullError("no space left"), 507, "store.full"),
        (StoreError("disk I/O error"), 503, "store.not_kept"),
        (UnstorableError("cannot be written"), 422, "record.unstorable"),
        (UnitBusyError("car-1", ID), 409, "unit.busy"),
        (SimulatedMixError("car-1", simulated=True), 409, "sighting.simulated_mix"),
    ],
)
async def test_what_could_not_be_kept_or_done_is_not_acknowledged(api, behind, refused, error, status, code):
    behind.desk.error = error
    await refused(await post(api, "/sightings", REPORT), status, code)
    await refused(await post(api, "/units/car-1/status", {"status": "off"}), status, code)


async def test_steps_of_unknown_sightings_and_units_are_refused(api, refused):
    await refused(await post(api, f"/sightings/{ID}/steps", {"action": "accept"}), 404, "sighting.unknown")
    await refused(await post(api, "/units/none/position", {"lat": 1, "lon": 1}), 404, "unit.unknown")


async def test_a_unit_registers_moves_and_goes_off_duty(api):
    made = await post(api, "/units", {"id": "car-7", "name": "七号车", "kind": "patrol_car", "lat": 29.9, "lon": 121.8})
    assert (made.status, (await made.json())["status"]) == (200, "free")
    moved = await (await post(api, "/units/car-7/position", {"lat": 29.95, "lon": 121.85})).json()
    assert moved["lat_deg"] == 29.95
    assert (await (await post(api, "/units/car-7/status", {"status": "off"})).json())["status"] == "off"


async def test_an_acknowledged_alarm_is_shown_and_told(api, behind):
    alarm = behind.raise_alarm()
    answer = await (await post(api, f"/alarms/{alarm.id}/acknowledge")).json()
    assert answer["acknowledged"] is True
    assert behind.live.marked == [("alarms", alarm.id)]
    (event,) = behind.published
    assert (event.kind, event.actor, event.vehicle) == ("alarm.acknowledged", "li", "main-1")


async def test_an_alarm_that_does_not_stand_cannot_be_acknowledged(api, refused):
    await refused(await post(api, "/alarms/link.lost:main-9/acknowledge"), 404, "alarm.unknown")


async def test_hostile_text_comes_back_as_json_and_nothing_else(api):
    made = await post(api, "/sightings", {**REPORT, "note": HOSTILE})
    assert made.content_type == "application/json"
    assert made.headers["X-Content-Type-Options"] == "nosniff"
    assert (await made.json())["note"].startswith("</script>")


@pytest.mark.parametrize("path", ["/vehicles/", "/plans/", "/sightings/", "/units/", "/operations/"])
async def test_hostile_names_come_back_in_problem_documents_only(api, path):
    response = await api.get(f"/api/v1{path}%3Cscript%3Ealert(1)%3C%2Fscript%3E")
    assert (response.status, response.content_type) == (404, "application/problem+json")
    assert "<script>" in (await response.json(content_type=None))["detail"]


async def test_what_a_vehicle_saw_belongs_to_the_operation_that_holds_it(api, behind, plan):
    operation = await behind.conductor.create(plan, "night", "patrol", ["main-1"], "li")
    seen = {**REPORT, "source": {"kind": "camera", "vehicle": "main-1"}}
    said = {**REPORT, "id": "0f8fad5b-d9cb-469f-a165-70867728950f", "source": {"kind": "person", "name": "li"}}
    assert (await (await post(api, "/sightings", seen)).json())["operation"] == operation.id
    assert (await (await post(api, "/sightings", said)).json())["operation"] is None


async def test_the_dispatcher_gets_three_with_reasons(api, refused, behind):
    await post(api, "/sightings", REPORT)
    found = await (await api.get(f"/api/v1/sightings/{ID}/candidates")).json()
    assert [candidate["unit"] for candidate in found] == ["car-1", "car-2"]
    assert all(candidate["reason"]["en"] == "free, position unknown" for candidate in found)
    await refused(await api.get("/api/v1/sightings/nothing/candidates"), 404, "sighting.unknown")


async def test_a_drone_that_flies_an_operation_is_told_of_and_stands_last(api, behind):
    await post(api, "/sightings", REPORT)
    units = behind.desk.units
    units["car-1"] = replace(units["car-1"], operation="op7")
    found = await (await api.get(f"/api/v1/sightings/{ID}/candidates")).json()
    assert [(candidate["unit"], candidate["operation"]) for candidate in found] == [("car-2", None), ("car-1", "op7")]
    assert "not before that ends" in found[1]["reason"]["en"]


async def test_a_units_page_says_for_itself_that_it_has_the_task(guarded, behind, as_unit, as_centre, refused):
    report = {"klass": "crowd", "lat": 29.9, "lon": 121.84, "simulated": True}
    sighting = await (await guarded.post("/api/v1/sightings", json=report, headers=as_centre)).json()
    path = f"/api/v1/sightings/{sighting['id']}/receipts"
    said = await guarded.post(path, json={"unit": "car-1", "read": True}, headers=as_centre)
    assert (said.status, behind.receipts) == (200, [(sighting["id"], "car-1", True)])
    unseen = await guarded.post(path, json={"unit": "car-1"}, headers=as_unit)
    assert unseen.status == 404, "it was never this unit's"
    assert len(behind.receipts) == 1
