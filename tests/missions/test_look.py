"""Who is soonest over a point."""

import math
import time

import numpy as np
import pytest
import shapely
from drawn_areas import lon_lat_ring, regular

from missions.fleet import PlanError
from missions.geodesy import LocalFrame
from missions.look import LookOut, ReadyDrone
from missions.wind import Wind

CENTRE = (121.84, 29.90)
FRAME = LocalFrame(*CENTRE)


def at(x, y):
    lon, lat = FRAME.to_lon_lat(np.array([(x, y)]))[0]
    return float(lon), float(lat)


def drone(name, x, y, **figures):
    return ReadyDrone(name, at(x, y), **{"left_s": 900.0, "speed_m_s": 10.0, "home": at(0, 0), **figures})


def zone(*corners):
    return (tuple(tuple(point) for point in lon_lat_ring(corners)),)


OPEN = LookOut(CENTRE, [])
WALL = zone((400, -300), (450, -300), (450, 300), (400, 300))


def test_the_nearest_is_the_soonest_unless_it_is_slow_or_not_ready():
    drones = [drone("far", 0, 2000), drone("near", 0, 800), drone("late", 0, 900, ready_s=200.0)]
    looks = OPEN.soonest(at(0, 1000), drones)
    assert [look.drone for look in looks] == ["near", "far", "late"]
    assert looks[0].arrival_s == pytest.approx(200 / 10 + 5)
    assert looks[0].spare_s == pytest.approx(900 - 25 - 60 - 105, abs=0.1)


def test_who_would_not_get_home_is_not_sent():
    assert OPEN.soonest(at(0, 1000), [drone("low", 0, 900, left_s=150.0)]) == []
    (look,) = OPEN.soonest(at(0, 1000), [drone("stays", 0, 900, left_s=150.0, home=None)])
    assert look.drone == "stays"


def test_the_others_are_told_why_they_cannot():
    windy = LookOut(CENTRE, [], Wind(0.0, 6.0))
    looks, cannot = windy.ranked(at(0, 1000), [drone("slow", 0, 0, speed_m_s=7.0), drone("low", 0, 900, left_s=150.0)])
    assert looks == []
    assert [(none.drone, none.reason) for none in cannot] == [("slow", "wind"), ("low", "battery")]
    (look,), _ = OPEN.ranked(at(0, 1000), [drone("full", 0, 900, left_s=1000.0)])
    _, (low,) = OPEN.ranked(at(0, 1000), [drone("low", 0, 900, left_s=150.0)])
    assert low.short_s == pytest.approx(1000.0 - look.spare_s - 150.0)


def test_the_way_goes_round_a_zone():
    (look,) = LookOut(CENTRE, [WALL]).soonest(at(800, 0), [drone("a", 0, 0)])
    path = FRAME.to_local(np.array([at(0, 0), *look.way]))
    wall = shapely.box(400, -300, 450, 300)
    assert wall.distance(shapely.LineString(path)) >= 3.9
    assert look.arrival_s > 100
    assert np.hypot(*np.diff(path, axis=0).T).sum() == pytest.approx(2 * math.hypot(398, 305) + 4, abs=60)


def test_a_point_in_a_zone_or_walled_in_gets_nobody():
    with pytest.raises(PlanError, match="inside a no-fly zone"):
        LookOut(CENTRE, [WALL]).soonest(at(420, 0), [drone("a", 0, 0)])
    four = [((300, 300), (700, 300), (700, 340), (300, 340)), ((300, 660), (700, 660), (700, 700), (300, 700))]
    four += [((300, 300), (340, 300), (340, 700), (300, 700)), ((660, 300), (700, 300), (700, 700), (660, 700))]
    walled = LookOut(CENTRE, [zone(*box) for box in four])
    looks, (none,) = walled.ranked(at(500, 500), [drone("a", 0, 0)])
    assert (looks, none.reason) == ([], "no_way")


def test_wind_makes_the_drone_upwind_the_sooner_one():
    windy = LookOut(CENTRE, [], Wind(270.0, 6.0))
    west, east = drone("west", -1000, 0), drone("east", 900, 0)
    assert windy.soonest(at(0, 0), [west, east])[0].drone == "west"
    assert OPEN.soonest(at(0, 0), [west, east])[0].drone == "east"
    assert LookOut(CENTRE, [], Wind(0.0, 9.0)).soonest(at(0, 0), [west]) == []


def test_two_hundred_drones_and_ten_zones_take_milliseconds():
    random = np.random.default_rng(2)
    zones = [zone(*regular(8, 200, *random.uniform(-5000, 5000, 2))) for _ in range(10)]
    lookout = LookOut(CENTRE, zones)
    drones = [drone(f"d{i}", *random.uniform(-6000, 6000, 2), left_s=2000.0) for i in range(200)]
    places = [p for p in random.uniform(-5000, 5000, (12, 2)) if not any(
        shapely.Polygon(FRAME.to_local(np.array(z[0]))).contains(shapely.Point(p)) for z in zones)]  # fmt: skip
    spent = []
    for place in places:
        begin = time.process_time()
        looks = lookout.soonest(at(*place), drones)
        spent.append(time.process_time() - begin)
        assert looks
    assert min(spent) < 0.05
