"""Heights above the sea and the ground become heights above take-off, or are refused with what could be flown."""

import numpy as np
import pytest
from drawn_areas import DRAWN, SQUARE, area, lon_lat_ring

from missions.areas.zones import Zone
from missions.coverage.planner import plan_coverage
from missions.fleet import FleetSpec, PlanError
from missions.ground.follow import ground_under
from missions.ground.heights import LEAST_CLEARANCE_M, heights_of, settled
from missions.ground.terrain import Terrain
from missions.ground.terrain_files import Patchwork
from missions.limits import violations

START = tuple(lon_lat_ring([(-30, -30), (-20, -30), (-20, -20)])[0])


def slope(rise_m=60.0):
    """Rises from 100 m in the west of the drawn areas to `rise_m` more, 800 m east."""
    lon = np.arange(121.83, 121.86, 0.0002)
    row = 100.0 + np.clip((lon - 121.84) * 96_500 / 800.0, 0.0, 1.0) * rise_m
    return Terrain(np.tile(row, (150, 1)), 121.83, 29.92, 0.0002, 0.0002)


def flown(drones=3, starts=(START,), asked_m=240.0, **drawn):
    wanted = area(SQUARE, swath_m=40, **drawn)
    heights = heights_of("sea", asked_m, slope(), starts, wanted)
    fleet = FleetSpec(drones=drones, starts=starts, altitude_m=heights.flown_m, take_off_amsl_m=heights.take_off_amsl_m)
    return heights, settled(plan_coverage(heights.area(wanted), fleet), heights, slope())


def test_everybody_keeps_a_layer_above_the_sea_from_wherever_they_start():
    east = tuple(lon_lat_ring([(620, 250), (630, 250), (630, 260)])[0])
    heights, plan = flown(starts=(START, east))
    assert not heights.level
    for sortie in plan.sorties:
        under, _ = ground_under(sortie, slope())
        amsl = {round(w.alt_rel_m + under[0], 1) for w in sortie.path}
        assert len(amsl) == 1
        assert min(amsl) - under.max() >= LEAST_CLEARANCE_M
        assert (amsl.pop() - 240.0) % 5.0 == pytest.approx(0.0, abs=0.06)
    assert dict(plan.settings)["above"] == "sea"


def test_a_level_plan_keeps_every_rule_and_bands_above_the_sea_mean_something():
    low = Zone((tuple(map(tuple, lon_lat_ring([(200, 200), (300, 200), (300, 300), (200, 300)]))),), 0.0, 200.0, "sea")
    heights, plan = flown(drones=2)
    assert (heights.take_off_amsl_m, heights.seen_from_m) == (pytest.approx(100.0), pytest.approx(240 - 145, abs=3))
    assert violations(plan) == []
    assert not low.binds(heights.flown_m, heights.flown_m, heights.take_off_amsl_m, 5.0)


def test_too_low_or_unknown_is_refused_with_what_could_be_flown():
    wanted = area(SQUARE, swath_m=40)
    with pytest.raises(PlanError, match=r"150 m above the sea is too low: .* fly at 16\d m or higher"):
        heights_of("sea", 150.0, slope(), (START,), wanted)
    for above in ("sea", "ground"):
        with pytest.raises(PlanError, match="needs to know the ground"):
            heights_of(above, 240.0, None, (START,), wanted)
    with pytest.raises(PlanError, match="not in the height file"):
        heights_of("sea", 240.0, slope(), ((0.0, 0.0),), wanted)


def test_a_hill_beside_the_area_is_met_only_by_who_flies_over_it():
    """The area is low; the start lies behind a ridge that the way to it crosses."""
    ridge = slope(0.0)
    ridge.heights[:, 28:30] = 250.0
    wanted, behind = area(SQUARE, swath_m=40), tuple(lon_lat_ring([(-700, 100), (-690, 100), (-690, 110)])[0])
    heights = heights_of("sea", 200.0, ridge, (behind,), wanted)
    fleet = FleetSpec(starts=(behind,), altitude_m=heights.flown_m, endurance_s=6000.0)
    plan = plan_coverage(wanted, fleet)
    with pytest.raises(PlanError, match=r"would fly -50 m over the ground at \[121.83.*which lies at 250 m: fly 65 m"):
        settled(plan, heights, ridge)


def test_the_ground_is_followed_where_that_is_asked():
    heights = heights_of("ground", 50.0, slope(), (START,))
    assert all(not zone.has_band for zone in heights.area(DRAWN["zones"]()).no_fly)
    plan = settled(
        plan_coverage(area(SQUARE, swath_m=40), FleetSpec(starts=(START,), altitude_m=50.0)), heights, slope()
    )
    assert max(w.alt_rel_m for s in plan.sorties for w in s.path) > 80.0
    assert dict(plan.settings)["above"] == "ground"


def test_tiles_of_a_folder_are_asked_as_one():
    west = Terrain(np.full((3, 3), 10.0), 121.0, 30.0, 0.1, 0.1)
    east = Terrain(np.full((3, 3), 20.0), 121.2, 30.0, 0.1, 0.1)
    both = Patchwork((west, east))
    assert both.height_m(np.array([(121.1, 29.9), (121.3, 29.9)])).tolist() == [10.0, 20.0]
    assert np.isnan(both.height_m(np.array([(125.0, 29.9)]))).all()
