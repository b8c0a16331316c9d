"""What the vehicle says about itself: one builder a message, from the shared state.

A builder returns None where ArduCopter sends nothing (WIND before the EKF is good, POSITION_TARGET_*
while nothing is navigated to, FENCE_STATUS without a fence). Units and habits as recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import atan2, cos, degrees, hypot, sin, sqrt
from types import MappingProxyType
from typing import Any, Final

from simulators.autopilot.arming_checks import compass_variance
from simulators.autopilot.payload.devices import PAYLOAD_BUILDERS
from simulators.autopilot.state import AUTO, GUIDED, POSITION_MODES, Vehicle
from simulators.autopilot.telemetry import terrain_request
from simulators.autopilot.telemetry.mode_messages import MONITOR_ID, AvailableModesMonitor
from simulators.battery import HOVER_A
from telemetry.dialect import ARDUPILOTMEGA, Message
from telemetry.messages import new

Builder = Callable[[Vehicle], Message | None]
EKF_GOOD: Final = 831
CAPABILITIES: Final = 64495
FIRMWARE_VERSION: Final = 67567616  # 4.7.0-dev
SIMULATED_VERSION: Final = tuple(b"SIM-4.7\0")
COMPLETE: Final = 5
_NOT_YET_LOCAL: Final = frozenset({1024, 0, 167})
"""EKF flags of a vehicle that boots; one that has lost its position goes on with what it knew."""
_SENSORS_PRESENT, _SENSORS_ENABLED, _SENSORS_HEALTHY = 0x5371FC0F, 0x52419C0F, 0x47519C0F
_COMPASS_BIT: Final = 4
_GPS_BIT, _CONTROL_BITS, _AHRS_BIT, _LOGGING_BIT = 0x20, 0x6000, 0x200000, 0x1000000
_BATTERY_BIT, _PREARM_BIT = 0x2000000, 0x10000000
_RC = (1500, 1500, 1000, 1500, 1800, 1000, 1000, 1800)
_THROTTLE_HOVER_PCT, _THROTTLE_PCT_PER_A = 36.0, 1.6
_BY_NAME = ARDUPILOTMEGA.by_name


def _new(name: str, **fields: Any) -> Message:
    return new(name, **fields)


def heartbeat(vehicle: Vehicle) -> Message:
    base = 1 | 16 | 64
    if vehicle.steers and (vehicle.position_ok or not vehicle.armed):
        base |= 8
    if not vehicle.ready:
        base |= 8
    if vehicle.armed or vehicle.motor_test:
        base |= 128
    if not vehicle.ready:
        status = 1
    elif vehicle.failsafes:
        status = 5
    else:
        status = 4 if vehicle.flying else 3
    return new("HEARTBEAT", type=2, autopilot=3, base_mode=base, custom_mode=vehicle.mode,
               system_status=status, mavlink_version=3)  # fmt: skip


def heading_deg(vehicle: Vehicle) -> float:
    return degrees(vehicle.body.yaw_rad) % 360.0


def throttle_pct(vehicle: Vehicle) -> int:
    if not vehicle.flying or not vehicle.motors_run:
        return 0
    spec = vehicle.battery.spec
    return int(
        _THROTTLE_HOVER_PCT + (vehicle.battery.current_a * HOVER_A / spec.hover_a - HOVER_A) * _THROTTLE_PCT_PER_A
    )


_GPI = _BY_NAME["GLOBAL_POSITION_INT"]


def global_position(vehicle: Vehicle) -> Message:
    body = vehicle.body
    heading = round(heading_deg(vehicle) * 100) % 36000
    if not vehicle.has_gps:
        return _GPI((vehicle.boot_ms, 0, 0, 0, 0, 0, 0, 0, heading))
    lat, lon = vehicle.position_deg
    relative = round(vehicle.relative_alt_m * 1000)
    return _GPI((
        vehicle.boot_ms, round(lat * 1e7), round(lon * 1e7), round(vehicle.alt_m * 100) * 10, relative,
        round(body.north_m_s * 100), round(body.east_m_s * 100), round(-body.climb_m_s * 100), heading,
    ))  # fmt: skip


_ATTITUDE = _BY_NAME["ATTITUDE"]


def attitude(vehicle: Vehicle) -> Message:
    body = vehicle.body
    return _ATTITUDE(
        (vehicle.boot_ms, body.roll_rad, body.pitch_rad, body.yaw_rad, body.roll_rate, body.pitch_rate, body.yaw_rate)
    )


_VFR = _BY_NAME["VFR_HUD"]


def vfr_hud(vehicle: Vehicle) -> Message:
    body, wind = vehicle.body, vehicle.wind
    air = sqrt((body.north_m_s - wind.north_m_s) ** 2 + (body.east_m_s - wind.east_m_s) ** 2 + body.climb_m_s**2)
    alt = vehicle.alt_m if vehicle.has_gps else 0.0
    airspeed = air if vehicle.flying else 0.0
    heading = int(heading_deg(vehicle))
    return _VFR((airspeed, body.ground_m_s, alt, body.climb_m_s, heading, throttle_pct(vehicle)))


def sys_status(vehicle: Vehicle) -> Message:
    present, enabled, health = _SENSORS_PRESENT, _SENSORS_ENABLED, _SENSORS_HEALTHY
    if vehicle.has_gps:
        present, enabled, health = present | _GPS_BIT, enabled | _GPS_BIT, health | _GPS_BIT
    if vehicle.origin_set:
        enabled, health = enabled | _AHRS_BIT, health | _AHRS_BIT
    if vehicle.position_ok:
        enabled |= _LOGGING_BIT
    controls = vehicle.mode in POSITION_MODES and vehicle.position_ok
    if controls and not (vehicle.mode == AUTO and vehicle.mission.state == COMPLETE):
        enabled, health = enabled | _CONTROL_BITS, health | _CONTROL_BITS
    if vehicle.prearm_ok or vehicle.armed:
        health |= _PREARM_BIT
    if vehicle.charge_state > 1:
        health &= ~_BATTERY_BIT
    if vehicle.params["SIM_MAG1_FAIL"]:
        health &= ~_COMPASS_BIT
    battery = vehicle.battery
    return new(
        "SYS_STATUS", onboard_control_sensors_present=present, onboard_control_sensors_enabled=enabled,
        onboard_control_sensors_health=health, voltage_battery=round(battery.voltage_v * 1000),
        current_battery=round(battery.current_a * 100), battery_remaining=battery.remaining_pct,
    )  # fmt: skip


def battery_status(vehicle: Vehicle) -> Message:
    battery = vehicle.battery
    return new(
        "BATTERY_STATUS", temperature=32767, voltages=(round(battery.voltage_v * 1000), *(65535,) * 9),
        current_battery=round(battery.current_a * 100), current_consumed=round(battery.consumed_mah),
        energy_consumed=round(battery.consumed_wh * 36), battery_remaining=battery.remaining_pct,
        charge_state=vehicle.charge_state,
    )  # fmt: skip


def nav_controller(vehicle: Vehicle) -> Message:
    body = vehicle.body
    bearing = distance = 0
    error = 0.0
    if vehicle.target is not None:
        north, east = vehicle.target[0] - body.north_m, vehicle.target[1] - body.east_m
        bearing, distance = int(degrees(atan2(east, north)) % 360), min(65535, int(hypot(north, east)))
        error = vehicle.want.up_m - body.up_m
    return new(
        "NAV_CONTROLLER_OUTPUT", nav_roll=degrees(body.roll_rad), nav_pitch=degrees(body.pitch_rad),
        nav_bearing=int(heading_deg(vehicle)), target_bearing=bearing, wp_dist=distance, alt_error=error,
    )  # fmt: skip


def mission_current(vehicle: Vehicle) -> Message:
    mission = vehicle.mission
    return new(
        "MISSION_CURRENT", seq=mission.seq, total=mission.total, mission_state=mission.state,
        mission_mode=int(vehicle.mode == AUTO),
    )  # fmt: skip


def gps_raw(vehicle: Vehicle) -> Message:
    if not vehicle.has_gps:
        return new(
            "GPS_RAW_INT", eph=65535, epv=65535, fix_type=vehicle.fix_type, satellites_visible=vehicle.satellites
        )
    lat, lon = vehicle.position_deg
    body = vehicle.body
    course = round(degrees(atan2(body.east_m_s, body.north_m_s)) % 360 * 100) % 36000 if body.ground_m_s > 0.05 else 0
    alt = round(vehicle.alt_m * 100) * 10
    return new(
        "GPS_RAW_INT", time_usec=vehicle.boot_us // 1000 * 1000, fix_type=vehicle.fix_type,
        lat=round((lat + vehicle.gps_jump_deg) * 1e7),
        lon=round(lon * 1e7), alt=alt, eph=121, epv=200, vel=round(body.ground_m_s * 100), cog=course,
        satellites_visible=vehicle.satellites, alt_ellipsoid=alt, h_acc=300, v_acc=300,
    )  # fmt: skip


def system_time(vehicle: Vehicle) -> Message:
    unix = vehicle.unix_at_boot_us + vehicle.boot_us if vehicle.has_gps else 0
    return new("SYSTEM_TIME", time_unix_usec=unix, time_boot_ms=vehicle.boot_ms)


def local_position(vehicle: Vehicle) -> Message | None:
    if vehicle.ekf_flags in _NOT_YET_LOCAL:
        return None
    body = vehicle.body
    return new(
        "LOCAL_POSITION_NED", time_boot_ms=vehicle.boot_ms, x=body.north_m, y=body.east_m, z=-body.up_m,
        vx=body.north_m_s, vy=body.east_m_s, vz=-body.climb_m_s,
    )  # fmt: skip


def target_global(vehicle: Vehicle) -> Message | None:
    target = vehicle.target
    if target is None:
        return None
    lat, lon = vehicle.frame.to_geo(target[0], target[1])
    return new(
        "POSITION_TARGET_GLOBAL_INT", time_boot_ms=vehicle.boot_ms, type_mask=65016, lat_int=round(lat * 1e7),
        lon_int=round(lon * 1e7), alt=vehicle.frame.alt_m + target[2],
    )  # fmt: skip


def target_local(vehicle: Vehicle) -> Message | None:
    if vehicle.mode != GUIDED:
        return None
    want = vehicle.want
    return new(
        "POSITION_TARGET_LOCAL_NED", time_boot_ms=vehicle.boot_ms, coordinate_frame=1, type_mask=64512,
        x=want.north_m, y=want.east_m, z=-want.up_m, vx=want.north_m_s, vy=want.east_m_s, vz=-want.climb_m_s,
    )  # fmt: skip


def attitude_quaternion(vehicle: Vehicle) -> Message:
    body = vehicle.body
    q1, q2, q3, q4 = _quaternion(vehicle)
    return new(
        "ATTITUDE_QUATERNION", time_boot_ms=vehicle.boot_ms, q1=q1, q2=q2, q3=q3, q4=q4,
        rollspeed=body.roll_rate, pitchspeed=body.pitch_rate, yawspeed=body.yaw_rate,
    )  # fmt: skip


def attitude_target(vehicle: Vehicle) -> Message:
    return new(
        "ATTITUDE_TARGET", time_boot_ms=vehicle.boot_ms, q=_quaternion(vehicle), thrust=throttle_pct(vehicle) / 100
    )


def _quaternion(vehicle: Vehicle) -> tuple[float, float, float, float]:
    body = vehicle.body
    cr, sr = cos(body.roll_rad / 2), sin(body.roll_rad / 2)
    cp, sp = cos(body.pitch_rad / 2), sin(body.pitch_rad / 2)
    cy, sy = cos(body.yaw_rad / 2), sin(body.yaw_rad / 2)
    return (
        cr * cp * cy + sr * sp * sy,
        sr * cp * cy - cr * sp * sy,
        cr * sp * cy + sr * cp * sy,
        cr * cp * sy - sr * sp * cy,
    )


def servo_output(vehicle: Vehicle) -> Message:
    motor = 1000
    if vehicle.motors_run:
        motor = 1000 + int(throttle_pct(vehicle) * 15.1) if vehicle.flying else 1100
    raw = {f"servo{n}_raw": motor for n in range(1, 5)}
    raw |= {f"servo{n}_raw": value for n, value in vehicle.servos.items() if 5 <= n <= 16}
    return _new("SERVO_OUTPUT_RAW", time_usec=vehicle.boot_us & 0xFFFFFFFF, **raw)


def rc_channels(vehicle: Vehicle) -> Message:
    raw = {f"chan{n}_raw": value for n, value in enumerate(_RC, start=1)}
    return _new("RC_CHANNELS", time_boot_ms=vehicle.boot_ms, chancount=8, rssi=255, **raw)


def _imu(vehicle: Vehicle) -> dict[str, int]:
    body = vehicle.body
    pitch, roll = body.pitch_rad, body.roll_rad
    heading = body.yaw_rad
    return {
        "xacc": round(-1001 * sin(-pitch)), "yacc": round(-1001 * sin(roll)),
        "zacc": round(-1001 * cos(pitch) * cos(roll)), "xgyro": round(body.roll_rate * 1000),
        "ygyro": round(body.pitch_rate * 1000), "zgyro": round(body.yaw_rate * 1000),
        "xmag": round(338 * cos(heading) - 35), "ymag": round(-338 * sin(heading)), "zmag": 341,
    }  # fmt: skip


def raw_imu(vehicle: Vehicle) -> Message:
    return _new("RAW_IMU", time_usec=vehicle.boot_us, temperature=2756, **_imu(vehicle))


def scaled_imu2(vehicle: Vehicle) -> Message:
    return _new("SCALED_IMU2", time_boot_ms=vehicle.boot_ms, temperature=2756, **_imu(vehicle))


def scaled_imu3(vehicle: Vehicle) -> Message:
    return _new("SCALED_IMU3", time_boot_ms=vehicle.boot_ms, **_imu(vehicle))


def highres_imu(vehicle: Vehicle) -> Message:
    body = vehicle.body
    return new("HIGHRES_IMU", time_usec=vehicle.boot_us, zacc=-9.81, xgyro=body.roll_rate, ygyro=body.pitch_rate,
               zgyro=body.yaw_rate, abs_pressure=_pressure(vehicle), pressure_alt=vehicle.alt_m)  # fmt: skip


def _pressure(vehicle: Vehicle) -> float:
    return float(1013.25 * (1 - 2.25577e-5 * vehicle.alt_m) ** 5.25588)


def scaled_pressure(vehicle: Vehicle) -> Message:
    return new("SCALED_PRESSURE", time_boot_ms=vehicle.boot_ms, press_abs=_pressure(vehicle), temperature=3256)


def scaled_pressure2(vehicle: Vehicle) -> Message:
    return new("SCALED_PRESSURE2", time_boot_ms=vehicle.boot_ms, press_abs=_pressure(vehicle), temperature=3255)


def ahrs2(vehicle: Vehicle) -> Message:
    body = vehicle.body
    lat, lon = vehicle.position_deg
    return new("AHRS2", roll=body.roll_rad, pitch=body.pitch_rad, yaw=body.yaw_rad, altitude=vehicle.alt_m,
               lat=round(lat * 1e7), lng=round(lon * 1e7))  # fmt: skip


def simstate(vehicle: Vehicle) -> Message | None:
    """Asked for while it boots it is accepted and not sent, as by SITL."""
    if not vehicle.ready:
        return None
    body = vehicle.body
    lat, lon = vehicle.position_deg
    return new("SIMSTATE", roll=body.roll_rad, pitch=body.pitch_rad, yaw=body.yaw_rad, zacc=-9.80665,
               xgyro=body.roll_rate, ygyro=body.pitch_rate, zgyro=body.yaw_rate,
               lat=round(lat * 1e7), lng=round(lon * 1e7))  # fmt: skip


def wind_message(vehicle: Vehicle) -> Message | None:
    if vehicle.ekf_flags != EKF_GOOD:
        return None
    north, east = vehicle.wind.north_m_s, vehicle.wind.east_m_s
    direction = degrees(atan2(-east, -north)) if hypot(north, east) > 0 else -180.0
    return new("WIND", direction=direction, speed=hypot(north, east))


def ekf_status(vehicle: Vehicle) -> Message:
    return new("EKF_STATUS_REPORT", flags=vehicle.ekf_flags, velocity_variance=0.0057, pos_horiz_variance=0.0013,
               pos_vert_variance=0.0001, compass_variance=compass_variance(vehicle.params))  # fmt: skip


def home_position(vehicle: Vehicle) -> Message | None:
    return vehicle.home_message() if vehicle.home else None


def global_origin(vehicle: Vehicle) -> Message | None:
    return vehicle.origin_message() if vehicle.origin_set else None


def autopilot_version(vehicle: Vehicle) -> Message:
    return new("AUTOPILOT_VERSION", capabilities=CAPABILITIES, flight_sw_version=FIRMWARE_VERSION,
               flight_custom_version=SIMULATED_VERSION, uid2=vehicle.uid2())  # fmt: skip


def fence_status(vehicle: Vehicle) -> Message | None:
    return vehicle.fence.message() if vehicle.fence_enabled else None


def extended_state(vehicle: Vehicle) -> Message:
    return new("EXTENDED_SYS_STATE", vtol_state=3, landed_state=vehicle.landed_state)


def esc_telemetry(vehicle: Vehicle) -> Message:
    count = int(vehicle.now_s * 400) & 0xFFFF
    return new("ESC_TELEMETRY_1_TO_4", temperature=(32,) * 4, voltage=(1679,) * 4, current=(80,) * 4,
               totalcurrent=(1,) * 4, count=(count,) * 4)  # fmt: skip


def item_reached(vehicle: Vehicle) -> Message:
    return new("MISSION_ITEM_REACHED", seq=vehicle.last_reached)


def relay_status(vehicle: Vehicle) -> Message:
    on = sum(1 << n for n, state in vehicle.relays.items() if state)
    return new("RELAY_STATUS", time_boot_ms=vehicle.boot_ms, on=on, present=1)


BUILDERS: Mapping[int, Builder] = MappingProxyType(
    {
        _BY_NAME[name].TYPE.id: builder
        for name, builder in {
            "AHRS": lambda _: new("AHRS", error_rp=0.0026, error_yaw=0.001),
            "AHRS2": ahrs2,
            "ATTITUDE": attitude,
            "GLOBAL_POSITION_INT": global_position,
            "VFR_HUD": vfr_hud,
            "SYS_STATUS": sys_status,
            "POWER_STATUS": lambda _: new("POWER_STATUS", Vcc=5000),
            "MEMINFO": lambda _: new("MEMINFO", freemem=65535, freemem32=524288),
            "NAV_CONTROLLER_OUTPUT": nav_controller,
            "MISSION_CURRENT": mission_current,
            "SERVO_OUTPUT_RAW": servo_output,
            "RC_CHANNELS": rc_channels,
            "RAW_IMU": raw_imu,
            "SCALED_IMU2": scaled_imu2,
            "SCALED_IMU3": scaled_imu3,
            "SCALED_PRESSURE": scaled_pressure,
            "SCALED_PRESSURE2": scaled_pressure2,
            "GPS_RAW_INT": gps_raw,
            "SYSTEM_TIME": system_time,
            "SIMSTATE": simstate,
            "WIND": wind_message,
            "TERRAIN_REPORT": terrain_request.report,
            "TERRAIN_REQUEST": terrain_request.request,
            "EKF_STATUS_REPORT": ekf_status,
            "LOCAL_POSITION_NED": local_position,
            "VIBRATION": lambda v: new("VIBRATION", time_usec=v.boot_us, vibration_x=0.0028, vibration_y=0.0024,
                                       vibration_z=0.003),
            "POSITION_TARGET_GLOBAL_INT": target_global,
            "BATTERY_STATUS": battery_status,
            "ESC_TELEMETRY_1_TO_4": esc_telemetry,
            "FENCE_STATUS": fence_status,
            "HEARTBEAT": heartbeat,
            "EXTENDED_SYS_STATE": extended_state,
            "HOME_POSITION": home_position,
            "GPS_GLOBAL_ORIGIN": global_origin,
            "AUTOPILOT_VERSION": autopilot_version,
            "POSITION_TARGET_LOCAL_NED": target_local,
            "ATTITUDE_QUATERNION": attitude_quaternion,
            "ATTITUDE_TARGET": attitude_target,
            "HIGHRES_IMU": highres_imu,
            "RELAY_STATUS": relay_status,
            "MISSION_ITEM_REACHED": item_reached,
        }.items()
    }
    | dict(PAYLOAD_BUILDERS)
    | {MONITOR_ID: lambda _: AvailableModesMonitor((0,))}
)  # fmt: skip
"""Message id to builder, in the order in which ArduCopter sends what is due at the same moment."""
