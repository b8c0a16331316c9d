"""Keeping the drones of one plan apart: altitude layers first, later launches where layers do not suffice.

Two drones meet where their ways come closer than 10 m, unless both are near their start points. How much later
than the other one of them comes by there is the lead. A meeting counts as long as the lead is within the time
tolerance, which grows with the time in the air and with every battery swap, because nobody knows how long a
swap takes. Drones share a layer with those they meet least. Within a layer launches are put off until nobody
meets anybody on time, whatever that takes, and nobody within the tolerance, as far as that costs little.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from missions.geodesy import Array
from missions.timing import Motion
from missions.ways.stays import positions_with_stays

CLOSEST_M = 10.0
SAMPLING_MARGIN_M = 1.0
PAD_M = 20.0
ON_TIME_S = 2.0
TOLERANCE_S = 8.0
DRIFT = 0.05
SWAP_TOLERANCE_S = 60.0
DELAY_STEP_S = 2.0
CHEAP_DELAY = 0.02
MEETING_ON_TIME = 1000.0
KICKS = 60

Layers = npt.NDArray[np.int_]


@dataclass(frozen=True, slots=True)
class Flight:
    """One sortie in metres: who, when, from where; `stays_s`: how long it waits at each point, nowhere by default."""

    drone: int
    sortie: int
    start_s: float
    path: Array
    motion: Motion
    stays_s: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Separation:
    """For each drone its layer (0 = lowest) and by how many seconds it launches later."""

    layers: tuple[int, ...]
    delays_s: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class _Meetings:
    """Places that two drones pass within 10 m, one a second: `one` < `other` are the drones, `lead_s` is by how
    much `one` comes later, `tolerance_s` how uncertain that is."""

    one: npt.NDArray[np.int_]
    other: npt.NDArray[np.int_]
    lead_s: Array
    tolerance_s: Array

    def weights(self, drones: int) -> Array:
        """(n, n): how bad it is that two drones share a layer when all launch as planned."""
        loose = (np.abs(self.lead_s) <= self.tolerance_s) + MEETING_ON_TIME * (np.abs(self.lead_s) <= ON_TIME_S)
        result = np.zeros((drones, drones))
        np.add.at(result, (self.one, self.other), loose)
        return result + result.T


class _Track:
    """Where a flight is at every whole second, and whether it has left its start point."""

    def __init__(self, flight: Flight) -> None:
        self.drone = flight.drone
        self.first, self.places = positions_with_stays(flight.path, flight.stays_s, flight.motion, flight.start_s)
        self.airborne = np.hypot(*(self.places - flight.path[0]).T) >= PAD_M
        since = np.arange(len(self.places))
        self.clock = self.first + since
        self.tolerance = TOLERANCE_S + DRIFT * since + SWAP_TOLERANCE_S * flight.sortie


def separate(
    flights: Sequence[Flight], drones: int, most_layers: int, barred: Sequence[Collection[int]] = ()
) -> Separation:
    """Layers and delays so that nobody comes close to anybody on the same layer. `barred`: for each drone the layers
    that it may not fly."""
    tracks = [_Track(flight) for flight in flights]
    meetings = _meetings(tracks)
    ends = np.zeros(drones)
    for track in tracks:
        ends[track.drone] = max(ends[track.drone], track.clock[-1])
    closed = np.zeros((drones, most_layers), dtype=bool)
    for drone, layers_closed in enumerate(barred):
        closed[drone, list(layers_closed)] = True
    layers = _layers(meetings.weights(drones), ends, closed)
    return Separation(tuple(layers.tolist()), tuple(_delays(meetings, layers, ends).tolist()))


def _meetings(tracks: Sequence[_Track]) -> _Meetings:
    places = shapely.points(np.vstack([track.places for track in tracks]))
    drone = np.repeat([track.drone for track in tracks], [len(track.places) for track in tracks])
    clock = np.concatenate([track.clock for track in tracks])
    airborne = np.concatenate([track.airborne for track in tracks])
    tolerance = np.concatenate([track.tolerance for track in tracks])
    tree = shapely.STRtree(places)
    one, other = tree.query(places, predicate="dwithin", distance=CLOSEST_M + SAMPLING_MARGIN_M)
    met = (drone[one] < drone[other]) & (airborne[one] | airborne[other])
    one, other = one[met], other[met]
    lead = (clock[one] - clock[other]).astype(float)
    return _Meetings(drone[one], drone[other], lead, np.maximum(tolerance[one], tolerance[other]))


def _layers(weights: Array, ends: Array, closed: npt.NDArray[np.bool_]) -> Layers:
    """A layer for each drone so that those that share one meet least: greedy, then moved one at a time, with
    seeded kicks. Where every layer is open to all, the lowest goes to whoever is home last."""
    count, most_layers = closed.shape
    random = np.random.default_rng(0)
    layers = np.full(count, -1)
    for i in np.argsort(-weights.sum(axis=1), kind="stable").tolist():
        layers[i] = int(np.argmin(_burdens(weights, layers, i, closed)))
    best, least = layers, _burden(weights, layers)
    for _ in range(KICKS if least > 0 else 0):
        trial = best.copy()
        trial[random.integers(count, size=2)] = random.integers(most_layers, size=2)
        trial = _descended(weights, trial, closed)
        burden = _burden(weights, trial)
        if burden <= least:
            best, least = trial, burden
    if closed.any():
        return best
    latest = [ends[best == layer].max(initial=-1.0) for layer in range(most_layers)]
    rank: Layers = np.argsort(np.argsort(-np.array(latest), kind="stable"), kind="stable")
    ranked: Layers = rank[best]
    return ranked


def _burdens(weights: Array, layers: Layers, drone: int, closed: npt.NDArray[np.bool_]) -> Array:
    """What `drone` would meet in each of the layers, infinite in those closed to it."""
    placed = layers >= 0
    met = np.bincount(layers[placed], weights[drone][placed], minlength=closed.shape[1])
    return np.where(closed[drone], np.inf, met)


def _burden(weights: Array, layers: Layers) -> float:
    return float(weights[layers[:, None] == layers[None]].sum())


def _descended(weights: Array, layers: Layers, closed: npt.NDArray[np.bool_]) -> Layers:
    moved = True
    while moved:
        moved = False
        for i in range(len(layers)):
            burdens = _burdens(weights, layers, i, closed)
            if burdens.min() < burdens[layers[i]] - 1e-9:
                layers[i], moved = int(np.argmin(burdens)), True
    return layers


def _delays(meetings: _Meetings, layers: Layers, ends: Array) -> Array:
    """Seconds by which each drone launches later. Whoever is home last launches first."""
    delays = np.zeros(len(layers))
    shared = layers[meetings.one] == layers[meetings.other]
    one, other = meetings.one[shared], meetings.other[shared]
    lead, tolerance = meetings.lead_s[shared], meetings.tolerance_s[shared]
    settled = np.zeros(len(layers), dtype=bool)
    for i in np.argsort(-ends, kind="stable").tolist():
        mine = ((one == i) & settled[other]) | ((other == i) & settled[one])
        if mine.any():
            sign = np.where(one[mine] == i, 1.0, -1.0)
            rival = np.where(one[mine] == i, other[mine], one[mine])
            cheap = max(float((ends + delays).max() - ends[i]), CHEAP_DELAY * float(ends.max()))
            delays[i] = _delay(sign * lead[mine] - delays[rival], tolerance[mine], cheap)
        settled[i] = True
    return delays


def _delay(lead: Array, tolerance: Array, cheap_s: float) -> float:
    """The least delay that costs `cheap_s` at most and meets fewest, but nobody on time, whatever that takes."""
    choices = np.arange(0.0, max(0.0, -float(lead.min())) + cheap_s + 2 * DELAY_STEP_S + ON_TIME_S, DELAY_STEP_S)
    shifted = np.abs(lead[None] + choices[:, None])
    on_time = np.count_nonzero(shifted <= ON_TIME_S, axis=1)
    loose = np.count_nonzero(shifted <= tolerance, axis=1)
    return float(choices[np.lexsort((choices, loose, choices > cheap_s, on_time))[0]])


def conflicts(flights: Sequence[Flight]) -> list[tuple[int, int, int]]:
    """(drone, drone, seconds closer than 10 m) of all pairs that meet when everybody is on time."""
    found: dict[tuple[int, int], int] = {}
    tracks = [_Track(flight) for flight in flights]
    for i, a in enumerate(tracks):
        for b in tracks[:i]:
            seconds = _seconds_close(a, b) if a.drone != b.drone else 0
            if seconds:
                pair = (min(a.drone, b.drone), max(a.drone, b.drone))
                found[pair] = found.get(pair, 0) + seconds
    return [(one, other, seconds) for (one, other), seconds in sorted(found.items())]


def _seconds_close(a: _Track, b: _Track) -> int:
    """Seconds closer than 10 m; both near their start points does not count."""
    i, j = max(0, b.first - a.first), max(0, a.first - b.first)
    n = min(len(a.places) - i, len(b.places) - j)
    if n <= 0:
        return 0
    apart = a.places[i : i + n] - b.places[j : j + n]
    near = (apart[:, 0] ** 2 + apart[:, 1] ** 2) < CLOSEST_M**2
    return int(np.count_nonzero(near & (a.airborne[i : i + n] | b.airborne[j : j + n])))
