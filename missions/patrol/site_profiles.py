"""What a kind of site asks for, unless somebody says otherwise: how often, how long, how high, in which pattern.

The figures are defaults of this project for a start, to be set by the unit that patrols.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from missions.fleet import PlanError
from missions.patrol.revisit import PatrolSite

PATTERNS = ("coverage", "perimeter", "corridor", "orbit")
SCHOOL_HOURS = ((7 * 3600.0, 8.5 * 3600.0), (11 * 3600.0, 13 * 3600.0), (16 * 3600.0, 18 * 3600.0))
DAYTIME = ((6 * 3600.0, 20 * 3600.0),)
ALWAYS: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class SiteProfile:
    """`windows`: (from, to) seconds of the day; empty = always. `priority`: higher is kept first."""

    kind: str
    title_en: str
    title_zh: str
    pattern: str
    deadline_s: float
    dwell_s: float
    altitude_m: float
    priority: int
    windows: tuple[tuple[float, float], ...]


_CATALOGUE = (
    SiteProfile("school_gate", "school gate", "学校门口", "orbit", 600.0, 60.0, 60.0, 5, SCHOOL_HOURS),
    SiteProfile("construction_site", "construction site", "建筑工地", "perimeter", 3600.0, 120.0, 80.0, 2, DAYTIME),
    SiteProfile("residential", "residential community", "居民小区", "coverage", 7200.0, 90.0, 100.0, 1, ALWAYS),
    SiteProfile("rail_line", "rail line", "铁路沿线", "corridor", 5400.0, 30.0, 80.0, 3, ALWAYS),
    SiteProfile("village", "village", "村庄", "coverage", 10800.0, 90.0, 100.0, 1, ALWAYS),
    SiteProfile("checkpoint", "checkpoint", "检查站", "orbit", 1800.0, 60.0, 60.0, 4, ALWAYS),
    SiteProfile("event", "event", "大型活动", "orbit", 300.0, 120.0, 80.0, 5, ALWAYS),
)
PROFILES: Mapping[str, SiteProfile] = MappingProxyType({profile.kind: profile for profile in _CATALOGUE})


def profile(kind: str) -> SiteProfile:
    """The profile of a kind of site; PlanError lists the kinds there are."""
    found = PROFILES.get(kind.strip().lower())
    if found is None:
        raise PlanError(f"no kind of site {kind!r}: known are {', '.join(sorted(PROFILES))}")
    return found


def patrol_site(kind: str, number: int, x_m: float, y_m: float, *, deadline_s: float | None = None) -> PatrolSite:
    """A site of that kind as a task of the persistent patrol, in metres of the patrol's frame."""
    given = profile(kind)
    return PatrolSite(number, x_m, y_m, deadline_s or given.deadline_s, given.dwell_s, given.priority, given.windows)
