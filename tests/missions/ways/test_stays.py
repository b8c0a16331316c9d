"""A drone that waits on its way is late by what it waits, and is where it waits meanwhile."""

import numpy as np
import pytest

from missions.timing import Motion, path_time, positions_each_second
from missions.ways.stays import positions_with_stays, time_with_stays

MOTION = Motion(10.0, 2.0)
WAY = np.array([(0.0, 0.0), (100.0, 0.0), (100.0, 80.0), (0.0, 0.0)])


def test_without_stays_it_is_the_way_itself():
    assert time_with_stays(WAY, (), MOTION) == path_time(WAY, MOTION)
    first, places = positions_with_stays(WAY, (), MOTION, 3.4)
    known, flown = positions_each_second(WAY, MOTION, 3.4)
    assert first == known
    assert places == pytest.approx(flown)


@pytest.mark.parametrize("start_s", [0.0, 7.0, 3.4])
def test_stays_add_to_the_time_and_the_drone_stands_where_it_stays(start_s):
    stays = (0.0, 30.0, 12.5, 0.0)
    assert time_with_stays(WAY, stays, MOTION) == pytest.approx(path_time(WAY, MOTION) + 42.5)
    first, places = positions_with_stays(WAY, stays, MOTION, start_s)
    end = start_s + time_with_stays(WAY, stays, MOTION)
    assert first + len(places) - 1 == int(np.floor(end + 1e-9))
    standing = np.count_nonzero(np.hypot(*(places - WAY[1]).T) < 0.5)
    assert standing in (30, 31, 32), "so many whole seconds at the first stop"
    steps = np.hypot(*np.diff(places, axis=0).T)
    assert steps.max() <= 10.0 + 1e-6, "nobody jumps"


def test_a_stay_on_a_straight_way_stops_the_drone():
    line = np.array([(0.0, 0.0), (100.0, 0.0), (200.0, 0.0)])
    assert time_with_stays(line, (0.0, 5.0, 0.0), MOTION) == pytest.approx(2 * path_time(line[:2], MOTION) + 5.0)


def test_stays_at_both_ends_and_at_one_place_count():
    assert time_with_stays(WAY[:2], (4.0, 6.0), MOTION) == pytest.approx(path_time(WAY[:2], MOTION) + 10.0)
    _, places = positions_with_stays(WAY[:2], (4.0, 0.0), MOTION, 0.0)
    assert np.count_nonzero(np.hypot(*places.T) < 0.5) >= 4
