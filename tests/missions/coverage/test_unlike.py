"""Drones that differ in speed, swath, battery and start fly one plan together."""

from itertools import pairwise

import pytest
from drawn_areas import DRAWN, U_SHAPE, area

from missions.coverage.planner import plan_coverage, plans
from missions.energy import Battery
from missions.fleet import DroneSpec, FleetSpec, PlanError
from missions.limits import violations

SOUTH, NORTH = (121.8395, 29.8995), (121.8475, 29.9060)


def test_the_faster_drone_flies_farther_and_both_are_home_together():
    fleet = FleetSpec(unlike=(DroneSpec(speed_m_s=6.0), DroneSpec(speed_m_s=14.0)))
    plan = plan_coverage(area(U_SHAPE, swath_m=40), fleet)
    slow, fast = plan.sorties
    assert (slow.speed_m_s, fast.speed_m_s) == (6.0, 14.0)
    assert fast.length_m > 1.3 * slow.length_m
    assert abs(fast.duration_s - slow.duration_s) < 0.12 * plan.makespan_s
    assert plan.covered_fraction >= 0.995


def test_each_swath_gets_a_part_in_lanes_of_its_own_width():
    fleet = FleetSpec(unlike=(DroneSpec(swath_m=30.0, start=SOUTH), DroneSpec(swath_m=60.0, start=NORTH)))
    plan = plan_coverage(DRAWN["zones"](), fleet)
    assert [s.swath_m for s in plan.sorties] == [30.0, 60.0]
    assert [(s.path[0].lon_deg, s.path[0].lat_deg) for s in plan.sorties] == [SOUTH, NORTH]
    assert violations(plan) == []
    assert plan.covered_fraction >= 0.99
    assert plan.sorties[1].length_m < plan.sorties[0].length_m * 1.5


def test_every_drone_keeps_to_its_own_battery():
    each = (DroneSpec(endurance_s=420.0), DroneSpec(endurance_s=900.0))
    plan = plan_coverage(area(U_SHAPE, swath_m=30), FleetSpec(unlike=each))
    for sortie in plan.sorties:
        assert sortie.duration_s <= Battery(each[sortie.drone].endurance_s, 0.2).usable_s


def test_plans_get_better_while_one_looks():
    spans = [plan.makespan_s for plan in plans(DRAWN["zones"](), FleetSpec(drones=5))]
    assert len(spans) > 1
    assert spans[-1] < spans[0]


def test_lanes_run_as_they_are_told():
    plan = plan_coverage(DRAWN["square"](), FleetSpec(lane_deg=0.0))
    path = plan.sorties[0].path
    north = sum(abs(b.lat_deg - a.lat_deg) for a, b in pairwise(path) if b.survey)
    east = sum(abs(b.lon_deg - a.lon_deg) for a, b in pairwise(path) if b.survey)
    assert north > 3 * east


@pytest.mark.parametrize("wrong", [{"altitude_m": 130.0}, {"lane_deg": float("inf")}])
def test_what_a_drone_cannot_do_is_refused(wrong):
    with pytest.raises(PlanError, match=next(iter(wrong))):
        FleetSpec(unlike=(DroneSpec(ceiling_m=120.0),), **wrong)
