"""The same thing seen twice is one thing, surer than before; two things stay two."""

import itertools
import math
import random
from datetime import timedelta

import numpy as np
import pytest

from gcs.sightings.ellipse import Ellipse
from gcs.sightings.fuse import Reach, Spot, Thing, View, best_fit, fuse, misfit

from .conftest import NOW

METRES = 111_320.0
LAT, LON = 29.9, 121.84
ACROSS = METRES * math.cos(math.radians(LAT))
REACH = Reach(timedelta(minutes=10), 15.0)


def view(name, east=0.0, north=0.0, *, ellipse=None, after_s=0.0, observer=None, klass="illegal_parking"):
    spot = Spot(LAT + north / METRES, LON + east / ACROSS, ellipse or Ellipse(25.0, 25.0))
    return View(name, klass, spot, NOW + timedelta(seconds=after_s), observer or name)


def drawn(draw):
    return Ellipse(draw.uniform(4, 90), draw.uniform(4, 90), draw.uniform(-3, 3))


def thing_of(views):
    times = [v.seen_at for v in views]
    return Thing(views[0].klass, fuse(views), min(times), max(times))


def metres(spot):
    return (spot.lon_deg - LON) * ACROSS, (spot.lat_deg - LAT) * METRES


def matrix(ellipse):
    return np.array([[ellipse.east_m2, ellipse.covariance_m2], [ellipse.covariance_m2, ellipse.north_m2]])


def test_one_view_says_what_it_says():
    only = view("a", 3.0, 4.0)
    assert fuse([only]) == only.spot


def test_two_observers_meet_in_the_middle_and_are_surer():
    spot = fuse([view("a", -4.0), view("b", 4.0)])
    assert metres(spot) == pytest.approx((0.0, 0.0), abs=0.01)
    assert spot.ellipse.east_m2 == pytest.approx(12.5, abs=0.5)


def test_two_views_that_cross_pin_the_place_down():
    along_east, along_north = Ellipse(400.0, 9.0), Ellipse(9.0, 400.0)
    spot = fuse([view("a", 15.0, 1.0, ellipse=along_east), view("b", -1.0, -15.0, ellipse=along_north)])
    assert metres(spot) == pytest.approx((-0.6, 0.6), abs=0.2)
    assert spot.ellipse.ce90_m < 7
    assert max(along_east.ce90_m, along_north.ce90_m) > 30


def test_the_information_of_observers_adds_up_as_the_textbook_says():
    one, other = (
        view("a", 2.0, -3.0, ellipse=Ellipse(30.0, 12.0, 8.0)),
        view("b", -1.0, 5.0, ellipse=Ellipse(9.0, 50.0, -4.0)),
    )
    spot, least = fuse([one, other]), 0.25 * np.eye(2)
    inverse = [np.linalg.inv(matrix(v.spot.ellipse) + least) for v in (one, other)]
    covariance = np.linalg.inv(sum(inverse))
    place = covariance @ (inverse[0] @ metres(one.spot) + inverse[1] @ metres(other.spot))
    assert metres(spot) == pytest.approx(tuple(place), abs=1e-3)
    assert matrix(spot.ellipse) == pytest.approx(covariance - least, abs=1e-9)


def test_an_observer_that_looks_again_and_again_does_not_become_surer():
    looks = [view(f"{i:02}", 1.0, 1.0, observer="main-1") for i in range(50)]
    assert fuse(looks).ellipse.ce90_m == pytest.approx(looks[0].spot.ellipse.ce90_m, abs=1e-6)


def test_the_order_of_the_views_does_not_matter():
    draw = random.Random(2)
    for _ in range(50):
        views = [view(str(i), *draw.choices(range(9), k=2), ellipse=drawn(draw), observer=str(i % 3)) for i in range(6)]
        shuffled = draw.sample(views, len(views))
        assert fuse(shuffled) == fuse(views)
        things = {i: thing_of([v]) for i, v in enumerate(views)}
        backwards = dict(reversed(list(things.items())))
        assert best_fit(view("x"), things, REACH) == best_fit(view("x"), backwards, REACH)


@pytest.mark.parametrize(
    "other",
    [
        view("b", klass="crowd"),
        view("b", after_s=601.0),
        view("b", after_s=-601.0),
        view("b", 60.0),
        view("b", 23.0),
        view("b", 12.0, ellipse=Ellipse(1.0, 1.0)),
    ],
    ids=["other class", "too late", "too early", "too far", "beyond the errors", "sure to be elsewhere"],
)
def test_what_is_something_else(other):
    known = thing_of([view("a", ellipse=Ellipse(4.0, 4.0) if other.spot.ellipse.east_m2 < 5 else None)])
    assert misfit(other, known, REACH) is None


def test_the_best_fit_wins():
    things = {
        "near": thing_of([view("a", 4.0)]),
        "nearer": thing_of([view("b", -2.0)]),
        "far": thing_of([view("c", 90.0)]),
    }
    assert best_fit(view("x"), things, REACH) == "nearer"
    assert best_fit(view("x", 45.0), things, REACH) is None


def scene(draw):
    """Things at least 60 m apart, each seen by some drones whose errors are as stated: (view, thing) in any order."""
    places = []
    while len(places) < 8:
        place = draw.uniform(0, 600), draw.uniform(0, 600)
        if all(math.dist(place, other) > 60 for other in places):
            places.append(place)
    seen = []
    for thing, (east, north) in enumerate(places):
        for look in range(draw.randint(1, 4)):
            longer, shorter, bearing = draw.uniform(3, 9), draw.uniform(2, 4), draw.uniform(0, math.pi)
            along, across = draw.gauss(0, longer), draw.gauss(0, shorter)
            s, c = math.sin(bearing), math.cos(bearing)
            ellipse = Ellipse(
                (longer * s) ** 2 + (shorter * c) ** 2, (longer * c) ** 2 + (shorter * s) ** 2,
                (longer**2 - shorter**2) * s * c,
            )  # fmt: skip
            offset = east + along * s + across * c, north + along * c - across * s
            name = f"{thing}-{look}"
            seen.append(
                (view(name, *offset, ellipse=ellipse, after_s=draw.uniform(0, 500), observer=f"main-{look}"), thing)
            )
    draw.shuffle(seen)
    return seen


def test_a_thousand_scenes_right_and_wrong_merges_are_counted():
    draw = random.Random(6)
    right = wrong = true_pairs = merged_pairs = 0
    for _ in range(1000):
        groups: dict[int, list] = {}
        seen = scene(draw)
        for looked, thing in seen:
            things = {key: thing_of([v for v, _ in group]) for key, group in groups.items()}
            best = best_fit(looked, things, REACH)
            groups.setdefault(len(groups) if best is None else best, []).append((looked, thing))
        assert sorted(v.id for group in groups.values() for v, _ in group) == sorted(v.id for v, _ in seen)
        for group in groups.values():
            for (_, a), (_, b) in itertools.combinations(group, 2):
                merged_pairs += 1
                right += a == b
                wrong += a != b
        true_pairs += sum(a == b for (_, a), (_, b) in itertools.combinations(seen, 2))
    print(f"right merges {100 * right / true_pairs:.2f} % of {true_pairs}, wrong {100 * wrong / merged_pairs:.3f} %")
    assert right / true_pairs >= 0.98
    assert wrong / merged_pairs <= 0.005
