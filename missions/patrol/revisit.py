"""Persistent patrol: sites that must be looked at again before a deadline, for ever.

How it is solved. The shortest deadline is the beat of the patrol. Every site is visited every beat, or every
second, fourth, ... beat, as its own deadline allows (deadlines are rounded down to beat x 2^i; rounding costs
at most a factor of 2, Asghar et al., arXiv 1903.06105). A round is a fixed order of some sites: in each beat
it is flown through those that are due. Drones wait where they are early, so that a site is always reached at
the same moment of its beat and the gap between two visits is exact. Without batteries a drone flies one
round for ever; with batteries a round starts and ends at the base within what a battery gives, and whoever
is charged flies the next.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from missions.fleet import PlanError
from missions.geodesy import Array
from missions.patrol.rounds import Beats, Round
from missions.patrol.schedule import DroneDay, drones_for, flown_day
from missions.patrol.search import shared_out

MOST_SITES = 2_000
MOST_BEATS = 64

Travel = Callable[[Array, Array], Array]


@dataclass(frozen=True, slots=True)
class PatrolSite:
    """A place in metres of a common frame. A visit lasts `dwell_s`; two visits are at most `deadline_s` apart.
    `priority`: when not everything can be kept, higher ones are kept first. `windows`: (from, to) seconds of
    the day in which the site counts; empty = always."""

    id: int
    x_m: float
    y_m: float
    deadline_s: float
    dwell_s: float = 0.0
    priority: int = 0
    windows: tuple[tuple[float, float], ...] = ()

    def __post_init__(self) -> None:
        numbers = (self.x_m, self.y_m, self.deadline_s, self.dwell_s)
        if not all(math.isfinite(number) for number in numbers) or self.deadline_s <= 0 or self.dwell_s < 0:
            raise PlanError(f"site {self.id}: needs finite figures, a deadline above 0 and a dwell of 0 or more")

    def counts_at(self, second_of_day: float) -> bool:
        return not self.windows or any(begin <= second_of_day < end for begin, end in self.windows)


@dataclass(frozen=True, slots=True)
class PatrolFleet:
    """Drones of one base. `usable_s` None: batteries do not limit; else the longest flight, followed by `swap_s`
    on the ground. `jitter` (0 to below 1): the share of every deadline given away so that the moments of the
    visits cannot be foretold."""

    base: tuple[float, float]
    speed_m_s: float
    usable_s: float | None = None
    swap_s: float = 120.0
    jitter: float = 0.0
    most_drones: int = 200
    seed: int = 0

    def __post_init__(self) -> None:
        if not (self.speed_m_s > 0 and self.swap_s >= 0 and 0 <= self.jitter < 1):
            raise PlanError("a patrol needs a speed above 0, a swap time of 0 or more, and jitter from 0 to below 1")


@dataclass(frozen=True)
class Patrol:
    """`drones` are needed to keep every deadline; `rounds` are what they fly, in order of sites."""

    sites: tuple[PatrolSite, ...]
    fleet: PatrolFleet
    drones: int
    beat_s: float
    rounds: tuple[Round, ...]
    starts_s: tuple[float, ...]
    beats: Beats = field(repr=False)

    def schedule(self, horizon_s: float) -> tuple[DroneDay, ...]:
        """Who is where and when, from second 0 to the horizon."""
        most, seed = _most_shift_s(self.beats, self.fleet), self.fleet.seed
        return flown_day(self.beats, self.rounds, self.starts_s, horizon_s=horizon_s, most=most, seed=seed)


def plan_patrol(sites: Sequence[PatrolSite], fleet: PatrolFleet, travel: Travel | None = None) -> Patrol:
    """The patrol of fewest drones found that keeps every deadline.

    `travel` gives seconds from (n, 2) to (m, 2) places; straight lines at the fleet's speed without. PlanError
    names a site whose deadline no number of drones keeps.
    """
    if not 0 < len(sites) <= MOST_SITES:
        raise PlanError(f"a patrol has 1 to {MOST_SITES} sites, not {len(sites)}")
    if len({site.id for site in sites}) < len(sites):
        raise PlanError("two sites have the same id")
    beats = _beats(sites, fleet, travel or _straight(fleet.speed_m_s))
    _refuse_hopeless(sites, beats)
    rounds = shared_out(beats, fleet.most_drones, fleet.seed)
    if rounds is None:
        raise PlanError(f"{fleet.most_drones} drones do not keep every deadline: allow more, or longer deadlines")
    drones, starts = drones_for(beats, rounds, _most_shift_s(beats, fleet))
    if drones > fleet.most_drones:
        raise PlanError(f"{drones} drones are needed, and {fleet.most_drones} are there: allow longer deadlines")
    return Patrol(tuple(sites), fleet, drones, beats.beat_s, tuple(rounds), tuple(starts), beats)


def best_effort(sites: Sequence[PatrolSite], fleet: PatrolFleet, drones: int, travel: Travel | None = None) -> Patrol:
    """What `drones` drones can keep, as after one dropped out: all deadlines if possible, otherwise those of
    the highest priority; sites of the lowest priority are left out, the most frequent first."""
    kept = sorted(sites, key=lambda site: (-site.priority, -site.deadline_s, site.id))
    low, high, best = 0, len(kept), None
    while low < high:
        count = (low + high + 1) // 2
        try:
            trial = plan_patrol(kept[:count], fleet, travel)
        except PlanError:
            trial = None
        if trial is not None and trial.drones <= drones:
            low, best = count, trial
        else:
            high = count - 1
    if best is None:
        raise PlanError(f"{drones} drones cannot keep the deadline of a single site")
    return best


def shifts(sites: Sequence[PatrolSite], begin_s: float, end_s: float) -> list[tuple[float, float, list[PatrolSite]]]:
    """(from, to, sites that count) for each stretch of the day in which the same sites count."""
    edges = {begin_s, end_s} | {edge for site in sites for window in site.windows for edge in window}
    marks = sorted(edge for edge in edges if begin_s <= edge <= end_s)
    parts = [(a, b, [site for site in sites if site.counts_at((a + b) / 2)]) for a, b in pairwise(marks)]
    return [part for part in parts if part[2]]


def _beats(sites: Sequence[PatrolSite], fleet: PatrolFleet, travel: Travel) -> Beats:
    shortest = min(site.deadline_s for site in sites)
    every = [min(MOST_BEATS, 2 ** int(math.log2(site.deadline_s / shortest + 1e-9))) for site in sites]
    places = np.array([(site.x_m, site.y_m) for site in sites] + [fleet.base])
    return Beats(
        beat_s=shortest * (1.0 - fleet.jitter),
        every=tuple(every),
        dwell_s=tuple(site.dwell_s for site in sites),
        travel_s=tuple(tuple(row) for row in travel(places, places).tolist()),
        usable_s=fleet.usable_s,
        swap_s=fleet.swap_s,
        ids=tuple(site.id for site in sites),
    )


def _most_shift_s(beats: Beats, fleet: PatrolFleet) -> float:
    """By how much a visit may be early or late so that no gap is longer than the deadlines without jitter."""
    return beats.beat_s * fleet.jitter / (1.0 - fleet.jitter) / 2.0


def _straight(speed_m_s: float) -> Travel:
    def travel(starts: Array, ends: Array) -> Array:
        gaps: Array = np.hypot(*(starts[:, None] - ends[None]).transpose(2, 0, 1)) / speed_m_s
        return gaps

    return travel


def _refuse_hopeless(sites: Sequence[PatrolSite], beats: Beats) -> None:
    """PlanError when a single site alone is too much for any drone."""
    far: list[tuple[float, int]] = []
    for i, site in enumerate(sites):
        needed = beats.travel_s[-1][i] + site.dwell_s + beats.travel_s[i][-1]
        if not math.isfinite(needed):
            raise PlanError(f"site {site.id}: no drone gets there from the base")
        if beats.usable_s is None and site.dwell_s > beats.beat_s:
            raise PlanError(f"site {site.id}: a visit of {site.dwell_s:.0f} s is longer than its deadline")
        if beats.usable_s is not None and needed > beats.usable_s:
            far.append((needed, site.id))
    if far:
        needed, farthest = max(far)
        raise PlanError(
            f"{len(far)} of {len(sites)} sites are out of reach: site {farthest} takes {needed:.0f} s there and back, "
            f"a battery gives {beats.usable_s:.0f} s (endurance less reserve): patrol them from a nearer base"
        )
