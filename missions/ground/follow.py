"""Plans that follow the ground: the same ways, with heights that keep their distance from what is below.

Legs are cut where the ground bends, climbs and descents are kept within what the drone can do by rising
earlier, and the clearance is checked between waypoints, not only at them.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from missions.fleet import PlanError
from missions.geodesy import Array, LocalFrame
from missions.ground.terrain import Ground
from missions.plan import Plan, Sortie, Waypoint

SAMPLE_M = 4.0
TOLERANCE_M = 2.0
LOWEST_M = 5.0


def follow_ground(plan: Plan, terrain: Ground, *, climb_m_s: float = 2.5, descent_m_s: float = 1.5) -> Plan:
    """`plan` with every height above the take-off point taken as a height above the ground below.

    Nowhere is the drone lower over the ground than planned, and nowhere higher by more than the tolerance but
    where it climbs for what is ahead. PlanError where the ground is unknown.
    """
    sorties = tuple(_followed(sortie, terrain, climb_m_s, descent_m_s) for sortie in plan.sorties)
    return replace(plan, sorties=sorties)


def clearance_m(sortie: Sortie, terrain: Ground) -> float:
    """The least height over the ground on the way, between waypoints too; the climb over home is left out."""
    frame, points = _local(sortie)
    places, along, _ = _sampled(points)
    ground = terrain.height_m(frame.to_lon_lat(places))
    reached = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    flown = np.interp(along, reached, [w.alt_rel_m for w in sortie.path])
    return float(np.min(flown + ground[0] - ground))


def ground_under(sortie: Sortie, terrain: Ground) -> tuple[Array, Array]:
    """(n,) heights of the ground above the sea along the way, its start first, and the (n, 2) degrees there. PlanError
    where it is unknown."""
    frame, points = _local(sortie)
    degrees = frame.to_lon_lat(_sampled(points)[0])
    return known_ground(terrain, degrees), degrees


def known_ground(terrain: Ground, degrees: Array) -> Array:
    """`height_m`; PlanError names a place where it is unknown."""
    ground = terrain.height_m(degrees)
    if not np.isfinite(ground).all():
        lon, lat = degrees[int(np.argmin(np.isfinite(ground)))]
        raise PlanError(f"the ground at [{lon:.6f}, {lat:.6f}] is not in the height file: give one that holds the area")
    return ground


def _local(sortie: Sortie) -> tuple[LocalFrame, Array]:
    frame = LocalFrame(sortie.path[0].lon_deg, sortie.path[0].lat_deg)
    return frame, frame.to_local(np.array([(w.lon_deg, w.lat_deg) for w in sortie.path]))


def _sampled(points: Array) -> tuple[Array, Array, npt.NDArray[np.int_]]:
    """Places every few metres and at every point: (n, 2), metres along the way, and the indices of the points."""
    lengths = np.hypot(*np.diff(points, axis=0).T)
    reached = np.concatenate([[0.0], np.cumsum(lengths)])
    marks = [
        np.linspace(begin, end, max(1, int(np.ceil(length / SAMPLE_M))), endpoint=False)
        for begin, end, length in zip(reached, reached[1:], lengths, strict=False)
    ]
    along = np.append(np.concatenate(marks), reached[-1])
    first = np.concatenate([[0], np.cumsum([len(mark) for mark in marks])])
    places = np.column_stack([np.interp(along, reached, points[:, axis]) for axis in (0, 1)])
    places[first] = points
    return places, along, first


def _followed(sortie: Sortie, terrain: Ground, climb_m_s: float, descent_m_s: float) -> Sortie:
    frame, points = _local(sortie)
    places, along, corners = _sampled(points)
    degrees = frame.to_lon_lat(places)
    ground = known_ground(terrain, degrees)
    height = np.interp(along, along[corners], [w.alt_rel_m for w in sortie.path])
    wanted = ground - ground[0] + height
    speed = max(0.1, sortie.speed_m_s)
    needed = _within_slopes(wanted, along, climb_m_s / speed, descent_m_s / speed)
    kept = _kept(along, needed, wanted, corners)
    needed[kept] = _within_slopes(needed[kept], along[kept], climb_m_s / speed, descent_m_s / speed)
    flags = np.repeat([w.survey for w in sortie.path[1:]], np.diff(corners))
    own = {int(corner): w for corner, w in zip(corners, sortie.path, strict=True)}
    path = []
    for i in kept:
        at = own.get(i) or Waypoint(round(float(degrees[i, 0]), 7), round(float(degrees[i, 1]), 7), 0.0)
        over_start_m = round(max(LOWEST_M, float(needed[i])), 2)
        path.append(replace(at, alt_rel_m=over_start_m, survey=bool(flags[i - 1]) if i else False))
    return replace(sortie, path=tuple(path))


def _within_slopes(wanted: Array, along: Array, climb: float, descent: float) -> Array:
    """The lowest profile that is nowhere below `wanted` and nowhere steeper than the slopes."""
    rising = wanted + descent * along
    lowest_after = np.maximum.accumulate(rising) - descent * along
    falling = wanted - climb * along
    lowest_before = np.maximum.accumulate(falling[::-1])[::-1] + climb * along
    result: Array = np.maximum(lowest_after, lowest_before)
    return result


def _kept(along: Array, needed: Array, wanted: Array, corners: npt.NDArray[np.int_]) -> list[int]:
    """Indices of the samples that have to be waypoints: between them straight legs stay above what is wanted and
    within the tolerance of what is needed."""
    kept = [0]
    for begin, end in pairwise(corners.tolist()):
        kept += _cuts(along, needed, begin, end)
    lifted = needed[kept].copy()
    flown = np.interp(along, along[kept], lifted)
    lack = np.maximum(0.0, wanted - flown)
    for a, b in zip(range(len(kept)), range(1, len(kept)), strict=False):
        short = float(lack[kept[a] : kept[b] + 1].max(initial=0.0))
        if short > 0:
            for i in (a, b):
                lifted[i] = max(lifted[i], needed[kept[i]] + short)
    needed[kept] = lifted
    return kept


def _cuts(along: Array, needed: Array, begin: int, end: int) -> list[int]:
    """Samples after `begin` up to `end` at which a leg has to bend, after Douglas and Peucker."""
    if end - begin > 1:
        straight = np.interp(along[begin : end + 1], along[[begin, end]], needed[[begin, end]])
        off = np.abs(needed[begin : end + 1] - straight)
        worst = int(np.argmax(off))
        if off[worst] > TOLERANCE_M / 2:
            middle = begin + worst
            return [*_cuts(along, needed, begin, middle), *_cuts(along, needed, middle, end)]
    return [end]
