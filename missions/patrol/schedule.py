"""Who flies which round when: the day of every drone."""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from missions.patrol.rounds import Beats, Round, timing

PHASES = 24
SWEEPS = 3


@dataclass(frozen=True, slots=True)
class DroneDay:
    """`visits`: (second of arrival, site id); `bases`: (landing, next take-off), None where batteries do not limit."""

    visits: tuple[tuple[float, int], ...]
    bases: tuple[tuple[float, float], ...] | None


def drones_for(beats: Beats, rounds: Sequence[Round], most: float = 0.0) -> tuple[int, list[float]]:
    """How many drones fly the rounds when launches are up to `most` seconds earlier or later, and when each round
    starts in its beat."""
    if beats.usable_s is None:
        return len(rounds), [0.0] * len(rounds)
    starts = [0.0] * len(rounds)
    ends = [[end + 2.0 * most if end > 0 else 0.0 for end in timing(beats, each).ends] for each in rounds]
    for _ in range(SWEEPS):
        for r in range(len(rounds)):
            choices = []
            for phase in range(PHASES):
                starts[r] = phase * beats.beat_s / PHASES
                choices.append((*_peak(beats, ends, starts), phase))
            starts[r] = min(choices)[2] * beats.beat_s / PHASES
    return _peak(beats, ends, starts)[0], starts


def _peak(beats: Beats, ends: Sequence[Sequence[float]], starts: Sequence[float]) -> tuple[int, float]:
    """Most drones away or charging at one moment, and for how long, over one cycle."""
    cycle_s = beats.cycle * beats.beat_s
    marks: list[tuple[float, int]] = []
    busy = 0
    for each, start in zip(ends, starts, strict=True):
        for b, end in enumerate(each):
            if end > 0:
                begin = (start + b * beats.beat_s) % cycle_s
                whole, rest = divmod(end + beats.swap_s, cycle_s)
                busy += int(whole)
                finish = begin + rest
                marks += [(begin, 1), (min(finish, cycle_s), -1)]
                if finish > cycle_s:
                    marks += [(0.0, 1), (finish - cycle_s, -1)]
    marks.sort()
    peak, since, lasting = busy, 0.0, 0.0
    for moment, change in marks:
        if busy == peak:
            lasting += moment - since
        busy, since = busy + change, moment
        if busy > peak:
            peak, lasting = busy, 0.0
    return peak, lasting


def flown_day(
    beats: Beats, rounds: Sequence[Round], starts: Sequence[float], *, horizon_s: float, most: float, seed: int
) -> tuple[DroneDay, ...]:
    """The days of all drones. Moments are up to `most` seconds earlier or later, by a seed."""
    random = np.random.default_rng(seed)
    if beats.usable_s is None:
        return tuple(_endless(beats, each, horizon_s, most, random) for each in rounds)
    launches = _launches(beats, starts, horizon_s, most, random)
    return _relayed(beats, rounds, launches, horizon_s)


def _endless(beats: Beats, round_: Round, horizon_s: float, most: float, random: np.random.Generator) -> DroneDay:
    given = timing(beats, round_)
    base = len(beats.travel_s) - 1
    delay = max(beats.travel_s[base][site] for site in round_.sites)
    visits: list[tuple[float, int]] = []
    for b in range(math.ceil(horizon_s / beats.beat_s) + 1):
        shift = delay + most + float(random.uniform(-most, most)) if most else delay
        for site, residue, at in zip(round_.sites, round_.residues, given.at, strict=True):
            if b % beats.every[site] == residue:
                visits.append((shift + b * beats.beat_s + at, site))
    return DroneDay(tuple((t, beats.ids[site]) for t, site in _reachable(beats, visits) if t < horizon_s), None)


def _reachable(beats: Beats, visits: list[tuple[float, int]]) -> list[tuple[float, int]]:
    """Moments put off where jitter would have a drone leave before it came."""
    result: list[tuple[float, int]] = []
    for moment, site in visits:
        before, other = result[-1] if result else (-math.inf, site)
        soonest = before + beats.dwell_s[other] + beats.travel_s[other][site]
        result.append((max(moment, soonest), site))
    return result


def _launches(
    beats: Beats, starts: Sequence[float], horizon_s: float, most: float, random: np.random.Generator
) -> list[tuple[float, int, int]]:
    """(second, round, beat) of every launch, in order of time."""
    launches = [
        (beats.swap_s + most + start + b * beats.beat_s + (float(random.uniform(-most, most)) if most else 0.0), r, b)
        for r, start in enumerate(starts)
        for b in range(math.ceil(horizon_s / beats.beat_s) + 1)
    ]
    return sorted(launches)


def _relayed(
    beats: Beats, rounds: Sequence[Round], launches: Sequence[tuple[float, int, int]], horizon_s: float
) -> tuple[DroneDay, ...]:
    """Every launch is flown by the drone that has been ready longest."""
    visits: list[list[tuple[float, int]]] = []
    flights: list[list[tuple[float, float]]] = []
    ready: list[tuple[float, int]] = []
    timings = [timing(beats, each) for each in rounds]
    for begin, r, b in launches:
        each, given = rounds[r], timings[r]
        end = given.ends[b % beats.cycle]
        if end <= 0 or begin >= horizon_s:
            continue
        if ready and ready[0][0] <= begin + 1e-6:
            _, drone = heapq.heappop(ready)
        else:
            drone = len(visits)
            visits.append([])
            flights.append([])
        for site, residue, at in zip(each.sites, each.residues, given.at, strict=True):
            if b % beats.every[site] == residue and begin + at < horizon_s:
                visits[drone].append((begin + at, beats.ids[site]))
        flights[drone].append((begin, begin + end))
        heapq.heappush(ready, (begin + end + beats.swap_s, drone))
    return tuple(DroneDay(tuple(seen), _bases(each, horizon_s)) for seen, each in zip(visits, flights, strict=True))


def _bases(flights: Sequence[tuple[float, float]], horizon_s: float) -> tuple[tuple[float, float], ...]:
    """(landing, take-off) around the flights, from the start of the day; after the last the drone stays."""
    landings = [0.0, *(end for _, end in flights)]
    take_offs = [*(begin for begin, _ in flights), max(horizon_s, landings[-1])]
    return tuple(zip(landings, take_offs, strict=True))
