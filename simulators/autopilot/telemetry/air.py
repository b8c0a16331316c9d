"""Other aircraft that a vehicle's receiver hears (ADSB_VEHICLE), and its own remote identification (OPEN_DRONE_ID).

Fitted by parameter, none by default: ADSB_TYPE and SIM_ADSB_COUNT for aircraft, DID_ENABLE for identification.
What is heard goes out once a second on every port.
"""

from __future__ import annotations

from math import cos, degrees, hypot, pi, sin, tau
from typing import Final

from simulators.autopilot.state import Vehicle
from simulators.seeded import Seeded
from telemetry.dialect import Message
from telemetry.messages import new

EVERY_S: Final = 1.0
HEARD_FOR_S: Final = 10.0
NO_OPERATOR: Final = "OpenDroneID: operator location must be set"
_MOST_AIRCRAFT: Final = 50
_SPEED_M_S: Final = 55.0
_LEAST_RADIUS_M: Final = 500.0
_FIRST_ICAO: Final = 0x7C0000
_ALL_VALID: Final = 1 | 2 | 4 | 8 | 16 | 64
_LIGHT_AIRCRAFT: Final = 1
_SERIAL_NUMBER, _MULTIROTOR = 1, 2
_ON_GROUND, _AIRBORNE = 1, 2
_HOUR_S: Final = 3600


class Air:
    """One vehicle's receiver and transmitter."""

    def __init__(self, vehicle: Vehicle) -> None:
        self._vehicle = vehicle
        self._next_s = vehicle.now_s + EVERY_S

    def operator_heard(self) -> None:
        """A ground station said where the operator is (OPEN_DRONE_ID_SYSTEM)."""
        self._vehicle.operator_heard_s = self._vehicle.link_s

    def step(self) -> None:
        vehicle = self._vehicle
        if vehicle.now_s < self._next_s:
            return
        self._next_s += EVERY_S
        if vehicle.params["ADSB_TYPE"] > 0 and vehicle.has_gps:
            for number in range(int(max(0, min(_MOST_AIRCRAFT, vehicle.params["SIM_ADSB_COUNT"])))):
                vehicle.send(aircraft(vehicle, number))
        if vehicle.params["DID_ENABLE"] > 0:
            for message in (arm_status(vehicle), basic_id(vehicle), location(vehicle)):
                vehicle.send(message)


def operator_known(vehicle: Vehicle) -> bool:
    heard_s = vehicle.operator_heard_s
    return heard_s is not None and vehicle.link_s - heard_s < HEARD_FOR_S


def aircraft(vehicle: Vehicle, number: int) -> Message:
    """One of the aircraft that circle around the place where the vehicle started."""
    chance = Seeded(vehicle.seed * 1000 + number)
    radius_m = max(_LEAST_RADIUS_M, vehicle.params["SIM_ADSB_RADIUS"]) * chance.between(0.1, 0.3)
    angle = chance.between(0.0, tau) + vehicle.now_s * _SPEED_M_S / radius_m
    lat, lon = vehicle.frame.to_geo(radius_m * cos(angle), radius_m * sin(angle))
    up_m = vehicle.params["SIM_ADSB_ALT"] * chance.between(0.2, 1.0)
    return new(
        "ADSB_VEHICLE", ICAO_address=_FIRST_ICAO + number, lat=round(lat * 1e7), lon=round(lon * 1e7),
        altitude_type=1, altitude=round((vehicle.frame.alt_m + up_m) * 1000),
        heading=round(degrees(angle + pi / 2) % 360 * 100) % 36000, hor_velocity=round(_SPEED_M_S * 100),
        callsign=f"SIM{number:03d}", emitter_type=_LIGHT_AIRCRAFT, tslc=1, flags=_ALL_VALID,
    )  # fmt: skip


def arm_status(vehicle: Vehicle) -> Message:
    known = operator_known(vehicle)
    return new("OPEN_DRONE_ID_ARM_STATUS", status=0 if known else 1, error="" if known else "operator location missing")


def basic_id(vehicle: Vehicle) -> Message:
    serial = f"SIM{vehicle.sysid:05d}".encode().ljust(20, b"\0")
    return new("OPEN_DRONE_ID_BASIC_ID", id_type=_SERIAL_NUMBER, ua_type=_MULTIROTOR, uas_id=tuple(serial))


def location(vehicle: Vehicle) -> Message:
    body = vehicle.body
    lat, lon = vehicle.position_deg if vehicle.has_gps else (0.0, 0.0)
    speed = hypot(body.north_m_s, body.east_m_s)
    return new(
        "OPEN_DRONE_ID_LOCATION", status=_AIRBORNE if vehicle.flying else _ON_GROUND,
        direction=round(degrees(body.yaw_rad) % 360 * 100) % 36000, speed_horizontal=min(25425, round(speed * 100)),
        speed_vertical=max(-6200, min(6200, round(body.climb_m_s * 100))), latitude=round(lat * 1e7),
        longitude=round(lon * 1e7), altitude_barometric=vehicle.alt_m, altitude_geodetic=vehicle.alt_m,
        height=vehicle.relative_alt_m, timestamp=(vehicle.unix_at_boot_us + vehicle.boot_us) / 1e6 % _HOUR_S,
    )  # fmt: skip
