"""Cameras: the picture's borders, the least size, hills in the way, misses, false alarms, the truth kept apart."""

import json
from itertools import pairwise
from math import hypot

import pytest

from simulators.cameras.gimbal_camera import Eye, GimbalCamera, footprint, sees
from simulators.cameras.watch import AGAIN_AFTER_S, CameraPose, Watch
from simulators.local_frame import LocalFrame
from simulators.terrain import Hill, Point, Terrain
from simulators.world import Thing, Waypoint, World

HOME = LocalFrame(29.9, 121.84, 0.0)
SURE = GimbalCamera(miss=0.0, false_per_h=0.0)
FLAT = Terrain()


def at(north_m, east_m, alt_m=0.0):
    return Point(*HOME.to_geo(north_m, east_m), alt_m)


def eye(height_m=60.0, heading_deg=0.0):
    return Eye(HOME.lat_deg, HOME.lon_deg, height_m, heading_deg)


def person(thing_id="p", north_m=0.0, east_m=0.0, **more):
    place = Waypoint(0.0, *HOME.to_geo(north_m, east_m))
    return Thing(thing_id, "person", "missing_person", (place,), size_m=0.6, **more)


def pose(sysid=1, height_m=50.0, north_m=0.0, east_m=0.0, **more):
    return CameraPose(sysid, *HOME.to_geo(north_m, east_m), height_m, 0.0, **more)


@pytest.mark.parametrize(
    ("north_m", "east_m", "seen"),
    [(0, 0, True), (0, 44, True), (0, 46, False), (31, 0, True), (33, 0, False), (-31, -44, True)],
)
def test_straight_down_it_sees_as_far_as_its_angles(north_m, east_m, seen):
    """73.7 by 56 degrees at 60 m: 45 m to each side, 31.9 m ahead and behind."""
    assert sees(SURE, eye(), at(north_m, east_m), 4.5, FLAT) is seen


def test_the_picture_turns_with_the_nose():
    assert not sees(SURE, eye(), at(44, 0), 4.5, FLAT)
    assert sees(SURE, eye(heading_deg=90.0), at(44, 0), 4.5, FLAT)


def test_a_gimbal_looks_ahead_and_aside():
    ahead = GimbalCamera(pitch_deg=-45.0)
    assert sees(ahead, eye(), at(60, 0), 4.5, FLAT)
    assert not sees(ahead, eye(), at(-60, 0), 4.5, FLAT)
    assert sees(GimbalCamera(pitch_deg=-45.0, yaw_deg=90.0), eye(), at(0, 60), 4.5, FLAT)


def test_what_is_too_small_for_its_distance_is_not_known():
    """0.6 m at 60 m covers 0.6 * 1281 / 60 = 12.8 pixels, at 100 m 7.7."""
    assert sees(SURE, eye(60.0), at(0, 0), 0.6, FLAT)
    assert not sees(SURE, eye(100.0), at(0, 0), 0.6, FLAT)
    assert sees(SURE, eye(100.0), at(0, 0), 4.5, FLAT)


def test_a_hill_hides_what_is_behind_it():
    oblique = GimbalCamera(pitch_deg=-20.0)
    target = at(150, 0)
    assert sees(oblique, eye(60.0), target, 12.0, FLAT)
    hill = Terrain([Hill(*HOME.to_geo(75, 0), 70.0, 30.0)])
    assert not sees(oblique, eye(60.0), target, 12.0, hill)


def test_the_footprints_corner_is_just_inside_the_picture():
    place = footprint(SURE, eye(), 0.99, 0.99)
    north, east = HOME.to_local(*place)
    assert (north, east) == pytest.approx((31.6, 44.5), abs=0.2)
    assert footprint(GimbalCamera(pitch_deg=0.0), eye(), 0.0, 0.5) is None


def test_a_thing_is_told_once_and_the_report_holds_nothing_of_the_truth():
    watch, world = Watch(SURE, 1), World((person(note="red coat"),))
    seen = [found for second in range(20) for found in watch.look(world, float(second), [pose()])]
    assert len(seen) == 1
    assert seen[0].truth == "p"
    body = json.dumps(seen[0].report("drill", "2026-01-01T00:00:00Z"))
    assert "truth" not in body
    assert json.loads(body)["lat"] != seen[0].true_lat_deg
    assert json.loads(body)["source"]["vehicle"] == "drill-1"


def test_what_moves_on_is_told_again():
    path = (Waypoint(0.0, *HOME.to_geo(0, 0)), Waypoint(100.0, *HOME.to_geo(0, 300)))
    world = World((Thing("runner", "person", "missing_person", path, size_m=0.6),))
    watch = Watch(SURE, 1)
    seen = [s for s in range(100) for _ in watch.look(world, float(s), [pose(east_m=3.0 * s)])]
    assert len(seen) == 4
    assert min(b - a for a, b in pairwise(seen)) >= AGAIN_AFTER_S - 4


def test_a_broken_camera_sees_nothing():
    assert Watch(SURE, 1).look(World((person(),)), 0.0, [pose(works=False)]) == []


def test_the_share_of_misses_is_the_one_that_was_set():
    things = tuple(person(f"p{n}") for n in range(600))
    seen = Watch(GimbalCamera(miss=0.3, false_per_h=0.0), 7).look(World(things), 0.0, [pose()])
    assert len(seen) / 600 == pytest.approx(0.7, abs=0.05)


def test_false_alarms_come_at_their_rate_and_are_of_nothing():
    watch = Watch(GimbalCamera(false_per_h=60.0), 3, false_classes=("crowd",))
    seen = [found for second in range(36_000) for found in watch.look(World(), float(second), [pose()])]
    assert len(seen) == pytest.approx(600, rel=0.1)
    assert {(found.truth, found.klass) for found in seen} == {(None, "crowd")}


def test_places_are_wrong_by_as_much_as_is_said():
    """Nine in ten lie within the circle that the report names."""
    things = tuple(person(f"p{n}") for n in range(800))
    seen = Watch(SURE, 5).look(World(things), 0.0, [pose()])
    wrong = [
        hypot(*LocalFrame(found.true_lat_deg, found.true_lon_deg, 0.0).to_local(found.lat_deg, found.lon_deg))
        for found in seen
    ]
    inside = sum(error <= found.ce90_m for error, found in zip(wrong, seen, strict=True))
    assert inside / len(seen) == pytest.approx(0.9, abs=0.03)


def test_a_stray_drone_is_heard_and_not_filmed():
    drone = Thing("stray", "drone", "flying_object", (Waypoint(0.0, *HOME.to_geo(300, 0), 80.0),))
    assert len(Watch(SURE, 1).look(World((drone,)), 0.0, [pose()])) == 1


def test_equal_inputs_give_equal_observations_and_another_seed_others():
    def run(seed):
        watch = Watch(GimbalCamera(miss=0.4, false_per_h=600.0), seed, false_classes=("crowd", "accident"))
        world = World(tuple(person(f"p{n}", north_m=n) for n in range(20)))
        return [found for s in range(120) for found in watch.look(world, float(s), [pose(2), pose(1, north_m=s)])]

    assert run(4) == run(4)
    assert run(4) != run(5)
