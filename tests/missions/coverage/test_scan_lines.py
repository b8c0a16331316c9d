"""What scan lines find, against polygons cut and put together."""

import itertools
import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from missions.coverage.scan_lines import edges_of, unseen_m2

SQUARE = shapely.box(0.0, 0.0, 1000.0, 600.0)
WITH_HOLE = SQUARE.difference(shapely.box(300.0, 200.0, 500.0, 400.0))
TWO_PARTS = shapely.MultiPolygon([WITH_HOLE, shapely.Point(1500.0, 300.0).buffer(200.0, quad_segs=4)])
ARC = 64


def left_by_polygons(free, paths, swaths):
    seen = [
        shapely.LineString(leg).buffer(swath / 2, quad_segs=ARC)
        for path, swath in zip(paths, swaths, strict=True)
        for leg in itertools.pairwise(path)
    ]
    return free.difference(shapely.union_all(seen)).area


def test_a_line_is_inside_between_its_first_crossing_and_its_second():
    line, x = edges_of(WITH_HOLE, 0.0).crossed(np.array([100.0, 300.0, 700.0]))
    assert line.tolist() == [0, 0, 1, 1, 1, 1]
    assert x.tolist() == pytest.approx([0.0, 1000.0, 0.0, 300.0, 500.0, 1000.0])


def test_a_line_through_a_corner_is_inside_as_much_as_its_neighbours_are():
    diamond = shapely.Polygon([(0.0, 0.0), (10.0, 10.0), (0.0, 20.0), (-10.0, 10.0)])
    line, x = edges_of(diamond, 0.0).crossed(np.array([10.0, 20.0]))
    assert line.tolist() == [0, 0]
    assert x.tolist() == pytest.approx([-10.0, 10.0])


def test_edges_may_be_turned():
    line, x = edges_of(SQUARE, math.pi / 2).crossed(np.array([500.0]))
    assert line.tolist() == [0, 0]
    assert x.tolist() == pytest.approx([-600.0, 0.0])


def test_nothing_is_seen_without_a_path():
    assert unseen_m2(SQUARE, [], []) == SQUARE.area


def test_of_nothing_nothing_is_left():
    assert unseen_m2(shapely.Polygon(), [np.array([(0.0, 0.0), (1.0, 0.0)])], [40.0]) == 0.0


def test_where_all_is_seen_nothing_is_left():
    assert unseen_m2(SQUARE, [np.array([(0.0, 300.0), (1000.0, 300.0)])], [1300.0]) == 0.0


def test_a_drone_that_stays_sees_a_circle():
    stays = np.array([(500.0, 100.0), (500.0, 100.0)])
    assert SQUARE.area - unseen_m2(SQUARE, [stays], [100.0]) == pytest.approx(math.pi * 2500.0, rel=0.01)


def test_paths_may_have_swaths_of_their_own():
    paths = [np.array([(100.0, 100.0), (900.0, 100.0)]), np.array([(100.0, 500.0), (900.0, 520.0)])]
    swaths = [40.0, 90.0]
    assert unseen_m2(SQUARE, paths, swaths) == pytest.approx(left_by_polygons(SQUARE, paths, swaths), rel=2e-4)


places = st.tuples(st.floats(-100.0, 1700.0), st.floats(-100.0, 700.0))


@settings(max_examples=60, deadline=None)
@given(
    free=st.sampled_from([SQUARE, WITH_HOLE, TWO_PARTS]),
    paths=st.lists(st.lists(places, min_size=2, max_size=12), min_size=1, max_size=4),
    swath=st.floats(20.0, 120.0),
)
def test_what_is_left_is_what_polygons_leave(free, paths, swath):
    flown = [np.array(path) for path in paths]
    swaths = [swath] * len(flown)
    assert abs(unseen_m2(free, flown, swaths) - left_by_polygons(free, flown, swaths)) < 5e-4 * free.area
