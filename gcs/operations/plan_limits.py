"""Limits every plan must keep, whoever made it: plan files come from outside too. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from missions.plan import Plan, Sortie


@dataclass(frozen=True, slots=True)
class PlanLimits:
    """`waypoints` leaves room for home, take-off, speed and return in the 650 items ArduPilot SITL stores;
    boards store about as many. 120 m is the ceiling of most rules for small drones."""

    altitude_m: float = 120.0
    lowest_m: float = 5.0
    waypoints: int = 600
    speed_m_s: float = 20.0


DEFAULT_PLAN_LIMITS = PlanLimits()


def plan_problems(plan: Plan, limits: PlanLimits = DEFAULT_PLAN_LIMITS) -> tuple[str, ...]:
    """What the plan breaks, in words, sortie by sortie; empty when it may be flown."""
    if not plan.sorties:
        return ("the plan has no sortie",)
    return tuple(
        f"drone {sortie.drone + 1} sortie {sortie.sortie + 1}: {problem}"
        for sortie in plan.sorties
        for problem in _problems(sortie, limits)
    )


def _problems(sortie: Sortie, limits: PlanLimits) -> Iterator[str]:
    numbers = [value for w in sortie.path for value in (w.lon_deg, w.lat_deg, w.alt_rel_m)]
    if not all(map(math.isfinite, numbers)):
        yield "a waypoint is not a number"
        return
    if len(sortie.path) < 2:
        yield "it goes nowhere"
    if len(sortie.path) > limits.waypoints:
        yield f"{len(sortie.path)} waypoints, more than the {limits.waypoints} a vehicle stores"
    highest = max((w.alt_rel_m for w in sortie.path), default=0.0)
    if highest > limits.altitude_m:
        yield f"{highest:.0f} m is above the ceiling of {limits.altitude_m:.0f} m"
    lowest = min((w.alt_rel_m for w in sortie.path), default=limits.lowest_m)
    if lowest < limits.lowest_m:
        yield f"{lowest:.0f} m is below the floor of {limits.lowest_m:.0f} m"
    if not 0 < sortie.speed_m_s <= limits.speed_m_s:
        yield f"{sortie.speed_m_s:g} m/s is not a speed up to {limits.speed_m_s:g} m/s"
