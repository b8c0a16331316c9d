"""Plans, operations and commands: what was asked for reaches the part that does it, with who asked."""

import pytest

from gcs.operations.errors import (
    ChecksBlockError,
    NoteNeededError,
    NothingToClearError,
    NotKeptError,
    StillAirborneError,
    UploadFailedError,
    WrongVehiclesError,
)
from gcs.operations.model import Check, CheckLevel
from gcs.store.errors import StoreFullError
from gcs.web.planner import PlannerBusyError, PlannerTimeoutError, PlanRefusedError
from telemetry.constants import MavCmd, MavResult
from telemetry.services.command import CommandOutcome

SEAT = {"X-Seat": "li"}
AREA = {"type": "Polygon", "coordinates": [[[121.84, 29.9], [121.85, 29.9], [121.85, 29.91], [121.84, 29.9]]]}


async def post(client, path, body=None):
    return await client.post(f"/api/v1{path}", json={} if body is None else body, headers=SEAT)


async def drafted(client):
    plan = await (await post(client, "/plans", {"area": AREA})).json(content_type=None)
    body = {"plan_hash": plan["properties"]["hash"], "name": "早高峰", "purpose": "patrol", "vehicles": ["main-1"]}
    return await post(client, "/operations", body)


async def test_a_plan_is_answered_as_plan_file_and_found_by_its_hash(api, behind, plan):
    asked = {
        "area": AREA, "drones": 2, "swath_m": 60, "starts": [[29.9, 121.84]], "speed_m_s": 8,
        "wind": {"from_deg": 90, "speed_m_s": 5},
    }  # fmt: skip
    response = await post(api, "/plans", asked)
    made = await response.json(content_type=None)
    assert (response.status, response.content_type) == (200, "application/geo+json")
    assert made["properties"]["hash"] == plan.hash
    kept = await (await api.get(f"/api/v1/plans/{plan.hash}")).json(content_type=None)
    assert kept == made
    (request,) = behind.planner.asked
    assert (request.drones, request.starts, request.launch_gap_s) == (2, ((29.9, 121.84),), 5.0)


async def test_a_pattern_is_planned_and_kept_as_any_plan_is(api, behind, plan, refused):
    asked = {"pattern": "sector", "at": [29.9, 121.84], "radius_m": 300, "drift": {"towards_deg": 90, "speed_m_s": 1}}
    made = await post(api, "/plans/pattern", asked)
    assert (made.status, made.content_type) == (200, "application/geo+json")
    assert (await api.get(f"/api/v1/plans/{plan.hash}")).status == 200
    (request,) = behind.planner.asked
    assert (request.pattern, request.at, request.radius_m, request.launch_gap_s) == ("sector", (29.9, 121.84), 300, 5.0)
    await refused(await post(api, "/plans/pattern", {"pattern": "figure-eight"}), 422, "body.invalid")


async def test_a_patrol_answers_how_many_drones_it_takes(api, behind):
    answer = await post(api, "/patrols", {"sites": {"type": "FeatureCollection"}, "base": [29.9, 121.84], "drones": 3})
    assert (await answer.json())["drones_needed"] == 2
    (request,) = behind.planner.asked
    assert (request.base, request.drones, request.batteries) == ((29.9, 121.84), 3, True)


async def test_what_is_left_of_an_operation_is_planned_from_its_tracks(api, behind, plan, refused):
    operation = (await (await drafted(api)).json())["id"]
    behind.store.tracks[operation, "main-1"] = [(1.0, 29.9, 121.84, 50.0), (2.0, 29.901, 121.84, 50.0)]
    response = await post(api, "/plans/rest", {"operation": operation, "drones": 1})
    made = await response.json(content_type=None)
    assert response.status == 200
    asked, whole, tracks = behind.planner.asked[-1]
    assert (asked.drones, whole) == (1, plan.hash)
    assert tracks == (((121.84, 29.9), (121.84, 29.901)),)
    assert made["properties"]["hash"] == plan.hash
    await refused(await post(api, "/plans/rest", {"operation": "none"}), 404, "operation.unknown")


async def test_a_plan_made_elsewhere_is_read_and_kept(api, behind, plan):
    response = await post(api, "/plans/import", {"plan": {"type": "FeatureCollection", "features": []}})
    assert response.status == 200
    assert behind.planner.files == [b'{"type": "FeatureCollection", "features": []}']
    assert (await api.get(f"/api/v1/plans/{plan.hash}")).status == 200


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (PlanRefusedError("area.invalid", "area: holds no area"), 422, "area.invalid"),
        (PlanRefusedError("plan.limits", "too high", {"1": "too high"}), 422, "plan.limits"),
        (PlannerBusyError(), 503, "planner.busy"),
        (PlannerTimeoutError(90), 503, "planner.timeout"),
    ],
)
async def test_a_plan_that_cannot_be_made_says_why(api, behind, refused, error, status, code):
    behind.planner.error = error
    response = await post(api, "/plans", {"area": AREA})
    document = await refused(response, status, code)
    assert document.get("reasons") == getattr(error, "reasons", None)
    assert ("Retry-After" in response.headers) == (status == 503)


@pytest.mark.parametrize(
    "wrong",
    [
        {"drones": 0}, {"drones": 501}, {"drones": 1.5}, {"swath_m": -1}, {"altitude_m": 1e9}, {"reserve": 1},
        {"starts": [[121.84, 29.9, 3]]}, {"starts": [[99, 0]]}, {"wind": {"from_deg": 1}}, {"endurance": 1200},
    ],
)  # fmt: skip
async def test_a_figure_out_of_range_is_refused_before_planning(api, behind, refused, wrong):
    await refused(await post(api, "/plans", {"area": AREA, **wrong}), 422, "body.invalid")
    assert not behind.planner.asked


async def test_an_area_of_two_megabytes_is_taken_and_a_larger_one_refused(api, refused):
    fill = " " * (2 * 2**20 - 1000)
    json = {"Content-Type": "application/json"}
    assert (await api.post("/api/v1/plans", data=f'{{"area": {{}}{fill}}}', headers=json)).status == 200
    await refused(
        await api.post("/api/v1/plans", data=f'{{"area": {{}}{fill * 2}}}', headers=json), 413, "body.too_large"
    )


async def test_an_operation_goes_from_draft_to_landed_under_the_name_of_who_asked(api, behind):
    response = await drafted(api)
    operation = await response.json()
    assert (response.status, operation["status"], operation["created_by"]) == (201, "draft", "li")
    steps = [
        ("check", {}, "checked"), ("authorise", {"note": "wind is fine"}, "authorised"), ("upload", {}, "uploaded"),
        ("launch", {}, "launching"), ("pause", {}, "paused"), ("resume", {}, "flying"), ("rtl", {}, "returning"),
        ("close", {}, "closed"),
    ]  # fmt: skip
    for step, body, status in steps:
        taken = await (await post(api, f"/operations/op0/{step}", body)).json()
        assert taken["status"] == status
    assert [actor for _, actor, _ in behind.conductor.asked] == ["li"] * 9
    assert behind.conductor.asked[2][2] == {"note": "wind is fine"}


async def test_an_abort_needs_a_reason(api, behind, refused):
    await drafted(api)
    await refused(await post(api, "/operations/op0/abort", {}), 422, "body.invalid")
    await refused(await post(api, "/operations/op0/abort", {"reason": ""}), 422, "body.invalid")
    assert (await (await post(api, "/operations/op0/abort", {"reason": "fog"})).json())["status"] == "aborted"
    assert behind.conductor.asked[-1] == ("abort", "li", {"reason": "fog"})


async def test_an_illegal_step_lists_those_that_somebody_may_ask_for(api, refused):
    await drafted(api)
    document = await refused(await post(api, "/operations/op0/launch"), 409, "operation.illegal_step")
    assert document["legal"] == ["check", "abort"]


async def test_legal_steps_are_never_those_that_only_we_take(api, behind, refused):
    await drafted(api)
    for step in ("check", "authorise", "upload", "launch"):
        await post(api, f"/operations/op0/{step}")
    document = await refused(await post(api, "/operations/op0/check"), 409, "operation.illegal_step")
    assert document["legal"] == ["pause", "rtl", "abort", "close"]


RED = Check(
    code="battery.low", level=CheckLevel.RED, vehicle="main-1", data={"text": {"en": "battery low", "zh": "电量低"}}
)


async def test_a_clear_names_the_vehicle_and_who_gave_it(api, behind):
    await drafted(api)
    answer = await api.post("/api/v1/operations/op0/clear", json={"vehicle": "main-1"}, headers={"X-Seat": "li"})
    assert answer.status == 200
    assert behind.conductor.asked[-1] == ("clear", "li", {"vehicle": "main-1"})


@pytest.mark.parametrize(
    ("error", "status", "code", "reasons"),
    [
        (ChecksBlockError([RED]), 409, "operation.checks_red", {"main-1 battery.low": "battery low"}),
        (NoteNeededError(), 409, "operation.note_needed", None),
        (UploadFailedError({"main-1": "no answer"}), 409, "operation.upload_failed", {"main-1": "no answer"}),
        (StillAirborneError(["main-1"]), 409, "operation.still_airborne", {"main-1": "in the air"}),
        (NothingToClearError("main-1"), 409, "operation.nothing_to_clear", None),
        (WrongVehiclesError("main-1 is used"), 422, "operation.vehicles", None),
        (NotKeptError("could not be stored"), 503, "store.not_kept", None),
    ],
)
async def test_a_refused_step_says_why(api, behind, refused, error, status, code, reasons):
    await drafted(api)
    behind.conductor.error = error
    document = await refused(await post(api, "/operations/op0/check"), status, code)
    assert document.get("reasons") == reasons


async def test_a_full_disk_is_told_as_one(api, behind, refused):
    error = NotKeptError("could not be stored")
    error.__cause__ = StoreFullError("no space")
    behind.conductor.error = error
    await refused(await drafted(api), 507, "store.full")


async def test_a_draft_of_an_unknown_plan_is_refused(api, refused):
    body = {"plan_hash": "none", "name": "x", "purpose": "x", "vehicles": ["main-1"]}
    await refused(await post(api, "/operations", body), 404, "plan.unknown")


async def test_an_operation_finds_a_plan_that_only_the_store_has(api, behind, plan):
    behind.store.plans[plan.hash] = plan
    body = {"plan_hash": plan.hash, "name": "x", "purpose": "x", "vehicles": ["main-1"]}
    assert (await post(api, "/operations", body)).status == 201


@pytest.mark.parametrize(
    ("command", "number"),
    [
        ("rtl", MavCmd.NAV_RETURN_TO_LAUNCH), ("land", MavCmd.DO_SET_MODE), ("brake", MavCmd.DO_SET_MODE),
        ("satellite_on", MavCmd.CONTROL_HIGH_LATENCY), ("satellite_off", MavCmd.CONTROL_HIGH_LATENCY),
        ("pause", MavCmd.DO_PAUSE_CONTINUE), ("continue", MavCmd.DO_PAUSE_CONTINUE),
    ],
)  # fmt: skip
async def test_a_command_goes_to_the_vehicle_that_is_named_twice(api, behind, command, number):
    answer = await (await post(api, "/vehicles/main-1/command", {"command": command, "confirm": "main-1"})).json()
    assert answer == {"vehicle": "main-1", "command": command, "result": "ACCEPTED", "attempts": 1}
    ((vehicle, message, actor),) = behind.station.sent
    assert (vehicle, message.command, actor) == ("main-1", number, "li")


@pytest.mark.parametrize("confirm", ["main-2", "", "MAIN-1", "main-1 "])
async def test_a_command_that_is_not_confirmed_is_not_sent(api, behind, refused, confirm):
    body = {"command": "rtl", "confirm": confirm}
    document = await refused(await post(api, "/vehicles/main-1/command", body), 422, "command.not_confirmed")
    assert document["field"] == "confirm"
    assert not behind.station.sent


@pytest.mark.parametrize("command", ["arm", "disarm", "takeoff", "auto", "RTL", ""])
async def test_no_other_command_is_ever_sent(api, behind, refused, command):
    body = {"command": command, "confirm": "main-1"}
    await refused(await post(api, "/vehicles/main-1/command", body), 422, "body.invalid")
    assert not behind.station.sent


async def test_a_command_to_nobody_is_refused(api, refused):
    body = {"command": "rtl", "confirm": "main-9"}
    await refused(await post(api, "/vehicles/main-9/command", body), 404, "vehicle.unknown")


async def test_a_vehicle_that_refuses_or_does_not_answer_is_said_to(api, behind, refused):
    body = {"command": "rtl", "confirm": "main-1"}
    behind.station.outcome = CommandOutcome(
        result=MavResult.DENIED, ok=False, timed_out=False, attempts=1, detail="why"
    )
    document = await refused(await post(api, "/vehicles/main-1/command", body), 409, "command.refused")
    assert document["detail"] == "main-1: DENIED why"
    behind.station.outcome = CommandOutcome(result=None, ok=False, timed_out=True, attempts=3)
    await refused(await post(api, "/vehicles/main-1/command", body), 504, "command.timeout")


async def test_in_a_replay_nothing_can_be_changed(serve, behind, refused):
    client = await serve(replay=True)
    for path, body in (
        ("/vehicles/main-1/command", {"command": "rtl", "confirm": "main-1"}),
        ("/plans", {"area": AREA}),
        ("/operations", {}),
        ("/operations/op0/launch", {}),
        ("/sightings", {}),
        ("/units", {}),
        ("/alarms/x/acknowledge", {}),
    ):
        await refused(await post(client, path, body), 409, "replay.read_only")
    assert not behind.station.sent
    assert not behind.planner.asked
    assert (await client.get("/api/v1/state")).status == 200
