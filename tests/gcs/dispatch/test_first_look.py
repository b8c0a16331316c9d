"""Which drone is there first, and why the others are not asked."""

import time

import numpy as np
import pytest
from msgspec.structs import replace

from gcs.dispatch.first_look import FirstLook, Habits, habits_of, wind_told, zones_in_force
from gcs.fleet.state import Battery, Breeze, Position, VehicleState
from gcs.operations.model import Operation, OperationStatus
from missions.areas.zones import Zone
from missions.plan import Plan, Sortie, Waypoint
from missions.wind import Wind

LAT, LON = 29.9, 121.84
EKF_GOOD = 831
NORTH_DEG = 1 / 110_850
"""A metre."""


def position(north_m=0.0, up_m=50.0):
    return Position(lat_deg=LAT + north_m * NORTH_DEG, lon_deg=LON, alt_rel_m=up_m, alt_amsl_m=up_m + 10)


def drone(name, north_m=0.0, **fields):
    usual = {
        "network": "main", "sysid": 1, "autopilot": 3, "vehicle_type": 2, "mode": "AUTO", "armed": True,
        "system_status": 4, "landed_state": 2, "position": position(north_m), "home": position(up_m=0.0),
        "battery": Battery(remaining_pct=90), "ekf_flags": EKF_GOOD, "prearm_ok": True, "last_heard_s": 0.0,
        "last_heartbeat_s": 0.0,
    }  # fmt: skip
    return VehicleState(id=name, **(usual | fields))


def ask(*states, place=(LON, LAT + 1000 * NORTH_DEG), now_s=1.0, **more):
    return FirstLook().ask(place, states, now_s, **more)


def found(*states, **more):
    return [(answer.state.id, answer.reason) for answer in ask(*states, **more)]


def test_the_soonest_is_first_and_one_on_the_ground_has_to_climb():
    far, near = drone("far", -500), drone("near", 600)
    ground = drone("ground", 600, armed=False, landed_state=1, position=position(600, 0.0))
    answers = ask(far, near, ground)
    assert [answer.state.id for answer in answers] == ["near", "ground", "far"]
    assert [answer.from_ground for answer in answers] == [False, True, False]
    assert answers[0].look.arrival_s == pytest.approx(45, abs=0.5)
    assert answers[1].look.arrival_s > answers[0].look.arrival_s + 20


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"conflict": True}, "conflict"),
        ({"last_heard_s": -60.0}, "silent"),
        ({"position": None}, "no_place"),
        ({"system_status": 5}, "failsafe"),
        ({"mode": "RTL"}, "returning"),
        ({"landed_state": None, "position": replace(position(), alt_rel_m=None), "system_status": 0}, "unknown"),
        ({"ekf_flags": None}, "no_estimate"),
        ({"armed": False, "prearm_ok": None}, "not_ready"),
        ({"home": None}, "home"),
        ({"battery": Battery()}, "battery_unknown"),
        ({"battery": None}, "battery_unknown"),
        ({"battery": Battery(remaining_pct=90, failing=True)}, "battery_failing"),
        ({"battery": Battery(remaining_pct=25)}, "battery"),
    ],
)
def test_what_is_wrong_or_unknown_is_told_and_the_drone_is_not_ranked(fields, reason):
    assert found(drone("bad", **fields), drone("good", -3000)) == [("good", ""), ("bad", reason)]
    (bad,) = ask(drone("bad", **fields))
    chinese, english = bad.words()
    assert chinese
    assert english
    assert bad.look is None


def test_one_that_an_operation_has_is_behind_all_others_with_its_time():
    answers = ask(drone("busy", 900), drone("free", -900), engaged={"busy": "晨巡"}.get)
    assert [(a.state.id, a.reason) for a in answers] == [("free", ""), ("busy", "operation")]
    assert answers[1].look.arrival_s < answers[0].look.arrival_s
    assert answers[1].words() == ("正在执行任务 晨巡", "flies operation 晨巡")


def box(north_m, size_m):
    low, high = LAT + (north_m - size_m) * NORTH_DEG, LAT + (north_m + size_m) * NORTH_DEG
    east = size_m * NORTH_DEG
    return Zone((((LON - east, low), (LON + east, low), (LON + east, high), (LON - east, high), (LON - east, low)),))


def test_zones_and_wind_change_who_is_first():
    south, north = drone("south", 0), drone("north", 2100)
    assert [name for name, _ in found(south, north)] == ["south", "north"]
    assert [name for name, _ in found(south, north, zones=[box(500, 200)])] == ["north", "south"]
    assert [name for name, _ in found(south, north, wind=Wind(0.0, 5.0))] == ["north", "south"]
    assert found(south, zones=[box(1000, 100)]) == [("south", "place_closed")]
    assert found(south, wind=Wind(0.0, 9.0)) == [("south", "wind")]


def test_the_ways_are_kept_until_the_zones_change():
    first = FirstLook()
    zones = [box(500, 200)]
    place = (LON, LAT + 1000 * NORTH_DEG)
    (round_it,) = first.ask(place, [drone("a")], 0.0, zones=zones)
    assert len(round_it.look.way) > 1
    (straight,) = first.ask(place, [drone("a")], 0.0)
    assert len(straight.look.way) == 1
    far = Zone((((0.0, 0.0), (0.1, 0.0), (0.1, 0.1), (0.0, 0.0)),))
    assert len(first.ask(place, [drone("a")], 0.0, zones=[far])[0].look.way) == 1


def operation(status, plan, **fields):
    return Operation(
        id="op", name="n", purpose="p", plan_hash=plan.hash, status=status, vehicles=("a", "b"),
        created_at="2026-01-01T00:00:00Z", created_by="li", **fields,
    )  # fmt: skip


def plan(*zones):
    path = tuple(Waypoint(LON, LAT + k * 0.001, 50.0) for k in range(2))
    sorties = (Sortie(0, 0, path, 100.0, 60.0, 40.0, 8.0), Sortie(1, 0, path, 100.0, 60.0, 40.0, 12.0))
    return Plan(((((LON, LAT),),),), zones, sorties, 60.0, 1.0, (("endurance_s", 1200.0),))


def test_zones_of_operations_that_have_not_ended_count_at_all_heights():
    banded = replace_band(box(0, 10))
    flown = plan(banded, box(300, 10))
    plans = {flown.hash: flown}
    assert zones_in_force([operation(OperationStatus.CLOSED, flown)], plans) == ()
    twice = [operation(OperationStatus.FLYING, flown), operation(OperationStatus.DRAFT, flown)]
    assert zones_in_force(twice, plans) == (box(0, 10), box(300, 10))


def replace_band(zone):
    return Zone(zone.rings, floor_m=10.0, ceiling_m=40.0)


def test_speed_and_endurance_are_those_of_the_plan_that_it_flies():
    flown = plan()
    flying = operation(OperationStatus.FLYING, flown)
    assert habits_of(flying, flown, "b", Habits()) == Habits(speed_m_s=12.0, endurance_s=1200.0)
    assert habits_of(flying, flown, "c", Habits()) == habits_of(None, None, "a", Habits()) == Habits()


def test_the_wind_is_the_mean_of_what_drones_in_the_air_tell():
    told = [drone(f"d{i}", wind=Breeze(from_deg=deg, speed_m_s=4.0)) for i, deg in enumerate((350.0, 10.0))]
    ground = drone("g", armed=False, wind=Breeze(from_deg=180.0, speed_m_s=9.0))
    silent = drone("s", last_heard_s=-60.0, wind=Breeze(from_deg=180.0, speed_m_s=9.0))
    assert wind_told([*told, ground, silent, drone("x")], 1.0) == Wind(0.0, 3.9)
    assert wind_told([ground, silent], 1.0) is None


def test_two_hundred_drones_take_milliseconds():
    random = np.random.default_rng(3)
    zones = [box(float(north), 60) for north in random.uniform(-3000, 3000, 10)]
    fleet = [drone(f"d{i}", float(north)) for i, north in enumerate(random.uniform(-4000, 4000, 200))]
    first, place, spent = FirstLook(), (LON + 0.01, LAT), []
    for _ in range(12):
        begin = time.process_time()
        assert len(first.ask(place, fleet, 1.0, zones=zones)) == 200
        spent.append(time.process_time() - begin)
    assert min(spent) < 0.05
