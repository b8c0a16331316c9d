"""Patterns have the legs, turns and first courses that the manuals give them."""

import math

import numpy as np
import pytest
import shapely

from missions.fleet import PlanError
from missions.patterns.corridor import corridor, sides
from missions.patterns.detection import cumulative, probability_of_detection, spacing_for
from missions.patterns.orbit import headings_to, orbit, slant
from missions.patterns.perimeter import from_nearest, perimeter
from missions.patterns.search import creeping_line, expanding_square, into_wind, parallel_track, sector, with_drift
from missions.timing import Motion

DATUM = np.array([10.0, -20.0])


def courses(points):
    steps = np.diff(points, axis=0)
    return np.degrees(np.arctan2(steps[:, 0], steps[:, 1])).round(6) % 360


def lengths(points):
    return np.hypot(*np.diff(points, axis=0).T)


def test_the_expanding_square_grows_by_one_spacing_every_second_leg_and_turns_right():
    points = expanding_square(DATUM, 50.0, 7, into_wind(270.0))
    assert points[0] == pytest.approx(DATUM)
    assert lengths(points) == pytest.approx([50, 50, 100, 100, 150, 150, 200])
    assert courses(points) == pytest.approx([270, 0, 90, 180, 270, 0, 90], abs=1e-6)


def test_the_sector_search_passes_the_datum_three_times_in_equal_legs():
    points = sector(DATUM, 300.0, 40.0)
    assert lengths(points) == pytest.approx([300.0] * 9)
    turns = (np.diff(courses(points)) + 360) % 360
    assert turns[[0, 1, 3, 4, 6, 7]] == pytest.approx([120.0] * 6)
    assert turns[[2, 5]] == pytest.approx([0.0] * 2, abs=1e-6)
    assert [i for i, p in enumerate(points) if np.allclose(p, DATUM)] == [0, 3, 6, 9]
    assert courses(sector(DATUM, 300.0, 40.0, passes=2))[9] == pytest.approx(70.0)


@pytest.mark.parametrize(("pattern", "course"), [(parallel_track, 30.0), (creeping_line, 120.0)])
def test_rectangles_are_swept_from_half_a_spacing_inside(pattern, course):
    points = pattern(DATUM, 1000.0, 400.0, 30.0, 100.0)
    assert courses(points)[0] == pytest.approx(course)
    assert np.hypot(*(points[0] - DATUM)) == pytest.approx(50 * math.sqrt(2))
    angle = math.radians(30.0)
    ahead, right = np.array([math.sin(angle), math.cos(angle)]), np.array([math.cos(angle), -math.sin(angle)])
    frame = DATUM + np.array([0 * ahead, 1000 * ahead, 1000 * ahead + 400 * right, 400 * right])
    seen = shapely.LineString(points).buffer(50.0, cap_style="square", join_style="mitre")
    assert shapely.Polygon(frame).difference(seen).area < 1.0
    assert len(points) == 2 * (4 if pattern is parallel_track else 10)


def test_over_a_drifting_datum_every_point_is_met_where_it_will_be():
    motion = Motion(10.0, 2.0)
    still = expanding_square(DATUM, 80.0, 5, 0.0)
    moved = with_drift(still, motion, (1.0, -0.5))
    reached = np.concatenate([[0.0], np.cumsum(motion.legs(moved[:-1], moved[1:]))])
    assert moved == pytest.approx(still + reached[:, None] * np.array([1.0, -0.5]), abs=0.01)
    with pytest.raises(PlanError, match="faster than the drone"):
        with_drift(still, motion, (8.0, 8.0))


def test_detection_is_one_less_e_to_the_minus_coverage():
    assert probability_of_detection(100.0, 100.0) == pytest.approx(0.6321, abs=1e-4)
    assert probability_of_detection(100.0, spacing_for(0.78, 100.0)) == pytest.approx(0.78)
    assert cumulative([0.5, 0.5]) == pytest.approx(0.75)
    with pytest.raises(PlanError):
        spacing_for(1.0, 100.0)


def test_rings_keep_their_distance_from_the_border_and_from_holes():
    yard = shapely.Polygon([(0, 0), (300, 0), (300, 200), (0, 200)], [[(140, 90), (160, 90), (160, 110), (140, 110)]])
    rings = perimeter(yard, 15.0, rings=2, step_m=20.0)
    for ring in rings:
        assert yard.boundary.distance(shapely.LineString(ring)) >= 15.0 - 1e-6
        assert ring[0] == pytest.approx(ring[-1])
    assert not shapely.LinearRing(rings[0]).is_ccw
    with pytest.raises(PlanError, match="smaller inset"):
        perimeter(yard, 120.0)


def test_a_ring_begins_next_to_the_start_point_and_loses_nothing():
    ring = perimeter(shapely.box(0, 0, 300, 200), 10.0)[0]
    begun = from_nearest(ring, np.array([150.0, -40.0]))
    assert begun[0] == pytest.approx([150.0, 10.0])
    assert begun[0] == pytest.approx(begun[-1])
    assert lengths(begun).sum() == pytest.approx(lengths(ring).sum())
    assert shapely.LinearRing(begun).is_ccw == shapely.LinearRing(ring).is_ccw


@pytest.mark.parametrize(("width", "passes"), [(40.0, 1), (80.0, 2), (110.0, 3)])
def test_a_corridor_is_seen_from_side_to_side(width, passes):
    rail = np.array([(0, 0), (400, 0), (700, 200), (1200, 250)], dtype=float)
    way = corridor(rail, width, 40.0)
    seen = shapely.LineString(way).buffer(20.5)
    assert shapely.LineString(rail).buffer(width / 2, cap_style="flat").difference(seen).area < 20.0
    assert sum(lengths(way) > 300) == passes * 3
    left, right = sides(rail, 30.0)
    assert left[0] == pytest.approx([0.0, 30.0])
    assert right[0] == pytest.approx([0.0, -30.0])


def test_an_orbit_stays_on_its_circle_and_looks_inwards():
    points = orbit((5.0, 5.0), 80.0, 1.5, start_deg=90.0)
    circle = np.hypot(*(points - 5.0).T)
    assert circle == pytest.approx(np.full(len(points), 80.0))
    assert points[0] == pytest.approx([85.0, 5.0])
    middle = np.hypot(*((points[:-1] + points[1:]) / 2 - 5.0).T)
    assert (80.0 - middle).max() <= 0.5 + 1e-9
    assert headings_to((5.0, 5.0), points[:1]) == pytest.approx([270.0])
    assert slant(30.0, 40.0) == pytest.approx((50.0, 53.13), abs=0.01)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: expanding_square(DATUM, 0.0, 4, 0.0),
        lambda: sector(DATUM, float("nan"), 0.0),
        lambda: parallel_track(DATUM, -5.0, 10.0, 0.0, 10.0),
        lambda: orbit((0, 0), 0.0),
        lambda: corridor(DATUM[None], 10.0, 5.0),
        lambda: corridor(np.zeros((3, 2)), 1e6, 5.0),
        lambda: perimeter(shapely.box(0, 0, 9, 9), 1.0, rings=3),
    ],
)
def test_what_makes_no_pattern_is_refused(wrong):
    with pytest.raises(PlanError):
        wrong()
