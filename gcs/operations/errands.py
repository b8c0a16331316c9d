"""Where drones were sent that no operation has. Forgotten when a drone does something else. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from gcs.fleet.health import airborne
from gcs.fleet.state import VehicleState
from gcs.operations.corridor import distance_to_line_m
from missions.plan import LonLat

TAKEN_WITHIN_S = 3.5
"""A heartbeat comes every second: one this much later than the command shows the mode that followed from it."""
ASTRAY_M = 30.0
"""Farther than this from its line a drone flies elsewhere: somebody else sent it on."""


@dataclass(frozen=True, slots=True)
class Errand:
    """In one straight line from where it was to above `place`. `sent_s` is the monotonic clock."""

    begin: LonLat
    place: LonLat
    alt_amsl_m: float
    sent_s: float


class Errands:
    """The errands under way, by vehicle; one that has arrived waits there, and its errand stands."""

    def __init__(self) -> None:
        self._errands: dict[str, Errand] = {}

    def note(self, state: VehicleState, place: LonLat, alt_rel_m: float, now_s: float) -> None:
        """The vehicle has taken the command to fly above `place`, `alt_rel_m` above its home."""
        here = state.position
        if here is None or here.alt_rel_m is None:
            self._errands.pop(state.id, None)
            return
        home_amsl_m = here.alt_amsl_m - here.alt_rel_m
        self._errands[state.id] = Errand((here.lon_deg, here.lat_deg), place, home_amsl_m + alt_rel_m, now_s)

    def of(self, state: VehicleState) -> Errand | None:
        """Where the vehicle flies by what it was sent for; None when it was not, or does something else by now."""
        errand = self._errands.get(state.id)
        if errand is not None and _given_up(state, errand):
            del self._errands[state.id]
            return None
        return errand


def _given_up(state: VehicleState, errand: Errand) -> bool:
    if state.last_heartbeat_s - errand.sent_s > TAKEN_WITHIN_S and (state.mode != "GUIDED" or airborne(state) is False):
        return True
    here = state.position
    if here is None:
        return False
    return distance_to_line_m(here.lon_deg, here.lat_deg, (errand.begin, errand.place)) > ASTRAY_M
