"""Who goes: nearest, free, fit, of the same world, and always the same answer."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from pyproj import Geod

from gcs.dispatch.assign import ground_distance_m, nearest_unit, rank_units
from gcs.dispatch.model import Unit, UnitKind, UnitStatus
from gcs.sightings.catalogue import default_catalogue
from gcs.sightings.model import Place, Sighting, Source

NOW = datetime(2026, 3, 1, tzinfo=UTC)
LAT, LON = 29.9, 121.84
CARS = frozenset({UnitKind.PATROL_CAR})


def unit(name, north_m=0.0, *, age_s=0.0, kind=UnitKind.PATROL_CAR, **fields):
    return Unit(
        id=name,
        name=name,
        kind=kind,
        **{
            "lat_deg": LAT + north_m / 111_195,
            "lon_deg": LON,
            "position_at": NOW - timedelta(seconds=age_s),
            **fields,
        },
    )


def sighting(*, simulated=False):
    return Sighting(
        id="s",
        klass="crowd",
        priority=2,
        place=Place(lat_deg=LAT, lon_deg=LON),
        seen_at=NOW,
        received_at=NOW,
        source=Source(kind="person"),
        simulated=simulated,
    )


def ranked(*units, simulated=False, kinds=CARS, passed_over=()):
    return [c.unit.id for c in rank_units(sighting(simulated=simulated), units, kinds, NOW, passed_over)]


def test_the_nearest_goes_first():
    assert ranked(unit("far", 900), unit("near", -100), unit("middle", 400)) == ["near", "middle", "far"]


def test_only_free_units_of_a_kind_that_fits():
    busy = [unit(s.value, 1, status=s) for s in UnitStatus if s is not UnitStatus.FREE]
    assert ranked(*busy, unit("grid", 2, kind=UnitKind.GRID_WORKER), unit("car", 3)) == ["car"]
    assert nearest_unit(sighting(), busy, CARS, NOW) is None


@pytest.mark.parametrize("simulated", [True, False])
def test_simulated_and_real_never_mix(simulated):
    units = unit("real", 500), unit("played", 1, simulated=True)
    assert ranked(*units, simulated=simulated) == ["played" if simulated else "real"]


def test_a_position_of_long_ago_ranks_behind_every_fresh_one_and_no_position_last():
    lost = unit("lost", lat_deg=None, lon_deg=None, position_at=None)
    assert ranked(lost, unit("old", 10, age_s=301), unit("fresh", 5000, age_s=300)) == ["fresh", "old", "lost"]
    best, old, unknown = rank_units(sighting(), [lost, unit("old", 10, age_s=301), unit("fresh", 50)], CARS, NOW)
    assert (best.fresh, old.fresh, unknown.fresh) == (True, False, False)
    assert old.position_age_s == 301
    assert unknown.distance_m is None


def test_who_was_asked_in_vain_is_passed_over():
    assert ranked(unit("a", 1), unit("b", 2), passed_over={"a"}) == ["b"]


def test_the_order_of_the_units_does_not_matter():
    units = [unit(f"u{i}", 100) for i in range(9)]
    for seed in range(20):
        random.Random(seed).shuffle(units)
        assert ranked(*units) == [f"u{i}" for i in range(9)]


def test_distances_agree_with_the_ellipsoid():
    geod, draw = Geod(ellps="WGS84"), random.Random(5)
    for _ in range(300):
        lat_a, lon_a = draw.uniform(-80, 80), draw.uniform(-180, 180)
        lat_b, lon_b = lat_a + draw.uniform(-1, 1), lon_a + draw.uniform(-1, 1)
        true_m = geod.inv(lon_a, lat_a, lon_b, lat_b)[2]
        assert ground_distance_m(lat_a, lon_a, lat_b, lon_b) == pytest.approx(true_m, rel=0.006, abs=0.01)


def test_a_drone_flies_straight_unless_somebody_knows_better():
    kinds = frozenset(UnitKind)
    drone, car = unit("drone", 1000, kind=UnitKind.DRONE), unit("car", 1000)
    found = {c.unit.id: c for c in rank_units(sighting(), (drone, car), kinds, NOW, travel_s={"car": 200.0})}
    assert (found["drone"].travel_s, found["drone"].estimated) == (100.0, True)
    assert (found["car"].travel_s, found["car"].estimated) == (200.0, False)
    (flown,) = rank_units(sighting(), (drone,), kinds, NOW, travel_s={"drone": 130.0})
    assert (flown.travel_s, flown.estimated) == (130.0, True), "by the ranking of looks, still an estimate"


def test_no_class_sends_a_drone_that_nobody_chose():
    assert not [klass.id for klass in default_catalogue().values() if UnitKind.DRONE in klass.units]
