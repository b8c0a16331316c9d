"""The promises of a plan, on drawn areas and on random ones: seen, inside, clear of zones, within the battery."""

import json
from dataclasses import replace
from functools import cache

import pytest
from drawn_areas import DRAWN, HOLE, SQUARE, U_SHAPE, area, feature, halves, polygon, random_areas, regular
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from oracle import Oracle

from missions.areas.area import load_area
from missions.coverage.planner import plan_coverage
from missions.fleet import FleetSpec, PlanError
from missions.limits import violations
from missions.wind import Wind

INNER_ROOM = [(240, 140), (360, 140), (360, 260), (240, 260)]


@cache
def planned(name, drones):
    drawn = DRAWN[name]()
    return drawn, plan_coverage(drawn, FleetSpec(drones=drones))


def check(drawn, plan, fleet):
    oracle = Oracle(drawn, plan)
    assert oracle.forbidden_m() == 0.0
    assert oracle.outside_m() < 1e-6
    assert violations(plan, fleet.battery) == []
    assert plan.covered_fraction == pytest.approx(oracle.covered(), abs=2e-3)
    assert max(sortie.duration_s for sortie in plan.sorties) <= fleet.usable_s
    assert plan.makespan_s == pytest.approx(max(s.start_s + s.duration_s for s in plan.sorties), abs=0.1)
    assert {s.path[0] for s in plan.sorties} == {replace(s.path[-1], survey=False) for s in plan.sorties}
    return oracle


@pytest.mark.parametrize("drones", [1, 3, 10])
@pytest.mark.parametrize("name", DRAWN)
def test_a_drawn_area_is_seen_from_inside(name, drones):
    drawn, plan = planned(name, drones)
    oracle = check(drawn, plan, FleetSpec(drones=drones))
    assert oracle.covered() >= 0.995
    assert plan.drones <= drones


@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    drawn=random_areas(), drones=st.integers(1, 6), start=st.tuples(st.floats(-0.006, 0.006), st.floats(-0.006, 0.006))
)
def test_any_area_gets_a_plan_that_keeps_every_rule_or_a_reason(drawn, drones, start):
    fleet = FleetSpec(drones=drones, starts=((121.84 + start[0], 29.9 + start[1]),))
    if Oracle.forbids(drawn, fleet.starts[0]):
        with pytest.raises(PlanError, match="no-fly zone"):
            plan_coverage(drawn, fleet)
        return
    plan = plan_coverage(drawn, fleet)
    oracle = check(drawn, plan, fleet)
    assert oracle.covered() >= 0.97


def test_a_plan_is_a_function_of_its_input():
    drawn = DRAWN["zones"]()
    one, other = plan_coverage(drawn, FleetSpec(drones=3)), planned("zones", 3)[1]
    assert one == other
    assert one.hash == other.hash


@pytest.mark.parametrize("name", ["square", "u", "zones"])
def test_drones_come_home_together(name):
    _, plan = planned(name, 3)
    ends = [max(s.start_s + s.duration_s for s in plan.sorties_of(drone)) for drone in range(plan.drones)]
    assert max(ends) <= 1.08 * sum(ends) / len(ends)


def test_more_drones_are_done_sooner():
    assert planned("u", 10)[1].makespan_s < planned("u", 3)[1].makespan_s < planned("u", 1)[1].makespan_s


def test_lanes_make_up_most_of_the_way():
    _, plan = planned("square", 1)
    assert plan.sorties[0].length_m < 1.25 * 600 * 500 / 40


def test_a_short_battery_makes_several_sorties_each_within_it():
    drawn = DRAWN["u"]()
    fleet = FleetSpec(drones=2, endurance_s=420, reserve=0.25)
    plan = plan_coverage(drawn, fleet)
    check(drawn, plan, fleet)
    assert len(plan.sorties) > 2
    for drone in range(2):
        for one, after in zip(plan.sorties_of(drone), plan.sorties_of(drone)[1:], strict=False):
            assert after.start_s >= one.start_s + one.duration_s + fleet.swap_s - 0.1


def test_several_start_points_are_used_in_turn():
    starts = ((121.8395, 29.8995), (121.8475, 29.9055))
    plan = plan_coverage(DRAWN["square"](), FleetSpec(drones=4, starts=starts))
    for sortie in plan.sorties:
        assert (sortie.path[0].lon_deg, sortie.path[0].lat_deg) == starts[sortie.drone % 2]


def test_without_a_start_point_it_is_20_m_outside_the_south_west_corner():
    drawn, plan = planned("square", 1)
    home = plan.sorties[0].path[0]
    lon, lat = drawn.polygons[0][0][0]
    assert home.lon_deg < lon
    assert home.lat_deg < lat
    assert (lat - home.lat_deg) * 111_000 == pytest.approx(14.1, abs=1.0)


def test_wind_turns_the_lanes_across_it_and_is_in_the_times():
    wide = area([(0, 0), (500, 0), (500, 500), (0, 500)], swath_m=40)
    calm = plan_coverage(wide, FleetSpec())
    windy = plan_coverage(wide, FleetSpec(wind=Wind(270.0, 6.0)))
    longest = max(windy.sorties[0].path[1:], key=lambda w: w.survey)
    assert longest.survey
    lanes = [
        (abs(b.lon_deg - a.lon_deg), abs(b.lat_deg - a.lat_deg))
        for a, b in zip(windy.sorties[0].path, windy.sorties[0].path[1:], strict=False)
        if b.survey
    ]
    assert sum(lat for _, lat in lanes) > 3 * sum(lon for lon, _ in lanes)
    assert windy.makespan_s > calm.makespan_s


def test_a_start_point_inside_the_area_keeps_to_it():
    drawn = area(U_SHAPE, swath_m=40)
    inside = (121.84 + 100 / 96_500, 29.90 + 500 / 110_900)
    plan = plan_coverage(drawn, FleetSpec(drones=2, starts=(inside,)))
    oracle = check(drawn, plan, FleetSpec(drones=2))
    assert sum(path.difference(oracle.outline.buffer(0.5)).length for path in oracle.paths) < 1e-6


def test_two_areas_apart_are_one_plan():
    east = [(x + 900, y) for x, y in SQUARE]
    both = {"type": "FeatureCollection", "features": [feature(polygon(ring), swath_m=40) for ring in (SQUARE, east)]}
    drawn = load_area(json.dumps(both).encode(), "both")
    plan = plan_coverage(drawn, FleetSpec(drones=2))
    assert Oracle(drawn, plan).covered() > 0.99


@pytest.mark.parametrize(
    ("fleet", "reason"),
    [
        (FleetSpec(starts=((121.84 + 300 / 96_500, 29.90 + 250 / 110_900),)), "inside a no-fly zone"),
        (FleetSpec(endurance_s=60), "the nearest lane takes .* a battery gives 48 s"),
        (FleetSpec(endurance_s=210), r"\d+% of the lanes are out of reach"),
        (FleetSpec(wind=Wind(0.0, 9.5)), "wind"),
    ],
)
def test_what_cannot_be_done_is_said(fleet, reason):
    with pytest.raises(PlanError, match=reason):
        plan_coverage(area(SQUARE, HOLE, swath_m=40), fleet)


def test_a_pocket_shut_off_by_a_zone_is_named():
    ring = feature(polygon([(200, 100), (400, 100), (400, 300), (200, 300)], INNER_ROOM), kind="no_fly")
    document = {"type": "FeatureCollection", "features": [feature(polygon(SQUARE), swath_m=40), ring]}
    shut = load_area(json.dumps(document).encode(), "shut")
    with pytest.raises(PlanError, match=r"pocket near \[121\.84\d+, 29\.90\d+\] \(\d\.\d% of the area\) cannot be"):
        plan_coverage(shut, FleetSpec())


@pytest.mark.parametrize("neck_m", [6.0, 1.2])
def test_a_room_behind_a_narrow_neck_is_seen_through_it(neck_m):
    low, high = 200 - neck_m / 2, 200 + neck_m / 2
    outline = [(0, 0), (400, 0), (400, low), (440, low), (440, 120), (600, 120), (600, 260), (440, 260), (440, high)]
    drawn = area([*outline, (400, high), (400, 400), (0, 400)], swath_m=40)
    plan = plan_coverage(drawn, FleetSpec())
    assert check(drawn, plan, FleetSpec()).covered() >= 0.995


def test_parts_that_only_open_ground_joins_get_sorties_of_their_own():
    wall = [(295, -50), (305, -50), (305, 550), (295, 550)]
    drawn = area(SQUARE, zones=[wall], swath_m=40)
    fleet = FleetSpec(starts=((121.843, 29.8975),))
    plan = plan_coverage(drawn, fleet)
    assert check(drawn, plan, fleet).covered() >= 0.995
    assert len(plan.sorties) == 2


def test_where_the_gaps_of_the_best_drafts_cannot_be_closed_others_are_completed():
    bent = [(0, 0), (150, 60), (300, 0), (520, 40), (700, -120), (720, -60), (530, 110), (310, 65), (140, 130)]
    drawn, fleet = area([*bent, (-20, 60)], swath_m=20), FleetSpec(drones=5)
    assert check(drawn, plan_coverage(drawn, fleet), fleet).covered() >= 0.995


def test_the_swath_must_be_known():
    with pytest.raises(PlanError, match="swath is not known"):
        plan_coverage(area(SQUARE), FleetSpec())


@pytest.mark.parametrize(
    "wrong", [{"drones": 0}, {"drones": 5000}, {"speed_m_s": 0.0}, {"reserve": 1.0}, {"swath_m": float("nan")}]
)
def test_a_fleet_without_sense_is_refused(wrong):
    with pytest.raises(PlanError, match=next(iter(wrong)).split("_")[0]):
        FleetSpec(**wrong)


def test_a_swath_wider_than_the_area_is_one_short_look():
    drawn = area(regular(6, 20), swath_m=60)
    plan = plan_coverage(drawn, FleetSpec())
    assert len(plan.sorties) == 1
    assert Oracle(drawn, plan).covered() > 0.995
    assert Oracle(drawn, plan_coverage(drawn, FleetSpec(swath_m=900))).covered() > 0.995


def test_progress_is_told_and_ends_at_one():
    told = []
    plan_coverage(DRAWN["square"](), FleetSpec(), progress=lambda step, share: told.append((step, share)))
    assert [share for _, share in told] == sorted(share for _, share in told)
    assert told[-1] == ("done", 1.0)


@settings(max_examples=3, deadline=None, derandomize=True, phases=[Phase.generate])
@given(name=st.sampled_from(["square", "pocket", "hole"]), course_deg=st.integers(0, 179))
def test_splitting_an_area_along_a_line_never_loses_coverage(name, course_deg):
    drawn = DRAWN[name]()
    parts = [plan_coverage(half, FleetSpec()) for half in halves(drawn, course_deg)]
    together = replace(parts[0], sorties=tuple(sortie for part in parts for sortie in part.sorties))
    assert Oracle(drawn, together).covered() >= 0.995


def test_a_strip_as_wide_as_the_area_is_a_look_on_the_way_and_no_transit():
    """A lane shrinks to a point then; whoever flies there and back over the area looks all the time."""
    plan = plan_coverage(area(SQUARE), FleetSpec(swath_m=3000.0, endurance_s=20_000.0))
    assert plan.covered_fraction == pytest.approx(1.0)
    assert dict(plan.settings)["transit_share"] < 0.3
    assert 0.0 < dict(plan_coverage(area(SQUARE), FleetSpec(swath_m=40.0)).settings)["transit_share"] < 0.3
