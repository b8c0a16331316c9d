"""A drone that no operation has is in the way of a sortie, is not, or nobody knows."""

import pytest
from msgspec.structs import replace

from gcs.fleet.state import Position, Speeds
from gcs.operations.airspace import Outsider, meetings
from gcs.operations.errands import Errand
from missions.plan import Sortie, Waypoint

LAT, LON, HOME_AMSL_M = 29.9, 121.84, 10.0
EAST_M, NORTH_M = 1 / 96_500, 1 / 111_320
STILL, GOING = Speeds(ground_m_s=0.0, climb_m_s=0.0), Speeds(ground_m_s=8.0, climb_m_s=0.0)


def place(east_m, north_m):
    return LON + east_m * EAST_M, LAT + north_m * NORTH_M


def flown(height_m=50.0):
    """400 m east at `height_m` above the start, and back."""
    path = tuple(Waypoint(*place(x, 0), height_m) for x in (0, 400, 0))
    return Sortie(0, 0, path, 800.0, 120.0, 40.0, 8.0)


@pytest.fixture
def outsider(vehicle_ready):
    def outsider(east_m, north_m, height_m, errand=None, heard=True, **changes):
        lon, lat = place(east_m, north_m)
        here = Position(lat_deg=lat, lon_deg=lon, alt_rel_m=height_m, alt_amsl_m=HOME_AMSL_M + height_m)
        flying = {"armed": True, "mode": "GUIDED", "landed_state": 2, "speeds": STILL, "position": here}
        return Outsider(vehicle_ready("sim-9", 0.0, **(flying | changes)), errand, heard)

    return outsider


def bound(east_m, north_m, height_m):
    return Errand(place(0, 0), place(east_m, north_m), HOME_AMSL_M + height_m, 0.0)


def met(*outsiders, sortie=None):
    found = meetings(sortie or flown(), HOME_AMSL_M, outsiders)
    return found.crossing, found.unknown


def test_a_drone_that_hovers_counts_where_it_is(outsider):
    assert met(outsider(200, 10, 52)) == (("sim-9",), ())
    assert met(outsider(200, 20, 52)) == ((), ())
    assert met(outsider(200, 10, 55)) == ((), ()), "as far above as the layers of a plan"


def test_the_climb_and_the_landing_count(outsider):
    assert met(outsider(0, 5, 20)) == (("sim-9",), ())
    assert met(outsider(0, 5, 58)) == ((), ())


def test_one_sent_to_look_counts_on_its_whole_way(outsider):
    across = outsider(200, -300, 50, bound(200, 300, 50), speeds=GOING)
    assert met(across) == (("sim-9",), ())
    assert met(outsider(200, 100, 50, bound(200, 300, 50), speeds=GOING)) == ((), ()), "it is past"
    assert met(outsider(200, -300, 80, bound(200, 300, 80), speeds=GOING)) == ((), ()), "it flies above"


def test_one_that_changes_its_height_on_the_way_counts_at_all_between(outsider):
    assert met(outsider(200, -300, 90, bound(200, 300, 30), speeds=GOING)) == (("sim-9",), ())


def test_one_on_its_way_home_counts_to_the_ground(outsider):
    home = Position(lat_deg=LAT, lon_deg=LON, alt_rel_m=0.0, alt_amsl_m=HOME_AMSL_M)
    assert met(outsider(0, 300, 80, mode="RTL", home=home, speeds=GOING)) == (("sim-9",), ())
    assert met(outsider(0, 300, 80, mode="LAND", home=home, speeds=GOING)) == ((), ())
    assert met(outsider(200, 5, 80, mode="LAND", home=home)) == (("sim-9",), ())


def test_of_one_that_flies_on_its_own_nobody_knows(outsider):
    assert met(outsider(300, 300, 51, speeds=GOING, mode="AUTO")) == ((), ("sim-9",))
    assert met(outsider(300, 300, 90, speeds=GOING, mode="AUTO")) == ((), ())
    assert met(outsider(300, 300, 51, speeds=None)) == ((), ("sim-9",))


def test_a_silent_one_may_be_elsewhere(outsider):
    assert met(outsider(300, 300, 51, heard=False)) == ((), ("sim-9",))
    assert met(outsider(200, 5, 51, heard=False)) == (("sim-9",), ())


def test_what_is_not_known_is_told_as_such(outsider):
    nowhere = outsider(0, 0, 50)
    nowhere = Outsider(replace(nowhere.state, position=None))
    assert met(nowhere) == ((), ("sim-9",))
    assert meetings(flown(), None, [outsider(200, 5, 51)]).unknown == ("sim-9",)
