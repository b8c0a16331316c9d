"""What is known of one vehicle. Unknown is None, never zero."""

from __future__ import annotations

from datetime import datetime

import msgspec

from telemetry.received import Origin

STALE_AFTER_S = 3.5
"""Silence after which a vehicle is shown as stale (ground stations in the field use 3 to 5 s)."""
SATELLITE_STALE_AFTER_S = 30.0
"""The same for one that is heard over a satellite: it speaks every 5 s, and some of that is lost or late."""


class Position(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """WGS-84 degrees; `alt_rel_m` above home, None where nobody knows how high home is; `alt_amsl_m` above mean sea
    level."""

    lat_deg: float
    lon_deg: float
    alt_rel_m: float | None
    alt_amsl_m: float


class Attitude(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    roll_deg: float
    pitch_deg: float
    yaw_deg: float


class Speeds(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Metres per second; `climb` positive up."""

    ground_m_s: float
    climb_m_s: float
    air_m_s: float | None = None


class Battery(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """`lowest_cell_v` and `highest_cell_v` where each cell is told; `cells`: the most that ever gave their voltage
    on the ground (`gcs.fleet.cells`); `faults`: MAVLink's MAV_BATTERY_FAULT, 0 when none is told."""

    voltage_v: float | None = None
    current_a: float | None = None
    remaining_pct: int | None = None
    consumed_mah: float | None = None
    failing: bool = False
    lowest_cell_v: float | None = None
    highest_cell_v: float | None = None
    cells: float | None = None
    faults: int = 0


class Gps(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """`fix` is MAVLink's GPS_FIX_TYPE (3 = 3D, 6 = RTK fixed); hdop is None when not reported."""

    fix: int
    satellites: int | None = None
    hdop: float | None = None


class Breeze(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Wind as a vehicle estimates it: degrees from north that it comes from, metres per second."""

    from_deg: float
    speed_m_s: float


class MissionProgress(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """`current` and `reached` are sequence numbers on the vehicle, where 0 is home."""

    current: int | None = None
    reached: int | None = None
    total: int | None = None
    state: int | None = None


class StatusText(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A whole status text (chunks joined); severity as in syslog, 0 worst."""

    severity: int
    text: str
    at: datetime


class VehicleState(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One vehicle as last heard. `id` is `{network}-{sysid}`. Times in `*_s` are the monotonic clock.

    `conflict`: two vehicles answer to this id, so that nothing else in here can be relied on. `high_latency`: it
    says everything in one message now and then (HIGH_LATENCY2), as over a satellite. `doubted`: an address that goes
    on speaking under its id and is not believed.
    """

    id: str
    network: str
    sysid: int
    uid: str | None = None
    name: str = ""
    simulated: bool | None = None
    autopilot: int
    vehicle_type: int
    firmware: str | None = None
    mode: str
    armed: bool
    system_status: int
    landed_state: int | None = None
    position: Position | None = None
    heading_deg: float | None = None
    attitude: Attitude | None = None
    speeds: Speeds | None = None
    battery: Battery | None = None
    gps: Gps | None = None
    ekf_flags: int | None = None
    prearm_ok: bool | None = None
    home: Position | None = None
    mission: MissionProgress = MissionProgress()
    mission_hash: str | None = None
    mission_known: bool = False
    texts: tuple[StatusText, ...] = ()
    boot_ms: int | None = None
    wind: Breeze | None = None
    conflict: bool = False
    doubted: Origin | None = None
    high_latency: bool = False
    last_heard_s: float
    last_heartbeat_s: float

    def silence_s(self, now_s: float) -> float:
        return max(0.0, now_s - self.last_heard_s)

    def stale(self, now_s: float) -> bool:
        return self.silence_s(now_s) > self.stale_after_s

    @property
    def stale_after_s(self) -> float:
        return SATELLITE_STALE_AFTER_S if self.high_latency else STALE_AFTER_S
