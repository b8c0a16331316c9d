"""Rounds of a patrol and their timing.

A round is a master order of sites with the beats in which each is due. All moments are seconds after the
start of the beat.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Beats:
    """The patrol as the search sees it: sites are indices, the last row and column of `travel_s` is the base.
    Site i is due every `every[i]` beats (a power of 2)."""

    beat_s: float
    every: tuple[int, ...]
    dwell_s: tuple[float, ...]
    travel_s: tuple[tuple[float, ...], ...]
    usable_s: float | None
    swap_s: float
    ids: tuple[int, ...]

    @cached_property
    def cycle(self) -> int:
        """Beats after which everything repeats."""
        return max(self.every)


@dataclass(frozen=True, slots=True)
class Round:
    """Sites in master order; site `sites[i]` is visited in beats b with b % every == `residues[i]`."""

    sites: tuple[int, ...]
    residues: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Timing:
    """`at[i]`: when site i of the round is reached; `ends[b]`: when the drone is free again (without batteries:
    back at the first site of the next beat, with: at the base), 0 for a beat without visits."""

    at: tuple[float, ...]
    ends: tuple[float, ...]


def timing(beats: Beats, round_: Round) -> Timing:
    """The earliest moments at which every site is reached alike in all its beats."""
    cycle, travel, dwell = beats.cycle, beats.travel_s, beats.dwell_s
    base = len(travel) - 1
    battery = beats.usable_s is not None
    last = [base if battery else -1] * cycle
    leave = [0.0] * cycle
    first = [-1] * cycle
    at: list[float] = []
    for i, (site, residue) in enumerate(zip(round_.sites, round_.residues, strict=True)):
        due = range(residue, cycle, beats.every[site])
        reached = 0.0
        for b in due:
            if last[b] >= 0:
                soonest = leave[b] + travel[last[b]][site]
                if soonest > reached:  # noqa: PLR1730 - `max` takes twice as long, and the search spends its time here
                    reached = soonest
        at.append(reached)
        leaves = reached + dwell[site]
        for b in due:
            last[b], leave[b] = site, leaves
            if first[b] < 0:
                first[b] = i
    if battery:
        ends = [leave[b] + travel[last[b]][base] if first[b] >= 0 else 0.0 for b in range(cycle)]
        return Timing(tuple(at), tuple(ends))
    return Timing(tuple(at), tuple(_cyclic_ends(beats, round_, at, last=last, leave=leave, first=first)))


def _cyclic_ends(
    beats: Beats, round_: Round, at: list[float], *, last: list[int], leave: list[float], first: list[int]
) -> list[float]:
    """How long a beat has to be so that the drone is in time at the first site of the next beat with visits."""
    cycle = beats.cycle
    ends = [0.0] * cycle
    for b in range(cycle):
        if first[b] < 0:
            continue
        steps = next(s for s in range(1, cycle + 1) if first[(b + s) % cycle] >= 0)
        i = first[(b + steps) % cycle]
        ends[b] = (leave[b] + beats.travel_s[last[b]][round_.sites[i]] - at[i]) / steps
    return ends


def excess(beats: Beats, given: Timing) -> float:
    """Seconds by which the round is too long for its beat, or for a battery; 0 when it can be flown."""
    limit = beats.beat_s if beats.usable_s is None else beats.usable_s
    return max(0.0, max(given.ends, default=0.0) - limit)


def work(beats: Beats, given: Timing) -> float:
    """Seconds of drone time a beat, on the mean."""
    swaps = beats.swap_s if beats.usable_s is not None else 0.0
    return sum(end + swaps for end in given.ends if end > 0) / len(given.ends)
