"""A plan broken off goes on where it stopped: nothing is flown twice, nothing is left out."""

from dataclasses import replace

import pytest
from drawn_areas import DRAWN, U_SHAPE, area, lon_lat_ring, regular
from oracle import Oracle

from missions.coverage_report import covered_fraction
from missions.fleet import FleetSpec, PlanError
from missions.limits import violations
from missions.planner import plan_coverage
from missions.resume import fleet_of, resume
from missions.zones import Zone


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


def test_when_all_was_flown_nothing_is_left(whole):
    flown = [[(w.lon_deg, w.lat_deg) for w in s.path] for s in whole.sorties]
    with pytest.raises(PlanError, match="nothing is left"):
        resume(whole, flown, fleet_of(whole))


def test_the_fleet_is_that_of_the_plan(whole):
    assert fleet_of(whole) == FleetSpec(drones=3, starts=fleet_of(whole).starts)
