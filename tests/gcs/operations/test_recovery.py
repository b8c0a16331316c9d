"""The server is killed in flight and started again: vehicles are taken up where they are, or held."""

import asyncio

from telemetry.constants import MavCmd

ARM = MavCmd.COMPONENT_ARM_DISARM


async def _killed(stage, conductor):
    """As kill -9: nothing is stored or said any more; vehicles fly on."""
    for task in list(conductor._tasks.values()):
        task.cancel()
    conductor._ledger._writer.cancel()
    await asyncio.sleep(0)


async def _restarted(stage):
    conductor = stage.conductor()
    await conductor.recover()
    return conductor


def test_a_flight_is_taken_up_again_and_ends_as_if_nothing_had_happened(stage, plan_of):
    async def story():
        conductor = stage.conductor()
        operation = await stage.launched(conductor, plan_of(drones=2, sorties=2, legs=5))
        await stage.until(lambda: stage.fleet.fakes["sim-2"].state.mission.current == 3)
        armed_before = len(stage.fleet.sent(ARM))
        await _killed(stage, conductor)
        await asyncio.sleep(5)
        conductor = await _restarted(stage)
        await conductor.finished(operation.id)
        return armed_before, conductor.get(operation.id)

    armed_before, done = stage.run(story)
    assert done.status == "closed"
    assert [s.status for s in done.sorties] == ["flown"] * 4
    assert armed_before == 2
    assert len(stage.fleet.sent(ARM)) == 4
    assert stage.kinds("sortie.readopted") == ["sortie.readopted"] * 2
    tracks, _ = stage.measured[-1]
    assert sum(len(line) for line in tracks) > 5


async def _killed_between_arming_and_start(stage, conductor, plan):
    """The restarted conductor and the operation; sim-1 stands armed on the ground in GUIDED."""
    fake = stage.fleet.fakes["sim-1"]
    fake.ignore.add(MavCmd.MISSION_START)
    operation = await stage.launched(conductor, plan)
    await stage.until(lambda: fake.state.armed)
    await _killed(stage, conductor)
    fake.ignore.clear()
    return await _restarted(stage), operation


def test_killed_between_arming_and_start_waits_for_the_vehicle_to_disarm_and_launches_anew(stage, plan_of):
    async def story():
        conductor, operation = await _killed_between_arming_and_start(stage, stage.conductor(), plan_of(drones=2))
        commanded = len(stage.fleet.commands)
        await asyncio.sleep(5)
        assert conductor.get(operation.id).sorties[0].status == "launching"
        assert [c for c in stage.fleet.commands[commanded:] if c[1] == "sim-1"] == []
        stage.fleet.fakes["sim-1"].set(armed=False)
        await conductor.finished(operation.id)
        return conductor.get(operation.id)

    done = stage.run(story)
    assert [s.status for s in done.sorties] == ["flown", "flown"]
    assert len(stage.fleet.sent(ARM, "sim-1")) == 2


def test_killed_between_arming_and_start_and_never_disarmed_is_held(stage, plan_of):
    async def story():
        conductor, operation = await _killed_between_arming_and_start(stage, stage.conductor(), plan_of(drones=2))
        await stage.until(lambda: conductor.get(operation.id).status == "held")
        return conductor.get(operation.id)

    held = stage.run(story)
    assert held.reason == "sim-1: the vehicle stands armed on the ground"
    assert len(stage.fleet.sent(ARM, "sim-1")) == 1


def test_a_vehicle_that_holds_another_mission_is_held_and_not_commanded(stage, plan_of):
    async def story():
        conductor = stage.conductor()
        operation = await stage.launched(conductor, plan_of(drones=2, legs=5))
        await stage.until(lambda: stage.fleet.fakes["sim-2"].state.mission.current == 3)
        await _killed(stage, conductor)
        stage.fleet.fakes["sim-1"].set(mission_hash="somebody else's")
        commanded = len(stage.fleet.commands)
        conductor = await _restarted(stage)
        await stage.until(lambda: conductor.get(operation.id).status == "held")
        return commanded, conductor.get(operation.id)

    commanded, held = stage.run(story)
    assert [s.status for s in held.sorties] == ["held", "flown"]
    assert held.reason == "sim-1: the vehicle holds another mission"
    assert len(stage.fleet.commands) == commanded
    assert "sortie.held" in stage.kinds()
    assert "operation.held" in stage.kinds()


def test_a_held_sortie_is_flown_anew_when_somebody_says_so(stage, plan_of):
    async def story():
        conductor = stage.conductor()
        operation = await stage.launched(conductor, plan_of(drones=1, legs=4), ["sim-1"])
        await stage.until(lambda: stage.fleet.fakes["sim-1"].state.mission.current == 3)
        await _killed(stage, conductor)
        stage.fleet.fakes["sim-1"].set(mission_hash="somebody else's")
        conductor = await _restarted(stage)
        await stage.until(lambda: conductor.get(operation.id).status == "held")
        await stage.until(lambda: not stage.fleet.fakes["sim-1"].state.armed)
        await conductor.resume(operation.id, "chen")
        await conductor.finished(operation.id)
        return conductor.get(operation.id)

    done = stage.run(story)
    assert (done.status, done.sorties[0].status) == ("closed", "flown")
    assert len(stage.fleet.uploads) == 2


def test_a_held_operation_is_called_home(stage, plan_of):
    async def story():
        conductor = stage.conductor()
        operation = await stage.launched(conductor, plan_of(drones=1, legs=9), ["sim-1"])
        await stage.until(lambda: stage.fleet.fakes["sim-1"].state.mission.current == 3)
        await _killed(stage, conductor)
        stage.fleet.fakes["sim-1"].set(mission_hash="somebody else's")
        conductor = await _restarted(stage)
        await stage.until(lambda: conductor.get(operation.id).status == "held")
        await conductor.rtl_all(operation.id, "chen")
        await conductor.finished(operation.id)
        return conductor.get(operation.id)

    done = stage.run(story)
    assert (done.status, done.sorties[0].status) == ("closed", "broken_off")
    assert not stage.fleet.fakes["sim-1"].state.armed


def test_a_vehicle_whose_mission_was_not_read_back_yet_is_waited_for(stage, plan_of):
    async def story():
        conductor = stage.conductor()
        operation = await stage.launched(conductor, plan_of(drones=1, legs=9), ["sim-1"])
        fake = stage.fleet.fakes["sim-1"]
        await stage.until(lambda: fake.state.mission.current == 3)
        await _killed(stage, conductor)
        ours = fake.state.mission_hash
        fake.set(mission_known=False, mission_hash=None)
        conductor = await _restarted(stage)
        await asyncio.sleep(10)
        waiting = stage.kinds("sortie.readopted", "sortie.held")
        fake.set(mission_known=True, mission_hash=ours)
        await conductor.finished(operation.id)
        return waiting, conductor.get(operation.id)

    waiting, done = stage.run(story)
    assert waiting == []
    assert done.sorties[0].status == "flown"


def test_what_landed_meanwhile_is_flown_when_its_mission_was_complete(stage, plan_of):
    async def story():
        conductor = stage.conductor()
        operation = await stage.launched(conductor, plan_of(drones=1), ["sim-1"])
        await stage.until(lambda: stage.fleet.fakes["sim-1"].state.mission.current == 3)
        await _killed(stage, conductor)
        await stage.until(lambda: not stage.fleet.fakes["sim-1"].state.armed)
        conductor = await _restarted(stage)
        await conductor.finished(operation.id)
        return conductor.get(operation.id)

    assert stage.run(story).sorties[0].status == "flown"


def test_killed_between_upload_and_launch_nothing_flies_by_itself(stage, plan_of):
    async def story():
        conductor = stage.conductor()
        operation = await conductor.create(plan_of(drones=1), "n", "patrol", ["sim-1"], "chen")
        await conductor.check(operation.id)
        await conductor.authorise(operation.id, "li")
        await conductor.upload(operation.id)
        await _killed(stage, conductor)
        conductor = await _restarted(stage)
        await asyncio.sleep(60)
        assert conductor.get(operation.id).status == "uploaded"
        await conductor.launch(operation.id)
        await conductor.finished(operation.id)
        return conductor.get(operation.id)

    assert stage.run(story).sorties[0].status == "flown"


def test_an_aborted_flight_is_watched_to_its_end_after_a_restart(stage, plan_of):
    async def story():
        conductor = stage.conductor()
        operation = await stage.launched(conductor, plan_of(drones=1, legs=9), ["sim-1"])
        await stage.until(lambda: stage.fleet.fakes["sim-1"].state.mission.current == 3)
        await conductor.abort(operation.id, "storm")
        await asyncio.sleep(0.1)
        await _killed(stage, conductor)
        conductor = await _restarted(stage)
        await conductor.finished(operation.id)
        return conductor.get(operation.id)

    done = stage.run(story)
    assert (done.status, done.sorties[0].status, done.closed_at is not None) == ("aborted", "broken_off", True)


def test_a_sortie_held_beside_one_that_flies_is_flown_after_it_when_somebody_says_so(stage, plan_of):
    async def story():
        conductor = stage.conductor()
        operation = await stage.launched(conductor, plan_of(drones=2, legs=12))
        await stage.until(lambda: stage.fleet.fakes["sim-2"].state.mission.current == 3)
        await _killed(stage, conductor)
        stage.fleet.fakes["sim-1"].set(mission_hash="somebody else's")
        conductor = await _restarted(stage)
        await stage.until(lambda: conductor.get(operation.id).sorties[0].status == "held")
        await conductor.pause(operation.id)
        await conductor.resume(operation.id)
        await conductor.finished(operation.id)
        return conductor.get(operation.id)

    assert [s.status for s in stage.run(story).sorties] == ["flown", "flown"]


def test_a_held_vehicle_that_falls_silent_has_not_landed(stage, plan_of):
    fake = stage.fleet.fakes["sim-1"]

    async def story():
        conductor = stage.conductor()
        operation = await stage.launched(conductor, plan_of(drones=1, legs=40), ["sim-1"])
        await stage.until(lambda: fake.state.mission.current == 3)
        await _killed(stage, conductor)
        fake.set(mission_hash="somebody else's")
        conductor = await _restarted(stage)
        await stage.until(lambda: conductor.get(operation.id).status == "held")
        fake.silent = True
        await asyncio.sleep(10)
        await conductor.rtl_all(operation.id, "chen")
        await asyncio.sleep(60)
        assert conductor.get(operation.id).status == "returning"
        fake.silent = False
        fake.set(armed=False)
        await conductor.finished(operation.id)
        return conductor.get(operation.id)

    done = stage.run(story)
    assert (done.status, done.sorties[0].status) == ("closed", "broken_off")


def test_a_held_vehicle_that_is_never_heard_again_ends_with_the_close(stage, plan_of):
    fake = stage.fleet.fakes["sim-1"]

    async def story():
        conductor = stage.conductor()
        operation = await stage.launched(conductor, plan_of(drones=1, legs=40), ["sim-1"])
        await stage.until(lambda: fake.state.mission.current == 3)
        await _killed(stage, conductor)
        fake.set(mission_hash="somebody else's")
        conductor = await _restarted(stage)
        await stage.until(lambda: conductor.get(operation.id).status == "held")
        fake.silent = True
        await asyncio.sleep(10)
        return await conductor.close(operation.id, "chen")

    done = stage.run(story)
    assert (done.status, done.sorties[0].status) == ("closed", "broken_off")


def test_a_flight_whose_launch_never_reached_the_disk_is_taken_up_and_not_flown_twice(stage, plan_of):
    fake = stage.fleet.fakes["sim-1"]

    async def story():
        conductor = stage.conductor()
        operation = await stage.launched(conductor, plan_of(drones=1, legs=20), ["sim-1"])
        before = stage.store.operations[operation.id]
        await stage.until(lambda: fake.state.mission.current == 3)
        await _killed(stage, conductor)
        stage.store.operations[operation.id] = before
        assert before.sorties[0].status == "ready"
        conductor = await _restarted(stage)
        await conductor.finished(operation.id)
        return conductor.get(operation.id)

    done = stage.run(story)
    assert done.sorties[0].status == "flown"
    assert len(stage.fleet.sent(ARM)) == 1
    assert len(stage.fleet.uploads) == 1
