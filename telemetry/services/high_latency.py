"""HIGH_LATENCY2: a vehicle's whole state in one message, for satellite links. It counts as a heartbeat.

On such a link commands are answered after tens of seconds; nothing is downloaded, no rates are asked for
and we send no heartbeat.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag

from telemetry.constants import MavCmd
from telemetry.dialect import Message
from telemetry.services.command import Sending
from telemetry.services.commands import command_long
from telemetry.services.peer import Address

SENDING = Sending(attempts=1, wait_s=120.0)
"""How a command is sent over such a link, whatever it is."""


class Failure(IntFlag):
    """HL_FAILURE_FLAG."""

    GPS = 1
    DIFFERENTIAL_PRESSURE = 2
    ABSOLUTE_PRESSURE = 4
    ACCELEROMETER = 8
    GYRO = 16
    MAGNETOMETER = 32
    TERRAIN = 64
    BATTERY = 128
    RC_RECEIVER = 256
    OFFBOARD_LINK = 512
    ENGINE = 1024
    GEOFENCE = 2048
    ESTIMATOR = 4096
    MISSION = 8192


@dataclass(frozen=True, slots=True)
class HighLatencyState:
    """In our units; None where the vehicle does not know. The message has no armed flag."""

    vehicle_type: int
    autopilot: int
    custom_mode: int
    lat_deg: float | None
    lon_deg: float | None
    alt_amsl_m: float
    target_alt_amsl_m: float
    heading_deg: float
    target_distance_m: float
    throttle_pct: int
    air_m_s: float
    ground_m_s: float
    wind_m_s: float
    wind_from_deg: float
    climb_m_s: float
    eph_m: float
    battery_pct: int | None
    item: int
    failing: Failure


def state_of(message: Message) -> HighLatencyState:
    """From HIGH_LATENCY2."""
    placed = bool(message.latitude or message.longitude)
    return HighLatencyState(
        vehicle_type=message.type,
        autopilot=message.autopilot,
        custom_mode=message.custom_mode,
        lat_deg=message.latitude / 1e7 if placed else None,
        lon_deg=message.longitude / 1e7 if placed else None,
        alt_amsl_m=float(message.altitude),
        target_alt_amsl_m=float(message.target_altitude),
        heading_deg=message.heading * 2.0 % 360,
        target_distance_m=message.target_distance * 10.0,
        throttle_pct=message.throttle,
        air_m_s=message.airspeed / 5,
        ground_m_s=message.groundspeed / 5,
        wind_m_s=message.windspeed / 5,
        wind_from_deg=message.wind_heading * 2.0 % 360,
        climb_m_s=message.climb_rate / 10,
        eph_m=message.eph / 10,
        battery_pct=message.battery if 0 <= message.battery <= 100 else None,
        item=message.wp_num,
        failing=Failure(message.failure_flags & 0x3FFF),
    )


def set_high_latency(target: Address, *, on: bool) -> Message:
    """Speak over the satellite link (HIGH_LATENCY2 only), or be silent there."""
    return command_long(target, MavCmd.CONTROL_HIGH_LATENCY, 1.0 if on else 0.0)
