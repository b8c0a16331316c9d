"""Patterns as plans: flown whole, looked at whole, home on every battery, nobody near another."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from missions.areas.zones import Zone
from missions.fleet import FleetSpec, PlanError
from missions.formats import geojson
from missions.geodesy import LocalFrame
from missions.limits import violations
from missions.lines.line_plan import plan_line
from missions.patterns import corridor, orbit, search
from missions.wind import Wind

FRAME = LocalFrame(121.84, 29.9)
DATUM = np.zeros(2)
LINES = {
    "expanding square": search.expanding_square(DATUM, 60.0, 14, 0.0),
    "sector": search.sector(DATUM, 700.0, 30.0, 2),
    "parallel track": search.parallel_track(DATUM, 1500.0, 600.0, 20.0, 60.0),
    "creeping line": search.creeping_line(DATUM, 900.0, 500.0, 110.0, 60.0),
    "orbit": orbit.orbit((0.0, 0.0), 150.0, 2.0),
    "corridor": corridor.corridor(np.array([[0.0, 0.0], [1500.0, 200.0], [2500.0, 900.0]]), 100.0, 60.0),
}


def looked_at(plan):
    """The line as the sorties fly it, in metres."""
    pieces = []
    for sortie in plan.sorties:
        places = FRAME.to_local(np.array([(w.lon_deg, w.lat_deg) for w in sortie.path]))
        legs = zip(places, places[1:], sortie.path[1:], strict=False)
        pieces += [shapely.LineString([a, b]) for a, b, there in legs if there.survey]
    return shapely.union_all(pieces)


@pytest.mark.parametrize("drones", [1, 3])
@pytest.mark.parametrize("name", LINES)
def test_the_whole_line_is_flown_and_every_rule_kept(name, drones):
    fleet = FleetSpec(drones=drones, swath_m=60.0)
    plan = plan_line(name, FRAME, LINES[name], fleet)
    assert violations(plan, fleet.battery) == []
    assert plan.covered_fraction > 0.98
    assert {sortie.drone for sortie in plan.sorties} == set(range(drones))
    line, flown = shapely.LineString(LINES[name]), looked_at(plan)
    assert line.difference(flown.buffer(0.5)).length < 1.0
    assert geojson.loads(geojson.dumps(plan)).hash == plan.hash


def test_drones_share_the_time_evenly():
    fleet = FleetSpec(drones=3, swath_m=60.0)
    plan = plan_line("x", FRAME, LINES["parallel track"], fleet)
    times = [sortie.duration_s for sortie in plan.sorties]
    assert max(times) < 1.3 * min(times)
    alone = plan_line("x", FRAME, LINES["parallel track"], FleetSpec(swath_m=60.0, endurance_s=1e5))
    assert plan.makespan_s < 0.5 * alone.makespan_s


def test_a_small_battery_makes_more_sorties_and_none_too_long():
    fleet = FleetSpec(drones=2, swath_m=60.0, endurance_s=500.0)
    plan = plan_line("x", FRAME, LINES["creeping line"], fleet)
    assert len(plan.sorties) > 2
    assert all(sortie.duration_s <= fleet.usable_s for sortie in plan.sorties)


def square(east, north, side):
    corners = np.array([(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)]) * side + (east, north)
    return Zone((tuple(map(tuple, FRAME.to_lon_lat(corners))),))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"zone": (-100.0, -1000.0, 2300.0)}, "crosses a no-fly zone"),
        ({"zone": (-400.0, -30.0, 60.0), "start": (-370.0, 0.0)}, "lies inside a no-fly zone"),
        ({"endurance_s": 150.0}, "more than a battery gives"),
        ({"swath_m": 0.0}, "the swath is not known"),
        ({"wind": Wind(0.0, 12.0)}, "wind of 12"),
        ({"line": np.zeros((2, 2))}, "the line is 0 km long"),
        ({"line": np.array([[0.0, 0.0], [np.nan, 9.0]])}, "points that are no numbers"),
        ({"line": np.array([[0.0, 0.0], [9e5, 0.0]])}, "900 km long"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(change, says):
    line = change.pop("line", np.array([[0.0, 0.0], [2000.0, 0.0]]))
    zones = [square(*change.pop("zone"))] if "zone" in change else []
    if "start" in change:
        change["starts"] = (tuple(FRAME.to_lon_lat(np.array([change.pop("start")]))[0]),)
    with pytest.raises(PlanError, match=says):
        plan_line("x", FRAME, line, FleetSpec(**{"swath_m": 40.0, **change}), zones)


@pytest.mark.parametrize("drones", [1, 3])
def test_a_line_is_led_round_a_zone_and_home_is_reached_round_another(drones):
    zones = [square(500.0, -20.0, 40.0), square(-400.0, -30.0, 60.0)]
    starts = (tuple(FRAME.to_lon_lat(np.array([(-900.0, 0.0)]))[0]),)
    fleet = FleetSpec(drones=drones, swath_m=40.0, starts=starts)
    plan = plan_line("x", FRAME, np.array([[0.0, 0.0], [2000.0, 0.0]]), fleet, zones)
    assert violations(plan, fleet.battery) == []
    closed = shapely.union_all([shapely.Polygon(FRAME.to_local(np.array(zone.rings[0]))) for zone in zones])
    for sortie in plan.sorties:
        flown = shapely.LineString(FRAME.to_local(np.array([(w.lon_deg, w.lat_deg) for w in sortie.path])))
        assert flown.distance(closed) > 0.9
    left = shapely.LineString([(0, 0), (2000, 0)]).difference(looked_at(plan).buffer(0.5))
    assert left.within(shapely.box(497.0, -1.0, 543.0, 1.0)), "only the stretch in the zone is not looked at"


@pytest.mark.parametrize(
    ("at", "says"), [((179.999, 10.0), "antimeridian"), ((-179.999, 10.0), "antimeridian"), ((10.0, 89.0), "of a pole")]
)
def test_a_line_where_degrees_do_not_run_on_is_refused(at, says):
    with pytest.raises(PlanError, match=says):
        plan_line("x", LocalFrame(*at), LINES["sector"], FleetSpec(swath_m=40.0))


POINTS = st.lists(st.tuples(st.floats(-800, 800), st.floats(-800, 800)), min_size=2, max_size=12)


@settings(max_examples=25, deadline=None)
@given(POINTS, st.integers(1, 4), st.floats(20.0, 120.0))
def test_any_line_is_planned_or_refused_and_never_breaks(points, drones, swath_m):
    fleet = FleetSpec(drones=drones, swath_m=swath_m)
    try:
        plan = plan_line("x", FRAME, np.array(points), fleet)
    except PlanError:
        return
    wrong = {violation.code for violation in violations(plan, fleet.battery)}
    assert wrong <= {"separation"}
    assert plan == plan_line("x", FRAME, np.array(points), fleet)
