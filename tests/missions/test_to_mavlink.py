"""A sortie becomes home, take-off, speed, waypoints, return: whole centimetres and 1e-7 degrees."""

from missions.plan import Sortie, Waypoint
from missions.to_mavlink import mission_items

SORTIE = Sortie(
    drone=0,
    sortie=0,
    path=(
        Waypoint(121.84, 29.9, 65.005),
        Waypoint(121.84123456789, 29.9012345, 65.005),
        Waypoint(121.842, 29.902, 65.005, survey=True),
        Waypoint(121.84, 29.9, 65.005),
    ),
    length_m=500.0,
    duration_s=100.0,
    swath_m=40.0,
    speed_m_s=8.5,
)


def test_the_items_in_order():
    items = mission_items(SORTIE, home_alt_m=12.3)
    assert [item.seq for item in items] == list(range(6))
    assert [item.command for item in items] == [16, 22, 178, 16, 16, 20]
    assert [item.frame for item in items] == [0, 3, 3, 3, 3, 3]


def test_home_and_take_off():
    home, take_off, *_ = mission_items(SORTIE, home_alt_m=12.3)
    assert (home.x, home.y, home.z) == (299000000, 1218400000, 12.3)
    assert take_off.z == 65.0 or take_off.z == 65.01


def test_the_speed_is_set_before_the_first_waypoint():
    speed = mission_items(SORTIE)[2]
    assert (speed.param1, speed.param2, speed.param3) == (1.0, 8.5, -1.0)


def test_places_are_whole_units():
    waypoint = mission_items(SORTIE)[3]
    assert (waypoint.x, waypoint.y) == (299012345, 1218412346)
    assert round(waypoint.z * 100) == waypoint.z * 100
