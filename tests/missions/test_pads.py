"""Sorties that end at a swap pad: farther areas are reached, every rule holds, and the last ends at home."""

import json
from itertools import pairwise

import numpy as np
import pytest
from drawn_areas import SQUARE, area, lon_lat_ring

from missions.areas.area import load_area
from missions.coverage.planner import plan_coverage
from missions.fleet import FleetSpec, PlanError
from missions.formats import geojson, qgc_plan, wpml
from missions.limits import violations
from missions.to_mavlink import mission_items

PAD, HOME = (tuple(lon_lat_ring([(x, y), (x + 9, y), (x, y + 9)])[0]) for x, y in ((-40, 250), (-2400, 250)))
FIGURES = {"swath_m": 15.0, "endurance_s": 900.0, "starts": (HOME,)}


def place(waypoint):
    return waypoint.lon_deg, waypoint.lat_deg


@pytest.fixture(scope="module")
def plan():
    return plan_coverage(area(SQUARE), FleetSpec(drones=2, pads=(PAD,), **FIGURES))


def test_sorties_begin_where_the_one_before_has_ended_and_the_last_ends_at_home(plan):
    for drone in range(plan.drones):
        sorties = plan.sorties_of(drone)
        assert place(sorties[0].path[0]) == pytest.approx(HOME, abs=1e-7)
        assert place(sorties[-1].path[-1]) == pytest.approx(HOME, abs=1e-7)
        assert sorties[0].lands_at_end
        for before, after in pairwise(sorties):
            assert place(before.path[-1]) == place(after.path[0])
            assert after.start_s >= before.start_s + before.duration_s + 120.0 - 0.1


def test_every_rule_is_kept(plan):
    fleet = FleetSpec(drones=2, **FIGURES)
    assert violations(plan, fleet.battery) == []
    assert plan.covered_fraction >= 0.995
    assert max(sortie.duration_s for sortie in plan.sorties) <= fleet.usable_s


def test_a_pad_saves_time_and_a_useless_one_changes_nothing():
    near = FleetSpec(swath_m=15.0, endurance_s=900.0, starts=(PAD,))
    without, useless = (plan_coverage(area(SQUARE), each) for each in (near, FleetSpec(**_with(near, pads=(PAD,)))))
    assert useless.makespan_s == pytest.approx(without.makespan_s, rel=0.02)
    assert not any(sortie.lands_at_end for sortie in useless.sorties)
    far = FleetSpec(**FIGURES)
    with_pad = plan_coverage(area(SQUARE), FleetSpec(**FIGURES, pads=(PAD,)))
    assert with_pad.makespan_s < 0.8 * plan_coverage(area(SQUARE), far).makespan_s


def _with(fleet, **changes):
    return {"swath_m": fleet.swath_m, "endurance_s": fleet.endurance_s, "starts": fleet.starts, **changes}


def test_a_pad_of_the_file_counts_and_one_in_a_zone_is_refused():
    shapes = [("area", "Polygon", [lon_lat_ring(SQUARE)]), ("pad", "Point", PAD)]
    features = [
        {"type": "Feature", "properties": {"kind": kind}, "geometry": {"type": shape, "coordinates": places}}
        for kind, shape, places in shapes
    ]
    document = {"type": "FeatureCollection", "properties": {"swath_m": 15}, "features": features}
    drawn = load_area(json.dumps(document).encode())
    assert drawn.pads == (PAD,)
    found = plan_coverage(drawn, FleetSpec(endurance_s=900.0, starts=(HOME,)))
    assert any(sortie.lands_at_end for sortie in found.sorties)
    about = [(-60, 230), (-20, 230), (-20, 270), (-60, 270)]
    with pytest.raises(PlanError, match="inside a no-fly zone"):
        plan_coverage(area(SQUARE, zones=[about], swath_m=15), FleetSpec(starts=(HOME,), pads=(PAD,)))
    with pytest.raises(PlanError, match="21 swap pads are too many"):
        FleetSpec(pads=(PAD,) * 21)


def test_the_vehicle_lands_at_the_pad_and_returns_home_from_its_last_sortie(plan):
    first, last = plan.sorties_of(0)[0], plan.sorties_of(0)[-1]
    landing = mission_items(first)[-1]
    assert (landing.command, landing.x, landing.y) == (21, round(PAD[1] * 1e7), round(PAD[0] * 1e7))
    ending = mission_items(last)[-1]
    assert ending.command == 21, "it began at the pad: home is another place"
    assert (ending.x, ending.y) == (round(HOME[1] * 1e7), round(HOME[0] * 1e7))
    between = [s for s in plan.sorties if not s.lands_at_end]
    assert all(mission_items(sortie)[-1].command == 20 for sortie in between)
    (item,) = [i for i in qgc_plan.to_qgc(plan, first)["mission"]["items"] if i["command"] == 21]
    assert item["params"][4:6] == pytest.approx([PAD[1], PAD[0]], abs=1e-7)
    assert ">autoLand<" in wpml.waylines(first)
    assert f"{PAD[0]:.7f},{PAD[1]:.7f}" in wpml.waylines(first)


def test_a_plan_file_keeps_where_sorties_end(plan):
    again = geojson.loads(geojson.dumps(plan))
    assert again.hash == plan.hash
    assert [s.lands_at_end for s in again.sorties] == [s.lands_at_end for s in plan.sorties]
    assert np.isfinite(again.makespan_s)
