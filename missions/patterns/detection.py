"""How likely a search finds what is there.

Coverage factor C = sweep width / track spacing; for tracks that are not exactly parallel and evenly spaced
the probability of detection is 1 - exp(-C) (Koopman's random search; IAMSAR Manual, volume II, "probability
of detection"). Repeated searches that miss independently multiply their misses.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from missions.fleet import PlanError


def coverage_factor(sweep_width_m: float, spacing_m: float) -> float:
    """Sweep width over spacing, both above 0."""
    if not (sweep_width_m > 0 and spacing_m > 0):
        raise PlanError("sweep width and spacing must be above 0 m")
    return sweep_width_m / spacing_m


def probability_of_detection(sweep_width_m: float, spacing_m: float) -> float:
    """0 to 1, for one search."""
    return 1.0 - math.exp(-coverage_factor(sweep_width_m, spacing_m))


def cumulative(probabilities: Iterable[float]) -> float:
    """Of finding it at least once in several searches."""
    missed = 1.0
    for probability in probabilities:
        missed *= 1.0 - probability
    return 1.0 - missed


def spacing_for(probability: float, sweep_width_m: float) -> float:
    """The track spacing that gives a probability of detection of 0 to below 1, both excluded."""
    if not 0.0 < probability < 1.0:
        raise PlanError(f"a probability of detection lies between 0 and 1, not at {probability:g}")
    return sweep_width_m / -math.log(1.0 - probability)
