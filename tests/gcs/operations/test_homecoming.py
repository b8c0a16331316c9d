"""Whoever did not hear that it is called home is called again, under the name of whoever called."""

import asyncio

import pytest

from telemetry.constants import MavCmd

HOME = MavCmd.NAV_RETURN_TO_LAUNCH


async def flying(stage, plan):
    conductor = stage.conductor()
    operation = await stage.launched(conductor, plan, ["sim-1"])
    await stage.until(lambda: stage.fleet.fakes["sim-1"].state.mission.current == 3)
    return conductor, operation.id


@pytest.mark.parametrize("step", ["rtl_all", "abort"])
def test_a_vehicle_that_was_silent_is_called_as_soon_as_it_is_heard(stage, plan_of, step):
    fake = stage.fleet.fakes["sim-1"]

    async def story():
        conductor, operation = await flying(stage, plan_of(drones=1, legs=40))
        fake.silent = True
        await asyncio.sleep(10)
        if step == "abort":
            await conductor.abort(operation, "storm", "chen")
        else:
            await conductor.rtl_all(operation, "chen")
        await asyncio.sleep(30)
        assert stage.fleet.sent(HOME) == []
        assert fake.state.mode == "AUTO"
        fake.silent = False
        await asyncio.sleep(2)
        assert fake.state.mode == "RTL"
        await conductor.finished(operation)
        return conductor.get(operation)

    done = stage.run(story)
    assert done.status == ("aborted" if step == "abort" else "closed")
    assert [c[5] for c in stage.fleet.sent(HOME)] == ["chen"]


def test_a_call_that_was_lost_is_made_again(stage, plan_of):
    fake = stage.fleet.fakes["sim-1"]

    async def story():
        conductor, operation = await flying(stage, plan_of(drones=1, legs=40))
        fake.ignore.add(HOME)
        await conductor.rtl_all(operation, "chen")
        assert fake.state.mode == "AUTO"
        fake.ignore.clear()
        await conductor.finished(operation)

    stage.run(story)
    calls = stage.fleet.sent(HOME)
    assert [c[5] for c in calls] == ["chen", "chen"]
    assert calls[1][0] - calls[0][0] == pytest.approx(10.0, abs=1.0)


def test_one_call_that_is_taken_is_enough(stage, plan_of):
    async def story():
        conductor, operation = await flying(stage, plan_of(drones=1, legs=40))
        await conductor.rtl_all(operation, "chen")
        await conductor.finished(operation)

    stage.run(story)
    assert len(stage.fleet.sent(HOME)) == 1


def test_a_vehicle_that_a_pilot_has_taken_over_is_left_to_the_pilot(stage, plan_of):
    fake = stage.fleet.fakes["sim-1"]

    async def story():
        conductor, operation = await flying(stage, plan_of(drones=1, legs=40))
        fake.ignore.add(HOME)
        await conductor.rtl_all(operation, "chen")
        fake.set(mode="LOITER")
        await asyncio.sleep(60)

    stage.run(story)
    assert len(stage.fleet.sent(HOME)) == 1


def test_nobody_is_called_while_the_operation_flies(stage, plan_of):
    async def story():
        conductor, operation = await flying(stage, plan_of(drones=1))
        await conductor.finished(operation)

    stage.run(story)
    assert stage.fleet.sent(HOME) == []


@pytest.mark.parametrize("theirs", [False, True], ids=["our mission", "somebody else's mission"])
def test_after_a_restart_a_vehicle_still_out_is_called_if_it_flies_our_mission(stage, plan_of, theirs):
    fake = stage.fleet.fakes["sim-1"]

    async def story():
        conductor, operation = await flying(stage, plan_of(drones=1, legs=40))
        fake.ignore.add(HOME)
        await conductor.rtl_all(operation, "chen")
        for task in conductor._tasks.values():
            task.cancel()
        conductor._ledger._writer.cancel()
        await asyncio.sleep(0)
        fake.ignore.clear()
        stage.fleet.commands.clear()
        if theirs:
            fake.set(mission_hash="theirs")
        again = stage.conductor()
        await again.recover()
        await asyncio.sleep(30)

    stage.run(story)
    assert len(stage.fleet.sent(HOME)) == (0 if theirs else 1)
