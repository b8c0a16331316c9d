"""The flown track of a vehicle, thinned while it flies.

A point is kept when `interval_s` have passed or `step_m` were flown since the last one. Where the
vehicle was not heard for so long that it moved more than `gap_m`, the track is cut: ground that
nobody saw it fly over does not count as flown over.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from gcs.operations.corridor import distance_m
from missions.plan import LonLat

TrackPoint = tuple[float, float, float, float]
"""(unix seconds, latitude, longitude, metres above home)"""


@dataclass(frozen=True, slots=True)
class TrackSettings:
    interval_s: float = 1.0
    step_m: float = 5.0
    gap_m: float = 100.0


DEFAULT_TRACK = TrackSettings()


@dataclass(slots=True)
class Track:
    """One vehicle's points of one operation, of which the first are stored."""

    settings: TrackSettings = DEFAULT_TRACK
    points: list[TrackPoint] = field(default_factory=list)
    _stored: int = 0

    def offer(self, point: TrackPoint) -> bool:
        """Take the point in if it tells something new."""
        if self.points:
            last = self.points[-1]
            moved_m = distance_m(last[2], last[1], point[2], point[1])
            if moved_m < self.settings.step_m and point[0] - last[0] < self.settings.interval_s:
                return False
        self.points.append(point)
        return True

    def restore(self, points: Iterable[TrackPoint]) -> None:
        """Start from points that are stored already."""
        self.points = [*points, *self.points]
        self._stored = len(self.points)

    def unstored(self) -> list[TrackPoint]:
        return self.points[self._stored :]

    def stored(self, count: int) -> None:
        """The first `count` of `unstored` are in the store now."""
        self._stored += count

    def lines(self) -> list[list[LonLat]]:
        """The track as lon/lat lines, cut at gaps."""
        lines: list[list[LonLat]] = []
        last: TrackPoint | None = None
        for point in self.points:
            if last is None or distance_m(last[2], last[1], point[2], point[1]) > self.settings.gap_m:
                lines.append([])
            lines[-1].append((point[2], point[1]))
            last = point
        return lines
