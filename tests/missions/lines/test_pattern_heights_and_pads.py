"""Patterns take what plans of areas take: heights above the ground and the sea, and pads to swap batteries at."""

import numpy as np
import pytest

from missions.areas.area import Area
from missions.areas.zones import Zone
from missions.fleet import FleetSpec, PlanError
from missions.geodesy import LocalFrame
from missions.ground.follow import clearance_m
from missions.limits import violations
from missions.lines.pattern_plan import pattern_heights, plan_pattern
from missions.patterns.pattern import Pattern

FRAME = LocalFrame(121.84, 29.9)
START = (121.84, 29.9)


class Hill:
    """30 m above the sea at the start, rising to the east by 5 m in 100 m."""

    def height_m(self, lon_lat):
        return 30.0 + 0.05 * FRAME.to_local(np.asarray(lon_lat, dtype=float).reshape(-1, 2))[:, 0]


def places(*points):
    return FRAME.to_lon_lat(np.array(points, dtype=float))


def at(x, y):
    return tuple(places((x, y))[0].tolist())


def box(west, south, east, north):
    return tuple(map(tuple, places((west, south), (east, south), (east, north), (west, north), (west, south))))


PATTERNS = {
    "perimeter": Pattern(area=Area("yard", ((box(100, 100, 500, 400),),)), rings=2),
    "corridor": Pattern(line=places((100, 0), (600, 200), (900, 200)), width_m=80.0),
    "route": Pattern(line=places((100, 0), (600, 200), (900, 200)), stays_s=(10.0,)),
    "orbit": Pattern(at=at(300, 0), radius_m=150.0),
    "expanding-square": Pattern(at=at(300, 0), legs=8),
    "sector": Pattern(at=at(300, 0), radius_m=200.0),
    "parallel-track": Pattern(at=at(0, 0), long_m=600.0, short_m=200.0, course_deg=90.0),
    "creeping-line": Pattern(at=at(0, 0), long_m=600.0, short_m=200.0, course_deg=90.0),
}


def planned(name, above, altitude_m, drones=2, **more):
    pattern, ground = PATTERNS[name], Hill()
    heights = pattern_heights(name, pattern, above, altitude_m, ground=ground, starts=(START,))
    fleet = FleetSpec(drones, swath_m=40.0, altitude_m=heights.flown_m, starts=(START,), endurance_s=3000.0, **more)
    return plan_pattern(name, pattern, fleet, heights, ground), fleet


@pytest.mark.parametrize("name", PATTERNS)
def test_a_pattern_follows_the_ground(name):
    plan, fleet = planned(name, "ground", 50.0)
    assert all(clearance_m(sortie, Hill()) >= 49.0 for sortie in plan.sorties)
    assert dict(plan.settings)["above"] == "ground"
    assert violations(plan, fleet.battery) == []


@pytest.mark.parametrize("name", PATTERNS)
def test_a_pattern_is_flown_at_one_height_above_the_sea(name):
    plan, fleet = planned(name, "sea", 150.0)
    heights = {round(w.alt_rel_m + 30.0, 1) for sortie in plan.sorties for w in sortie.path}
    assert heights <= {150.0, 155.0}
    assert dict(plan.settings)["altitude_amsl_m"] == 150.0
    assert violations(plan, fleet.battery) == []


@pytest.mark.parametrize("name", sorted(set(PATTERNS)))
def test_a_height_that_comes_too_near_to_the_ground_is_refused(name):
    with pytest.raises(PlanError, match=r"above the sea is too low.* fly at"):
        planned(name, "sea", 45.0)


def test_without_heights_of_the_ground_it_is_refused():
    with pytest.raises(PlanError, match="needs to know the ground"):
        pattern_heights("orbit", PATTERNS["orbit"], "sea", 100.0, ground=None, starts=())


def test_a_zone_below_the_height_bends_no_ring():
    yard = Area("yard", ((box(100, 100, 500, 400),),), (Zone((box(90, 200, 200, 300),), ceiling_m=30.0),))
    closed = Area("yard", yard.polygons, (Zone((box(90, 200, 200, 300),)),))
    fleet = FleetSpec(swath_m=40.0, starts=(START,), endurance_s=3000.0)
    over, round_ = (plan_pattern("perimeter", Pattern(area=area), fleet) for area in (yard, closed))
    assert over.sorties[0].length_m < round_.sorties[0].length_m - 100.0
    assert violations(over, fleet.battery) == violations(round_, fleet.battery) == []


LONG = Pattern(line=places((0, 0), (9000, 0)), width_m=40.0)


def test_a_line_out_of_reach_of_home_is_flown_from_pads():
    fleet = FleetSpec(swath_m=40.0, starts=(START,), endurance_s=1500.0)
    with pytest.raises(PlanError, match="more than a battery gives"):
        plan_pattern("corridor", LONG, fleet)
    pads = (at(4500, 100), at(9000, 100))
    there_and_back = Pattern(line=LONG.line, width_m=80.0)
    padded = FleetSpec(swath_m=40.0, starts=(START,), endurance_s=1500.0, pads=pads)
    plan = plan_pattern("corridor", there_and_back, padded)
    assert violations(plan, padded.battery) == []
    assert any(sortie.lands_at_end for sortie in plan.sorties)
    for before, after in zip(plan.sorties, plan.sorties[1:], strict=False):
        ends, begins = before.path[-1], after.path[0]
        assert (ends.lon_deg, ends.lat_deg) == (begins.lon_deg, begins.lat_deg), "the next begins where one ended"
    assert (plan.sorties[-1].path[-1].lon_deg, plan.sorties[-1].path[-1].lat_deg) == START


def test_pads_of_the_area_are_used_and_one_in_a_zone_is_refused():
    pad = at(9000, 100)
    area = Area("zones", (), (Zone((box(4000, 200, 4200, 400),)),), homes=(START,), pads=(at(4500, 100), pad))
    there_and_back = Pattern(line=LONG.line, width_m=80.0, area=area)
    plan = plan_pattern("corridor", there_and_back, FleetSpec(swath_m=40.0, endurance_s=1500.0))
    assert any(sortie.lands_at_end for sortie in plan.sorties)
    with pytest.raises(PlanError, match=r"swap pad \[.*\] lies inside a no-fly zone"):
        plan_pattern("corridor", there_and_back, FleetSpec(swath_m=40.0, pads=(at(4100, 300),)))
