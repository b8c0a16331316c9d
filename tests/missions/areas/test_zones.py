"""A zone with a band of heights closes what lies in the band, and nothing else; what is not known closes."""

import json
from dataclasses import replace

import pytest
from drawn_areas import SQUARE, area, feature, polygon, regular
from oracle import Oracle

from missions.areas.area import AreaError, closed_at_all_heights, load_area
from missions.areas.zone_json import zone_of
from missions.areas.zones import Zone, closed_zones
from missions.coverage.planner import plan_coverage
from missions.coverage.resume import fleet_of, resume
from missions.fleet import FleetSpec, PlanError
from missions.formats import geojson, kml, qgc_plan
from missions.limits import violations
from missions.to_mavlink_fence import POLYGON_OUT, fence_items

MIDDLE = regular(8, 90, 300, 250)
RING = ((0.0, 0.0), (0.0, 1.0), (1.0, 1.0), (0.0, 0.0))


def banded(zone=MIDDLE, **band):
    found = [feature(polygon(SQUARE), swath_m=40), feature(polygon(zone), kind="no_fly", **band)]
    return load_area(json.dumps({"type": "FeatureCollection", "features": found}).encode(), "drawn")


def metres_in_zones(drawn, plan):
    return Oracle(drawn, plan).forbidden_m()


@pytest.mark.parametrize(
    ("band", "height_m", "amsl_m", "closed"),
    [
        ({}, 60, 0.0, True),
        ({"ceiling_m": 50}, 60, None, False),
        ({"ceiling_m": 60}, 60, None, False),
        ({"ceiling_m": 61}, 60, None, True),
        ({"floor_m": 60}, 60, None, False),
        ({"floor_m": 59}, 60, None, True),
        ({"floor_m": 20, "ceiling_m": 40}, 30, None, True),
        ({"floor_m": 20, "ceiling_m": 40}, 10, None, False),
        ({"ceiling_m": 150, "above": "sea"}, 60, None, True),
        ({"ceiling_m": 150, "above": "sea"}, 60, 100.0, False),
        ({"ceiling_m": 150, "above": "sea"}, 60, 80.0, True),
    ],
)
def test_a_band_closes_its_heights(band, height_m, amsl_m, closed):
    assert zone_of((RING,), band, "x").binds(height_m, height_m, amsl_m) is closed


def test_a_zone_below_every_layer_is_flown_over_and_looked_at():
    drawn = banded(ceiling_m=50)
    fleet = FleetSpec(drones=2, altitude_m=60)
    plan = plan_coverage(drawn, fleet)
    assert violations(plan, fleet.battery) == []
    assert metres_in_zones(drawn, plan) > 300.0
    assert Oracle(area(SQUARE), plan).covered() > 0.995
    assert plan.no_fly == drawn.no_fly
    assert closed_zones(plan) == ()


@pytest.mark.parametrize(
    "band",
    [{}, {"ceiling_m": 58}, {"floor_m": 30, "ceiling_m": 90}, {"floor_m": 62}, {"ceiling_m": 20, "above": "sea"}],
)
def test_a_zone_that_closes_the_only_layer_or_whose_band_is_unknown_is_gone_round(band):
    drawn = banded(**band)
    plan = plan_coverage(drawn, FleetSpec(altitude_m=60))
    assert metres_in_zones(drawn, plan) == 0.0
    assert violations(plan) == []
    assert closed_zones(plan) == drawn.no_fly


def test_only_drones_whose_layer_is_clear_of_a_zone_cross_it():
    drawn = banded(ceiling_m=58)
    plan = plan_coverage(drawn, FleetSpec(drones=3, altitude_m=60, layer_step_m=5))
    assert violations(plan) == []
    crossing = [s for s in plan.sorties if metres_in_zones(drawn, replace(plan, sorties=(s,))) > 0]
    assert crossing, "the two upper layers clear it by 5 m"
    assert {s.path[0].alt_rel_m for s in crossing} <= {65.0, 70.0}


def test_where_the_layers_over_a_zone_are_too_few_everybody_goes_round():
    drawn = banded(floor_m=66)
    plan = plan_coverage(drawn, FleetSpec(drones=6, altitude_m=60, layer_step_m=5))
    assert violations(plan) == []


def test_the_height_of_the_start_above_the_sea_opens_a_zone_and_stays_in_the_plan():
    drawn = banded(ceiling_m=150, above="sea")
    plan = plan_coverage(drawn, FleetSpec(altitude_m=60, take_off_amsl_m=120.0))
    assert metres_in_zones(drawn, plan) > 0.0
    assert violations(plan) == []
    assert fleet_of(plan).take_off_amsl_m == 120.0
    unknown = replace(plan, settings=tuple((k, v) for k, v in plan.settings if k != "take_off_amsl_m"))
    assert {wrong.code for wrong in violations(unknown)} == {"in_no_fly_zone"}


def test_nobody_climbs_through_a_zone():
    drawn = banded(zone=[(-60, -60), (40, -60), (40, 40), (-60, 40)], ceiling_m=40)
    inside = area(SQUARE).polygons[0][0][0]
    with pytest.raises(PlanError, match="climb through from its start"):
        plan_coverage(drawn, FleetSpec(altitude_m=60, starts=(inside,)))
    plan = plan_coverage(area(SQUARE), FleetSpec(altitude_m=60, swath_m=40, starts=(inside,)))
    assert {wrong.code for wrong in violations(replace(plan, no_fly=drawn.no_fly))} == {"in_no_fly_zone"}


def test_a_plan_over_a_zone_is_resumed_over_it():
    drawn = banded(ceiling_m=50)
    plan = plan_coverage(drawn, FleetSpec(altitude_m=60))
    flown = [(w.lon_deg, w.lat_deg) for w in plan.sorties[0].path[: len(plan.sorties[0].path) // 4]]
    rest = resume(plan, [flown], fleet_of(plan))
    assert metres_in_zones(drawn, rest) > 0.0
    assert violations(rest) == []


def test_bands_go_through_files_and_back():
    drawn = banded(floor_m=10, ceiling_m=50, above="sea")
    plan = plan_coverage(drawn, FleetSpec(take_off_amsl_m=0.0))
    again = geojson.loads(geojson.dumps(plan))
    assert again == plan
    assert again.hash == plan.hash != replace(plan, no_fly=tuple(Zone(z.rings) for z in plan.no_fly)).hash
    read = load_area(kml.dumps(plan).encode(), "plan.kml").no_fly[0]
    assert (read.floor_m, read.ceiling_m, read.above) == (10.0, 50.0, "sea")


def test_fences_have_no_heights_and_hold_only_zones_that_are_gone_round():
    over = plan_coverage(banded(ceiling_m=50), FleetSpec(altitude_m=60))
    around = plan_coverage(banded(), FleetSpec(altitude_m=60))
    assert [any(item.command == POLYGON_OUT for item in fence_items(plan)) for plan in (over, around)] == [False, True]
    fences = [len(json.loads(qgc_plan.dumps(plan))["geoFence"]["polygons"]) for plan in (over, around)]
    assert fences == [0, 1]


def test_bands_can_be_left_out():
    drawn = banded(ceiling_m=50)
    assert closed_at_all_heights(drawn).no_fly == (Zone(drawn.no_fly[0].rings),)


@pytest.mark.parametrize(
    ("band", "says"),
    [
        ({"ceiling_m": "high"}, "feature 2: ceiling_m is 'high'"),
        ({"floor_m": True}, "floor_m is 'True'"),
        ({"floor_m": 1e9}, "must be metres"),
        ({"floor_m": 50, "ceiling_m": 50}, "not below"),
        ({"ceiling_m": 50, "above": "ground"}, "take_off or sea"),
        ({"ceiling_m": 50, "above": ["sea"]}, "take_off or sea"),
    ],
)
def test_a_band_without_sense_is_refused_with_its_place(band, says):
    with pytest.raises(AreaError, match=says):
        banded(**band)


def test_a_band_of_a_kml_file_without_sense_is_refused_with_its_place():
    data = "<ExtendedData><Data name='ceiling_m'><value>tall</value></Data></ExtendedData>"
    ring = "<LinearRing><coordinates>0,0 0,0.01 0.01,0.01 0,0</coordinates></LinearRing>"
    shape = f"<Polygon><outerBoundaryIs>{ring}</outerBoundaryIs></Polygon>"
    mark = f"<Placemark><name>no_fly 1</name>{data}{shape}</Placemark>"
    text = f"<kml xmlns='http://www.opengis.net/kml/2.2'><Document>{mark}</Document></kml>"
    with pytest.raises(AreaError, match="no_fly 1: ceiling_m is 'tall'"):
        load_area(text.encode(), "zones.kml")
