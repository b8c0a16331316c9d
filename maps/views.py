"""The schema of live state: every field that the API and the live feed may emit about vehicles and links.

Operations, sightings, units, alarms and events go out as the structs of their own model files. Unknown is
null, never zero. The browser's side of this file is `maps/assets/js/store.js`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import msgspec

from gcs.alarms import Alarm
from gcs.dispatch.model import Unit
from gcs.operations.model import Operation
from gcs.sightings.model import Sighting


class TextView(msgspec.Struct, frozen=True, kw_only=True):
    """A status text of a vehicle; severity as in syslog, 0 worst."""

    severity: int
    text: str
    at: datetime


class GimbalView(msgspec.Struct, frozen=True, kw_only=True):
    """Where a gimbal points: pitch up positive, yaw from north when `earth_frame`, else from the nose.
    `control` is the system id of the station that steers it, `can` what it does beside pointing (`neutral`,
    `retract`); null where it has not said."""

    pitch_deg: float
    yaw_deg: float
    earth_frame: bool
    failing: bool
    stowed: bool
    control: int | None
    can: tuple[str, ...] | None


class CameraView(msgspec.Struct, frozen=True, kw_only=True):
    """A camera on a vehicle. `video` is the address of its stream, as the camera says it; `can` what it does
    (`image`, `video`, `zoom`, `focus`, `track_point`, `track_rectangle` and others), null where it has not said."""

    id: str
    model: str | None
    recording: bool | None
    images: int | None
    free_mib: float | None
    video: str | None
    tracking: bool | None
    can: tuple[str, ...] | None
    zoom_pct: float | None


class TransferView(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is being moved from or to a vehicle: `about` says what (a path, the number of a log), `by` who
    waits for it; `total` null while nobody knows how much it will be."""

    id: str
    kind: str
    about: str
    by: str
    done: int
    total: int | None
    unit: Literal["bytes", "items", "percent"]


class OperatorView(msgspec.Struct, frozen=True, kw_only=True):
    """Whom the vehicle itself obeys: the system id of a ground station, None for anybody."""

    station: int | None
    takeover_allowed: bool


class TakeoverView(msgspec.Struct, frozen=True, kw_only=True):
    """Another ground station that asks the vehicle for control; the vehicle waits `left_s` for our answer."""

    station: int
    left_s: float


class BroadcastView(msgspec.Struct, frozen=True, kw_only=True):
    """What a vehicle's remote identification tells everybody around."""

    id: str | None
    airborne: bool | None
    lat: float | None
    lon: float | None
    alt_amsl_m: float | None


class WayView(msgspec.Struct, frozen=True, kw_only=True):
    """One of several ways by which a vehicle is heard. Commands go by the one that is `used`. `delay_s` over the
    fastest way, `loss_pct` of the frames on the way here; None where not measured."""

    link: str
    peer: str
    used: bool
    age_s: float
    delay_s: float | None
    loss_pct: float | None


class ScriptView(msgspec.Struct, frozen=True, kw_only=True):
    """Where a script on ground control's machine flies the vehicle for the seat that has taken it: `connect` is what
    DroneKit and pymavlink call it (`tcp:127.0.0.1:14601`), null where no port was free; how many are connected, and how
    often they said what they may not."""

    connect: str | None
    callers: int
    refused: int


class HeardView(WayView, frozen=True, kw_only=True):
    """A way by which `vehicle` is heard, the only one too."""

    vehicle: str


class VehicleView(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One vehicle as last heard. Degrees WGS-84, metres, metres per second, volts, amperes.

    `age_s` is the silence at the moment of sending, `stale` whether it exceeds `stale_after_s` (3.5 s, more over
    a satellite). `flying` is None when the vehicle says neither yes nor no. `operation` is the id of the operation
    that holds it, `holder` the seat that alone may command it now. `drone_id_ready`: remote identification does
    not keep it from arming, `broadcast` is what it tells. `operator` is there where the
    vehicle itself keeps count of who commands it. `ways` are there while it is heard by more than one.
    `script` is there while doors for scripts are switched on and a seat has taken it.
    `late_s` is how old its newest position was when it came, by its own clock, which is known to `clock_within_s`.
    """

    id: str
    name: str
    network: str
    sysid: int
    uid: str | None
    simulated: bool | None
    firmware: str | None
    mode: str
    armed: bool
    flying: bool | None
    lat: float | None
    lon: float | None
    alt_rel_m: float | None
    alt_amsl_m: float | None
    heading_deg: float | None
    roll_deg: float | None
    pitch_deg: float | None
    ground_m_s: float | None
    climb_m_s: float | None
    battery_pct: int | None
    battery_v: float | None
    battery_a: float | None
    battery_failing: bool
    gps_fix: int | None
    satellites: int | None
    hdop: float | None
    ekf_ok: bool | None
    prearm_ok: bool | None
    home_lat: float | None
    home_lon: float | None
    mission_current: int | None
    mission_total: int | None
    mission_known: bool
    texts: tuple[TextView, ...]
    stale: bool
    age_s: float
    operation: str | None
    off_plan_m: float | None
    holder: str | None
    high_latency: bool
    stale_after_s: float
    gimbal: GimbalView | None
    cameras: tuple[CameraView, ...]
    drone_id_ready: bool | None
    drone_id_reason: str
    broadcast: BroadcastView | None
    operator: OperatorView | None
    takeover: TakeoverView | None
    ways: tuple[WayView, ...]
    late_s: float | None
    clock_within_s: float | None
    transfers: tuple[TransferView, ...]
    script: ScriptView | None


class MovedView(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A row: what changes of a vehicle while it flies and nothing happens; each field as in `VehicleView`."""

    id: str
    lat: float | None
    lon: float | None
    alt_rel_m: float | None
    alt_amsl_m: float | None
    heading_deg: float | None
    roll_deg: float | None
    pitch_deg: float | None
    ground_m_s: float | None
    climb_m_s: float | None
    off_plan_m: float | None
    age_s: float
    late_s: float | None
    clock_within_s: float | None


class AircraftView(msgspec.Struct, frozen=True, kw_only=True):
    """Another aircraft, as receivers on our vehicles hear it (ADS-B); `id` is its ICAO address in hexadecimal."""

    id: str
    callsign: str | None
    lat: float
    lon: float
    alt_amsl_m: float | None
    heading_deg: float | None
    ground_m_s: float | None
    climb_m_s: float | None
    simulated: bool
    age_s: float


class LinkView(msgspec.Struct, frozen=True, kw_only=True):
    """One link: `state` is `open`, `connecting` or `closed`; counts since it was added. `refused` are frames that a
    `signed` link did not believe, and what a guest may not say. The vehicles heard by it are those of `network`;
    null counts are not known."""

    url: str
    network: str
    signed: bool
    state: str
    problem: str
    peers: int
    frames_in: int
    frames_out: int
    bad_frames: int
    lost_frames: int
    refused: int
    kernel_drops: int | None


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """What is shown at one moment, or those parts of it that were asked for."""

    at: datetime
    vehicles: tuple[VehicleView, ...]
    operations: tuple[Operation, ...]
    sightings: tuple[Sighting, ...]
    units: tuple[Unit, ...]
    alarms: tuple[Alarm, ...]
    links: tuple[LinkView, ...]
    traffic: tuple[AircraftView, ...]


class State(Shown, frozen=True, kw_only=True):
    """Everything that is shown, at one moment. `seq` is the number of the newest kept event; `replay`
    says that this is a recording and nobody can be commanded; `exercise` that everything is simulated."""

    seq: int
    replay: bool
    exercise: bool


class Trail(msgspec.Struct, frozen=True, kw_only=True):
    """Where a vehicle was lately, oldest first: `[lat, lon]` degrees at most every 5 m or second."""

    vehicle: str
    points: tuple[tuple[float, float], ...]


LiveMessage = dict[str, Any]
"""See docs/api.md, "The live feed"."""
