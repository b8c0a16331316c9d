"""From an area and a fleet to a plan: pulls the steps together and holds none of their knowledge.

angles -> lanes -> cells -> order -> tour -> split -> (gaps repaired) -> separation -> plan. Several lane
layouts are carried to a split; the best are refined and completed, and the one with the least makespan is
kept. The result is a function of its input.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace

from missions.areas.area import Area
from missions.assemble import assemble
from missions.coverage.candidate import Candidate, Completed, candidate, completed, drafts, tour_of, why_none
from missions.coverage.job import Job, default_start, make_job, refuse_strong_wind
from missions.coverage.layout import best_layouts
from missions.coverage.refine import Refinement
from missions.coverage.tour import Tour
from missions.coverage.unlike import kinds, shared_drafts
from missions.fleet import FleetSpec, PlanError
from missions.layers import NoLayerError, closed_choices
from missions.limits import violations
from missions.plan import Plan
from missions.ways.free_space import FreeSpace, free_space

Progress = Callable[[str, float], None]

FIRST_LAYOUTS = 4
SEEN_ENOUGH = 0.9951
FIRST_LANES = 320
MOST_RACING = 20
LEAST_RACING = 2
RACING_PLACES = 800
"""Lanes and corners of all drafts that are refined: a round takes the longer the more there are."""
MORE_ROUNDS = 1
COMPLETED, LAST_RACING = 2, 5


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
    fleet = replace(fleet, pads=fleet.pads or area.pads)
    if len(by_swath) > 1:
        found = shared_drafts(space, fleet, starts, by_swath, lambda job: candidates(job, _silent))
    else:
        job = make_job(space, by_swath[0].swath_m, fleet, starts, range(fleet.drones))
        found = (drafts(each) for each in candidates(job, tell))
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
    tried: dict[float, list[Candidate]] = {}
    tour: Tour | None = None
    finals = _Finals(job)
    lanes = len(layouts[0].lanes) if layouts else 1
    soonest = min(FIRST_LAYOUTS, max(1, FIRST_LANES // lanes), len(layouts))
    for i, layout in enumerate(layouts):
        tell("lanes", 0.05 + 0.3 * i / len(layouts))
        tour = tour_of(job, layout.lanes)
        draft = candidate(job, tour)
        if draft:
            tried.setdefault(layout.angle, []).append(draft)
        if i + 1 >= soonest and tried and not finals.best:
            yield from finals.completed(_cheapest(tried))
    if not tried:
        raise PlanError(why_none(job, tour))
    most = min(MOST_RACING, max(LEAST_RACING, RACING_PLACES // (lanes + len(job.transit.corners))))
    racing = [Refinement(job, draft) for draft in _promising(tried, most)]
    entered, field, rounds = racing, len(racing), most // len(racing)  # where layouts are few, each gets more
    while racing:
        for i, each in enumerate(racing):
            tell("sharing", 0.35 + 0.6 * (1.0 - (len(racing) - i / 2) / field))
            each.advance(rounds)
        rounds += MORE_ROUNDS
        racing.sort(key=lambda each: each.best.cost)
        if len(racing) <= LAST_RACING:
            for each in racing[:COMPLETED]:
                yield from finals.completed(each.best)
        racing = racing[: len(racing) // 2]
    others = sorted((each.best for each in entered), key=lambda draft: draft.cost)
    for draft in (*others, *sorted((draft for of in tried.values() for draft in of), key=lambda draft: draft.cost)):
        if finals.see_enough:
            break
        yield from finals.completed(draft)


class _Finals:
    """Drafts with their gaps closed, of which the best is kept."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._seen: list[Candidate] = []
        self.best: Completed | None = None

    @property
    def see_enough(self) -> bool:
        return self.best is not None and self.best.candidate.seen >= SEEN_ENOUGH

    def completed(self, draft: Candidate) -> Iterator[Candidate]:
        """The draft completed, if it is new and better than all before."""
        if any(draft is other for other in self._seen):
            return
        self._seen.append(draft)
        final = completed(self._job, draft, self.best.cost if self.best else math.inf)
        if self.best is None or final.cost < self.best.cost:
            self.best = final
            yield final.candidate


def _cheapest(tried: dict[float, list[Candidate]]) -> Candidate:
    return min((draft for drafts in tried.values() for draft in drafts), key=lambda draft: draft.cost)


def _promising(tried: dict[float, list[Candidate]], most: int) -> list[Candidate]:
    """The best half, and the best of directions that are not among them."""
    half = sorted((draft for of_angle in tried.values() for draft in of_angle), key=lambda c: c.cost)[: (most + 1) // 2]
    best = [min(of_angle, key=lambda c: c.cost) for of_angle in tried.values()]
    others = [c for c in sorted(best, key=lambda c: c.cost) if all(c is not other for other in half)]
    return half + others[: most - len(half)]
