"""A camera follows a unit on its way and stops when it has arrived, in virtual time."""

import asyncio

from msgspec.structs import replace

from gcs.dispatch.lookout import Lookout
from gcs.dispatch.model import Unit, UnitKind, UnitStatus
from telemetry.constants import MavResult
from telemetry.services.command import CommandOutcome

CAR = Unit(id="car-1", name="car", kind=UnitKind.PATROL_CAR, status=UnitStatus.EN_ROUTE, lat_deg=29.9, lon_deg=121.84)


class Station:
    def __init__(self):
        self.sent = []

    def target(self, vehicle_id):
        return 1, 1

    async def command(self, vehicle_id, message, actor):
        self.sent.append(round(message.x / 1e7, 4))
        return CommandOutcome(result=MavResult.ACCEPTED, ok=True, timed_out=False, attempts=1)


def play(virtual, story):
    station, units, told = Station(), {"car-1": CAR}, []
    lookout = Lookout(station, units, virtual, told.append)

    async def run():
        await story(lookout, units)
        await lookout.stop()

    virtual.run(run())
    return station.sent, [event.kind for event in told]


def test_the_camera_follows_the_unit_and_rests_while_it_stands(virtual):
    async def story(lookout, units):
        await lookout.follow("main-1", CAR, "li")
        for step in range(1, 4):
            units["car-1"] = replace(CAR, lat_deg=29.9 + step / 1000)
            await asyncio.sleep(2.1)
        await asyncio.sleep(20)
        units["car-1"] = replace(CAR, lat_deg=29.95, status=UnitStatus.ON_SCENE)
        await asyncio.sleep(10)
        assert lookout.following == {}

    looked, told = play(virtual, story)
    assert looked == [29.9, 29.901, 29.902, 29.903]
    assert told == ["camera.follows", "camera.follows_no_longer"]


def test_it_ends_with_another_task_with_the_unit_and_after_half_an_hour(virtual):
    async def story(lookout, units):
        await lookout.follow("main-1", CAR, "li")
        await lookout.look("main-1", 29.8, 121.8, "li")
        units["car-1"] = replace(CAR, lat_deg=29.97)
        await asyncio.sleep(10)
        await lookout.follow("main-1", units["car-1"], "li")
        await asyncio.sleep(1801)
        assert lookout.following == {}
        assert await lookout.follow("main-1", replace(CAR, lat_deg=None), "li") is None

    assert play(virtual, story)[0] == [29.9, 29.8, 29.97]
