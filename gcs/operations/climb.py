"""Whether a drone of the same operation flies over a start while another climbs there. Pure.

The plan keeps drones apart from the moment they leave their starts, and takes a climb for nothing. So the way of each
that is in the air is followed here as its mission has it, for as long as the climb lasts: early and late, as nobody
knows how quickly it starts and turns, nor when the one that climbs lifts off.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from gcs.fleet.health import returning
from gcs.fleet.state import Position, VehicleState
from gcs.operations.airspace import RETURNS_AT_M
from gcs.operations.corridor import east_north_m
from missions.plan import LonLat, Sortie
from telemetry.constants import MavCmd
from telemetry.services.mission_item import MissionItem

BESIDE_M = 16.0
"""Drones of a plan keep 10 m from each other; positions are wrong by some, and corners are cut."""
CLEAR_M = 4.0
CLIMBS_M_S = 2.5
"""ArduPilot's usual speed of climb."""
LIFTS_EARLY_S, LIFTS_LATE_S = 2.0, 9.0
"""From the first command of a launch: motors take two seconds, heartbeats that show what was taken up to two more,
which are six where simulated time runs three times as fast."""
STARTS_IN_S = 6.0
"""What the end of a climb, turning and speeding up take at most at each waypoint."""
_PLACES = frozenset({MavCmd.NAV_WAYPOINT, MavCmd.NAV_TAKEOFF, MavCmd.NAV_LAND})
_STEP_S = 0.5
_BETWEEN = 8

_Spot = tuple[float, float, float]
"""Metres east and north of the start, and above the sea."""


@dataclass(frozen=True, slots=True)
class Mate:
    """Another drone of the operation that may be in the air; `items` is its mission."""

    state: VehicleState
    items: Sequence[MissionItem]
    speed_m_s: float


@dataclass(frozen=True, slots=True)
class _Way:
    """Spots in turn, and how soon and how late it may be at each, in seconds from now."""

    spots: tuple[_Spot, ...]
    soon_s: tuple[float, ...]
    late_s: tuple[float, ...]

    def around(self, at_s: float) -> Iterator[_Spot]:
        """Where it may be then."""
        near, far = _along(self.late_s, at_s), _along(self.soon_s, at_s)
        for part in range(_BETWEEN + 1):
            yield self._spot(near + (far - near) * part / _BETWEEN)

    def _spot(self, along: float) -> _Spot:
        leg = min(int(along), len(self.spots) - 1)
        (x0, y0, z0), (x1, y1, z1) = self.spots[leg], self.spots[min(leg + 1, len(self.spots) - 1)]
        share = along - leg
        return x0 + share * (x1 - x0), y0 + share * (y1 - y0), z0 + share * (z1 - z0)


def over_the_climb(sortie: Sortie, home_amsl_m: float | None, mates: Iterable[Mate]) -> tuple[str, ...]:
    """Ids of those that may come close to a vehicle that begins to climb to the sortie's first waypoint now.

    `home_amsl_m` is the height of its start above the sea; None is unknown, and so is who is close.
    """
    if home_amsl_m is None:
        return ()
    start, rise_m = sortie.path[0], sortie.path[0].alt_rel_m
    close = (
        mate.state.id
        for mate in mates
        if (way := _way(mate, (start.lon_deg, start.lat_deg))) is not None and _comes_close(way, home_amsl_m, rise_m)
    )
    return tuple(sorted(close))


def _comes_close(way: _Way, home_amsl_m: float, rise_m: float) -> bool:
    steps = math.ceil((LIFTS_LATE_S + rise_m / CLIMBS_M_S) / _STEP_S)
    for at_s in (step * _STEP_S for step in range(steps + 1)):
        highest_m = home_amsl_m + min(rise_m, CLIMBS_M_S * max(0.0, at_s - LIFTS_EARLY_S))
        lowest_m = home_amsl_m + min(rise_m, CLIMBS_M_S * max(0.0, at_s - LIFTS_LATE_S))
        for east_m, north_m, height_m in way.around(at_s):
            if lowest_m - CLEAR_M < height_m < highest_m + CLEAR_M and math.hypot(east_m, north_m) < BESIDE_M:
                return True
    return False


def _way(mate: Mate, start: LonLat) -> _Way | None:
    """None when nobody knows where it is."""
    here = mate.state.position
    if here is None:
        return None
    spots = [_spot(here.lon_deg, here.lat_deg, here.alt_amsl_m, start)]
    soon, late = [0.0], [0.0]
    for lon_deg, lat_deg, height_m in _places(mate, here):
        spot = _spot(lon_deg, lat_deg, height_m, start)
        flat_m, up_m = math.dist(spot[:2], spots[-1][:2]), abs(spot[2] - spots[-1][2])
        least_s = max(flat_m / mate.speed_m_s, up_m / CLIMBS_M_S)
        spots.append(spot)
        soon.append(soon[-1] + least_s)
        late.append(late[-1] + least_s + (STARTS_IN_S if flat_m > 1.0 else 0.0))
    return _Way(tuple(spots), tuple(soon), tuple(late))


def _places(mate: Mate, here: Position) -> Iterator[tuple[float, float, float]]:
    """Longitude, latitude and height above the sea where it is led, in turn; home only once it returns."""
    home, state = mate.state.home, mate.state
    if home is None or state.mode == "LAND":
        return
    left = mate.items[state.mission.current or 1 :] if state.mode == "AUTO" else ()
    height_m = here.alt_amsl_m
    for item in left:
        if item.command in _PLACES:
            height_m = home.alt_amsl_m + item.z
            yield item.y / 1e7, item.x / 1e7, height_m
    if returning(state) or any(item.command == MavCmd.NAV_RETURN_TO_LAUNCH for item in left):
        yield home.lon_deg, home.lat_deg, max(height_m, home.alt_amsl_m + RETURNS_AT_M)


def _along(times_s: Sequence[float], at_s: float) -> float:
    """Which leg is flown then, and how much of it is behind: 2.25 is a quarter of the third."""
    leg = bisect_right(times_s, at_s) - 1
    if leg >= len(times_s) - 1:
        return float(len(times_s) - 1)
    return leg + (at_s - times_s[leg]) / (times_s[leg + 1] - times_s[leg])


def _spot(lon_deg: float, lat_deg: float, height_m: float, start: LonLat) -> _Spot:
    return *east_north_m((lon_deg, lat_deg), start), height_m
