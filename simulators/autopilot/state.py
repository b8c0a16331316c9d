"""What every part of the simulated autopilot shares: the vehicle's state and its way out.

Two clocks run. `now_s` is simulated time since boot: physics, boot, missions. `link_s` is the time of
the people and programs on the links: heartbeats, streams, protocol time-outs, GCS failsafe. They differ
only when the simulation is sped up, so that a speed-up never breaks a protocol.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from math import inf
from typing import Protocol

from simulators.airframe import Airframe, Setpoint
from simulators.autopilot.payload.devices import Camera, Gimbal
from simulators.autopilot.telemetry.terrain_blocks import TerrainBlocks
from simulators.battery import Battery
from simulators.local_frame import LocalFrame
from simulators.wind import Wind
from telemetry.dialect import Message
from telemetry.messages import new

TEXT_PIECE = 50
STABILIZE, AUTO, GUIDED, LOITER, RTL, LAND, BRAKE, SMART_RTL = 0, 3, 4, 5, 6, 9, 17, 21


class ReadsParameters(Protocol):
    def __getitem__(self, name: str) -> float: ...


@dataclass(frozen=True, slots=True)
class Home:
    """Degrees, metres above sea level, and the same in the local frame; locked = set by a command."""

    lat_deg: float
    lon_deg: float
    alt_m: float
    north_m: float
    east_m: float
    up_m: float
    locked: bool = False


@dataclass(slots=True)
class MissionView:
    """What telemetry says about the mission (MISSION_CURRENT, NAV_CONTROLLER_OUTPUT)."""

    seq: int = 0
    total: int = 0
    state: int = 1
    running: bool = False


@dataclass(slots=True)
class FenceBreach:
    """What FENCE_STATUS says: type 1 floor, 2 ceiling, 3 boundary; mitigation 2 while the vehicle is slowed before
    an edge, 1 otherwise; `time_ms` is since boot."""

    breached: bool = False
    count: int = 0
    kind: int = 0
    time_ms: int = 0
    mitigation: int = 1

    def message(self) -> Message:
        return new(
            "FENCE_STATUS", breach_status=int(self.breached), breach_count=self.count,
            breach_type=self.kind if self.breached else 0, breach_time=self.time_ms, breach_mitigation=self.mitigation,
        )  # fmt: skip


def _told_to_nobody(_name: str, _value: float) -> None:
    """Stands in until there is somebody to tell."""


@dataclass(slots=True)
class Vehicle:
    """State of one simulated vehicle; the services read it and a few of them write it."""

    sysid: int
    frame: LocalFrame
    heading_deg: float
    params: ReadsParameters
    body: Airframe
    battery: Battery
    wind: Wind
    seed: int
    now_s: float = 0.0
    link_s: float = 0.0
    unix_at_boot_us: int = 0
    mode: int = STABILIZE
    armed: bool = False
    armed_at_s: float = 0.0
    home: Home | None = None
    origin_set: bool = False
    has_gps: bool = False
    position_ok: bool = False
    ekf_flags: int = 1024
    ready: bool = False
    prearm_ok: bool = False
    accels_since_s: float | None = None
    gyros_since_s: float | None = None
    landed_state: int = 1
    motors_run: bool = False
    failsafes: set[str] = field(default_factory=set)
    servos: dict[int, int] = field(default_factory=dict)
    want: Setpoint = field(default_factory=Setpoint)
    reached: int | None = None
    last_reached: int = 65535
    mission: MissionView = field(default_factory=MissionView)
    target: tuple[float, float, float] | None = None
    fix_type: int = 0
    satellites: int = 0
    gps_jump_deg: float = 0.0
    charge_state: int = 1
    motor_failed: bool = False
    motor_test: bool = False
    safety_on: bool = False
    may_take_off: bool = False
    """A take-off in AUTO waits for this: somebody started the mission, or took off before."""
    steers: bool = False
    """The controller of the level position runs, or did so just before the mode was changed."""
    operator_heard_s: float | None = None
    gimbal: Gimbal = field(default_factory=Gimbal)
    camera: Camera = field(default_factory=Camera)
    relays: dict[int, bool] = field(default_factory=dict)
    fence_enabled: bool = False
    fence_missing: bool = False
    """Nothing is there of the kinds that FENCE_TYPE asks for."""
    slowed_by_fence_s: float = -1.0
    terrain_asked_s: float = -inf
    terrain: TerrainBlocks = field(default_factory=TerrainBlocks)
    fence: FenceBreach = field(default_factory=FenceBreach)
    room_ahead_m: Callable[[float, float, tuple[float, float]], float] = field(default=lambda _n, _e, _way: inf)
    room_above_m: Callable[[], float] = field(default=lambda: inf)
    rally: tuple[tuple[float, float, float], ...] = ()
    announce: Callable[[str, float], None] = field(default=_told_to_nobody)
    """Changes one of the vehicle's own parameters and tells it."""
    outbox: list[tuple[Message, str | None]] = field(default_factory=list)
    news: list[tuple[Message, str | None]] = field(default_factory=list)
    deferred: list[tuple[Message, str | None]] = field(default_factory=list)
    texts: list[tuple[Message, str | None]] = field(default_factory=list)
    announced: list[tuple[Message, str | None]] = field(default_factory=list)
    _text_id: int = 0

    @property
    def flying(self) -> bool:
        return self.armed and not self.body.on_ground

    @property
    def boot_ms(self) -> int:
        return int(self.now_s * 1000) & 0xFFFFFFFF

    @property
    def boot_us(self) -> int:
        return int(self.now_s * 1e6)

    @property
    def position_deg(self) -> tuple[float, float]:
        return self.frame.to_geo(self.body.north_m, self.body.east_m)

    @property
    def alt_m(self) -> float:
        """Metres above sea level."""
        return self.frame.alt_m + self.body.up_m

    @property
    def relative_alt_m(self) -> float:
        """Metres above home; 0 while there is none."""
        return self.body.up_m - self.home.up_m if self.home else 0.0

    def send(self, message: Message, channel: str | None = None) -> None:
        """Queue a message for one channel; None = for every channel."""
        self.outbox.append((message, channel))

    def defer(self, message: Message, channel: str | None = None) -> None:
        """Queue behind the answers of this moment."""
        self.deferred.append((message, channel))

    def drain(self) -> list[tuple[Message, str | None]]:
        """Everything queued, in ArduPilot's order: answers and streams, news, texts, changed parameters."""
        out = self.outbox
        self.outbox = []
        for queue in (self.news, self.deferred, self.texts, self.announced):
            if queue:
                out += queue
                queue.clear()
        return out

    def say(self, severity: int, text: str, channel: str | None = None) -> None:
        """STATUSTEXT; longer than 50 characters goes out in numbered pieces."""
        data = text.encode("utf-8")
        if len(data) <= TEXT_PIECE:
            self.texts.append((new("STATUSTEXT", severity=severity, text=text), channel))
            return
        self._text_id = self._text_id % 65535 + 1
        for seq, start in enumerate(range(0, len(data), TEXT_PIECE)):
            piece = data[start : start + TEXT_PIECE].decode("utf-8", "replace")
            message = new("STATUSTEXT", severity=severity, text=piece, id=self._text_id, chunk_seq=seq)
            self.texts.append((message, channel))

    def banner(self) -> tuple[str, ...]:
        uid = "".join(f"{byte:02x}" for byte in self.uid2()[:12])
        return "ArduCopter V4.7.0-dev (SIM)", f"AeroPatrol simulator {uid}", "Frame: QUAD/PLUS"

    def uid2(self) -> tuple[int, ...]:
        """18 bytes, different for every sysid: `SIM`, then the sysid."""
        text = f"SIM-{self.sysid:05d}".encode()
        return tuple(text.ljust(18, b"\0"))

    def local_of(self, lat_e7: int, lon_e7: int) -> tuple[float, float]:
        return self.frame.to_local(lat_e7 / 1e7, lon_e7 / 1e7)

    def shift_position(self, north_deg: float) -> None:
        """The estimators believe a GPS that jumped: the vehicle and what it flies to have moved, home has not."""
        self.gps_jump_deg -= north_deg
        self.frame = replace(self.frame, lat_deg=self.frame.lat_deg + north_deg)
        if self.home is not None:
            north, east = self.frame.to_local(self.home.lat_deg, self.home.lon_deg)
            self.home = replace(self.home, north_m=north, east_m=east)

    def set_home(self, home: Home) -> None:
        self.home = home
        self.defer(self.origin_message())
        self.defer(self.home_message())

    def home_here(self, *, locked: bool) -> Home:
        lat, lon = self.position_deg
        body = self.body
        return Home(lat, lon, self.alt_m, body.north_m, body.east_m, body.up_m, locked)

    def home_message(self) -> Message:
        home = self.home
        if home is None:
            raise ValueError("no home")
        nan = float("nan")
        return new(
            "HOME_POSITION", latitude=round(home.lat_deg * 1e7), longitude=round(home.lon_deg * 1e7),
            altitude=round(home.alt_m * 1000), x=home.north_m, y=home.east_m, z=-home.up_m,
            q=(nan, nan, nan, nan), time_usec=self.boot_us,
        )  # fmt: skip

    def origin_message(self) -> Message:
        return new(
            "GPS_GLOBAL_ORIGIN", latitude=round(self.frame.lat_deg * 1e7), longitude=round(self.frame.lon_deg * 1e7),
            altitude=round(self.frame.alt_m * 1000), time_usec=self.boot_us,
        )  # fmt: skip


MODE_NAMES: Mapping[int, str] = {
    0: "STABILIZE", 1: "ACRO", 2: "ALT_HOLD", 3: "AUTO", 4: "GUIDED", 5: "LOITER", 6: "RTL", 7: "CIRCLE", 9: "LAND",
    11: "DRIFT", 14: "FLIP", 15: "AUTOTUNE", 16: "POSHOLD", 17: "BRAKE", 18: "THROW", 19: "AVOID_ADSB",
    20: "GUIDED_NOGPS", 21: "SMARTRTL", 22: "FLOWHOLD", 23: "FOLLOW", 24: "ZIGZAG", 25: "SYSTEMID", 27: "AUTO RTL",
    28: "TURTLE",
}  # fmt: skip
POSITION_MODES = frozenset({3, 4, 5, 6, 7, 9, 11, 16, 17, 18, 19, 21, 23, 24, 27})
