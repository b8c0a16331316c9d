"""A vehicle does not climb into another of its operation that flies over its start."""

import asyncio

import pytest

from gcs.fleet.state import MissionProgress, Position
from gcs.operations.climb import Mate, over_the_climb
from missions.plan import Sortie, Waypoint
from missions.to_mavlink import mission_items

LAT, LON, HOME_AMSL_M = 29.9, 121.84, 10.0
EAST_M, NORTH_M = 1 / 96_500, 1 / 111_320
TAKES_OFF, FIRST, SECOND = 1, 3, 4


def flown(east_m, height_m, *places):
    """From `east_m` over `places`, metres east and north, and back."""
    points = ((east_m, 0), *places, (east_m, 0))
    path = tuple(Waypoint(LON + x * EAST_M, LAT + y * NORTH_M, height_m) for x, y in points)
    return Sortie(0, 0, path, 800.0, 120.0, 40.0, 8.0)


def place(east_m, north_m, height_m):
    return Position(
        lat_deg=LAT + north_m * NORTH_M, lon_deg=LON + east_m * EAST_M, alt_rel_m=height_m,
        alt_amsl_m=HOME_AMSL_M + height_m,
    )  # fmt: skip


OURS = flown(0, 30.0, (0, 300))
WESTWARD = flown(20, 30.0, (-300, 0), (-300, 300))
EASTWARD = flown(20, 30.0, (300, 0), (300, 300))


@pytest.fixture
def met(vehicle_ready):
    """Whether sim-9, which began `flown` at `at`, comes close to ours that begins to climb now."""

    def met(flown, at, item, ours=OURS, **changes):
        changes = {"armed": True, "mode": "AUTO", "landed_state": 2} | changes
        home = place(20, 0, 0.0)
        progress = MissionProgress(current=item)
        state = vehicle_ready("sim-9", 0.0, position=at, home=home, mission=progress, **changes)
        return over_the_climb(ours, HOME_AMSL_M, [Mate(state, mission_items(flown), 8.0)]) == ("sim-9",)

    return met


def test_one_that_has_just_lifted_and_will_fly_over_is_waited_for(met):
    assert met(WESTWARD, place(20, 0, 2.0), TAKES_OFF)
    assert not met(EASTWARD, place(20, 0, 2.0), TAKES_OFF), "it flies elsewhere"


def test_one_that_is_past_is_not(met):
    assert not met(WESTWARD, place(-40, 0, 30.0), FIRST)
    assert not met(WESTWARD, place(15, 0, 30.0), FIRST), "it is gone before we are up"


def test_one_that_flies_over_above_what_is_climbed_through_is_not(met):
    higher = flown(20, 35.0, (-300, 0), (-300, 300))
    assert not met(higher, place(20, 0, 2.0), TAKES_OFF)
    assert met(higher, place(20, 0, 2.0), TAKES_OFF, flown(0, 40.0, (0, 300)))


def test_one_that_comes_by_in_time_is_waited_for_and_later_is_not(met):
    towards = flown(20, 30.0, (400, 0), (-400, 0))
    assert met(towards, place(120, 0, 30.0), SECOND)
    assert not met(towards, place(390, 0, 30.0), SECOND), "it comes by after the climb"


def test_two_that_climb_beside_each_other_are_as_far_apart_as_they_started(met):
    beside = flown(5, 30.0, (300, 0), (300, 300))
    assert not met(beside, place(5, 0, 15.0), TAKES_OFF)


def test_one_that_comes_home_over_the_start_is_waited_for(met):
    assert met(WESTWARD, place(-60, 0, 30.0), FIRST, mode="RTL")
    assert not met(WESTWARD, place(60, 0, 30.0), FIRST, mode="RTL")


def test_one_that_stays_above_is_waited_for(met):
    assert met(WESTWARD, place(3, 0, 20.0), FIRST, mode="BRAKE")
    assert not met(WESTWARD, place(3, 0, 36.0), FIRST, mode="BRAKE")


def test_who_is_nowhere_known_is_not_made_up(met, vehicle_ready):
    assert not met(WESTWARD, None, FIRST)
    above = vehicle_ready("sim-9", 0.0, armed=True, position=place(0, 0, 20.0))
    assert over_the_climb(OURS, None, [Mate(above, (), 8.0)]) == ()


def test_a_launch_waits_for_one_of_its_own_operation(stage, plan_of):
    """sim-1 hovers over where sim-2 stands; once it is down sim-2 takes off."""

    async def story():
        conductor = stage.conductor()
        operation = await stage.launched(conductor, plan_of(drones=2))
        await stage.until(lambda: stage.fleet.fakes["sim-1"].state.landed_state == 2)
        fake = stage.fleet.fakes["sim-1"]
        fake.paused = True
        here = Position(lat_deg=LAT + 0.00015, lon_deg=LON, alt_rel_m=40.0, alt_amsl_m=50.0)
        fake.set(mode="BRAKE", position=here)
        await asyncio.sleep(20.0)
        before = len(stage.fleet.sent(400, "sim-2"))
        fake.set(mode="RTL", position=Position(lat_deg=LAT - 0.001, lon_deg=LON, alt_rel_m=40.0, alt_amsl_m=50.0))
        await conductor.finished(operation.id)
        return before, conductor.get(operation.id)

    before, done = stage.run(story)
    assert before == 0
    assert done.sorties[1].status == "flown"
    waiting = next(event for event in stage.published if event.kind == "sortie.waiting")
    assert (waiting.vehicle, waiting.data["red"]) == ("sim-2", ["air.clear"])
