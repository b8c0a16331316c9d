"""From stops to a plan: places visited in turn, with a stay at each, shared out among drones and cut to batteries.

Drones take neighbouring stops, so that the last is home as soon as can be; batteries are swapped between two stops, at
whichever of home and the swap pads is the shortest way round.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from missions.assemble import Draft
from missions.fleet import DroneSpec, FleetSpec, PlanError
from missions.geodesy import Array, LocalFrame
from missions.plan import LonLat
from missions.timing import Motion, path_time
from missions.ways.open_ground import Ways

BISECTIONS = 30
LONGEST_S = 1e7


@dataclass(frozen=True, slots=True)
class Stops:
    """(n, 2) metres of `frame`, (n) seconds to stay, and the ways between them."""

    frame: LocalFrame
    points: Array
    stays_s: tuple[float, ...]
    ways: Ways

    def way(self, start: Array, end: Array) -> Array:
        found = self.ways.between(start, end)
        if found is None:
            raise PlanError("no-fly zones close the way between two stops, or to the start: move one of them")
        return found


@dataclass(frozen=True, slots=True)
class _Flyer:
    """One drone with the seconds that it needs: from stop to stop, and for each stop and stand out and back."""

    number: int
    spec: DroneSpec
    motion: Motion
    stands: tuple[LonLat, ...]
    legs_s: Array
    out_s: Array
    back_s: Array
    fixed_s: float

    def at_swap(self, stop: int) -> int:
        """The stand at which to swap after a stop: the shortest way round to the next."""
        return int(np.argmin(self.back_s[:, stop] + self.out_s[:, stop + 1]))


@dataclass(frozen=True, slots=True)
class _Hop:
    """A sortie: from stand to stand by the stops first to last."""

    first: int
    last: int
    start: int
    end: int


def route_drafts(stops: Stops, fleet: FleetSpec, starts: Sequence[LonLat]) -> list[Draft]:
    """Sorties that visit all stops in turn. PlanError when one is out of reach of a battery."""
    flyers = [_flyer(stops, fleet, starts, number) for number in range(fleet.drones)]
    until_s = LONGEST_S
    best = _shared(stops, flyers, until_s)
    if best is None:
        raise PlanError(_why_none(stops, flyers))
    low = 0.0
    for _ in range(BISECTIONS):
        middle = (low + min(until_s, _longest(best))) / 2
        found = _shared(stops, flyers, middle)
        if found is None:
            low = middle
        else:
            best, until_s = found, middle
    return [
        _draft(stops, fleet.swath_m, flyer, number, hop)
        for flyer, (_, hops) in zip(flyers, best, strict=True)
        for number, hop in enumerate(hops)
    ]


Share = tuple[float, list[_Hop]]
"""Seconds until a drone is home for good, and its sorties."""


def _longest(shares: Sequence[Share]) -> float:
    return max(seconds for seconds, _ in shares)


def _flyer(stops: Stops, fleet: FleetSpec, starts: Sequence[LonLat], number: int) -> _Flyer:
    spec = fleet.each()[number]
    motion = Motion(spec.speed_m_s, spec.accel_m_s2, fleet.wind.vector if fleet.wind else None)
    stands = tuple(dict.fromkeys((spec.start or starts[number % len(starts)], *fleet.pads)))
    places = stops.frame.to_local(np.array(stands))
    legs = [path_time(stops.way(a, b), motion) for a, b in pairwise(stops.points)]
    ways = [[stops.way(place, stop) for stop in stops.points] for place in places]
    out = np.array([[path_time(way, motion) for way in row] for row in ways])
    back = np.array([[path_time(way[::-1], motion) for way in row] for row in ways])
    top_m = fleet.altitude_m + fleet.layer_step_m * (fleet.layers - 1)
    return _Flyer(number, spec, motion, stands, np.array(legs), out, back, fleet.vertical_s(top_m))


def _shared(stops: Stops, flyers: Sequence[_Flyer], until_s: float) -> list[Share] | None:
    """Each drone takes as many stops as it can by then; None when some are left."""
    at, shares = 0, []
    for flyer in flyers:
        share, at = _taken(stops, flyer, at, until_s)
        shares.append(share)
    return shares if at == len(stops.points) else None


def _taken(stops: Stops, flyer: _Flyer, at: int, until_s: float) -> tuple[Share, int]:
    """The most stops from `at` on that one drone visits in time, soonest, and which comes next."""
    ready: dict[int, tuple[float, int, list[_Hop]]] = {at: (0.0, 0, [])}
    best: tuple[Share, int] = ((0.0, []), at)
    for first in range(at, len(stops.points)):
        if first not in ready:
            continue
        now, stand, hops = ready[first]
        for last, aloft_s in _reached(stops, flyer, first, stand):
            ends = _ends(flyer, last, len(stops.points))
            for end in ends:
                seconds = aloft_s + float(flyer.back_s[end, last]) + flyer.fixed_s
                if seconds > flyer.spec.battery.usable_s or now + seconds > until_s:
                    continue
                done = [*hops, _Hop(first, last, stand, end)]
                if end == 0 and (last + 1 > best[1] or (last + 1 == best[1] and now + seconds < best[0][0])):
                    best = (now + seconds, done), last + 1
                later = now + seconds + flyer.spec.swap_s
                if end == ends[-1] and (last + 1 not in ready or later < ready[last + 1][0]):
                    ready[last + 1] = (later, end, done)
    return best


def _ends(flyer: _Flyer, last: int, count: int) -> list[int]:
    """Where a sortie may end after a stop: at home, and at the stand where it would swap."""
    return [0] if last + 1 >= count else list(dict.fromkeys((0, flyer.at_swap(last))))


def _reached(stops: Stops, flyer: _Flyer, first: int, stand: int) -> list[tuple[int, float]]:
    """The stops that may be the last of a sortie, with the seconds until the drone leaves each."""
    seconds = float(flyer.out_s[stand, first]) + stops.stays_s[first]
    found = [(first, seconds)]
    for last in range(first + 1, len(stops.points)):
        seconds += float(flyer.legs_s[last - 1]) + stops.stays_s[last]
        if seconds > flyer.spec.battery.usable_s:
            break
        found.append((last, seconds))
    return found


def _why_none(stops: Stops, flyers: Sequence[_Flyer]) -> str:
    """The stop that asks for most, from home alone."""
    over = [
        np.min(f.out_s, axis=0)
        + np.min(f.back_s, axis=0)
        + np.array(stops.stays_s)
        + f.fixed_s
        - f.spec.battery.usable_s
        for f in flyers
    ]
    worst = int(np.argmax(np.min(over, axis=0)))
    lack_s = float(np.min(over, axis=0)[worst])
    if lack_s <= 0:
        return "the stops cannot be flown in turn with these batteries: start nearer, or give more endurance"
    return (
        f"stop {worst + 1} asks for {lack_s:.0f} s more than a battery gives (endurance less reserve): start nearer, "
        "stay there for less, or give more endurance"
    )


def _draft(stops: Stops, swath_m: float, flyer: _Flyer, number: int, hop: _Hop) -> Draft:
    start, end = flyer.stands[hop.start], flyer.stands[hop.end]
    begin, finish = stops.frame.to_local(np.array([start, end]))
    visited = [begin, *stops.points[hop.first : hop.last + 1], finish]
    points, stays = [begin], [0.0]
    for (a, b), stay in zip(pairwise(visited), [*stops.stays_s[hop.first : hop.last + 1], 0.0], strict=True):
        way = stops.way(a, b)
        points += list(way[1:])
        stays += [0.0] * (len(way) - 2) + [stay]
    out, back = (len(stops.way(*visited[:2])) - 1, len(stops.way(*visited[-2:])) - 1)
    survey = (*[False] * out, *[True] * (len(points) - 1 - out - back), *[False] * back)
    return Draft(flyer.number, number, start, end, np.array(points), survey, swath_m, flyer.motion, tuple(stays))
