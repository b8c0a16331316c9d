"""What is left of a plan that was broken off: lanes that nobody followed, or stops at which nobody was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import shapely

from missions.areas.zones import Zone
from missions.coverage.resume import resume
from missions.fleet import FleetSpec, PlanError
from missions.geodesy import LocalFrame
from missions.lines.line_plan import plan_route
from missions.plan import LonLat, Plan, Waypoint

BEEN_THERE_M = 10.0


def what_is_left(
    plan: Plan, flown: Sequence[Sequence[LonLat]], fleet: FleetSpec, *, no_fly: Sequence[Zone] = ()
) -> Plan:
    """As `resume`; of a plan that stays at stops those that no track came to, in turn. PlanError as there."""
    stops = [waypoint for sortie in plan.sorties for waypoint in sortie.path if waypoint.stay_s]
    if not stops:
        return resume(plan, flown, fleet, no_fly=no_fly)
    frame = LocalFrame(round(stops[0].lon_deg, 9), round(stops[0].lat_deg, 9))
    tracks = [shapely.LineString(frame.to_local(np.array(track, dtype=float))) for track in flown if len(track) > 1]
    been = shapely.union_all(tracks)
    places = frame.to_local(np.array([_place(stop) for stop in stops]))
    left = [i for i, at in enumerate(places) if not tracks or been.distance(shapely.Point(at)) > BEEN_THERE_M]
    if not left:
        raise PlanError("nothing is left to fly: the tracks came to every stop")
    fleet = replace(fleet, swath_m=min(sortie.swath_m for sortie in plan.sorties))
    stays = [stops[i].stay_s for i in left]
    name = str(dict(plan.settings).get("name", "plan"))
    return plan_route(name, frame, places[left], stays, fleet, no_fly=(*plan.no_fly, *no_fly))


def _place(waypoint: Waypoint) -> LonLat:
    return waypoint.lon_deg, waypoint.lat_deg
