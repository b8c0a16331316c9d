"""A drone that is a unit is where its vehicle is, and is not sent while that is silent; in virtual time."""

import asyncio

import pytest
from msgspec.structs import replace

from gcs.dispatch.model import UnitKind
from gcs.dispatch.requests import StepRequest, UnitReport
from gcs.dispatch.wings import LOOK_EVERY_S, SILENT_AFTER_S, Wings
from gcs.fleet.state import Position, VehicleState
from gcs.sightings.catalogue import Catalogue, default_catalogue
from gcs.sightings.errors import InvalidReportError, UnitBusyError
from gcs.sightings.workflow import Action

from .conftest import LAT, LON, METRE


class Sky:
    """One vehicle that is heard when somebody says so."""

    def __init__(self, clock):
        self.clock, self.vehicles, self.operations, self.wings = clock, {}, {}, None

    async def operation(self, name):
        """An operation takes the vehicle; None lets it go."""
        self.operations["main-1"] = name
        self.wings.wake()
        await asyncio.sleep(0.1)

    def hear(self, east_m, **fields):
        where = Position(lat_deg=LAT, lon_deg=LON + east_m * METRE / 0.8669, alt_rel_m=50.0, alt_amsl_m=60.0)
        now_s = self.clock.monotonic_s()
        self.vehicles["main-1"] = VehicleState(**{
            "id": "main-1", "network": "main", "sysid": 1, "autopilot": 3, "vehicle_type": 2, "mode": "LOITER",
            "armed": True, "system_status": 4, "last_heard_s": now_s, "last_heartbeat_s": now_s, "position": where,
            **fields,
        })  # fmt: skip


def drone(**fields):
    return UnitReport(**{"id": "eye", "name": "eye", "kind": UnitKind.DRONE, "vehicle": "main-1", **fields})


def with_drones(**more):
    """An agency's own classes, for which a drone may be sent."""
    own = {name: replace(k, units=(*k.units, UnitKind.DRONE), **more) for name, k in default_catalogue().items()}
    return Catalogue(own)


@pytest.fixture
def flown(post):
    """Runs a story with a post and its sky, the drones looked after."""

    def run(story, **more):
        async def play(stage):
            sky = Sky(stage.clock)
            sky.wings = Wings(stage.desk, sky.vehicles, stage.clock, sky.operations.get)
            task = asyncio.create_task(sky.wings.run())
            try:
                return await story(stage, sky)
            finally:
                task.cancel()

        return post(play, **more)

    return run


def test_it_is_where_its_vehicle_is_and_says_so_no_more_often_than_it_moves(flown):
    async def story(stage, sky):
        await stage.desk.put_unit(drone(), "centre")
        sky.hear(400)
        await asyncio.sleep(LOOK_EVERY_S + 0.1)
        unit, shown = stage.desk.units["eye"], len(stage.units_shown)
        assert (unit.lat_deg, unit.lon_deg) == pytest.approx((LAT, LON + 400 * METRE / 0.8669))
        sky.hear(404)
        await asyncio.sleep(LOOK_EVERY_S)
        assert len(stage.units_shown) == shown, "four metres are nothing new"
        sky.hear(450)
        await asyncio.sleep(LOOK_EVERY_S)
        assert len(stage.units_shown) == shown + 1
        for _ in range(300):
            sky.hear(450)
            await asyncio.sleep(1)
        assert (stage.clock.utc() - stage.desk.units["eye"].position_at).total_seconds() < 120, "it hovers there"

    flown(story)


def test_one_that_is_not_heard_is_not_offered_until_it_is_heard_again(flown):
    async def story(stage, sky):
        await stage.desk.put_unit(drone(), "centre")
        sky.hear(100)
        await asyncio.sleep(LOOK_EVERY_S + 0.1)
        assert not stage.desk.units["eye"].silent
        await asyncio.sleep(SILENT_AFTER_S + LOOK_EVERY_S)
        assert stage.desk.units["eye"].silent
        assert stage.status("eye") == "free", "on duty it is all the same: that is its pilot's word"
        sky.hear(100)
        await asyncio.sleep(LOOK_EVERY_S)
        assert not stage.desk.units["eye"].silent

    flown(story)


@pytest.mark.parametrize("fields", [{"conflict": True}, {"simulated": True}], ids=["two answer", "simulated"])
def test_what_is_not_surely_the_vehicle_moves_no_unit(flown, fields):
    async def story(stage, sky):
        await stage.desk.put_unit(drone(lat=LAT, lon=LON), "centre")
        sky.hear(500, **fields)
        await asyncio.sleep(LOOK_EVERY_S + 0.1)
        unit = stage.desk.units["eye"]
        assert (unit.lon_deg, unit.silent) == (LON, True)

    flown(story)


def test_a_silent_drone_keeps_its_task_and_no_new_one_comes_to_it(flown, store):
    async def story(stage, sky):
        await stage.desk.put_unit(drone(), "centre")
        sky.hear(100)
        await asyncio.sleep(LOOK_EVERY_S + 0.1)
        seen = await stage.report()
        await stage.step(seen, Action.ASSIGN, "eye")
        await stage.step(seen, Action.ACCEPT, "eye")
        await asyncio.sleep(SILENT_AFTER_S + LOOK_EVERY_S)
        assert stage.now(seen) == ("accepted", "eye")
        await stage.desk.step(seen, StepRequest(action=Action.REFUSE, unit="eye"), "eye")
        assert await stage.desk.candidates(seen, 3) == ()

    flown(story)


def test_a_drone_that_flies_an_operation_is_not_sent_away_from_it(flown):
    """By itself nothing comes to it; the centre sees it behind all others, and is refused with the operation's name."""

    async def story(stage, sky):
        await stage.desk.put_unit(drone(), "centre")
        await stage.unit("car", 4000)
        sky.hear(10)
        await asyncio.sleep(LOOK_EVERY_S + 0.1)
        seen = await stage.report()
        assert [c.unit.id for c in await stage.desk.candidates(seen, 3)] == ["eye", "car"]
        await sky.operation("patrol-7")
        assert [(c.unit.id, c.unit.operation) for c in await stage.desk.candidates(seen, 3)] == [
            ("car", None),
            ("eye", "patrol-7"),
        ]
        with pytest.raises(UnitBusyError, match="flies operation patrol-7"):
            await stage.step(seen, Action.ASSIGN, "eye")
        assert stage.now(seen) == ("new", None)
        await sky.operation(None)
        await stage.step(seen, Action.ASSIGN, "eye")
        assert stage.now(seen) == ("assigned", "eye")

    flown(story, catalogue=with_drones(automatic=False))


def test_what_waits_goes_to_a_drone_once_its_operation_is_over(flown):
    async def story(stage, sky):
        await stage.desk.put_unit(drone(), "centre")
        sky.hear(10)
        await sky.operation("patrol-7")
        seen = await stage.report()
        await asyncio.sleep(1)
        assert stage.now(seen) == ("new", None)
        await sky.operation(None)
        assert stage.now(seen) == ("assigned", "eye")

    flown(story, catalogue=with_drones())


def test_a_task_that_a_drone_has_stays_with_it_when_its_vehicle_is_put_into_an_operation(flown):
    async def story(stage, sky):
        await stage.desk.put_unit(drone(), "centre")
        sky.hear(10)
        seen = await stage.report()
        await stage.step(seen, Action.ASSIGN, "eye")
        await sky.operation("patrol-7")
        assert stage.now(seen) == ("assigned", "eye")
        await stage.step(seen, Action.ACCEPT, "eye")
        await stage.desk.put_unit(drone(vehicle=""), "centre")
        assert stage.desk.units["eye"].operation is None, "without a vehicle it flies nothing"

    flown(story)


def test_only_a_drone_is_a_vehicle_and_no_two_are_the_same(post):
    async def story(stage):
        with pytest.raises(InvalidReportError, match="vehicle"):
            await stage.desk.put_unit(drone(kind=UnitKind.OFFICER), "centre")
        await stage.desk.put_unit(drone(), "centre")
        with pytest.raises(InvalidReportError, match="another unit"):
            await stage.desk.put_unit(drone(id="other"), "centre")
        await stage.desk.put_unit(drone(vehicle=None), "centre")
        assert stage.desk.units["eye"].vehicle == "main-1", "what is left out stays"
        await stage.desk.put_unit(drone(vehicle=""), "centre")
        assert stage.desk.units["eye"].vehicle is None

    post(story)
