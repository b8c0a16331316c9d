"""Any plan is judged, whoever made it."""

from dataclasses import replace

import pytest
from drawn_areas import DRAWN

from missions.coverage.planner import plan_coverage
from missions.energy import Battery
from missions.fleet import FleetSpec
from missions.limits import violations
from missions.plan import Plan, Waypoint


@pytest.fixture(scope="module")
def plan() -> Plan:
    return plan_coverage(DRAWN["zones"](), FleetSpec(drones=2))


def codes(plan, battery=None):
    return {violation.code for violation in violations(plan, battery)}


def with_path(plan, path):
    return replace(plan, sorties=(replace(plan.sorties[0], path=path), *plan.sorties[1:]))


def test_a_good_plan_has_none(plan):
    assert violations(plan, FleetSpec().battery) == []


def test_a_straight_line_over_everything_has_two(plan):
    path = plan.sorties[0].path
    wrong = with_path(plan, (path[0], path[1], Waypoint(121.855, 29.91, path[0].alt_rel_m), path[1], path[-1]))
    assert "outside_area" in codes(wrong)
    lon, lat = 121.84 + 350 / 96_500, 29.9 + 90 / 110_900
    assert "in_no_fly_zone" in codes(with_path(plan, (path[0], Waypoint(lon, lat, path[0].alt_rel_m), path[-1])))


def test_battery_altitude_and_emptiness(plan):
    assert "endurance" in codes(plan, Battery(300.0, 0.2))
    high = tuple(replace(waypoint, alt_rel_m=900.0) for waypoint in plan.sorties[0].path)
    assert "altitude" in codes(with_path(plan, high))
    assert codes(replace(plan, sorties=())) == {"empty"}
    assert "empty" in codes(with_path(plan, plan.sorties[0].path[:1]))


def test_two_drones_on_one_way_are_seen(plan):
    twin = replace(plan.sorties[0], drone=1)
    found = [v for v in violations(replace(plan, sorties=(plan.sorties[0], twin))) if v.code == "separation"]
    assert found[0].amount > 60
    assert "1号机与2号机" in found[0].text_zh
