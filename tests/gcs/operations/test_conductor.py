"""An operation from draft to report, in virtual time with scripted vehicles."""

import asyncio

import pytest

from gcs.operations.errors import (
    ChecksBlockError,
    NoteNeededError,
    NothingToClearError,
    NotKeptError,
    OvertakenError,
    StillAirborneError,
    UnknownOperationError,
    UploadFailedError,
    WrongVehiclesError,
)
from gcs.operations.lifecycle import IllegalOperationStep
from gcs.operations.model import Operation
from telemetry.constants import MavCmd

ARM, START, MODE, HOME, PAUSE = (
    MavCmd.COMPONENT_ARM_DISARM,
    MavCmd.MISSION_START,
    MavCmd.DO_SET_MODE,
    MavCmd.NAV_RETURN_TO_LAUNCH,
    MavCmd.DO_PAUSE_CONTINUE,
)


def test_an_operation_that_goes_well(stage, plan_of):
    async def story():
        conductor = stage.conductor()
        operation = await stage.launched(conductor, plan_of(drones=2, sorties=2))
        await conductor.finished(operation.id)
        return conductor.get(operation.id)

    done = stage.run(story)
    assert done.status == "closed"
    assert [s.status for s in done.sorties] == ["flown"] * 4
    assert done.covered_fraction == 0.99
    assert done.report == f"report-{done.id}.html"
    assert done.simulated
    assert all(s.launched_at < s.landed_at and s.battery_end_pct == 20 for s in done.sorties)
    assert stage.kinds("operation.") == [
        "operation.created",
        "operation.checked",
        "operation.authorised",
        "operation.uploaded",
        "operation.launching",
        "operation.flying",
        "operation.closed",
        "operation.report_written",
    ]
    assert [e.seq for e in stage.published] == list(range(1, len(stage.published) + 1))
    assert stage.store.operations[done.id] == done


def test_the_launch_of_a_vehicle_is_guided_arm_start_once_each(stage, plan_of):
    async def story():
        conductor = stage.conductor()
        operation = await stage.launched(conductor, plan_of(drones=1), ["sim-1"])
        await conductor.finished(operation.id)

    stage.run(story)
    assert [c[1:] for c in stage.fleet.commands] == [
        ("sim-1", MODE, 1, 4, "li"),
        ("sim-1", ARM, 1, 0, "li"),
        ("sim-1", START, 0, 0, "li"),
    ]


def test_vehicles_are_launched_one_after_the_other(stage, plan_of):
    async def story():
        conductor = stage.conductor()
        operation = await stage.launched(conductor, plan_of(drones=2))
        await conductor.finished(operation.id)

    stage.run(story)
    first, second = (c[0] for c in stage.fleet.sent(ARM))
    assert second - first >= 3.0


def test_the_next_sortie_waits_for_the_battery_and_is_uploaded_anew(stage, plan_of):
    async def story():
        conductor = stage.conductor()
        operation = await stage.launched(conductor, plan_of(drones=1, sorties=2), ["sim-1"])
        await conductor.finished(operation.id)
        return conductor.get(operation.id)

    done = stage.run(story)
    first, second = done.sorties
    assert (second.launched_at - first.landed_at).total_seconds() >= stage.fleet.fakes["sim-1"].swap_s
    assert len(stage.fleet.uploads) == 2
    waiting = next(e for e in stage.published if e.kind == "sortie.waiting")
    assert waiting.data["red"] == ["battery.enough"]
    assert second.battery_start_pct == 100


def test_a_vehicle_left_in_auto_is_taken_out_of_it_before_its_next_upload(stage, plan_of):
    async def story():
        conductor = stage.conductor()
        operation = await stage.launched(conductor, plan_of(drones=1, sorties=2), ["sim-1"])
        await conductor.finished(operation.id)

    stage.run(story)
    guided = stage.fleet.sent(MODE)
    assert any(mode[0] < stage.fleet.uploads[1][0] and mode[0] > stage.fleet.uploads[0][0] + 1 for mode in guided)


def test_the_flown_track_is_measured_and_stored(stage, plan_of):
    async def story():
        conductor = stage.conductor()
        operation = await stage.launched(conductor, plan_of(drones=1), ["sim-1"])
        await conductor.finished(operation.id)
        return operation.id

    operation_id = stage.run(story)
    stored = stage.store.tracks[operation_id, "sim-1"]
    tracks, swath_m = stage.measured[-1]
    assert swath_m == 40.0
    assert [(p[2], p[1]) for p in stored] == [point for line in tracks for point in line]
    assert len(stored) == 3


def test_a_vehicle_that_refuses_to_arm_is_told_with_its_own_words_and_the_others_fly(stage, plan_of):
    stage.fleet.fakes["sim-1"].refuse[ARM] = "Arm: Compass not healthy"

    async def story():
        conductor = stage.conductor()
        operation = await stage.launched(conductor, plan_of(drones=2, sorties=2))
        await conductor.finished(operation.id)
        return conductor.get(operation.id)

    done = stage.run(story)
    mine = [s for s in done.sorties if s.vehicle == "sim-1"]
    assert [s.status for s in mine] == ["broken_off", "broken_off"]
    assert mine[0].reason == "arming was refused: Arm: Compass not healthy"
    assert mine[1].reason == "sortie 1 was broken off"
    assert len(stage.fleet.sent(ARM, "sim-1")) == 1
    assert not stage.fleet.sent(START, "sim-1")
    assert [s.status for s in done.sorties if s.vehicle == "sim-2"] == ["flown", "flown"]
    assert done.status == "closed"


def test_an_unanswered_arm_is_asked_again_only_after_the_vehicle_showed_that_it_is_disarmed(stage, plan_of):
    stage.fleet.fakes["sim-1"].ignore.add(ARM)

    async def story():
        conductor = stage.conductor()
        operation = await stage.launched(conductor, plan_of(drones=1), ["sim-1"])
        await conductor.finished(operation.id)
        return conductor.get(operation.id)

    done = stage.run(story)
    asked = [c[0] for c in stage.fleet.sent(ARM)]
    assert len(asked) == 2
    assert asked[1] - asked[0] >= 4.0
    assert done.sorties[0].reason == "arming was not taken"


def test_a_vehicle_that_does_not_lift_off_is_disarmed(stage, plan_of):
    stage.fleet.fakes["sim-1"].refuse[START] = "Mode change to AUTO failed"

    async def story():
        conductor = stage.conductor()
        operation = await stage.launched(conductor, plan_of(drones=1), ["sim-1"])
        await conductor.finished(operation.id)
        return conductor.get(operation.id)

    done = stage.run(story)
    assert [c[3] for c in stage.fleet.sent(ARM)] == [1, 0]
    assert "Mode change to AUTO failed" in done.sorties[0].reason


def test_an_upload_that_breaks_is_tried_again_and_then_refused(stage, plan_of):
    stage.fleet.fakes["sim-1"].broken_uploads = 2
    stage.fleet.fakes["sim-2"].broken_uploads = 3

    async def story():
        conductor = stage.conductor()
        operation = await conductor.create(plan_of(drones=2), "n", "patrol", ["sim-1", "sim-2"], "chen")
        await conductor.check(operation.id)
        await conductor.authorise(operation.id, "li")
        with pytest.raises(UploadFailedError) as failed:
            await conductor.upload(operation.id)
        assert failed.value.reasons == {"sim-2": "it went silent"}
        assert conductor.get(operation.id).status == "authorised"
        return (await conductor.upload(operation.id)).status

    assert stage.run(story) == "uploaded"


def test_red_findings_block_and_yellow_ones_need_a_note(stage, plan_of):
    fake = stage.fleet.fakes["sim-1"]

    async def story():
        conductor = stage.conductor()
        operation = await conductor.create(plan_of(drones=1), "n", "patrol", ["sim-1"], "chen")
        with pytest.raises(IllegalOperationStep):
            await conductor.authorise(operation.id, "li")
        fake.set(ekf_flags=167)
        await conductor.check(operation.id)
        with pytest.raises(ChecksBlockError) as blocked:
            await conductor.authorise(operation.id, "li", "I insist")
        assert [check.code for check in blocked.value.checks] == ["ekf.position"]
        fake.set(ekf_flags=831, prearm_ok=None)
        await conductor.check(operation.id)
        with pytest.raises(NoteNeededError):
            await conductor.authorise(operation.id, "li", " ")
        return await conductor.authorise(operation.id, "li", "checked by hand")

    authorised = stage.run(story)
    assert (authorised.authorised_by, authorised.authorise_note) == ("li", "checked by hand")


def test_the_plan_must_fit_the_vehicles_and_have_a_purpose(stage, plan_of):
    async def story():
        conductor = stage.conductor()
        with pytest.raises(WrongVehiclesError):
            await conductor.create(plan_of(drones=2), "n", "patrol", ["sim-1"], "chen")
        with pytest.raises(WrongVehiclesError):
            await conductor.create(plan_of(drones=2), "n", "patrol", ["sim-1", "sim-1"], "chen")
        with pytest.raises(WrongVehiclesError):
            await conductor.create(plan_of(drones=1), "n", " ", ["sim-1"], "chen")
        with pytest.raises(UnknownOperationError):
            await conductor.check("nothing")
        return conductor.operations

    assert not stage.run(story)


def test_a_vehicle_of_an_uploaded_operation_cannot_be_taken_by_another(stage, plan_of):
    async def story():
        conductor = stage.conductor()
        plan = plan_of(drones=1)
        both = [await conductor.create(plan, "n", "patrol", ["sim-1"], "chen") for _ in range(2)]
        for operation in both:
            await conductor.check(operation.id)
            await conductor.authorise(operation.id, "li")
        await conductor.upload(both[0].id)
        with pytest.raises(WrongVehiclesError):
            await conductor.upload(both[1].id)
        assert conductor.operation_of("sim-1") == conductor.get(both[0].id)
        return await conductor.check(both[1].id)

    checked = stage.run(story)
    assert [c.code for c in checked.checks if c.level == "red"] == ["vehicle.free"]


def test_pause_stops_everybody_and_nobody_takes_off_until_resumed(stage, plan_of):
    async def story():
        conductor = stage.conductor()
        operation = await stage.launched(conductor, plan_of(drones=2, legs=4))
        await stage.until(lambda: stage.fleet.fakes["sim-1"].state.mission.current == 3)
        await conductor.pause(operation.id, "chen")
        seen = len(stage.fleet.sent(ARM))
        await asyncio.sleep(60)
        assert len(stage.fleet.sent(ARM)) == seen
        assert conductor.get(operation.id).status == "paused"
        assert stage.fleet.fakes["sim-1"].state.armed
        progress = stage.fleet.fakes["sim-1"].state.mission.current
        await conductor.resume(operation.id, "chen")
        await conductor.finished(operation.id)
        return progress, conductor.get(operation.id)

    progress, done = stage.run(story)
    assert progress == 3
    assert [s.status for s in done.sorties] == ["flown", "flown"]
    assert {c[5] for c in stage.fleet.sent(PAUSE)} == {"chen"}


def test_a_vehicle_that_cannot_be_paused_brakes(stage, plan_of):
    stage.fleet.fakes["sim-1"].refuse[PAUSE] = "Failed to pause"

    async def story():
        conductor = stage.conductor()
        operation = await stage.launched(conductor, plan_of(drones=1), ["sim-1"])
        await stage.until(lambda: stage.fleet.fakes["sim-1"].state.mission.current == 3)
        await conductor.pause(operation.id)
        assert stage.fleet.fakes["sim-1"].state.mode == "BRAKE"
        await asyncio.sleep(30)
        await conductor.resume(operation.id)
        await conductor.finished(operation.id)
        return conductor.get(operation.id)

    assert [s.status for s in stage.run(story).sorties] == ["flown"]


def test_rtl_all_brings_everybody_home_and_launches_nobody(stage, plan_of):
    async def story():
        conductor = stage.conductor()
        operation = await stage.launched(conductor, plan_of(drones=2, sorties=2))
        await stage.until(lambda: stage.fleet.fakes["sim-1"].state.mission.current == 3)
        await conductor.rtl_all(operation.id, "chen")
        await conductor.finished(operation.id)
        return conductor.get(operation.id)

    done = stage.run(story)
    assert done.status == "closed"
    assert {s.status for s in done.sorties} == {"broken_off"}
    assert done.sorties[0].reason.startswith("landed in RTL after item")
    assert done.sorties[1].reason == "the operation was called home"
    assert not any(fake.state.armed for fake in stage.fleet.fakes.values())


def test_abort_in_flight_calls_home_and_keeps_the_record_open_until_all_are_down(stage, plan_of):
    async def story():
        conductor = stage.conductor()
        operation = await stage.launched(conductor, plan_of(drones=1), ["sim-1"])
        await stage.until(lambda: stage.fleet.fakes["sim-1"].state.mission.current == 3)
        aborted = await conductor.abort(operation.id, "thunderstorm", "chen")
        assert aborted.closed_at is None
        assert stage.fleet.fakes["sim-1"].state.armed
        await conductor.finished(operation.id)
        return conductor.get(operation.id)

    done = stage.run(story)
    assert (done.status, done.reason) == ("aborted", "thunderstorm")
    assert done.closed_at is not None
    assert not stage.fleet.fakes["sim-1"].state.armed
    assert done.report is not None


def test_a_draft_is_aborted_without_a_command(stage, plan_of):
    async def story():
        conductor = stage.conductor()
        operation = await conductor.create(plan_of(drones=1), "n", "patrol", ["sim-1"], "chen")
        return await conductor.abort(operation.id, "not needed", "chen")

    done = stage.run(story)
    assert (done.status, done.closed_at is not None, stage.fleet.commands) == ("aborted", True, [])


def test_closing_waits_until_everybody_is_down(stage, plan_of):
    async def story():
        conductor = stage.conductor()
        operation = await stage.launched(conductor, plan_of(drones=1), ["sim-1"])
        await stage.until(lambda: stage.fleet.fakes["sim-1"].state.mission.current == 3)
        with pytest.raises(StillAirborneError):
            await conductor.close(operation.id)
        stage.fleet.fakes["sim-1"].silent = True
        await asyncio.sleep(10)
        return await conductor.close(operation.id, "chen")

    done = stage.run(story)
    assert done.status == "closed"
    assert done.sorties[0].status == "broken_off"
    assert "before the vehicle was heard on the ground" in done.sorties[0].reason


def test_a_vehicle_that_falls_silent_in_flight_is_waited_for(stage, plan_of):
    async def story():
        conductor = stage.conductor()
        operation = await stage.launched(conductor, plan_of(drones=1), ["sim-1"])
        await stage.until(lambda: stage.fleet.fakes["sim-1"].state.mission.current == 3)
        stage.fleet.fakes["sim-1"].silent = True
        await asyncio.sleep(600)
        assert conductor.get(operation.id).sorties[0].status == "flying"
        stage.fleet.fakes["sim-1"].silent = False
        await conductor.finished(operation.id)
        return conductor.get(operation.id)

    assert stage.run(story).sorties[0].status == "flown"


def test_a_vehicle_lost_in_the_moment_of_take_off_counts_as_flying(stage, plan_of):
    fake = stage.fleet.fakes["sim-1"]

    async def story():
        conductor = stage.conductor()
        operation = await stage.launched(conductor, plan_of(drones=1), ["sim-1"])
        await stage.until(lambda: stage.fleet.sent(START))
        fake.silent = True
        await asyncio.sleep(20)
        assert conductor.get(operation.id).sorties[0].status == "flying"
        fake.silent = False
        await conductor.finished(operation.id)
        return conductor.get(operation.id)

    assert stage.run(story).sorties[0].status == "flown"


def test_a_full_disk_stops_steps_on_the_ground_but_never_a_command_in_flight(stage, plan_of):
    async def story():
        conductor = stage.conductor()
        operation = await stage.launched(conductor, plan_of(drones=1), ["sim-1"])
        await stage.until(lambda: stage.fleet.fakes["sim-1"].state.mission.current == 3)
        stage.store.full = True
        with pytest.raises(NotKeptError):
            await conductor.create(plan_of(drones=1), "n", "patrol", ["sim-2"], "chen")
        await conductor.rtl_all(operation.id, "chen")
        assert stage.fleet.sent(HOME)
        await asyncio.sleep(5)
        assert "operation.returning" in stage.kinds()
        assert "operation.returning" not in [event.kind for event in stage.store.events]
        stage.store.full = False
        await conductor.finished(operation.id)
        return conductor.get(operation.id)

    done = stage.run(story)
    assert done.status == "closed"
    assert stage.kinds().count("operation.returning") == 1
    assert [event.kind for event in stage.store.events].count("operation.returning") == 1
    assert stage.store.operations[done.id] == done
    assert len(stage.store.tracks[done.id, "sim-1"]) == 1


def test_no_command_goes_to_a_vehicle_outside_the_operation(stage, plan_of):
    async def story():
        conductor = stage.conductor()
        operation = await stage.launched(conductor, plan_of(drones=1), ["sim-1"])
        await stage.until(lambda: stage.fleet.fakes["sim-1"].state.mission.current == 3)
        stage.fleet.fakes["sim-2"].set(armed=True, mode="AUTO", landed_state=2)
        stage.fleet.fakes["sim-2"].step = lambda *_: None
        await conductor.pause(operation.id)
        await conductor.resume(operation.id)
        await conductor.rtl_all(operation.id)
        await conductor.finished(operation.id)

    stage.run(story)
    assert {c[1] for c in stage.fleet.commands} == {"sim-1"}


def test_an_abort_in_the_moment_of_launch_wins(stage, plan_of):
    async def story():
        conductor = stage.conductor()
        operation = await conductor.create(plan_of(drones=1), "n", "patrol", ["sim-1"], "chen")
        await conductor.check(operation.id)
        await conductor.authorise(operation.id, "li")
        await conductor.upload(operation.id)
        launching = asyncio.get_running_loop().create_task(conductor.launch(operation.id, "chen"))
        await asyncio.sleep(0.001)
        await conductor.abort(operation.id, "people on the field", "li")
        with pytest.raises(OvertakenError):
            await launching
        await asyncio.sleep(30)
        return conductor.get(operation.id)

    done = stage.run(story)
    assert done.status == "aborted"
    assert stage.store.operations[done.id].status == "aborted"
    assert stage.fleet.commands == []


def test_of_two_uploads_at_once_to_one_vehicle_only_one_counts(stage, plan_of):
    async def story():
        conductor = stage.conductor()
        plan = plan_of(drones=1)
        both = [await conductor.create(plan, "n", "patrol", ["sim-1"], "chen") for _ in range(2)]
        for operation in both:
            await conductor.check(operation.id)
            await conductor.authorise(operation.id, "li")
        results = await asyncio.gather(*(conductor.upload(o.id) for o in both), return_exceptions=True)
        return [r.status if isinstance(r, Operation) else type(r) for r in results]

    assert set(stage.run(story)) == {"uploaded", WrongVehiclesError}


def real(stage, *vehicles):
    for vehicle in vehicles:
        stage.fleet.fakes[vehicle].set(simulated=False)


def waiting_for_a_clear(conductor, operation):
    return [s.vehicle for s in conductor.get(operation.id).sorties if s.awaits_clear]


def test_a_real_vehicle_that_has_landed_flies_on_only_when_somebody_beside_it_says_so(stage, plan_of):
    async def story():
        real(stage, "sim-1", "sim-2")
        conductor = stage.conductor()
        operation = await stage.launched(conductor, plan_of(drones=2, sorties=2))
        await stage.until(lambda: len(waiting_for_a_clear(conductor, operation)) == 2)
        await asyncio.sleep(200)
        assert len(stage.fleet.sent(ARM)) == 2
        await conductor.clear(operation.id, "sim-1", "li")
        await asyncio.sleep(100)
        assert len(stage.fleet.sent(ARM, "sim-1")) == 2
        assert waiting_for_a_clear(conductor, operation) == ["sim-2"]
        await conductor.clear(operation.id, "sim-2", "wang")
        await conductor.finished(operation.id)
        return conductor.get(operation.id)

    done = stage.run(story)
    assert [s.status for s in done.sorties] == ["flown"] * 4
    assert [s.cleared_by for s in done.sorties] == [None, "li", None, "wang"]
    cleared = [(e.actor, e.vehicle) for e in stage.published if e.kind == "sortie.cleared"]
    assert cleared == [("li", "sim-1"), ("wang", "sim-2")]


def test_a_clear_that_nothing_waits_for_is_refused(stage, plan_of):
    async def story():
        conductor = stage.conductor()
        operation = await stage.launched(conductor, plan_of(drones=2, sorties=2))
        with pytest.raises(NothingToClearError, match="sim-1"):
            await conductor.clear(operation.id, "sim-1", "li")
        await conductor.finished(operation.id)

    stage.run(story)


def test_a_clear_that_is_waited_for_is_waited_for_after_a_restart_too(stage, plan_of):
    async def story():
        real(stage, "sim-1", "sim-2")
        conductor = stage.conductor()
        operation = await stage.launched(conductor, plan_of(drones=2, sorties=2))
        await stage.until(lambda: len(waiting_for_a_clear(conductor, operation)) == 2)
        await conductor.stop()
        conductor = stage.conductor()
        await conductor.recover()
        await asyncio.sleep(100)
        assert waiting_for_a_clear(conductor, operation) == ["sim-1", "sim-2"]
        for vehicle in ("sim-1", "sim-2"):
            await conductor.clear(operation.id, vehicle, "li")
        await conductor.finished(operation.id)
        return conductor.get(operation.id)

    assert [s.status for s in stage.run(story).sorties] == ["flown"] * 4
