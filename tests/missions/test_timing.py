"""Times are those of a vehicle that stops at each turn."""

import numpy as np
import pytest

from missions.timing import Motion, path_time, positions_each_second, trapezoid
from missions.wind import Wind, ground_speed

CALM = Motion(10.0, 2.0)


def test_a_long_leg_adds_one_ramp_to_cruising():
    assert trapezoid(100.0, 10.0, 2.0) == pytest.approx(15.0)


def test_a_short_leg_never_reaches_cruise():
    assert trapezoid(8.0, 10.0, 2.0) == pytest.approx(4.0)


@pytest.mark.parametrize(("bend_deg", "stops"), [(10, 1), (20, 2)])
def test_bends_below_15_degrees_are_flown_through(bend_deg, stops):
    turn = np.radians(bend_deg)
    path = np.array([[0, 0], [100, 0], [100 + 100 * np.cos(turn), 100 * np.sin(turn)]])
    assert path_time(path, CALM) == pytest.approx(20.0 + 5.0 * stops)


def test_wind_triangle():
    assert ground_speed(1.0, 0.0, 10.0, Wind(270.0, 4.0).vector) == pytest.approx(14.0)
    assert ground_speed(-1.0, 0.0, 10.0, Wind(270.0, 4.0).vector) == pytest.approx(6.0)
    assert ground_speed(0.0, 1.0, 10.0, Wind(270.0, 6.0).vector) == pytest.approx(8.0)


def test_legs_at_once_are_legs_one_by_one():
    motion = Motion(10.0, 2.0, Wind(200.0, 5.0).vector)
    random = np.random.default_rng(3)
    starts, ends = random.uniform(-300, 300, (20, 2)), random.uniform(-300, 300, (20, 2))
    one_by_one = [motion.leg(tuple(a), tuple(b)) for a, b in zip(starts, ends, strict=True)]
    assert motion.legs(starts, ends) == pytest.approx(one_by_one)


def test_positions_start_at_the_start_and_end_at_the_end():
    path = np.array([[0.0, 0.0], [120.0, 0.0], [120.0, 60.0]])
    first, places = positions_each_second(path, CALM, 7.0)
    assert first == 7
    assert places[0] == pytest.approx([0.0, 0.0])
    assert len(places) == int(path_time(path, CALM)) + 1
    speeds = np.hypot(*np.diff(places, axis=0).T)
    assert speeds.max() <= 10.0 + 1e-9
    assert places[5] == pytest.approx([25.0, 0.0])
