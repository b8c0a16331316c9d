"""A drone that was sent to look keeps others on the ground until it is out of their way."""

import asyncio

import pytest

from gcs.fleet.state import Position, Speeds
from gcs.operations.errors import ChecksBlockError
from telemetry.constants import MavCmd

LAT, LON = 29.9, 121.84
HIGH_M = 50.0
NEAR, FAR = (LON + 0.0002, LAT + 0.0001), (LON + 0.0002, LAT + 0.01)


@pytest.fixture
def sends(stage):
    """Sends sim-2, which hovers 500 m south at the plan's height, above `place`."""

    def sends(conductor, place):
        here = Position(lat_deg=LAT - 0.005, lon_deg=LON + 0.0002, alt_rel_m=HIGH_M, alt_amsl_m=10.0 + HIGH_M)
        fake = stage.fleet.fakes["sim-2"]
        speeds = Speeds(ground_m_s=0.0, climb_m_s=0.0)
        fake.set(armed=True, mode="GUIDED", landed_state=2, position=here, speeds=speeds)
        conductor.errands.note(fake.state, place, HIGH_M, stage.virtual.monotonic_s())
        return fake

    return sends


def levels(operation, code):
    return [check.level.value for check in operation.checks if check.code == code]


@pytest.mark.parametrize("place", [NEAR, FAR], ids=["there", "through"])
def test_nobody_is_authorised_into_its_way(stage, plan_of, sends, place):
    async def story():
        conductor = stage.conductor()
        sends(conductor, place)
        operation = await conductor.create(plan_of(drones=1), "night", "patrol", ["sim-1"], "chen")
        checked = await conductor.check(operation.id, "chen")
        with pytest.raises(ChecksBlockError):
            await conductor.authorise(operation.id, "li", "agreed")
        return checked

    checked = stage.run(story)
    assert levels(checked, "air.clear") == ["red"]
    (found,) = [check for check in checked.checks if check.code == "air.clear"]
    assert found.data["others"] == "sim-2"


def test_a_launch_waits_until_it_is_gone_and_says_for_whom(stage, plan_of, sends):
    async def story():
        conductor = stage.conductor()
        operation = await conductor.create(plan_of(drones=1), "night", "patrol", ["sim-1"], "chen")
        await conductor.check(operation.id, "chen")
        await conductor.authorise(operation.id, "li", "agreed")
        await conductor.upload(operation.id, "chen")
        fake = sends(conductor, NEAR)
        await conductor.launch(operation.id, "chen")
        await stage.until(lambda: "sortie.waiting" in stage.kinds())
        await asyncio.sleep(30.0)
        before = len(stage.fleet.sent(MavCmd.COMPONENT_ARM_DISARM))
        fake.set(armed=False, landed_state=1)
        await conductor.finished(operation.id)
        return before, conductor.get(operation.id)

    before, done = stage.run(story)
    assert before == 0
    assert done.sorties[0].status == "flown"
    waiting = next(event for event in stage.published if event.kind == "sortie.waiting")
    assert waiting.data["red"] == ["air.clear"]
    assert all("sim-2" in words for words in waiting.data["text"].values())


def test_one_that_is_sent_while_another_waits_for_the_pad_is_seen(stage, plan_of, sends):
    """The pad is free 3 s after the launch before; sim-3 is sent into the way within these."""

    async def story():
        from .conftest import FakeVehicle, ready_state

        stage.fleet.fakes["sim-3"] = FakeVehicle(ready_state("sim-3", stage.virtual.monotonic_s()))
        conductor = stage.conductor()
        operation = await stage.launched(conductor, plan_of(drones=2), ("sim-1", "sim-3"))
        await stage.until(lambda: stage.fleet.sent(MavCmd.COMPONENT_ARM_DISARM, "sim-1"))
        fake = sends(conductor, NEAR)
        await asyncio.sleep(20.0)
        before = len(stage.fleet.sent(MavCmd.COMPONENT_ARM_DISARM, "sim-3"))
        fake.set(armed=False, landed_state=1)
        await conductor.finished(operation.id)
        return before, conductor.get(operation.id)

    before, done = stage.run(story)
    assert before == 0
    assert [sortie.status for sortie in done.sorties] == ["flown", "flown"]


def test_simulated_drones_are_in_nobodys_real_way(stage, plan_of, sends):
    async def story():
        conductor = stage.conductor()
        sends(conductor, NEAR).set(simulated=False)
        operation = await conductor.create(plan_of(drones=1), "night", "patrol", ["sim-1"], "chen")
        return await conductor.check(operation.id, "chen")

    assert levels(stage.run(story), "air.clear") == ["green"]
