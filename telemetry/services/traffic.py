"""Other aircraft, as receivers on our vehicles hear them (ADSB_VEHICLE).

Several vehicles hear the same aircraft: it is kept once, by its ICAO address, as it was heard last. What
has not been heard for `FORGOTTEN_S` is forgotten.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag

from telemetry.dialect import Message

FORGOTTEN_S = 60.0
MAX_AIRCRAFT = 1000


class Valid(IntFlag):
    """Which fields of the message hold something (ADSB_FLAGS)."""

    PLACE = 1
    ALTITUDE = 2
    HEADING = 4
    VELOCITY = 8
    CALLSIGN = 16
    SQUAWK = 32
    SIMULATED = 64


@dataclass(frozen=True, slots=True)
class Aircraft:
    """`heard_s` (monotonic) is when it was there: the receiver's delay is taken off. None is unknown."""

    icao: int
    lat_deg: float
    lon_deg: float
    alt_amsl_m: float | None
    heading_deg: float | None
    ground_m_s: float | None
    climb_m_s: float | None
    callsign: str | None
    squawk: int | None
    emitter: int
    simulated: bool
    heard_s: float


class Traffic:
    """The aircraft around; at most `MAX_AIRCRAFT`, of which the longest unheard go first."""

    def __init__(self) -> None:
        self._aircraft: dict[int, Aircraft] = {}

    def receive(self, message: Message, now_s: float) -> Aircraft | None:
        """Take in an ADSB_VEHICLE; the aircraft when it is news, None when it says no place or is older."""
        heard = aircraft_of(message, now_s)
        if heard is None:
            return None
        before = self._aircraft.get(heard.icao)
        if before is not None and before.heard_s > heard.heard_s:
            return None
        if before is None and len(self._aircraft) >= MAX_AIRCRAFT:
            del self._aircraft[min(self._aircraft.values(), key=lambda aircraft: aircraft.heard_s).icao]
        self._aircraft[heard.icao] = heard
        return heard

    def forget(self) -> None:
        self._aircraft.clear()

    def around(self, now_s: float) -> tuple[Aircraft, ...]:
        """All that were heard lately, newest first."""
        for icao in [a.icao for a in self._aircraft.values() if now_s - a.heard_s > FORGOTTEN_S]:
            del self._aircraft[icao]
        return tuple(sorted(self._aircraft.values(), key=lambda aircraft: -aircraft.heard_s))


def aircraft_of(message: Message, now_s: float) -> Aircraft | None:
    """From ADSB_VEHICLE; None without a place on Earth."""
    valid = Valid(message.flags & 127)
    on_earth = abs(message.lat) <= 900_000_000 and abs(message.lon) <= 1_800_000_000
    if not valid & Valid.PLACE or not on_earth:
        return None
    moving = bool(valid & Valid.VELOCITY)
    return Aircraft(
        icao=message.ICAO_address,
        lat_deg=message.lat / 1e7,
        lon_deg=message.lon / 1e7,
        alt_amsl_m=message.altitude / 1000 if valid & Valid.ALTITUDE else None,
        heading_deg=message.heading / 100 if valid & Valid.HEADING else None,
        ground_m_s=message.hor_velocity / 100 if moving else None,
        climb_m_s=message.ver_velocity / 100 if moving else None,
        callsign=message.callsign.strip() or None if valid & Valid.CALLSIGN else None,
        squawk=message.squawk if valid & Valid.SQUAWK else None,
        emitter=message.emitter_type,
        simulated=bool(valid & Valid.SIMULATED),
        heard_s=now_s - message.tslc,
    )
