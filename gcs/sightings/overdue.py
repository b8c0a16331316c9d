"""What the centre has to look at because it takes too long. Pure.

| open for longer than its class allows | amber, after `red_after` times that red |
| accepted, and `late_after` times the way's time gone without arriving | amber |
| nobody free, or chosen, for as long as a unit has to answer | amber |
| a unit did not answer, and nobody has accepted since | amber |
| supervised by the centre (督办) | red |

The first that applies counts. All figures are those of the catalogue, divided by the time scale.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from gcs.sightings.catalogue import Catalogue
from gcs.sightings.model import Level, Sighting, SightingStatus, Step, Supervision
from gcs.sightings.workflow import SETTLED, Action, moved_last

SHORTEST_WAY_S = 120.0
_IN_HAND = frozenset({SightingStatus.ACCEPTED, SightingStatus.ON_SCENE})


def supervision(sighting: Sighting, now: datetime, catalogue: Catalogue, time_scale: float = 1.0) -> Supervision | None:
    """What stands now; None while all goes well. `since` is when it began, so it does not change by looking."""
    if sighting.status in SETTLED or not sighting.history:
        return None
    limit = timedelta(seconds=catalogue.resolve_s(sighting.klass, sighting.priority) / time_scale)
    answer = timedelta(seconds=catalogue.accept_s(sighting.klass, sighting.priority) / time_scale)
    begun = _begun(sighting)
    for level, times in ((Level.RED, catalogue.red_after(sighting.klass)), (Level.AMBER, 1.0)):
        if now - begun >= times * limit:
            return Supervision(level=level, reason="unsettled", since=begun + times * limit)
    last = sighting.history[moved_last(sighting)]
    asked = _asked(sighting)
    if asked is not None:
        return Supervision(level=Level.RED, reason="asked", since=asked.at)
    due = _due(sighting, last, answer, catalogue, time_scale)
    if due is not None and now >= due[1]:
        return Supervision(level=Level.AMBER, reason=due[0], since=due[1])
    missed = _missed(sighting)
    return None if missed is None else Supervision(level=Level.AMBER, reason="not_accepted", since=missed.at)


def _begun(sighting: Sighting) -> datetime:
    """When it came in, or was opened again."""
    return next((step.at for step in reversed(sighting.history) if step.action == Action.REOPEN), sighting.received_at)


def _due(
    sighting: Sighting, last: Step, answer: timedelta, catalogue: Catalogue, time_scale: float
) -> tuple[str, datetime] | None:
    """What will be too late if nothing happens, and when."""
    if sighting.status is SightingStatus.ACCEPTED and last.eta_s is not None:
        way_s = max(SHORTEST_WAY_S, catalogue.late_after(sighting.klass) * last.eta_s)
        return "late", last.at + timedelta(seconds=way_s / time_scale)
    if sighting.status is SightingStatus.NEW:
        return "nobody_free" if catalogue.automatic(sighting.klass) else "not_assigned", last.at + answer
    return None


def _asked(sighting: Sighting) -> Step | None:
    """The first step by which the centre took it under supervision since it was opened."""
    asked = None
    for step in reversed(sighting.history):
        if step.action == Action.REOPEN:
            break
        if step.action == Action.SUPERVISE:
            asked = step
    return asked


def _missed(sighting: Sighting) -> Step | None:
    """The first step that a unit let pass since somebody last had it in hand."""
    missed = None
    for step in reversed(sighting.history):
        if step.status in _IN_HAND or step.action == Action.REOPEN:
            break
        if step.action == Action.EXPIRE:
            missed = step
    return missed
