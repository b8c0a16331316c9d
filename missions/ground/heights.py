"""What the height of a plan is counted from: the take-off point, the ground below, or the sea.

Autopilots fly heights above take-off. A height above the sea becomes one by the height of the start point, one above
the ground by that of everything below; both need to know the ground, and are refused where nobody does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from missions.areas.area import Area, closed_at_all_heights
from missions.fleet import PlanError
from missions.ground.follow import follow_ground, ground_under, known_ground
from missions.ground.terrain import Ground
from missions.plan import LonLat, Plan, Sortie
from missions.ways.free_space import polygon_of

Above = Literal["take_off", "ground", "sea"]
LOWEST_M = 5.0
LEAST_CLEARANCE_M = 15.0
"""Trees and poles are not in height files."""
SAME_HEIGHT_M = 1.0
SAMPLES_A_SIDE = 60


@dataclass(frozen=True, slots=True)
class Heights:
    """`asked_m` as it was asked for. `flown_m`: above the start point, which lies `take_off_amsl_m` above the sea
    (None: unknown); `seen_from_m`: the least height over the area from which cameras look. `level`: all start points
    lie equally high, so that bands of heights mean the same for everybody."""

    above: Above
    asked_m: float
    flown_m: float
    seen_from_m: float
    take_off_amsl_m: float | None = None
    level: bool = True

    def area(self, area: Area) -> Area:
        """`area` as it is to be planned for: bands are closed where heights above take-off are not known before."""
        return area if self.level and self.above != "ground" else closed_at_all_heights(area)


def heights_of(
    above: Above, altitude_m: float, ground: Ground | None, starts: Sequence[LonLat], area: Area | None = None
) -> Heights:
    """The heights to plan with. PlanError when the ground has to be known and is not, or is too near."""
    if above == "take_off":
        return Heights(above, altitude_m, altitude_m, altitude_m)
    if ground is None:
        raise PlanError(f"a height above {above} needs to know the ground: give a height file (.hgt or GeoTIFF)")
    if above == "ground":
        return Heights(above, altitude_m, altitude_m, altitude_m)
    places = [*starts, *(area.homes if area and not starts else ())] or [_corner(area)]
    stands = known_ground(ground, np.array(places))
    reference = float(stands[0])
    highest = max(reference, _highest(ground, area)) if area else reference
    if altitude_m < max(reference + LOWEST_M, highest + LEAST_CLEARANCE_M):
        needed = max(reference + LOWEST_M, highest + LEAST_CLEARANCE_M)
        raise PlanError(
            f"{altitude_m:g} m above the sea is too low: the start lies at {reference:.0f} m, the highest ground at "
            f"{highest:.0f} m: fly at {np.ceil(needed):.0f} m or higher"
        )
    level = bool(np.ptp(stands) <= SAME_HEIGHT_M)
    return Heights(above, altitude_m, altitude_m - reference, altitude_m - highest, reference, level)


def settled(plan: Plan, heights: Heights, ground: Ground | None) -> Plan:
    """`plan`, made at `heights.flown_m`, at the heights that were asked for. PlanError where it would come too near to
    the ground, or where nobody knows that."""
    if ground is None or heights.above == "take_off":
        return plan
    if heights.above == "ground":
        followed = follow_ground(plan, ground)
        return replace(followed, settings=(*followed.settings, ("above", "ground")))
    sorties = tuple(_at_sea_height(sortie, heights, ground) for sortie in plan.sorties)
    settings = (*plan.settings, ("above", "sea"), ("altitude_amsl_m", heights.asked_m))
    return replace(plan, sorties=sorties, settings=settings)


def _at_sea_height(sortie: Sortie, heights: Heights, ground: Ground) -> Sortie:
    """The same height above the sea for everybody in a layer, from wherever it starts."""
    under, places = ground_under(sortie, ground)
    shift = (heights.take_off_amsl_m or 0.0) - float(under[0])
    path = tuple(replace(w, alt_rel_m=round(w.alt_rel_m + shift, 2)) for w in sortie.path)
    flown = sortie.path[0].alt_rel_m + (heights.take_off_amsl_m or 0.0)
    highest = int(np.argmax(under))
    if flown - under[highest] < LEAST_CLEARANCE_M:
        lon, lat = places[highest]
        raise PlanError(
            f"drone {sortie.drone + 1} would fly {flown - under[highest]:.0f} m over the ground at [{lon:.6f}, "
            f"{lat:.6f}], which lies at {under[highest]:.0f} m: fly {LEAST_CLEARANCE_M - flown + under[highest]:.0f} m "
            "higher"
        )
    return replace(sortie, path=path)


def _corner(area: Area | None) -> LonLat:
    """Near enough to where drones start when nobody says where."""
    if area is None:
        raise PlanError("a height above sea needs a start point: say where drones start")
    return area.polygons[0][0][0]


def _highest(ground: Ground, area: Area) -> float:
    """The highest ground below the area, as far as a grid of samples finds it."""
    found = [-np.inf]
    for rings in area.polygons:
        west, south, east, north = polygon_of(rings).bounds
        lon, lat = np.meshgrid(np.linspace(west, east, SAMPLES_A_SIDE), np.linspace(south, north, SAMPLES_A_SIDE))
        heights = ground.height_m(np.column_stack([lon.ravel(), lat.ravel()]))
        found.append(float(np.nanmax(heights, initial=-np.inf)))
    return max(found)
