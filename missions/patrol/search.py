"""Which site belongs to which round, where in it, and in which beats: seeded annealing over moves of one site."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from missions.patrol.rounds import Beats, Round, Timing, excess, timing, work

STEPS_A_SITE = 400
LEAST_STEPS = 8_000
WARM_S, COLD_S = 40.0, 0.5
TOO_LONG_WEIGHTS = (2.0, 3.0, 6.0, 20.0)
HOPELESS = (0.4, 0.15, 0.05, 0.0)
ON_TIME_S = 1e-6
SHORTER_THAN_WALK = 0.75
NEIGHBOURS = 10
BESIDE_A_NEIGHBOUR = 0.9
FROM_DEAREST = 0.3


class _Search:
    """A set of rounds that are changed one site at a time."""

    def __init__(self, beats: Beats, rounds: list[Round], random: np.random.Generator) -> None:
        self.beats, self.rounds, self.random = beats, rounds, random
        self.of = {site: r for r, each in enumerate(rounds) for site in each.sites}
        self.costs: list[float] = []
        self.over: list[float] = []
        self.weigh(TOO_LONG_WEIGHTS[0])
        count = len(beats.every)
        table = np.array(beats.travel_s)[:count, :count]
        np.fill_diagonal(table, -1.0)  # so that each comes first in its own row, before others at the same place
        self.near = np.argsort(table, axis=1, kind="stable")[:, 1 : 1 + NEIGHBOURS].tolist()

    def weigh(self, weight: float) -> None:
        """From now on a second too long costs `weight` seconds of work."""
        self.weight = weight
        priced = [self._priced(each) for each in self.rounds]
        self.costs, self.over = [cost for cost, _ in priced], [over for _, over in priced]

    def excess(self) -> float:
        """Seconds by which all rounds together are too long."""
        return sum(self.over)

    def flown(self) -> list[Round]:
        return [each for each in self.rounds if each.sites]

    def _priced(self, round_: Round) -> tuple[float, float]:
        """(cost, seconds too long) of a round."""
        if not round_.sites:
            return 0.0, 0.0
        given: Timing = timing(self.beats, round_)
        over = excess(self.beats, given)
        return work(self.beats, given) + self.weight * over, over

    def step(self, heat: float) -> None:
        """One site moved beside one of its neighbours, or to other beats, if that is accepted."""
        source, site = self._chosen()
        old = self.rounds[source]
        i = old.sites.index(site)
        rest = Round((*old.sites[:i], *old.sites[i + 1 :]), (*old.residues[:i], *old.residues[i + 1 :]))
        friends = self.near[site]
        if friends and self.random.random() < BESIDE_A_NEIGHBOUR:
            friend = friends[int(self.random.integers(len(friends)))]
            target = self.of[friend]
            base = rest if target == source else self.rounds[target]
            at = base.sites.index(friend) + int(self.random.integers(2))
        else:
            target = int(self.random.integers(len(self.rounds)))
            base = rest if target == source else self.rounds[target]
            at = int(self.random.integers(len(base.sites) + 1))
        residue = int(self.random.integers(self.beats.every[site]))
        new = Round((*base.sites[:at], site, *base.sites[at:]), (*base.residues[:at], residue, *base.residues[at:]))
        self._accept(site, (source, rest), (target, new), heat)

    def _chosen(self) -> tuple[int, int]:
        """(round, site) to move: any, or one of the dearest round."""
        if self.random.random() < FROM_DEAREST:
            source = self.costs.index(max(self.costs))
            sites = self.rounds[source].sites
            return source, sites[int(self.random.integers(len(sites)))]
        site = int(self.random.integers(len(self.beats.every)))
        return self.of[site], site

    def _accept(self, site: int, left: tuple[int, Round], entered: tuple[int, Round], heat: float) -> None:
        (source, rest), (target, new) = left, entered
        after_target, over_target = self._priced(new)
        if target == source:
            gain = self.costs[source] - after_target
        else:
            after_source, over_source = self._priced(rest)
            gain = self.costs[source] + self.costs[target] - after_source - after_target
        if gain < 0 and self.random.random() >= math.exp(gain / heat):
            return
        if target != source:
            self.rounds[source], self.costs[source], self.over[source] = rest, after_source, over_source
        self.rounds[target], self.costs[target], self.over[target] = new, after_target, over_target
        self.of[site] = target


def shared_out(beats: Beats, most: int, seed: int) -> list[Round] | None:
    """Rounds that all can be flown: as few as found without batteries, with the least work with them."""
    if beats.usable_s is not None:
        return _annealed(beats, _first_fit(beats), seed)
    limit = min(most, len(beats.every))
    count, found = min(limit, _guess(beats)), None
    while count <= limit and found is None:
        found = _annealed(beats, _first(beats, count), seed)
        count += 1
    while found is not None and 1 < len(found) <= _guess(beats):
        fewer = _annealed(beats, _first(beats, len(found) - 1), seed)
        if fewer is None:
            break
        found = fewer
    return found


def _guess(beats: Beats) -> int:
    """How many drones it will take at least, as a rule: a tour through a part of many sites is as long as the
    root of that part of the tour through all."""
    walk = _walk(beats)
    whole = sum(beats.travel_s[a][b] for a, b in pairwise(walk))
    visits = sum(1.0 / every for every in beats.every)
    dwell = sum(d / every for d, every in zip(beats.dwell_s, beats.every, strict=True))
    seconds = SHORTER_THAN_WALK * whole * math.sqrt(visits / len(walk)) + dwell
    return max(1, math.ceil(seconds / beats.beat_s))


def _annealed(beats: Beats, rounds: list[Round], seed: int) -> list[Round] | None:
    """The rounds after annealing. Without batteries the first that all can be flown; None when there are none, which
    is given up early where it is plain."""
    search = _Search(beats, rounds, np.random.default_rng(seed))
    steps = max(LEAST_STEPS, STEPS_A_SITE * len(beats.every)) // len(TOO_LONG_WEIGHTS)
    for stage, weight in enumerate(TOO_LONG_WEIGHTS):
        search.weigh(weight)
        for step in range(steps):
            cooled = (stage + step / steps) / len(TOO_LONG_WEIGHTS)
            search.step(WARM_S * (COLD_S / WARM_S) ** cooled)
            if beats.usable_s is None and search.excess() <= ON_TIME_S:
                return search.flown()
        if beats.usable_s is None and search.excess() > HOPELESS[stage] * beats.beat_s:
            return None
    return [part for each in search.flown() for part in _within_battery(beats, each)]


def _within_battery(beats: Beats, round_: Round) -> list[Round]:
    """The round, cut in two as often as it takes."""
    if excess(beats, timing(beats, round_)) <= ON_TIME_S:
        return [round_]
    half = len(round_.sites) // 2
    parts = [Round(round_.sites[:half], round_.residues[:half]), Round(round_.sites[half:], round_.residues[half:])]
    return [piece for part in parts for piece in _within_battery(beats, part)]


def _walk(beats: Beats) -> list[int]:
    """All sites, each time the nearest one left, from the base."""
    left = set(range(len(beats.every)))
    here, walk = len(beats.travel_s) - 1, []
    while left:
        row = beats.travel_s[here]
        here = min(left, key=lambda site: (row[site], site))
        left.remove(here)
        walk.append(here)
    return walk


def _residues(beats: Beats, sites: Sequence[int], turns: dict[int, int]) -> tuple[int, ...]:
    """Beats shared out in turn among sites of the same deadline."""
    result = []
    for site in sites:
        every = beats.every[site]
        result.append(turns.get(every, 0) % every)
        turns[every] = turns.get(every, 0) + 1
    return tuple(result)


def _first(beats: Beats, count: int) -> list[Round]:
    """The walk cut into `count` parts of like work."""
    walk = _walk(beats)
    weights = np.cumsum([1.0 / beats.every[site] for site in walk])
    part = np.minimum((weights / weights[-1] * count - 1e-9).astype(int), count - 1).tolist()
    turns: dict[int, int] = {}
    parts = [tuple(site for site, p in zip(walk, part, strict=True) if p == r) for r in range(count)]
    return [Round(sites, _residues(beats, sites, turns)) for sites in parts]


def _first_fit(beats: Beats) -> list[Round]:
    """The walk cut wherever a battery ends."""
    turns: dict[int, int] = {}
    rounds = [Round((), ())]
    for site in _walk(beats):
        last = rounds[-1]
        (residue,) = _residues(beats, (site,), turns)
        longer = Round((*last.sites, site), (*last.residues, residue))
        if excess(beats, timing(beats, longer)) > 0.0:
            rounds.append(Round((site,), (residue,)))
        else:
            rounds[-1] = longer
    return rounds
