"""What has been seen from a path, against its legs looked at one by one."""

import itertools

import numpy as np
import pytest
import shapely

from missions.coverage.covered import seen, unseen, unseen_nearly

SWATH_M = 40.0
RUNS_BACK_OVER_ITSELF = np.array([
    (-564.2380185568519, -310.36249105699807), (-233.24358071257137, -254.4540785680616),
    (-300.5160439446143, -275.49787626424086), (-265.39242171305966, -272.79205585616813),
    (-230.1625121711957, -272.48572438206435), (-230.59885162993467, -270.11166169351685),
    (-233.24358071257137, -254.4540785680616), (389.99952820476256, -149.18181767698763),
    (345.6833930532369, -197.23387676847634), (-187.92201346960803, -287.36539489459386),
    (40.35740765029987, -274.2653307656457), (63.39995040500953, -285.4810958543645),
    (330.6675116045091, -240.3368174375667), (321.52148814990585, -242.89584122511732),
    (285.725364380661, -288.49461649674305), (98.009084414985, -320.20185387378666),
    (90.64065342103521, -362.01306040589554), (230.88681628568918, -338.3240208724987),
    (190.1739279255604, -346.21501735304946), (174.99896162158927, -388.33066407098573),
    (83.27222242708542, -403.8242669380045), (75.90379143313564, -445.6354734701134),
    (111.1374374274796, -439.1419940241566), (109.0538445552143, -440.03608377628643),
    (-592.2317615563588, -334.5975135839597),
])  # fmt: skip
"""Of a plan: GEOS 3.14 buffers it to a polygon that is not valid and lacks a hole of 1 400 m2."""
SQUARE = np.array([(0.0, 0.0), (300.0, 0.0), (300.0, 300.0), (0.0, 300.0), (0.0, 0.0)])


def leg_by_leg(path):
    return shapely.union_all([shapely.LineString(leg).buffer(SWATH_M / 2) for leg in itertools.pairwise(path)])


@pytest.mark.parametrize("path", [SQUARE, RUNS_BACK_OVER_ITSELF], ids=["square", "runs back"])
def test_what_is_seen_from_a_path_is_what_is_seen_from_its_legs(path):
    whole = seen([path], SWATH_M)
    assert whole.is_valid
    assert whole.symmetric_difference(leg_by_leg(path)).area < 0.001 * whole.area


def test_a_hole_between_lanes_stays_unseen():
    hole = shapely.box(20.0, 20.0, 280.0, 280.0)
    assert unseen(shapely.box(0.0, 0.0, 300.0, 300.0), [SQUARE], SWATH_M).area == pytest.approx(hole.area)


@pytest.mark.parametrize("expected_m2", [260.0 * 260.0, 1000.0], ids=["as expected", "not as expected"])
def test_what_is_unseen_is_found_in_a_hurry_too(expected_m2):
    hole = shapely.box(20.0, 20.0, 280.0, 280.0)
    left = unseen_nearly(shapely.box(0.0, 0.0, 300.0, 300.0), [SQUARE], SWATH_M, expected_m2)
    assert left.symmetric_difference(hole).area < 1.0


def test_a_hole_that_is_lost_in_a_hurry_is_found_by_its_area():
    free = shapely.LineString(RUNS_BACK_OVER_ITSELF).envelope
    left = free.difference(leg_by_leg(RUNS_BACK_OVER_ITSELF))
    found = unseen_nearly(free, [RUNS_BACK_OVER_ITSELF], SWATH_M, left.area)
    assert found.symmetric_difference(left).area < 2e-4 * free.area
