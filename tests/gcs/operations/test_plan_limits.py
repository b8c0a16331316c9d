"""What a plan may not be."""

import math

import pytest

from gcs.operations.plan_limits import plan_problems
from missions.plan import Plan, Sortie, Waypoint

FINE = (Waypoint(121.84, 29.9, 50.0), Waypoint(121.85, 29.9, 50.0))


def _problems(path=FINE, speed_m_s=8.0):
    return plan_problems(Plan((), (), (Sortie(0, 0, path, 1.0, 1.0, 40.0, speed_m_s),), 1.0, 1.0))


def test_a_fine_plan_has_no_problem(plan_of):
    assert _problems() == ()
    assert plan_problems(plan_of()) == ()


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ((), "goes nowhere"),
        (FINE[:1], "goes nowhere"),
        (FINE * 301, "602 waypoints"),
        ((*FINE, Waypoint(121.84, 29.9, 121.0)), "above the ceiling of 120 m"),
        ((*FINE, Waypoint(121.84, 29.9, 2.0)), "below the floor of 5 m"),
        ((*FINE, Waypoint(math.nan, 29.9, 50.0)), "not a number"),
    ],
)
def test_a_path_no_vehicle_should_fly(path, problem):
    (found,) = _problems(path)
    assert problem in found
    assert found.startswith("drone 1 sortie 1: ")


@pytest.mark.parametrize("speed_m_s", [0.0, -1.0, 21.0, math.nan])
def test_a_speed_no_vehicle_should_fly(speed_m_s):
    assert "not a speed" in _problems(speed_m_s=speed_m_s)[0]


def test_a_plan_without_a_sortie():
    assert plan_problems(Plan((), (), (), 0.0, 0.0)) == ("the plan has no sortie",)
