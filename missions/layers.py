"""Which altitude layers a drone may fly, given the zones with bands of heights that its sorties cross."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import shapely

from missions.areas.area import Area
from missions.areas.zones import CLEARANCE_M, Zone, closing, touching
from missions.fleet import FleetSpec, PlanError
from missions.geodesy import LocalFrame

if TYPE_CHECKING:
    from missions.assemble import Draft

TOUCH_M = 0.05


class NoLayerError(PlanError):
    """No layer keeps a drone out of the zones that it crosses."""


def closed_choices(area: Area, fleet: FleetSpec) -> list[Area]:
    """`area` with the zones that ways go round, in the order in which to try them: those closed on every layer of the
    fleet, so that the others are flown over or under; then those closed on any."""
    choices = [find(area.no_fly, fleet.heights, fleet.take_off_amsl_m) for find in (closing, touching)]
    found = [replace(area, no_fly=tuple(zones)) for zones in choices]
    return found if found[0] != found[1] else found[:1]


def barred_layers(
    zones: Sequence[Zone], frame: LocalFrame, fleet: FleetSpec, drafts: Sequence[Draft]
) -> tuple[frozenset[int], ...]:
    """For each drone the layers that a zone closes to its sorties, in metres of `frame`. NoLayerError when that is
    all of them."""
    barred: list[set[int]] = [set() for _ in range(fleet.drones)]
    for number, zone in enumerate(zones, start=1):
        if not zone.has_band:
            continue
        shape = frame.geometry_to_local(zone.polygon()).buffer(-TOUCH_M)
        for draft in drafts:
            climbs, lands = shapely.intersects(shape, shapely.points(draft.points[[0, -1]])).tolist()
            if climbs or lands or shapely.intersects(shape, shapely.LineString(draft.points)):
                barred[draft.drone] |= _closed(zone, fleet, from_ground=climbs or lands)
            if len(barred[draft.drone]) == len(fleet.heights):
                what = (
                    "it would climb through from its start"
                    if climbs
                    else "it would come down through"
                    if lands
                    else "it would cross"
                )
                raise NoLayerError(
                    f"drone {draft.drone + 1} has no layer clear of no-fly zone {number} ({zone.words()[0]}), which "
                    f"{what}: fly at another height, or start elsewhere"
                )
    return tuple(map(frozenset, barred))


def _closed(zone: Zone, fleet: FleetSpec, *, from_ground: bool) -> set[int]:
    return {
        layer
        for layer, height in enumerate(fleet.heights)
        if zone.binds(0.0 if from_ground else height, height, fleet.take_off_amsl_m, CLEARANCE_M)
    }
