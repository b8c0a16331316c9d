"""A plan as a fence: everything it flies is inside, every zone is outside."""

import math

import shapely

from missions.areas.zones import Zone
from missions.plan import Plan, Sortie, Waypoint
from missions.to_mavlink_fence import POLYGON_IN, POLYGON_OUT, ROOM_M, fence_items

LAT, LON = 29.9, 121.84
METRE = 1 / 111_195
HOME = Waypoint(LON - 0.004, LAT, 50.0)
AREA = ((LON, LAT), (LON + 0.004, LAT), (LON + 0.004, LAT + 0.003), (LON, LAT + 0.003), (LON, LAT))
ZONE = ((LON + 0.001, LAT + 0.001), (LON + 0.002, LAT + 0.001), (LON + 0.0015, LAT + 0.002))
PATH = (HOME, Waypoint(LON, LAT, 50.0), Waypoint(LON + 0.004, LAT + 0.003, 50.0, survey=True), HOME)
SORTIE = Sortie(0, 0, PATH, 900.0, 120.0, 40.0, 8.0)


CLOSED = (Zone((ZONE,)),)


def plan(no_fly=CLOSED):
    return Plan(((AREA,),), no_fly, (SORTIE,), 500.0, 1.0)


def polygons(items):
    """(command, polygon) of each run of corners, as the vehicle reads them."""
    found, at = [], 0
    while at < len(items):
        count = int(items[at].param1)
        run = items[at : at + count]
        assert {(item.command, item.param1) for item in run} == {(items[at].command, float(count))}
        found.append((items[at].command, shapely.Polygon([(item.y / 1e7, item.x / 1e7) for item in run])))
        at += count
    return found


def test_items_are_numbered_and_grouped_as_the_vehicle_wants_them():
    items = fence_items(plan())
    assert [item.seq for item in items] == list(range(len(items)))
    assert [command for command, _ in polygons(items)] == [POLYGON_IN, POLYGON_OUT]
    assert {item.frame for item in items} == {0}


def test_what_is_flown_is_inside_with_room_to_turn():
    (_, inside), _ = polygons(fence_items(plan()))
    assert inside.is_valid
    for lon, lat in [(w.lon_deg, w.lat_deg) for w in PATH] + list(AREA):
        away = [math.hypot(x - lon, y - lat) for x, y in inside.exterior.coords]
        assert inside.contains(shapely.Point(lon, lat))
        assert min(away) > 0.5 * ROOM_M * METRE


def test_each_zone_is_kept_out_of_to_the_corner():
    _, (_, zone) = polygons(fence_items(plan()))
    assert zone.symmetric_difference(shapely.Polygon(ZONE)).area < 1e-13


def test_a_plan_without_zones_is_held_together_all_the_same():
    assert [command for command, _ in polygons(fence_items(plan(no_fly=())))] == [POLYGON_IN]
