"""The geofence as ArduCopter 4.7 keeps it: a breach is told at once and answered with the mode of FENCE_ACTION.

Types (bits of FENCE_TYPE): 1 ceiling, 2 circle round home, 4 polygons and circles that were uploaded, 8 floor.
"""

from __future__ import annotations

from collections.abc import Callable
from math import hypot, inf
from typing import Final

from simulators.autopilot.failsafes.actions import Modes, fence_breached
from simulators.autopilot.items.fence_items import Areas, areas_of
from simulators.autopilot.items.item_store import ItemStore
from simulators.autopilot.items.stored_items import FENCE
from simulators.autopilot.state import Vehicle

CEILING, CIRCLE, AREAS, FLOOR = 1, 2, 4, 8
ALL: Final = CEILING | CIRCLE | AREAS | FLOOR
_KIND = {CEILING: 2, CIRCLE: 3, AREAS: 3, FLOOR: 1}
_TEXT = {CEILING: "Max Alt", CIRCLE: "Circle", AREAS: "Polygon", FLOOR: "Min Alt"}
CHECK_EVERY_S: Final = 0.1
AGAIN_M: Final = 20.0
"""Every so far beyond a ceiling or a circle it is breached again."""
AVOID_FENCE: Final = 1
SLOWED_FOR_S: Final = 0.5


def names(types: int) -> str:
    """ArduCopter's words for kinds of fences."""
    words = [_TEXT[kind] for kind in (CEILING, CIRCLE, AREAS, FLOOR) if types & kind]
    listed = " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
    return f"{listed} {'fences' if len(words) > 1 else 'fence'}"


class Fence:
    """`escape` is asked for the first of some modes when it is breached."""

    def __init__(self, vehicle: Vehicle, store: ItemStore, escape: Callable[[Modes], None]) -> None:
        self._vehicle = vehicle
        self._store = store
        self._escape = escape
        self._areas = Areas()
        self._read_from: object = None
        self._next_s = 0.03
        self._breach, self._again_m = 0, inf
        self._parameter = 0.0
        vehicle.room_ahead_m = self.room_ahead_m
        vehicle.room_above_m = self.room_above_m

    @property
    def enabled(self) -> bool:
        return self._vehicle.fence_enabled

    @property
    def present(self) -> int:
        """Bits of the kinds that FENCE_TYPE asks for and that are there."""
        return self._types() & (ALL if self._store.lists[FENCE] else ALL & ~AREAS)

    def step(self) -> None:
        vehicle = self._vehicle
        self._follow_parameter()
        vehicle.fence_missing = not self.present
        vehicle.fence.mitigation = 2 if 0 <= vehicle.now_s - vehicle.slowed_by_fence_s < SLOWED_FOR_S else 1
        if vehicle.now_s < self._next_s:
            return
        self._next_s += CHECK_EVERY_S * (1 + (vehicle.now_s - self._next_s) // CHECK_EVERY_S)
        if not vehicle.fence_enabled or vehicle.home is None:
            return
        body = vehicle.body
        breach = self._broken(body.north_m, body.east_m, vehicle.relative_alt_m, flying=vehicle.flying)
        beyond_m = self._beyond_m(breach)
        if breach and (breach != self._breach or beyond_m >= self._again_m):
            self._again_m = beyond_m + AGAIN_M if breach in {CEILING, CIRCLE} else inf
            self._begin(breach)
        elif self._breach and not breach and vehicle.armed:
            vehicle.say(5, "Fence breach cleared")
        self._breach = breach
        vehicle.fence.breached = breach != 0

    def enable(self, *, on: bool) -> None:
        """DO_FENCE_ENABLE: until FENCE_ENABLE changes, which stays as it is."""
        self._vehicle.fence_enabled = on

    def switch(self, *, on: bool) -> None:
        """As a mission item does it: what changes is told."""
        if on != self.enabled and self.present:
            self._vehicle.say(5, f"{names(self.present)} {'enabled' if on else 'disabled'}")
        self.enable(on=on)

    def _follow_parameter(self) -> None:
        parameter = self._vehicle.params["FENCE_ENABLE"]
        if parameter != self._parameter:
            self._parameter = parameter
            self.enable(on=parameter != 0)

    def allows(self, north: float, east: float, alt_m: float) -> bool:
        """Whether a target may be flown to."""
        return not self.enabled or not self._broken(north, east, alt_m, flying=True)

    def room_ahead_m(self, north: float, east: float, way: tuple[float, float]) -> float:
        """How far a vehicle may go along a unit vector before it is at the margin of an area's edge."""
        if not self.enabled or not self._types() & AREAS or not int(self._vehicle.params["AVOID_ENABLE"]) & AVOID_FENCE:
            return inf
        return max(0.0, self._shapes().edge_ahead_m(north, east, way) - self._vehicle.params["FENCE_MARGIN"])

    def room_above_m(self) -> float:
        """How far a vehicle may climb before it is at the margin of the ceiling."""
        params = self._vehicle.params
        if not self.enabled or not self._types() & CEILING or not int(params["AVOID_ENABLE"]) & AVOID_FENCE:
            return inf
        return params["FENCE_ALT_MAX"] - params["FENCE_MARGIN"] - self._vehicle.relative_alt_m

    def _types(self) -> int:
        return int(self._vehicle.params["FENCE_TYPE"])

    def _broken(self, north: float, east: float, alt_m: float, *, flying: bool) -> int:
        """The bit of the first fence broken there; 0 = none."""
        types, params = self._types(), self._vehicle.params
        if types & AREAS and not self._shapes().allows(north, east):
            return AREAS
        if types & CIRCLE and self._outside_circle(north, east):
            return CIRCLE
        if types & CEILING and alt_m > params["FENCE_ALT_MAX"]:
            return CEILING
        if types & FLOOR and flying and alt_m < params["FENCE_ALT_MIN"]:
            return FLOOR
        return 0

    def _beyond_m(self, breach: int) -> float:
        """How far beyond its ceiling or its circle round home a vehicle is."""
        vehicle, params = self._vehicle, self._vehicle.params
        if breach == CIRCLE and vehicle.home is not None:
            away_m = hypot(vehicle.body.north_m - vehicle.home.north_m, vehicle.body.east_m - vehicle.home.east_m)
            return away_m - params["FENCE_RADIUS"]
        return vehicle.relative_alt_m - params["FENCE_ALT_MAX"] if breach == CEILING else 0.0

    def _outside_circle(self, north: float, east: float) -> bool:
        home, radius_m = self._vehicle.home, self._vehicle.params["FENCE_RADIUS"]
        return home is not None and radius_m <= hypot(north - home.north_m, east - home.east_m)

    def _shapes(self) -> Areas:
        items = self._store.lists[FENCE]
        if items is not self._read_from:
            self._read_from = items
            self._areas = areas_of(items, self._vehicle.frame)
        return self._areas

    def _begin(self, breach: int) -> None:
        vehicle = self._vehicle
        state = vehicle.fence
        state.breached, state.kind, state.time_ms = True, _KIND[breach], vehicle.boot_ms
        state.count += 1
        vehicle.defer(state.message())
        if not vehicle.armed:
            return
        vehicle.say(5, f"{_TEXT[breach]} fence breached")
        self._escape(fence_breached(int(vehicle.params["FENCE_ACTION"])))
