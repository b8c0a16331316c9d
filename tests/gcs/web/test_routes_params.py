"""A vehicle's parameters over HTTP."""

from msgspec.structs import replace

from gcs.leases import LEASE_S
from gcs.scripts import ScriptDoor
from gcs.vehicles.parameters import UnreadError
from gcs.vehicles.work import WorkRefusedError

CHEN, WANG = {"X-Seat": "chen"}, {"X-Seat": "wang"}
ALT = "/api/v1/vehicles/main-1/params/RTL_ALT"
ALL = "/api/v1/vehicles/main-1/params"
TO_4000 = {"value": 4000, "confirm": "main-1"}


async def test_all_parameters_are_read_from_the_vehicle_and_kept(api, refused):
    await refused(await api.get(f"{ALL}?kept=1"), 404, "params.unknown")
    answer = await (await api.get(ALL)).json()
    assert [p["name"] for p in answer["params"]] == ["RTL_ALT", "WP_SPD"]
    assert answer["params"][0] == {"name": "RTL_ALT", "value": 3000.0, "type": 9}
    assert await (await api.get(f"{ALL}?kept=1")).json() == answer


async def test_setting_one_answers_what_the_vehicle_holds_and_is_done_under_the_seat(api, behind):
    answer = await api.put(ALT, json=TO_4000, headers=CHEN)
    assert await answer.json() == {"name": "RTL_ALT", "value": 4000.0, "type": 9}
    assert behind.params.set_by == [("main-1", "RTL_ALT", 4000.0, "chen")]
    assert (await (await api.get(ALT)).json())["value"] == 4000.0


async def test_the_vehicle_is_named_twice(api, behind, refused):
    await refused(await api.put(ALT, json={**TO_4000, "confirm": "main-2"}), 422, "command.not_confirmed")
    await refused(await api.put(ALT.replace("main-1", "main-9"), json=TO_4000), 404, "vehicle.unknown")
    assert behind.params.set_by == []


async def test_what_the_vehicle_makes_of_it_is_said(api, refused):
    await refused(await api.put(ALT, json={**TO_4000, "value": -1}), 409, "param.refused")
    await refused(await api.put(f"{ALL}/NO_SUCH", json=TO_4000), 504, "param.timeout")
    await refused(await api.get(f"{ALL}/NO_SUCH"), 504, "param.timeout")
    await refused(await api.put(f"{ALL}/A_NAME_THAT_IS_TOO_LONG", json=TO_4000), 422, "param.invalid")
    await refused(await api.put(ALT, json={**TO_4000, "value": 1e39}), 422, "body.invalid")


async def test_a_vehicle_that_must_not_be_asked_now_is_not(api, behind, refused):
    behind.params.error = WorkRefusedError("the vehicle is armed")
    document = await refused(await api.put(ALT, json=TO_4000), 409, "vehicle.refused")
    assert document["detail"] == "the vehicle is armed"
    behind.params.error = UnreadError("nothing new came for 20 s")
    await refused(await api.get(ALL), 504, "params.unread")


async def test_over_a_recording_nothing_is_asked_or_set(serve, refused):
    api = await serve(replay=True)
    await refused(await api.put(ALT, json=TO_4000), 409, "replay.read_only")
    await refused(await api.get(ALL), 409, "replay.read_only")


async def lease(api, who, **more):
    return await api.post("/api/v1/vehicles/main-1/lease", json={"confirm": "main-1", **more}, headers=who)


async def test_one_seat_commands_a_vehicle_at_a_time(api, behind, refused):
    answer = await (await lease(api, CHEN)).json()
    assert answer == {"vehicle": "main-1", "holder": "chen", "before": None}
    command = {"command": "rtl", "confirm": "main-1"}
    document = await refused(
        await api.post("/api/v1/vehicles/main-1/command", json=command, headers=WANG), 409, "vehicle.held"
    )
    assert "chen" in document["detail"]
    await refused(await api.put(ALT, json=TO_4000, headers=WANG), 409, "vehicle.held")
    await refused(await lease(api, WANG), 409, "vehicle.held")
    assert (behind.station.sent, behind.params.set_by) == ([], [])
    assert (await api.post("/api/v1/vehicles/main-1/command", json=command, headers=CHEN)).status == 200


async def test_taking_over_is_told_to_both(api, behind, refused):
    await lease(api, CHEN)
    answer = await (await lease(api, WANG, take_over=True)).json()
    assert (answer["holder"], answer["before"]) == ("wang", "chen")
    event = behind.published[-1]
    assert (event.kind, event.actor, event.vehicle, event.data) == (
        "vehicle.lease_taken",
        "wang",
        "main-1",
        {"before": "chen"},
    )
    await refused(await lease(api, CHEN), 409, "vehicle.held")


async def test_who_takes_a_vehicle_is_told_where_a_script_flies_it(api, behind):
    behind.scripts.doors["main-1"] = ScriptDoor("chen", "tcp:127.0.0.1:14601", callers=1)
    answer = await (await lease(api, CHEN)).json()
    assert answer["script"] == {"connect": "tcp:127.0.0.1:14601", "callers": 1, "refused": 0}
    await api.post("/api/v1/vehicles/main-1/release", json={"confirm": "main-1"}, headers=CHEN)
    assert behind.scripts.looks == 2


async def test_keeping_a_lease_is_no_news(api, behind):
    for _ in range(3):
        await lease(api, CHEN)
    assert [event.kind for event in behind.published] == ["vehicle.lease_taken"]


async def test_a_lease_ends_by_letting_go_or_by_silence(api, behind):
    await lease(api, CHEN)
    let_go = {"confirm": "main-1"}
    answer = await api.post("/api/v1/vehicles/main-1/release", json=let_go, headers=CHEN)
    assert (await answer.json())["holder"] is None
    assert behind.published[-1].kind == "vehicle.lease_released"
    await lease(api, WANG)
    behind.clock.advance(LEASE_S + 1)
    assert (await lease(api, CHEN)).status == 200


async def test_an_operation_holds_its_vehicles_for_who_authorised_it(api, behind, plan, refused):
    operation = await behind.conductor.create(plan, "早高峰", "patrol", ["main-1"], "chief")
    await lease(api, CHEN)
    behind.clock.advance(LEASE_S + 1)
    behind.conductor.operations[operation.id] = replace(operation, authorised_by="chief")
    await refused(await lease(api, CHEN), 409, "vehicle.held")
    assert (await lease(api, CHEN, take_over=True)).status == 200
