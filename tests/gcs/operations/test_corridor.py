"""Distance to the planned path."""

import math

import pytest

from gcs.operations.corridor import distance_m, distance_to_line_m, distance_to_path_m
from missions.plan import Sortie, Waypoint

LAT = 29.9
EAST_100_M = 100 / (111_320 * math.cos(math.radians(LAT)))
NORTH_100_M = 100 / 111_320


def _sortie(*points):
    path = tuple(Waypoint(121.84 + x * EAST_100_M, LAT + y * NORTH_100_M, 50.0) for x, y in points)
    return Sortie(0, 0, path, 0.0, 0.0, 40.0, 8.0)


def _at(x, y, sortie):
    return distance_to_path_m(121.84 + x * EAST_100_M, LAT + y * NORTH_100_M, sortie)


def test_on_the_path_is_zero_and_beside_it_the_perpendicular():
    leg = _sortie((0, 0), (10, 0))
    assert _at(5, 0, leg) == pytest.approx(0.0, abs=0.01)
    assert _at(5, 0.3, leg) == pytest.approx(30.0, rel=1e-3)


def test_beyond_the_end_it_is_the_distance_to_the_end():
    assert _at(13, 4, _sortie((0, 0), (10, 0))) == pytest.approx(500.0, rel=1e-3)


def test_the_nearest_of_all_legs_counts():
    assert _at(9, 5, _sortie((0, 0), (10, 0), (10, 10))) == pytest.approx(100.0, rel=1e-3)


def test_a_path_of_one_point_and_of_none():
    assert _at(0, 1, _sortie((0, 0))) == pytest.approx(100.0, rel=1e-3)
    assert _at(0, 1, _sortie()) == math.inf


def test_distance_between_points():
    assert distance_m(121.84, LAT, 121.84 + 3 * EAST_100_M, LAT + 4 * NORTH_100_M) == pytest.approx(500.0, rel=1e-3)


def test_distance_to_a_line_of_places():
    line = ((121.84, LAT), (121.84 + 10 * EAST_100_M, LAT))
    assert distance_to_line_m(121.84 + 5 * EAST_100_M, LAT + NORTH_100_M, line) == pytest.approx(100.0, rel=1e-3)
