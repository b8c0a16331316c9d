"""What many sightings say together: where, what, when, how fast, and where to look next. Pure.

Everything is by place, class and time; nothing here is by person.
"""

from __future__ import annotations

import math
import statistics
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from gcs.sightings.model import Sighting
from gcs.sightings.workflow import Action

CELL_M = 100.0
HALF_LIFE_DAYS = 14.0
PRIORITY_WEIGHT = (8.0, 4.0, 2.0, 1.0)
_NOTHING_THERE = (Action.DISMISS, Action.DUPLICATE)
_ENDINGS = (Action.RESOLVE, *_NOTHING_THERE)
_METRES_PER_DEGREE = 111_320.0
_DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Durations:
    """Seconds from receipt to the first time somebody accepted, arrived, resolved; None where nobody did."""

    accept_s: float | None
    arrive_s: float | None
    resolve_s: float | None


@dataclass(frozen=True, slots=True)
class Spread:
    """How long something takes: how often it was measured, the middle, and what nine in ten stay below."""

    count: int
    median_s: float
    p90_s: float


@dataclass(frozen=True, slots=True)
class ClassFigures:
    """One class: how many, how they ended, in which hours (local) they were seen, how long the steps took."""

    klass: str
    count: int
    resolved: int
    dismissed: int
    by_hour: tuple[int, ...]
    accept: Spread | None
    arrive: Spread | None
    resolve: Spread | None


@dataclass(frozen=True, slots=True)
class Cell:
    """A square of ground. `weight` counts urgent and recent sightings for more; `days` is on how many different
    (local) days something was seen, so 2 and more is recurrence; `klass` is what was seen most."""

    south_deg: float
    west_deg: float
    north_deg: float
    east_deg: float
    count: int
    days: int
    klass: str
    weight: float


@dataclass(frozen=True, slots=True)
class SiteFigures:
    """A site: as a cell, and when. `share` is the weight of the heaviest site as 1; `by_hour` is its weight hour by
    hour (local); `klass` is None where nothing was seen. What `missions.patrol.site_weights` takes."""

    site: str
    count: int
    days: int
    klass: str | None
    weight: float
    share: float
    by_hour: tuple[float, ...]


def durations(sighting: Sighting) -> Durations:
    """From the history; a sighting opened again counts from its first receipt."""

    def first(action: Action) -> float | None:
        at = next((step.at for step in sighting.history if step.action == action), None)
        return None if at is None else (at - sighting.received_at).total_seconds()

    return Durations(first(Action.ACCEPT), first(Action.ARRIVE), first(Action.RESOLVE))


def ending(sighting: Sighting) -> str | None:
    """The step that ended it: `resolve`, `dismiss`, `duplicate`; None while it is open. Being assessed and archived
    later does not change how it ended."""
    for step in reversed(sighting.history):
        if step.action in _ENDINGS:
            return step.action
        if step.action == Action.REOPEN:
            break
    return None


def by_class(sightings: Iterable[Sighting], local: tzinfo) -> tuple[ClassFigures, ...]:
    """The figures of each class, the most frequent first."""
    groups: dict[str, list[Sighting]] = defaultdict(list)
    for sighting in sightings:
        groups[sighting.klass].append(sighting)
    figures = (_figures(klass, group, local) for klass, group in groups.items())
    return tuple(sorted(figures, key=lambda f: (-f.count, f.klass)))


def heat(sightings: Sequence[Sighting], now: datetime, local: tzinfo, cell_m: float = CELL_M) -> tuple[Cell, ...]:
    """The cells in which something was seen that was not dismissed, the heaviest first: where to look next.

    Columns are as wide as rows are high in the middle of the sightings; that is fine for one city.
    """
    real = [s for s in sightings if ending(s) not in _NOTHING_THERE]
    if not real:
        return ()
    middle = round(statistics.median(s.place.lat_deg for s in real), 1)
    lat_step = cell_m / _METRES_PER_DEGREE
    lon_step = lat_step / max(0.01, math.cos(math.radians(middle)))
    cells: dict[tuple[int, int], list[Sighting]] = defaultdict(list)
    for sighting in real:
        row, column = sighting.place.lat_deg / lat_step, sighting.place.lon_deg / lon_step
        cells[math.floor(row), math.floor(column)].append(sighting)
    found = (
        _cell((row * lat_step, column * lon_step, (row + 1) * lat_step, (column + 1) * lon_step), group, now, local)
        for (row, column), group in cells.items()
    )
    return tuple(sorted(found, key=lambda cell: (-cell.weight, cell.south_deg, cell.west_deg)))


def by_site(
    sightings: Iterable[Sighting], sites: Iterable[str], now: datetime, local: tzinfo
) -> tuple[SiteFigures, ...]:
    """Each of `sites`, the heaviest first: where and when to look next. What was dismissed does not count."""
    groups: dict[str, list[Sighting]] = {site: [] for site in sites}
    for sighting in sightings:
        if sighting.site in groups and ending(sighting) not in _NOTHING_THERE:
            groups[sighting.site].append(sighting)
    weights = {site: math.fsum(_weight(s, now) for s in group) for site, group in groups.items()}
    heaviest = max(weights.values(), default=0.0) or 1.0
    found = (
        SiteFigures(
            site=site,
            count=len(group),
            days=_days(group, local),
            klass=_mostly(group) if group else None,
            weight=round(weights[site], 3),
            share=round(weights[site] / heaviest, 3),
            by_hour=_weight_by_hour(group, now, local),
        )
        for site, group in groups.items()
    )
    return tuple(sorted(found, key=lambda f: (-f.weight, f.site)))


def _figures(klass: str, group: Sequence[Sighting], local: tzinfo) -> ClassFigures:
    hours = Counter(sighting.seen_at.astimezone(local).hour for sighting in group)
    ended = Counter(ending(sighting) for sighting in group)
    return ClassFigures(
        klass=klass,
        count=len(group),
        resolved=ended[Action.RESOLVE],
        dismissed=ended[Action.DISMISS],
        by_hour=tuple(hours[hour] for hour in range(24)),
        accept=_spread(group, lambda d: d.accept_s),
        arrive=_spread(group, lambda d: d.arrive_s),
        resolve=_spread(group, lambda d: d.resolve_s),
    )


def _spread(group: Iterable[Sighting], pick: Callable[[Durations], float | None]) -> Spread | None:
    taken = sorted(seconds for s in group if (seconds := pick(durations(s))) is not None)
    if not taken:
        return None
    return Spread(len(taken), statistics.median(taken), taken[math.ceil(0.9 * len(taken)) - 1])


def _cell(box: tuple[float, float, float, float], group: Sequence[Sighting], now: datetime, local: tzinfo) -> Cell:
    return Cell(
        *box,
        count=len(group),
        days=_days(group, local),
        klass=_mostly(group),
        weight=math.fsum(_weight(s, now) for s in group),
    )


def _days(group: Iterable[Sighting], local: tzinfo) -> int:
    return len({s.seen_at.astimezone(local).date() for s in group})


def _mostly(group: Iterable[Sighting]) -> str:
    counts = Counter(s.klass for s in group)
    return min(counts, key=lambda klass: (-counts[klass], klass))


def _weight_by_hour(group: Iterable[Sighting], now: datetime, local: tzinfo) -> tuple[float, ...]:
    hours = [0.0] * 24
    for sighting in group:
        hours[sighting.seen_at.astimezone(local).hour] += _weight(sighting, now)
    return tuple(round(weight, 3) for weight in hours)


def _weight(sighting: Sighting, now: datetime) -> float:
    age_days = max(0.0, (now - sighting.seen_at).total_seconds() / _DAY_S)
    return float(PRIORITY_WEIGHT[sighting.priority - 1] * 0.5 ** (age_days / HALF_LIFE_DAYS))
