"""Stops are resumed as stops: those that no track came to are visited in turn, and stayed at as planned."""

import numpy as np
import pytest

from missions.areas.zones import Zone
from missions.coverage.rest import what_is_left
from missions.coverage.resume import fleet_of
from missions.fleet import FleetSpec, PlanError
from missions.geodesy import LocalFrame
from missions.limits import violations
from missions.lines.pattern_plan import plan_pattern
from missions.patterns.pattern import Pattern

FRAME = LocalFrame(121.84, 29.9)
STOPS = [(300, 0), (600, 200), (600, 600), (200, 700)]


@pytest.fixture
def whole():
    line = FRAME.to_lon_lat(np.array(STOPS, dtype=float))
    fleet = FleetSpec(swath_m=20.0, starts=((121.84, 29.9),))
    return plan_pattern("route", Pattern(line=line, stays_s=(10.0, 20.0, 30.0, 40.0), spacing_m=20.0), fleet)


def stays(plan):
    return [waypoint.stay_s for sortie in plan.sorties for waypoint in sortie.path if waypoint.stay_s]


def track(*points):
    return [tuple(place) for place in FRAME.to_lon_lat(np.array(points, dtype=float)).tolist()]


def test_stops_that_nobody_came_to_are_left(whole):
    rest = what_is_left(whole, [track((0, 0), (300, 3), (600, 195))], fleet_of(whole))
    assert stays(rest) == [30.0, 40.0]
    assert violations(rest, fleet_of(whole).battery) == []
    assert stays(what_is_left(whole, [], fleet_of(whole))) == [10.0, 20.0, 30.0, 40.0]


def test_a_new_zone_is_gone_round(whole):
    ring = tuple(map(tuple, FRAME.to_lon_lat(np.array([(560, 300), (640, 300), (640, 500), (560, 500), (560, 300)]))))
    rest = what_is_left(whole, [track((0, 0), (300, 0))], fleet_of(whole), no_fly=[Zone((ring,))])
    assert stays(rest) == [20.0, 30.0, 40.0]
    assert violations(rest) == []


def test_nothing_is_left_where_tracks_came_to_every_stop(whole):
    with pytest.raises(PlanError, match="came to every stop"):
        what_is_left(whole, [track((0, 0), *STOPS)], fleet_of(whole))
