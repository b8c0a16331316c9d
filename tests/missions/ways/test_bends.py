"""A bend so slight that it would be flown straight is made plain where straight would touch a zone."""

import numpy as np
import shapely

from missions.timing import without_needless_points
from missions.ways.bends import pushed_out

ZONE = shapely.box(980, -50, 1020, 4.0)


def test_a_slight_bend_round_a_zone_is_pushed_out():
    path = np.array([(0, 0), (1000, 4.5), (2000, 0)], dtype=float)
    assert shapely.LineString(without_needless_points(path)).intersects(ZONE)
    plain = pushed_out(path, ZONE)
    assert not shapely.LineString(without_needless_points(plain)).intersects(ZONE)
    assert plain[1][1] > 4.5


def test_what_is_plain_or_free_stays_as_it_is():
    plain = np.array([(0, 0), (1000, 60), (2000, 0)], dtype=float)
    slight = np.array([(0, 100), (1000, 104), (2000, 100)], dtype=float)
    for path in (plain, slight, plain[:2]):
        assert (pushed_out(path, ZONE) == path).all()
    assert (pushed_out(slight, shapely.Polygon()) == slight).all()


def test_a_bend_between_two_zones_stays():
    gap = shapely.union(ZONE, shapely.box(980, 5.0, 1020, 80))
    path = np.array([(0, 0), (1000, 4.5), (2000, 0)], dtype=float)
    assert (pushed_out(path, gap) == path).all()
