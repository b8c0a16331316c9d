"""Modes by number and by name."""

import pytest

from gcs.fleet.modes import COPTER_MODES, mode_name, mode_number

ARDUPILOT, PX4, QUAD, PLANE = 3, 12, 2, 1


@pytest.mark.parametrize(
    ("number", "name"), [(0, "STABILIZE"), (3, "AUTO"), (4, "GUIDED"), (6, "RTL"), (9, "LAND"), (17, "BRAKE")]
)
def test_the_modes_a_patrol_uses(number, name):
    assert mode_name(ARDUPILOT, QUAD, 81, number) == name
    assert mode_number(name) == number


def test_a_number_nobody_knows_is_shown_as_it_is():
    assert mode_name(ARDUPILOT, QUAD, 81, 42) == "MODE 42"


@pytest.mark.parametrize(("autopilot", "vehicle"), [(PX4, QUAD), (ARDUPILOT, PLANE)])
def test_numbers_of_other_vehicles_are_not_read_as_a_copters(autopilot, vehicle):
    assert mode_name(autopilot, vehicle, 81, 4) == "MODE 4"


def test_a_custom_mode_counts_only_when_the_vehicle_says_that_it_has_one():
    assert mode_name(ARDUPILOT, QUAD, 80, 4) == "MODE 4"


def test_names_and_numbers_are_each_others_inverse():
    assert {mode_number(name) for name in COPTER_MODES.values()} == set(COPTER_MODES)
    with pytest.raises(KeyError):
        mode_number("MODE 42")
