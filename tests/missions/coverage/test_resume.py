"""A plan broken off goes on where it stopped: nothing is flown twice, nothing is left out."""

from dataclasses import replace
from itertools import pairwise

import pytest
from drawn_areas import DRAWN, U_SHAPE, area, lon_lat_ring, regular
from oracle import Oracle

from missions.areas.zones import Zone
from missions.coverage.covered_by_tracks import covered_fraction
from missions.coverage.planner import plan_coverage
from missions.coverage.resume import fleet_of, resume
from missions.fleet import FleetSpec, PlanError
from missions.limits import violations


@pytest.fixture(scope="module")
def whole():
    return plan_coverage(DRAWN["zones"](), FleetSpec(drones=3))


def track(sortie, share):
    """The beginning of a sortie, as if its drone had turned back there."""
    points = [(w.lon_deg, w.lat_deg) for w in sortie.path]
    return points[: max(2, round(len(points) * share))]


def seen_by(plan, tracks):
    paths = [*tracks, *([(w.lon_deg, w.lat_deg) for w in s.path] for s in plan.sorties)]
    return covered_fraction(plan.area, plan.no_fly, paths, plan.sorties[0].swath_m)


@pytest.mark.parametrize("drones", [2, 3, 5])
def test_what_was_flown_and_what_is_resumed_see_everything(whole, drones):
    flown = [track(whole.sorties[0], 0.7), track(whole.sorties[1], 0.5)]
    rest = resume(whole, flown, replace(fleet_of(whole), drones=drones))
    assert seen_by(rest, flown) >= 0.99
    assert violations(rest) == []
    assert rest.drones <= drones
    assert rest.covered_fraction == pytest.approx(seen_by(rest, flown), abs=2e-3)
    assert sum(s.length_m for s in rest.sorties) < 1.2 * sum(s.length_m for s in whole.sorties)


def test_what_was_seen_is_not_flown_again(whole):
    flown = [[(w.lon_deg, w.lat_deg) for w in s.path] for s in whole.sorties[:2]]
    rest = resume(whole, flown, replace(fleet_of(whole), drones=1))
    missed = whole.sorties[2]
    assert sum(s.length_m for s in rest.sorties) < 1.3 * missed.length_m


def test_a_new_zone_is_gone_round(whole):
    zone = tuple((lon, lat) for lon, lat in lon_lat_ring(regular(6, 40, 110, 300)))
    rest = resume(whole, [track(whole.sorties[0], 0.3)], fleet_of(whole), no_fly=[Zone((zone,))])
    oracle = Oracle(area(U_SHAPE, zones=[regular(6, 60, 350, 90), regular(6, 40, 110, 300)]), rest)
    assert oracle.forbidden_m() == 0.0
    assert len(rest.no_fly) == len(whole.no_fly) + 1


BENT = [(0, 0), (150, 60), (300, 0), (520, 40), (700, -120), (720, -60), (530, 110), (310, 65), (140, 130), (-20, 60)]


@pytest.mark.parametrize(("drones", "share"), [(2, 0.6), (2, 0.8), (4, 0.4)])
def test_what_only_ways_home_saw_is_seen_when_they_are_flown_no_more(drones, share):
    strip = plan_coverage(area(BENT, swath_m=20), FleetSpec(drones=3))
    flown = [track(sortie, share) for sortie in strip.sorties]
    rest = resume(strip, flown, replace(fleet_of(strip), drones=drones))
    assert seen_by(rest, flown) >= 0.995
    assert violations(rest) == []


def test_as_long_as_too_little_was_seen_something_is_left(whole):
    """All was flown but 50 m in the middle of a lane, of which its ends see 40 m."""
    flown = [[(w.lon_deg, w.lat_deg) for w in s.path] for s in whole.sorties]
    path = whole.sorties[0].path
    north_m, i = max((abs(b.lat_deg - a.lat_deg) * 111_000, i) for i, (a, b) in enumerate(pairwise(path)) if b.survey)
    (x, y), (to_x, to_y) = flown[0][i : i + 2]
    ends = [(x + (to_x - x) * part, y + (to_y - y) * part) for part in (0.5 - 25 / north_m, 0.5 + 25 / north_m)]
    flown[0:1] = [[*flown[0][: i + 1], ends[0]], [ends[1], *flown[0][i + 1 :]]]
    assert 0.99 < covered_fraction(whole.area, whole.no_fly, flown, whole.sorties[0].swath_m) < 0.995
    rest = resume(whole, flown, fleet_of(whole))
    assert seen_by(rest, flown) >= 0.995


def test_when_all_was_flown_nothing_is_left(whole):
    flown = [[(w.lon_deg, w.lat_deg) for w in s.path] for s in whole.sorties]
    with pytest.raises(PlanError, match="nothing is left"):
        resume(whole, flown, fleet_of(whole))


def test_the_fleet_is_that_of_the_plan(whole):
    assert fleet_of(whole) == FleetSpec(drones=3, starts=fleet_of(whole).starts)
