"""Remote identification (OPEN_DRONE_ID): whether the vehicle's transmitter lets it fly, and what it tells of others."""

from __future__ import annotations

from dataclasses import dataclass

from telemetry.dialect import Message

_GOOD = 0
_NO_DIRECTION = 36100
_NO_SPEED = 25500
_NO_CLIMB = 6300
_NO_ALTITUDE = -1000.0
_AIRBORNE = 2


@dataclass(frozen=True, slots=True)
class DroneIdStatus:
    """`ready`: identification does not keep the vehicle from arming; `reason` is the transmitter's own word."""

    ready: bool
    reason: str


@dataclass(frozen=True, slots=True)
class DroneIdLocation:
    """Where an identified aircraft says it is; None where it does not. `source` names the transmitter."""

    source: bytes
    airborne: bool | None
    lat_deg: float | None
    lon_deg: float | None
    alt_amsl_m: float | None
    heading_deg: float | None
    ground_m_s: float | None
    climb_m_s: float | None


def status_of(message: Message) -> DroneIdStatus:
    """From OPEN_DRONE_ID_ARM_STATUS."""
    return DroneIdStatus(message.status == _GOOD, message.error)


def id_of(message: Message) -> str | None:
    """The aircraft's identity from OPEN_DRONE_ID_BASIC_ID (serial or registration); None when it has none."""
    raw = bytes(message.uas_id).split(b"\0", 1)[0]
    return raw.decode("ascii", "replace") if message.id_type and raw else None


def location_of(message: Message) -> DroneIdLocation:
    """From OPEN_DRONE_ID_LOCATION."""
    placed = bool(message.latitude or message.longitude)
    altitude = message.altitude_geodetic
    return DroneIdLocation(
        source=bytes(message.id_or_mac),
        airborne=message.status == _AIRBORNE if message.status else None,
        lat_deg=message.latitude / 1e7 if placed else None,
        lon_deg=message.longitude / 1e7 if placed else None,
        alt_amsl_m=float(altitude) if altitude > _NO_ALTITUDE else None,
        heading_deg=message.direction / 100 if message.direction < _NO_DIRECTION else None,
        ground_m_s=message.speed_horizontal / 100 if message.speed_horizontal < _NO_SPEED else None,
        climb_m_s=message.speed_vertical / 100 if message.speed_vertical < _NO_CLIMB else None,
    )
