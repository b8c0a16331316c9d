"""Stops are visited in turn and stayed at, whoever flies, round zones and with swaps at pads."""

import json
import math
import re

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from missions.areas.area import Area
from missions.areas.zones import Zone
from missions.fleet import FleetSpec, PlanError
from missions.formats import geojson, gpx, kml, qgc_plan, waypoints, wpml
from missions.geodesy import LocalFrame
from missions.ground.heights import heights_of
from missions.limits import violations
from missions.lines.pattern_plan import plan_pattern
from missions.patterns.pattern import Pattern
from missions.to_mavlink import mission_items

FRAME = LocalFrame(121.84, 29.9)
HOME = (121.84, 29.9)
STOPS = [(300, 0), (600, 200), (600, 600), (200, 700), (-300, 400), (-300, -200)]


def places(points):
    return FRAME.to_lon_lat(np.array(points, dtype=float))


def at(x, y):
    return tuple(places([(x, y)])[0].tolist())


def box(west, south, east, north):
    return tuple(map(tuple, places([(west, south), (east, south), (east, north), (west, north), (west, south)])))


def planned(fleet, stays=(20.0,), stops=STOPS, area=None):
    return plan_pattern("route", Pattern(line=places(stops), stays_s=stays, spacing_m=20.0, area=area), fleet)


def visits(plan):
    """(east, north, seconds) of every stay, sortie by sortie."""
    found = []
    for sortie in plan.sorties:
        for waypoint in sortie.path:
            if waypoint.stay_s:
                x, y = FRAME.to_local(np.array([(waypoint.lon_deg, waypoint.lat_deg)]))[0].round().tolist()
                found.append((x, y, waypoint.stay_s))
    return found


@pytest.mark.parametrize("drones", [1, 2, 5, 9])
def test_every_stop_is_stayed_at_once_in_turn(drones):
    fleet = FleetSpec(drones=drones, swath_m=20.0, starts=(HOME,))
    plan = planned(fleet, stays=(10.0, 20.0, 30.0, 40.0, 50.0, 60.0))
    assert visits(plan) == [(x, y, 10.0 * (i + 1)) for i, (x, y) in enumerate(STOPS)]
    assert violations(plan, fleet.battery) == []
    assert plan.drones <= min(drones, len(STOPS))


def test_a_stay_counts_in_the_time_and_costs_battery():
    fleet = FleetSpec(swath_m=20.0, starts=(HOME,))
    brief, long = planned(fleet, ()), planned(fleet, (60.0,))
    assert long.sorties[0].duration_s == pytest.approx(brief.sorties[0].duration_s + 6 * 60.0, abs=30.0)
    small = FleetSpec(swath_m=20.0, starts=(HOME,), endurance_s=500.0)
    assert len(planned(small, (60.0,)).sorties) > len(planned(small, ()).sorties)
    assert violations(planned(small, (60.0,)), small.battery) == []


def test_drones_share_the_time():
    one = planned(FleetSpec(swath_m=20.0, starts=(HOME,)), (120.0,))
    three = planned(FleetSpec(drones=3, swath_m=20.0, starts=(HOME,)), (120.0,))
    assert three.makespan_s < 0.5 * one.makespan_s


def test_batteries_are_swapped_at_a_pad_next_to_the_way():
    far = [(1000 * i, 0) for i in range(1, 6)]
    fleet = FleetSpec(swath_m=20.0, starts=(HOME,), endurance_s=900.0)
    with pytest.raises(PlanError, match=r"stop 5 asks for .* more than a battery gives"):
        planned(fleet, (30.0,), far)
    padded = FleetSpec(swath_m=20.0, starts=(HOME,), endurance_s=900.0, pads=(at(4500, 50), at(9000, 50)))
    plan = planned(padded, (30.0,), far)
    assert [round(x) for x, _, _ in visits(plan)] == [x for x, _ in far]
    assert violations(plan, padded.battery) == []
    assert any(sortie.lands_at_end for sortie in plan.sorties)
    assert not plan.sorties[-1].lands_at_end or plan.sorties[-1].path[-1].lon_deg == HOME[0]


def test_ways_go_round_zones_and_a_stop_in_one_is_refused():
    zone = Zone((box(350, -100, 500, 400),))
    fleet = FleetSpec(swath_m=20.0, starts=(HOME,))
    plan = planned(fleet, area=Area("zones", (), (zone,)))
    assert violations(plan, fleet.battery) == []
    assert len(visits(plan)) == len(STOPS)
    with pytest.raises(PlanError, match="stop 2 lies inside a no-fly zone"):
        planned(fleet, area=Area("zones", (), (Zone((box(550, 150, 650, 250),)),)))


def test_one_stop_is_a_route():
    plan = planned(FleetSpec(swath_m=20.0, starts=(HOME,)), (90.0,), [(400, 300)])
    assert visits(plan) == [(400, 300, 90.0)]


@pytest.mark.parametrize(
    ("stays", "says"),
    [((5.0, 5.0), "takes 1 stay for all or 6"), ((4000.0,), "lasts 0 to 3600 s"), ((math.nan,), "lasts 0 to 3600 s")],
)
def test_wrong_stays_are_refused(stays, says):
    with pytest.raises(PlanError, match=says):
        planned(FleetSpec(swath_m=20.0, starts=(HOME,)), stays)


def test_every_format_tells_the_stays():
    plan = planned(FleetSpec(swath_m=20.0, starts=(HOME,)), (12.3,))
    again = geojson.loads(geojson.dumps(plan))
    assert again == plan
    assert again.hash == plan.hash != planned(FleetSpec(swath_m=20.0, starts=(HOME,)), ()).hash
    items = mission_items(plan.sorties[0])
    assert [item.param1 for item in items if item.command == 16 and item.param1] == [13.0] * 6
    holds = [item["params"][0] for item in json.loads(qgc_plan.dumps(plan))["mission"]["items"]]
    assert holds.count(13.0) == 6
    assert waypoints.dumps(plan).count("\t13.00000000\t") == 6
    assert gpx.dumps(plan).count("stay 12.3 s") == kml.dumps(plan).count("stay 12.3 s") == 6
    assert wpml.waylines(plan.sorties[0]).count("<wpml:hoverTime>12.3</wpml:hoverTime>") == 6
    groups = re.findall(r"<wpml:actionGroupId>(\d+)<", wpml.template(plan.sorties[0]))
    assert groups == [str(number) for number in range(6)]


def test_a_plan_file_with_wrong_stays_is_refused():
    document = json.loads(geojson.dumps(planned(FleetSpec(swath_m=20.0, starts=(HOME,)))))
    for wrong in ([1.0], [-1.0] * 8, ["x"] * 8, 5, [1e9] * 8):
        document["features"][-1]["properties"]["stays_s"] = wrong
        with pytest.raises(geojson.PlanFileError, match="stays_s must list"):
            geojson.loads(json.dumps(document))


def test_stays_are_kept_over_ground_that_is_followed():
    class Slope:
        def height_m(self, lon_lat):
            return (np.asarray(lon_lat)[:, 0] - 121.83) * 2000.0

    fleet = FleetSpec(swath_m=20.0, starts=(HOME,))
    heights = heights_of("ground", 60.0, Slope(), fleet.starts)
    pattern = Pattern(line=places(STOPS), stays_s=(20.0,), spacing_m=20.0)
    plan = plan_pattern("route", pattern, fleet, heights, Slope())
    assert [(x, y) for x, y, _ in visits(plan)] == STOPS
    assert len({w.alt_rel_m for w in plan.sorties[0].path}) > 3


def test_drones_that_stay_do_not_meet():
    crossing = [(200, 0), (200, 300), (0, 300), (200, 150), (400, 150), (200, 0)]
    fleet = FleetSpec(drones=3, swath_m=20.0, starts=(HOME,))
    plan = planned(fleet, (45.0,), crossing)
    assert violations(plan, fleet.battery) == []
    assert shapely.LineString([(w.lon_deg, w.lat_deg) for w in plan.sorties[0].path]).length > 0


SPOTS = st.tuples(st.integers(-900, 900), st.integers(-900, 900))


@settings(max_examples=40, deadline=None)
@given(
    stops=st.lists(SPOTS, min_size=1, max_size=9),
    stay=st.integers(0, 200),
    drones=st.integers(1, 4),
    endurance_s=st.integers(200, 1500),
    pads=st.lists(SPOTS, max_size=2),
)
def test_any_stops_are_planned_or_refused_and_never_break(stops, stay, drones, endurance_s, pads):
    zone = Zone((box(-420, -420, -250, -250),))
    fleet = FleetSpec(
        drones, swath_m=20.0, starts=(HOME,), endurance_s=endurance_s, pads=tuple(at(*pad) for pad in pads)
    )
    try:
        plan = planned(fleet, (float(stay),), stops, Area("zones", (), (zone,)))
    except PlanError:
        return
    assert [wrong for wrong in violations(plan, fleet.battery) if wrong.code != "separation"] == []
    assert len(visits(plan)) == (len(stops) if stay else 0)
    assert planned(fleet, (float(stay),), stops, Area("zones", (), (zone,))).hash == plan.hash
    for drone in range(plan.drones):
        last = (plan.sorties_of(drone) or plan.sorties)[-1].path[-1]
        assert (last.lon_deg, last.lat_deg) == HOME, "the last sortie ends at home"
