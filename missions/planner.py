"""From an area and a fleet to a plan: pulls the steps together and holds none of their knowledge.

angles -> lanes -> cells -> order -> tour -> split -> (gaps repaired) -> separation -> plan. Several lane
layouts are carried to a split; the best are refined and completed, and the one with the least makespan is
kept. The result is a function of its input.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress

from missions.area import Area
from missions.assemble import assemble
from missions.candidate import Candidate, Completed, candidate, completed, drafts, tour_of, why_none
from missions.fleet import FleetSpec, PlanError
from missions.free_space import FreeSpace, free_space
from missions.job import Job, default_start, make_job, refuse_strong_wind
from missions.layers import NoLayerError, closed_choices
from missions.layout import best_layouts
from missions.limits import violations
from missions.plan import Plan
from missions.refine import refined
from missions.tour import Tour
from missions.unlike import kinds, shared_drafts

Progress = Callable[[str, float], None]

FIRST_LAYOUTS = 4
SEEN_ENOUGH = 0.9951
REFINED = 6
FIRST_ROUNDS = 3
REFINED_ON = 2
COMPLETED = 4
MANY_LANES = 100


def plan_coverage(area: Area, fleet: FleetSpec, *, progress: Progress | None = None) -> Plan:
    """Sorties that look at all of `area`. PlanError when that cannot be done, with the reason.

    `progress` is called with a word for the step and the share done, 0 to 1.
    """
    *_, best = plans(area, fleet, progress=progress)
    return best


def plans(area: Area, fleet: FleetSpec, *, progress: Progress | None = None) -> Iterator[Plan]:
    """Better and better plans: the first at once, the last as good as it gets. Raises as `plan_coverage` does."""
    choices = closed_choices(area, fleet)
    if len(choices) == 1:
        yield from _plans(area, choices[0], fleet, progress or _silent)
        return
    found = False
    with suppress(NoLayerError):
        for plan in _plans(area, choices[0], fleet, progress or _silent):
            if all(wrong.code != "separation" for wrong in violations(plan)):
                found = True
                yield plan
    if not found:  # too many drones for the layers over or under a zone: everybody goes round it
        yield from _plans(area, choices[1], fleet, progress or _silent)


def _plans(area: Area, closed: Area, fleet: FleetSpec, tell: Progress) -> Iterator[Plan]:
    """Better and better plans that go round the zones of `closed`, and over or under the others."""
    swath = fleet.swath_m or area.swath_m or 0.0
    by_swath = kinds(fleet, swath)
    if by_swath[0].swath_m <= 0:
        raise PlanError("the swath is not known: give --swath metres, or a camera with altitude and overlap")
    for drone in fleet.each():
        refuse_strong_wind(drone, fleet.wind)
    tell("area", 0.0)
    space = checked_space(closed, by_swath[0].swath_m)
    starts = fleet.starts or area.homes or (default_start(space),)
    if len(by_swath) > 1:
        found = shared_drafts(space, fleet, starts, by_swath, lambda job: candidates(job, _silent))
    else:
        job = make_job(space, by_swath[0].swath_m, fleet, starts, range(fleet.drones))
        found = (drafts(job, each) for each in candidates(job, tell))
    best: Plan | None = None
    without_layer: NoLayerError | None = None
    for sorties in found:
        try:
            plan = assemble(area, space, fleet, sorties)
        except NoLayerError as error:
            without_layer = error
            continue
        if best is None or _worth(plan) > _worth(best):
            best = plan
            yield plan
    if best is None and without_layer is not None:
        raise without_layer
    tell("done", 1.0)


def _worth(plan: Plan) -> tuple[float, float]:
    """Enough has to be seen, then the sooner everybody is home the better."""
    return min(plan.covered_fraction, SEEN_ENOUGH), -plan.makespan_s


def _silent(_step: str, _share: float) -> None:
    """Progress of a part tells nobody anything."""


def checked_space(area: Area, swath_m: float) -> FreeSpace:
    """The space of `area`; PlanError when there is nothing in it."""
    space = free_space(area, swath_m)
    if space.free.area < 1.0 or space.inner.is_empty:
        raise PlanError(f"{area.name}: the zones, or clearance {space.clearance_m:g} m, leave nothing to look at")
    return space


def candidates(job: Job, tell: Progress) -> Iterator[Candidate]:
    """Completed candidates, each better than the one before."""
    layouts = best_layouts(job)
    tried: list[Candidate] = []
    by_angle: dict[float, Candidate] = {}
    tour: Tour | None = None
    best: Completed | None = None
    first: Candidate | None = None
    for i, layout in enumerate(layouts):
        tell("lanes", 0.05 + 0.4 * i / len(layouts))
        tour = tour_of(job, layout.lanes)
        found = candidate(job, tour)
        if found:
            tried.append(found)
            by_angle[layout.angle] = min(found, by_angle.get(layout.angle, found), key=lambda c: c.cost)
        if i == min(FIRST_LAYOUTS, len(layouts)) - 1 and tried:
            first = min(tried, key=lambda c: c.cost)
            best = completed(job, first)
            yield best.candidate
    if not tried:
        raise PlanError(why_none(job, tour))
    few = len(layouts[0].lanes) < MANY_LANES
    most = REFINED if few else REFINED // 3
    chosen = _promising(tried, by_angle.values(), most)
    for i, draft in enumerate(chosen):
        tell("sharing", 0.45 + 0.25 * i / most)
        better = refined(job, draft, FIRST_ROUNDS)
        tried += [better] if better else []
    for draft in sorted(tried, key=lambda c: c.cost)[: REFINED_ON if few else 1]:
        tell("sharing", 0.7)
        better = refined(job, draft)
        tried += [better] if better else []
    tried.sort(key=lambda c: c.cost)
    most = COMPLETED if few else COMPLETED // 2
    for i, draft in enumerate(tried[:most]):
        tell("gaps", 0.75 + 0.2 * i / most)
        if draft is first:
            continue
        final = completed(job, draft, best.cost if best else math.inf)
        if best is None or final.cost < best.cost:
            best = final
            yield best.candidate


def _promising(tried: Sequence[Candidate], of_angles: Iterable[Candidate], most: int) -> list[Candidate]:
    """The best half, and the best of directions that are not among them."""
    half = sorted(tried, key=lambda c: c.cost)[: (most + 1) // 2]
    others = [c for c in sorted(of_angles, key=lambda c: c.cost) if c not in half]
    return half + others[: most - len(half)]
