"""From a pattern's name and figures to a plan. What the command line and the API share."""

from __future__ import annotations

from dataclasses import replace

from missions.fleet import FleetSpec
from missions.line_plan import plan_line
from missions.patterns.detection import probability_of_detection
from missions.patterns.pattern import Pattern, pattern_line
from missions.plan import Plan
from missions.timing import Motion
from missions.zones import Zone


def plan_pattern(name: str, pattern: Pattern, fleet: FleetSpec) -> Plan:
    """Sorties that fly the pattern, out of the zones and holes of its area. PlanError says why there are none."""
    drone = fleet.each()[0]
    motion = Motion(drone.speed_m_s, drone.accel_m_s2, fleet.wind.vector if fleet.wind else None)
    line = pattern_line(name, pattern, motion)
    plan = plan_line(name, line.frame, line.points, fleet, _closed(pattern), looks=line.looks)
    return replace(plan, settings=(*plan.settings, ("pattern", name), *_odds(pattern)))


def _odds(pattern: Pattern) -> tuple[tuple[str, float], ...]:
    """The probability of detection (IAMSAR), where the sweep width is known."""
    if pattern.sweep_width_m is None:
        return ()
    odds = probability_of_detection(pattern.sweep_width_m, pattern.spacing_m)
    return (("sweep_width_m", pattern.sweep_width_m), ("probability_of_detection", round(odds, 4)))


def _closed(pattern: Pattern) -> tuple[Zone, ...]:
    """The zones of the pattern's area, and its holes, which are closed as much."""
    if pattern.area is None:
        return ()
    return (*pattern.area.no_fly, *(Zone((hole,)) for rings in pattern.area.polygons for hole in rings[1:]))
