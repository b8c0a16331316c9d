"""From a pattern's name and figures to a plan. What the command line and the API share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import shapely

from missions.areas.area import Area
from missions.areas.zones import Zone, touching
from missions.fleet import FleetSpec
from missions.ground.heights import Above, Heights, heights_of, settled
from missions.ground.terrain import Ground
from missions.lines.line_plan import STILL, plan_line, plan_route
from missions.patterns.detection import probability_of_detection
from missions.patterns.pattern import Pattern, pattern_line
from missions.plan import LonLat, Plan
from missions.timing import Motion
from missions.ways.free_space import polygons


def pattern_heights(
    name: str, pattern: Pattern, above: Above, altitude_m: float, *, ground: Ground | None, starts: Sequence[LonLat]
) -> Heights:
    """The heights to plan a pattern with. PlanError as `heights_of` has it, and as the pattern's figures have it."""
    if above != "sea":
        return heights_of(above, altitude_m, ground, starts)
    return heights_of(above, altitude_m, ground, _starts(name, pattern, starts), _below(name, pattern))


def plan_pattern(
    name: str, pattern: Pattern, fleet: FleetSpec, heights: Heights | None = None, ground: Ground | None = None
) -> Plan:
    """Sorties that fly the pattern at `heights` (those of the fleet above take-off by default), out of the zones and
    holes of its area; without starts and pads the fleet uses the area's. PlanError says why there are none."""
    area = pattern.area
    if area is not None:
        area = heights.area(area) if heights is not None else area
        fleet = replace(fleet, starts=fleet.starts or area.homes, pads=fleet.pads or area.pads)
    if heights is not None and heights.above == "sea":  # heights were counted from there
        fleet = replace(fleet, starts=_starts(name, pattern, fleet.starts))
    zones = _closed(area)
    if area is not None:  # zones that are flown over or under bend no ring
        around = touching(area.no_fly, fleet.heights, fleet.take_off_amsl_m)
        area = replace(area, no_fly=tuple(around))
    drone = fleet.each()[0]
    motion = Motion(drone.speed_m_s, drone.accel_m_s2, fleet.wind.vector if fleet.wind else None)
    line = pattern_line(name, replace(pattern, area=area), motion)
    if line.stays_s is None:
        plan = plan_line(name, line.frame, line.points, fleet, zones, looks=line.looks)
    else:
        plan = plan_route(name, line.frame, line.points, line.stays_s, fleet, no_fly=zones)
    plan = replace(plan, settings=(*plan.settings, ("pattern", name), *_odds(pattern)))
    return plan if heights is None else settled(plan, heights, ground)


def _starts(name: str, pattern: Pattern, starts: Sequence[LonLat]) -> tuple[LonLat, ...]:
    """Where drones start: as said, as the area says, or where the pattern is."""
    if starts:
        return tuple(starts)
    if pattern.area is not None and pattern.area.homes:
        return pattern.area.homes
    if pattern.at is not None:
        return (pattern.at,)
    line = pattern_line(name, pattern, STILL)
    return tuple(line.frame.places(line.points[0]))


def _below(name: str, pattern: Pattern) -> Area:
    """What lies below the pattern."""
    line = pattern_line(name, pattern, STILL)
    way = shapely.MultiPoint(line.points) if len(line.points) < 2 else shapely.LineString(line.points)
    strip = way.buffer(pattern.spacing_m / 2, quad_segs=4)
    return Area(name, tuple((tuple(line.frame.places(np.asarray(part.exterior.coords))),) for part in polygons(strip)))


def _odds(pattern: Pattern) -> tuple[tuple[str, float], ...]:
    """The probability of detection (IAMSAR), where the sweep width is known."""
    if pattern.sweep_width_m is None:
        return ()
    odds = probability_of_detection(pattern.sweep_width_m, pattern.spacing_m)
    return (("sweep_width_m", pattern.sweep_width_m), ("probability_of_detection", round(odds, 4)))


def _closed(area: Area | None) -> tuple[Zone, ...]:
    """The zones of the pattern's area, and its holes, which are closed as much."""
    if area is None:
        return ()
    return (*area.no_fly, *(Zone((hole,)) for rings in area.polygons for hole in rings[1:]))
