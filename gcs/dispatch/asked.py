"""Which units a sighting has been offered to in vain, and when each may be asked again. Pure."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from gcs.dispatch.timings import DispatchTimings
from gcs.sightings.model import Sighting
from gcs.sightings.workflow import Action

_IN_VAIN = frozenset({Action.REFUSE, Action.EXPIRE})


def passed_over(sighting: Sighting, now: datetime, timings: DispatchTimings) -> frozenset[str]:
    """The units not to be asked now; a pause grows each time it was in vain."""
    times: Counter[str] = Counter()
    until: dict[str, datetime] = {}
    for step in sighting.history:
        if step.action in _IN_VAIN and step.unit is not None:
            times[step.unit] += 1
            doubled = timings.ask_again_s * 2.0 ** min(times[step.unit] - 1, 16)
            pause_s = min(doubled, timings.ask_again_most_s) / timings.time_scale
            until[step.unit] = step.at + timedelta(seconds=pause_s)
    return frozenset(unit for unit, at in until.items() if at > now)
