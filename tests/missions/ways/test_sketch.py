"""A sketch tells roughly which legs stay inside; where it is wrong it is by the width of its squares."""

import numpy as np
import pytest
import shapely

from missions.ways.sketch import Sketch

SQUARE = shapely.box(0.0, 0.0, 2000.0, 1000.0)
WITH_HOLE = SQUARE.difference(shapely.box(900.0, 400.0, 1100.0, 600.0))
U = SQUARE.difference(shapely.box(500.0, 300.0, 1500.0, 1000.0))


@pytest.mark.parametrize(
    ("area", "start", "end", "inside"),
    [
        (SQUARE, (100.0, 100.0), (1900.0, 900.0), True),
        (WITH_HOLE, (100.0, 500.0), (1900.0, 500.0), False),
        (WITH_HOLE, (100.0, 800.0), (1900.0, 800.0), True),
        (U, (250.0, 900.0), (1750.0, 900.0), False),
        (U, (250.0, 100.0), (1750.0, 100.0), True),
    ],
)
def test_a_leg_that_leaves_the_area_shows(area, start, end, inside):
    assert Sketch(area).seems_visible(np.array([start]), np.array([end])).tolist() == [inside]


def test_legs_that_stay_well_inside_seem_to_do_so_and_those_that_leave_for_long_do_not():
    random = np.random.default_rng(4)
    starts, ends = random.uniform((0.0, 0.0), (2000.0, 1000.0), (2, 3000, 2))
    legs = shapely.linestrings(np.stack([starts, ends], axis=1))
    seems = Sketch(WITH_HOLE).seems_visible(starts, ends)
    assert seems[shapely.covers(WITH_HOLE.buffer(-15.0), legs)].all()
    outside = shapely.length(legs) - shapely.length(shapely.intersection(legs, WITH_HOLE))
    assert not seems[outside > 120.0].any()
