"""What is there and when, hills that hide, wind that grows with height and turns with time."""

import pytest

from simulators.terrain import Hill, Point, Terrain
from simulators.wind_field import Breeze, WindField
from simulators.world import Thing, Waypoint, World

HERE = (29.9, 121.84)


def thing(thing_id="car", path=((0.0, *HERE),), **more):
    return Thing(thing_id, "car", "illegal_parking", tuple(Waypoint(*place) for place in path), **more)


def test_a_thing_is_there_from_when_it_appears_until_it_leaves():
    car = thing(appears_s=60.0, leaves_s=120.0)
    assert [car.present(at) for at in (59.9, 60.0, 119.9, 120.0)] == [False, True, True, False]


def test_a_thing_moves_evenly_and_stays_at_the_end_of_its_path():
    car = thing(path=((0.0, 29.90, 121.84), (100.0, 29.91, 121.84), (200.0, 29.91, 121.86)), appears_s=10.0)
    places = [(round(car.at(now).lat_deg, 6), round(car.at(now).lon_deg, 6)) for now in (0.0, 60.0, 160.0, 999.0)]
    assert places == [(29.90, 121.84), (29.905, 121.84), (29.91, 121.85), (29.91, 121.86)]


def test_an_instructor_adds_a_thing_and_cannot_add_it_twice():
    world = World((thing(),)).with_thing(thing("second"))
    assert [one.id for one in world.present(0.0)] == ["car", "second"]
    with pytest.raises(ValueError, match="second"):
        world.with_thing(thing("second"))


def test_flat_ground_hides_nothing_and_a_hill_hides_what_is_behind_it():
    eye, target = Point(29.900, 121.84, 30.0), Point(29.910, 121.84, 0.0)
    hill = Hill(29.905, 121.84, 60.0, 150.0)
    assert not Terrain().hides(eye, target)
    assert Terrain([hill]).hides(eye, target)
    assert not Terrain([hill]).hides(Point(29.900, 121.84, 300.0), target)


def test_a_hill_falls_off_as_a_gaussian():
    hill = Terrain([Hill(29.9, 121.84, 100.0, 200.0)])
    assert hill.height_m(29.9, 121.84) == pytest.approx(100.0)
    assert hill.height_m(29.9 + 200.0 / 110_862, 121.84) == pytest.approx(36.8, abs=0.3)


def test_wind_grows_with_height_and_turns_evenly_between_steps():
    field = WindField([Breeze(100.0, 10.0, 90.0), Breeze(0.0, 5.0, 0.0)])
    assert field.at(-5.0) == pytest.approx((5.0, 0.0))
    assert field.at(100.0, 80.0)[0] == pytest.approx(10.0 * 8**0.14)
    speed, from_deg = field.at(50.0)
    assert 0.0 < from_deg < 90.0
    assert speed == pytest.approx((2.5**2 + 5.0**2) ** 0.5)


def test_no_wind_at_all_is_calm():
    assert WindField().at(10.0, 100.0)[0] == 0.0
