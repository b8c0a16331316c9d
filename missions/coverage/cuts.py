"""Where a tour may be cut into sorties, and how long a sortie between two cuts takes each kind of drone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from missions.coverage.tour import Tour
from missions.geodesy import Array
from missions.timing import Motion
from missions.ways.home_legs import HomeLegs

NEVER_S = 1e9


class Flyer(Protocol):
    """What of a drone decides how long a sortie takes it."""

    @property
    def home(self) -> int: ...
    @property
    def motion(self) -> Motion: ...
    @property
    def fixed_s(self) -> float: ...


@dataclass(frozen=True, slots=True)
class _Times:
    """Seconds of one motion along the tour: `until` a cut, `onward` from it to the end of its leg, and
    `after` that end."""

    until: Array
    onward: Array
    after: Array


class CutTour:
    """A tour with the places where it may be cut: every corner, and inside lanes every `step_m`.

    `pads` are indices into `homes` of places where a sortie may end, and the next begin, as well as at home.
    `barred` (one a leg) are legs that no sortie may fly: the tour has to be cut there.
    """

    def __init__(
        self,
        tour: Tour,
        homes: Sequence[HomeLegs],
        flyers: Sequence[Flyer],
        step_m: float,
        barred: npt.NDArray[np.bool_] | None = None,
        *,
        pads: Sequence[int] = (),
    ) -> None:
        self.tour = tour
        self.pads = tuple(pads)
        starts, ends = tour.points[:-1], tour.points[1:]
        lengths = np.hypot(*(ends - starts).T)
        survey = np.array(tour.survey)
        parts = np.where(survey, np.maximum(1, np.ceil(lengths / step_m)), 1).astype(int)
        leg = np.repeat(np.arange(len(parts)), parts)
        within = np.arange(len(leg)) - np.repeat(np.cumsum(parts) - parts, parts)
        share = within / parts[leg]
        self.points = np.vstack([starts[leg] + share[:, None] * (ends - starts)[leg], tour.points[-1:]])
        self.leg = np.append(leg, len(parts))
        self.survey = np.append(survey, False)
        self.next_useful = self._next_useful()
        self._times = {motion: self._along(motion, barred) for motion in {flyer.motion for flyer in flyers}}
        self._ways: dict[tuple[int, Motion], tuple[Array, Array]] = {}
        self._apart: dict[tuple[int, Motion, float], tuple[Array, Array]] = {}
        stands = {(flyer.home, flyer.motion) for flyer in flyers}
        for home, motion in stands | {(pad, flyer.motion) for pad in pads for flyer in flyers}:
            self._ways[home, motion] = homes[home].times(self.points, motion)

    def _along(self, motion: Motion, barred: npt.NDArray[np.bool_] | None) -> _Times:
        starts, ends = self.tour.points[:-1], self.tour.points[1:]
        legs = motion.legs(starts, ends)
        if barred is not None:
            legs = np.where(barred, NEVER_S, legs)
        before = np.concatenate([[0.0], np.cumsum(legs)])
        tail = np.append(self.leg[:-1], len(legs) - 1)
        until = before[tail] + motion.legs(starts[tail], self.points)
        onward = np.append(motion.legs(self.points[:-1], ends[self.leg[:-1]]), 0.0)
        return _Times(until, onward, np.append(before[1:][self.leg[:-1]], before[-1]))

    def _next_useful(self) -> npt.NDArray[np.int_]:
        """For each cut the next one from which looking goes on: transit legs are never begun with."""
        last = len(self.leg) - 1
        useful = np.flatnonzero(self.survey[self.leg])
        return np.append(useful, last)[np.searchsorted(useful, np.arange(last + 1))]

    def out(self, flyer: Flyer, stand: int | None = None) -> Array:
        """Seconds from the flyer's home, or another stand, to each cut."""
        return self._ways[flyer.home if stand is None else stand, flyer.motion][0]

    def back(self, flyer: Flyer, stand: int | None = None) -> Array:
        """Seconds from each cut to the flyer's home, or to another stand."""
        return self._ways[flyer.home if stand is None else stand, flyer.motion][1]

    def along_s(self, flyer: Flyer) -> float:
        """Seconds of the whole tour, without ways from and to home."""
        return float(self._times[flyer.motion].until[-1])

    def within(self, flyer: Flyer, seconds: float) -> int:
        """The number of cuts up to which the tour takes no longer than so many seconds."""
        return int(np.searchsorted(self._times[flyer.motion].until, seconds, side="right"))

    def between(self, first: int, last: int) -> Array:
        """(n, 2) points of the tour from cut `first` to cut `last`."""
        begin, end = self.points[first], self.points[last]
        corners = self.tour.points[int(self.leg[first]) + 1 : int(self.leg[last]) + 1]
        if len(corners) and np.hypot(*(corners[-1] - end)) < 1e-6:
            corners = corners[:-1]
        result: Array = np.vstack([begin, corners, end])
        return result

    def apart(self, flyer: Flyer) -> tuple[Array, Array]:
        """(n,) seconds of beginning and (n,) of ending a sortie at each cut: a sortie from one cut to a later one
        takes the sum of both, or a little less where they lie in the same leg."""
        key = flyer.home, flyer.motion, flyer.fixed_s
        if key not in self._apart:
            times = self._times[flyer.motion]
            begin = self.out(flyer) + times.onward - times.after + flyer.fixed_s
            self._apart[key] = begin, times.until + self.back(flyer)
        return self._apart[key]

    def flight_times(self, first: int, flyer: Flyer, start: int | None = None, end: int | None = None) -> Array:
        """Seconds of a whole sortie: out, along the tour from cut `first` to every later cut, home; or from and to
        other stands."""
        times, later = self._times[flyer.motion], slice(first + 1, None)
        along = times.onward[first] + times.until[later] - times.after[first]
        count = int(np.count_nonzero(self.leg[later] == self.leg[first]))
        if count:
            ends = self.points[later][:count]
            along[:count] = flyer.motion.legs(np.broadcast_to(self.points[first], ends.shape), ends)
        result: Array = self.out(flyer, start)[first] + along + self.back(flyer, end)[later] + flyer.fixed_s
        return result
