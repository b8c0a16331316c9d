"""Keeping the drones of one plan apart: altitude layers first, later launches where layers do not suffice.

Two drones are in conflict when, within the time tolerance, they come closer than 10 m while not both
are near their start points. The tolerance grows with every battery swap, because nobody knows how
long a swap takes. Layers are given by greedy colouring of the conflicts, the lowest first.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from missions.geodesy import Array
from missions.timing import Motion, positions_each_second

CLOSEST_M = 10.0
PAD_M = 20.0
TOLERANCE_S = 8
SWAP_TOLERANCE_S = 60
DELAY_STEP_S = 4.0
MOST_DELAY_STEPS = 60


@dataclass(frozen=True, slots=True)
class Flight:
    """One sortie in metres: who, when, from where."""

    drone: int
    sortie: int
    start_s: float
    path: Array
    motion: Motion


@dataclass(frozen=True, slots=True)
class Separation:
    """For each drone its layer (0 = lowest) and by how many seconds it launches later."""

    layers: tuple[int, ...]
    delays_s: tuple[float, ...]


class _Track:
    """Positions of a drone each second; `loose` is the tolerance in seconds."""

    def __init__(self, flight: Flight) -> None:
        self.first, self.places = positions_each_second(flight.path, flight.motion, flight.start_s)
        self.home = flight.path[0]
        self.loose = TOLERANCE_S + SWAP_TOLERANCE_S * flight.sortie
        self.airborne = np.hypot(*(self.places - self.home).T) >= PAD_M
        self.low, self.high = self.places.min(axis=0), self.places.max(axis=0)


def separate(
    flights: Sequence[Flight], drones: int, most_layers: int, barred: Sequence[Collection[int]] = ()
) -> Separation:
    """Layers and delays so that nobody comes close to anybody on the same layer. `barred`: for each drone the layers
    that it may not fly."""
    tracks: list[list[_Track]] = [[] for _ in range(drones)]
    for flight in flights:
        tracks[flight.drone].append(_Track(flight))
    close = np.zeros((drones, drones), dtype=bool)
    for i in range(drones):
        for j in range(i):
            close[i, j] = close[j, i] = _meet(tracks[i], tracks[j], 0.0)
    layers = _coloured(close, most_layers, barred or [()] * drones)
    return Separation(tuple(layers), tuple(_delays(tracks, close, layers)))


def conflicts(flights: Sequence[Flight]) -> list[tuple[int, int, int]]:
    """(drone, drone, seconds closer than 10 m) of all pairs that meet when everybody is on time."""
    found: dict[tuple[int, int], int] = {}
    tracks = [(flight.drone, _Track(flight)) for flight in flights]
    for i, (one, a) in enumerate(tracks):
        for other, b in tracks[:i]:
            seconds = _seconds_close(a, b, 0) if one != other and not _apart(a, b) else 0
            if seconds:
                pair = (min(one, other), max(one, other))
                found[pair] = found.get(pair, 0) + seconds
    return [(one, other, seconds) for (one, other), seconds in sorted(found.items())]


def _coloured(close: Array, most_layers: int, barred: Sequence[Collection[int]]) -> list[int]:
    """Greedy, the drone with most conflicts first; beyond `most_layers` the layer with fewest conflicts."""
    count = len(close)
    layers = [-1] * count
    for i in sorted(range(count), key=lambda drone: (-int(close[drone].sum()), drone)):
        open_ = [layer for layer in range(most_layers) if layer not in barred[i]]
        clashes = [sum(1 for j in range(count) if close[i, j] and layers[j] == layer) for layer in open_]
        layers[i] = open_[clashes.index(min(clashes))]
    return layers


def _delays(tracks: list[list[_Track]], close: Array, layers: list[int]) -> list[float]:
    delays = [0.0] * len(tracks)
    for i in range(len(tracks)):
        rivals = [j for j in range(i) if layers[j] == layers[i]]
        if not any(close[i, j] for j in rivals):
            continue
        clashes: list[tuple[int, int]] = []
        for step in range(MOST_DELAY_STEPS):
            later = step * DELAY_STEP_S
            loose = sum(_meet(tracks[i], tracks[j], later - delays[j]) for j in rivals)
            on_time = sum(_meet_on_time(tracks[i], tracks[j], later - delays[j]) for j in rivals) if loose else 0
            clashes.append((on_time, loose))
            if not loose:
                break
        delays[i] = clashes.index(min(clashes)) * DELAY_STEP_S
    return delays


def _meet(one: list[_Track], other: list[_Track], later_s: float) -> bool:
    """Do any two sorties come close, when `one` is flown `later_s` seconds later than planned?"""
    return any(_close(a, b, round(later_s)) for a in one for b in other)


def _meet_on_time(one: list[_Track], other: list[_Track], later_s: float) -> bool:
    """`_meet` when everybody is exactly on time."""
    return any(not _apart(a, b) and _seconds_close(a, b, round(later_s)) > 0 for a in one for b in other)


def _close(a: _Track, b: _Track, later_s: int) -> bool:
    if _apart(a, b):
        return False
    tolerance = max(a.loose, b.loose)
    return any(_seconds_close(a, b, later_s + shift) for shift in range(-tolerance, tolerance + 1))


def _apart(a: _Track, b: _Track) -> bool:
    """Do the bounding boxes alone keep them apart?"""
    return bool((a.low > b.high + CLOSEST_M).any() or (b.low > a.high + CLOSEST_M).any())


def _seconds_close(a: _Track, b: _Track, later_s: int) -> int:
    """Seconds closer than 10 m with `a` flown `later_s` later; both near their start points does not count."""
    offset = b.first - a.first - later_s
    i, j = max(0, offset), max(0, -offset)
    n = min(len(a.places) - i, len(b.places) - j)
    if n <= 0:
        return 0
    apart = a.places[i : i + n] - b.places[j : j + n]
    near = (apart[:, 0] ** 2 + apart[:, 1] ** 2) < CLOSEST_M**2
    return int(np.count_nonzero(near & (a.airborne[i : i + n] | b.airborne[j : j + n])))
