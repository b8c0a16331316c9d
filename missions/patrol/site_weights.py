"""Where and when to patrol more often, from what was seen there: the weights of sites taken into their tasks. Pure.

A weights file is what `GET /api/v1/analysis/sites` answers:

    {"sites": [{"site": "school-xinqi", "share": 1.0, "by_hour": [0.0, ... 24 of them, local time ...]}, ...]}

`share` is 1 for the site with the most to do and 0 for one with nothing; `by_hour` says how much of the site's own
weight fell into each hour. More keys are there for people. In the hours in which a site has more to do than on its own
average, it is visited up to `MORE_OFTEN` times as often and comes before others of its priority; in all other hours,
and everywhere nobody knows anything of, the profile stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Annotated

import msgspec
from msgspec import Meta

from missions.fleet import PlanError
from missions.patrol.revisit import PatrolSite

MORE_OFTEN = 2.0
DAY_S, HOUR_S, HOURS = 86_400.0, 3600.0, 24
Windows = tuple[tuple[float, float], ...]
Share = Annotated[float, Meta(ge=0, le=1)]
Weight = Annotated[float, Meta(ge=0)]


class SiteWeight(msgspec.Struct, frozen=True, kw_only=True):
    """How much there is to do at a site, beside the others and hour by hour."""

    site: Annotated[str, Meta(min_length=1, max_length=100)]
    share: Share
    by_hour: Annotated[tuple[Weight, ...], Meta(min_length=HOURS, max_length=HOURS)]


class _File(msgspec.Struct, frozen=True):
    sites: tuple[SiteWeight, ...]


def read_weights(text: bytes, name: str) -> Mapping[str, SiteWeight]:
    """The weights by site; PlanError is one line that names the file and the entry."""
    try:
        sites = msgspec.json.decode(text, type=_File).sites
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise PlanError(f"{name}: no weights of sites: {error}") from error
    found = {weight.site: weight for weight in sites}
    if len(found) < len(sites):
        raise PlanError(f"{name}: two entries are of one site")
    return found


def weighted(task: PatrolSite, weight: SiteWeight | None) -> tuple[PatrolSite, ...]:
    """The task of a site as its weight has it: one for its busy hours and one for the rest, of the same id. They never
    count at the same time, so that every stretch of `revisit.shifts` has one of them at most."""
    if weight is None or weight.share <= 0:
        return (task,)
    always = task.windows or ((0.0, DAY_S),)
    busy = _both(always, busy_windows(weight))
    calm = _both(always, _others(busy))
    often = task.deadline_s / (1 + (MORE_OFTEN - 1) * weight.share)
    tasks = (
        replace(task, deadline_s=often, priority=task.priority + 1, windows=busy),
        replace(task, windows=calm),
    )
    return tuple(part for part in tasks if part.windows)


def busy_windows(weight: SiteWeight) -> Windows:
    """(from, to) seconds of the day in which there is more to do than on the site's average, hours that touch as
    one."""
    average = sum(weight.by_hour) / HOURS
    edges = [False, *(share > average for share in weight.by_hour), False]
    turns = [hour for hour, (before, after) in enumerate(pairwise(edges)) if before != after]
    return tuple((begin * HOUR_S, end * HOUR_S) for begin, end in zip(turns[::2], turns[1::2], strict=True))


def _both(one: Windows, other: Windows) -> Windows:
    overlaps = ((max(a, c), min(b, d)) for a, b in one for c, d in other)
    return tuple(sorted((begin, end) for begin, end in overlaps if begin < end))


def _others(windows: Windows) -> Windows:
    edges = [0.0, *(edge for window in windows for edge in window), DAY_S]
    return tuple((a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if a < b)
