"""A tour cut into sorties: everybody is home as soon as cuts allow, also where a drone had better leave off early."""

from dataclasses import dataclass
from itertools import combinations_with_replacement, pairwise

import numpy as np
import pytest

from missions.coverage.cuts import CutTour
from missions.coverage.split import Worker, makespan, split
from missions.coverage.tour import Tour
from missions.timing import Motion

MOTION = Motion(10.0, 2.0)


@dataclass(frozen=True)
class OverOpenGround:
    """A home with nothing in the way."""

    place: tuple[float, float]

    def times(self, points, motion):
        home = np.broadcast_to(np.array(self.place), points.shape)
        return motion.legs(home, points), motion.legs(points, home)


def worker(drone=0, home=0, limit_s=1e9, swap_s=120.0):
    return Worker(drone, home, MOTION, limit_s, 0.0, 30.0, swap_s)


def away_and_back(step_m=50.0, homes=((0.0, 0.0),)):
    """A tour that begins at home, leads 2 km away, and comes back."""
    corners = np.array([(0.0, 0.0), (2000.0, 0.0), (2000.0, 40.0), (0.0, 40.0), (0.0, 80.0), (2000.0, 80.0)])
    tour = Tour(corners, (True,) * (len(corners) - 1))
    return CutTour(tour, [OverOpenGround(home) for home in homes], [worker(home=i) for i in range(len(homes))], step_m)


def best_by_trying_all(cuts, workers):
    """The least makespan of all ways to cut in as many places as there are workers but one."""
    last = len(cuts.points) - 1
    found = []
    for inner in combinations_with_replacement(range(1, last), len(workers) - 1):
        marks = [0, *inner, last]
        if all(a < b for a, b in pairwise(marks)):
            flights = [cuts.flight_times(a, w)[b - a - 1] for (a, b), w in zip(pairwise(marks), workers, strict=True)]
            found.append(max(flights))
    return min(found)


@pytest.mark.parametrize("drones", [2, 3, 4])
def test_no_way_to_cut_is_better(drones):
    cuts, workers = away_and_back(step_m=250.0), [worker(i) for i in range(drones)]
    found = makespan(cuts, split(cuts, workers), workers)
    assert found <= best_by_trying_all(cuts, workers) + 0.5


def test_the_whole_tour_is_flown_once():
    cuts, workers = away_and_back(), [worker(i) for i in range(3)]
    stretches = split(cuts, workers)
    assert (stretches[0].first, stretches[-1].last) == (0, len(cuts.points) - 1)
    assert all(before.last == after.first for before, after in pairwise(stretches))
    assert [stretch.worker for stretch in stretches] == [0, 1, 2]


def test_a_drone_leaves_off_where_home_is_near():
    """The longest stretch that the first could fly would end far out, and the second would have to fly there."""
    cuts, workers = away_and_back(), [worker(0), worker(1)]
    first, second = split(cuts, workers)
    assert cuts.points[first.last][0] < 700.0
    assert makespan(cuts, [first, second], workers) < 0.8 * cuts.flight_times(0, workers[0])[-1]


def test_no_sortie_is_longer_than_a_battery_and_a_drone_flies_as_often_as_it_takes():
    cuts = away_and_back()
    workers = [worker(0, limit_s=450.0), worker(1, limit_s=450.0)]
    stretches = split(cuts, workers)
    assert len(stretches) > 2
    for stretch in stretches:
        flown_s = cuts.flight_times(stretch.first, workers[stretch.worker])[stretch.last - stretch.first - 1]
        assert flown_s <= 450.0
    assert {stretch.sortie for stretch in stretches if stretch.worker == 0} == set(
        range(sum(stretch.worker == 0 for stretch in stretches))
    )


def test_a_place_beyond_every_battery_cannot_be_split():
    assert split(away_and_back(), [worker(0, limit_s=200.0)]) is None
