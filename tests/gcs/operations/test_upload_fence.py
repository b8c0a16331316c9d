"""A fence that backs the plan goes up before the mission; without it the vehicle does not go."""

import pytest

from gcs.operations.errors import UploadFailedError
from telemetry.services.mission_item import MissionItem

FENCE = (MissionItem(seq=0, command=5001, param1=3.0),)


class Raising:
    """Answers every fence with the next of `reasons`, then with success."""

    def __init__(self, stage, reasons=()):
        self._stage, self._reasons, self.calls = stage, list(reasons), []

    async def __call__(self, vehicle_id, items, actor):
        self.calls.append((vehicle_id, items, actor, [upload[1] for upload in self._stage.fleet.uploads]))
        return self._reasons.pop(0) if self._reasons else ""


def conductor_with(stage, reasons=(), **changes):
    stage.fleet.raise_fence = Raising(stage, reasons)
    return stage.conductor(make_fence=lambda plan: FENCE, **changes)


async def ready(conductor, plan):
    operation = await conductor.create(plan, "night", "patrol", ("sim-1", "sim-2"), "chen")
    await conductor.check(operation.id, "chen")
    return await conductor.authorise(operation.id, "li", "agreed")


def test_it_goes_up_first_on_every_vehicle_under_who_authorised_it(stage, plan_of):
    conductor = conductor_with(stage)

    async def story():
        operation = await ready(conductor, plan_of())
        return await conductor.upload(operation.id, "chen")

    assert stage.run(story).status == "uploaded"
    assert {(v, items, actor) for v, items, actor, _ in stage.fleet.raise_fence.calls} == {
        ("sim-1", FENCE, "li"),
        ("sim-2", FENCE, "li"),
    }
    assert all(vehicle not in before for vehicle, _, _, before in stage.fleet.raise_fence.calls)


def test_a_vehicle_whose_fence_does_not_stand_gets_no_mission(stage, plan_of):
    conductor = conductor_with(stage, reasons=["its fence: it holds something else"] * 20)

    async def story():
        operation = await ready(conductor, plan_of())
        with pytest.raises(UploadFailedError) as failed:
            await conductor.upload(operation.id, "chen")
        return failed.value.reasons

    assert stage.run(story) == dict.fromkeys(("sim-1", "sim-2"), "its fence: it holds something else")
    assert stage.fleet.uploads == []


def test_a_fence_that_fails_once_is_tried_again(stage, plan_of):
    conductor = conductor_with(stage, reasons=["its fence: no answer"])

    async def story():
        operation = await ready(conductor, plan_of())
        return await conductor.upload(operation.id, "chen")

    assert stage.run(story).status == "uploaded"
    assert len(stage.fleet.raise_fence.calls) == 3
