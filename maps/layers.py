"""What is known of a vehicle, as a browser gets it: one flat view each, and where it was lately. Pure."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntFlag

from msgspec.structs import asdict, replace

from gcs.fleet.clocks import VehicleClock
from gcs.fleet.health import airborne, ekf_ok
from gcs.fleet.payloads import NOTHING, Camera, CameraKey, OtherAircraft, Payload
from gcs.fleet.state import VehicleState
from gcs.fleet.takeovers import Takeover
from gcs.fleet.ways import WayHealth
from gcs.operations.corridor import distance_m
from gcs.scripts import ScriptDoor
from gcs.transfers import Transfer
from maps.views import (
    AircraftView,
    BroadcastView,
    CameraView,
    GimbalView,
    HeardView,
    MovedView,
    OperatorView,
    ScriptView,
    TakeoverView,
    TextView,
    Trail,
    TransferView,
    VehicleView,
    WayView,
)

TEXTS_SHOWN = 10
TRAIL_POINTS = 600
TRAIL_VEHICLES = 2048
TRAILS_TOLD = 60_000
"""Points of all trails that a reader gets at first: with many vehicles each has a shorter one."""
SHORTEST_TRAIL = 30
TRAIL_STEP_M = 5.0
TRAIL_INTERVAL_S = 1.0
QUIET_S = 60.0
E7 = 1e7
STANDING_STILL_M = 0.5
"""Below this a moving vehicle cannot be told from the noise of its position."""


@dataclass(frozen=True, slots=True)
class Authority:
    """Who commands a vehicle, the door by which a script does so for them, and which other station asks for it."""

    holder: str | None = None
    script: ScriptDoor | None = None
    takeover: Takeover | None = None


NOBODY = Authority()


def vehicle_view(
    state: VehicleState,
    now_s: float,
    *,
    operation: str | None = None,
    off_plan_m: float | None = None,
    authority: Authority = NOBODY,
    payload: Payload = NOTHING,
    ways: tuple[WayHealth, ...] = (),
    clock: VehicleClock | None = None,
    transfers: tuple[Transfer, ...] = (),
) -> VehicleView:
    """`state` at the moment `now_s` (monotonic, as in the state)."""
    battery, gps, home = state.battery, state.gps, state.home
    moved = moved_view(state, now_s, off_plan_m=off_plan_m, clock=clock)
    return VehicleView(
        id=state.id,
        name=state.name or state.id,
        network=state.network,
        sysid=state.sysid,
        uid=state.uid,
        simulated=state.simulated,
        firmware=state.firmware,
        mode=state.mode,
        armed=state.armed,
        flying=airborne(state),
        lat=moved.lat,
        lon=moved.lon,
        alt_rel_m=moved.alt_rel_m,
        alt_amsl_m=moved.alt_amsl_m,
        heading_deg=moved.heading_deg,
        roll_deg=moved.roll_deg,
        pitch_deg=moved.pitch_deg,
        ground_m_s=moved.ground_m_s,
        climb_m_s=moved.climb_m_s,
        battery_pct=battery.remaining_pct if battery else None,
        battery_v=_rounded(battery.voltage_v, 2) if battery else None,
        battery_a=_rounded(battery.current_a, 2) if battery else None,
        battery_failing=battery.failing if battery else False,
        gps_fix=gps.fix if gps else None,
        satellites=gps.satellites if gps else None,
        hdop=gps.hdop if gps else None,
        ekf_ok=ekf_ok(state.ekf_flags),
        prearm_ok=state.prearm_ok,
        home_lat=_rounded(home.lat_deg, 7) if home else None,
        home_lon=_rounded(home.lon_deg, 7) if home else None,
        mission_current=state.mission.current,
        mission_total=state.mission.total,
        mission_known=state.mission_known,
        texts=tuple(TextView(severity=t.severity, text=t.text, at=t.at) for t in state.texts[-TEXTS_SHOWN:]),
        stale=state.stale(now_s),
        age_s=moved.age_s,
        operation=operation,
        off_plan_m=moved.off_plan_m,
        holder=authority.holder,
        high_latency=state.high_latency,
        stale_after_s=state.stale_after_s,
        gimbal=_gimbal_view(payload),
        cameras=tuple(_camera_view(key, camera) for key, camera in sorted(payload.cameras.items())),
        drone_id_ready=payload.drone_id.ready if payload.drone_id else None,
        drone_id_reason=payload.drone_id.reason if payload.drone_id else "",
        broadcast=_broadcast_view(payload),
        operator=_operator_view(payload),
        takeover=_takeover_view(authority.takeover, now_s),
        ways=tuple(map(_way_view, ways)) if len(ways) > 1 else (),
        late_s=moved.late_s,
        clock_within_s=moved.clock_within_s,
        transfers=tuple(map(_transfer_view, transfers)),
        script=script_view(authority.script),
    )


def moved_view(
    state: VehicleState, now_s: float, *, off_plan_m: float | None = None, clock: VehicleClock | None = None
) -> MovedView:
    """Of `state` what changes while the vehicle flies; `settled` tells whether that is all."""
    position, attitude, speeds = state.position, state.attitude, state.speeds
    alt_rel_m = None if position is None else position.alt_rel_m
    return MovedView(
        state.id,
        None if position is None else round(position.lat_deg * 1e7) / 1e7,
        None if position is None else round(position.lon_deg * 1e7) / 1e7,
        None if alt_rel_m is None else round(alt_rel_m * 10) / 10,
        None if position is None else round(position.alt_amsl_m * 10) / 10,
        None if state.heading_deg is None else round(state.heading_deg * 10) / 10,
        None if attitude is None else round(attitude.roll_deg * 10) / 10,
        None if attitude is None else round(attitude.pitch_deg * 10) / 10,
        None if speeds is None else round(speeds.ground_m_s * 10) / 10,
        None if speeds is None else round(speeds.climb_m_s * 10) / 10,
        None if off_plan_m is None else round(off_plan_m * 10) / 10,
        round(state.silence_s(now_s) * 10) / 10,
        _rounded(clock.late_s, 2) if clock else None,
        _rounded(clock.within_s, 3) if clock else None,
    )


def settled(before: VehicleState, now: VehicleState) -> bool:
    """Whether what the vehicle says now differs from before in no more than a `moved_view` tells, and wind, which is
    not shown. When it is flying, or stale, goes by these too: that is not looked at here."""
    return now == replace(
        before,
        position=now.position,
        heading_deg=now.heading_deg,
        attitude=now.attitude,
        speeds=now.speeds,
        wind=now.wind,
        boot_ms=now.boot_ms,
        last_heard_s=now.last_heard_s,
        last_heartbeat_s=now.last_heartbeat_s,
    )


def script_view(door: ScriptDoor | None) -> ScriptView | None:
    return None if door is None else ScriptView(connect=door.connect, callers=door.callers, refused=door.refused)


def aircraft_view(aircraft: OtherAircraft, now_s: float) -> AircraftView:
    """`aircraft` at the moment `now_s`."""
    return AircraftView(
        id=f"{aircraft.icao:06x}",
        callsign=aircraft.callsign,
        lat=aircraft.lat_deg,
        lon=aircraft.lon_deg,
        alt_amsl_m=_rounded(aircraft.alt_amsl_m, 1),
        heading_deg=_rounded(aircraft.heading_deg, 1),
        ground_m_s=_rounded(aircraft.ground_m_s, 1),
        climb_m_s=_rounded(aircraft.climb_m_s, 1),
        simulated=aircraft.simulated,
        age_s=round(max(0.0, now_s - aircraft.heard_s), 1),
    )


def heard_view(vehicle: str, way: WayHealth) -> HeardView:
    """What is shown of one way by which a vehicle is heard."""
    return HeardView(vehicle=vehicle, **asdict(_way_view(way)))


def _way_view(way: WayHealth) -> WayView:
    return WayView(
        link=way.origin.link,
        peer=way.origin.peer,
        used=way.used,
        age_s=round(way.age_s, 1),
        delay_s=_rounded(way.delay_s, 2),
        loss_pct=None if way.loss is None else round(100 * way.loss, 1),
    )


def _gimbal_view(payload: Payload) -> GimbalView | None:
    pointing, control = payload.gimbal, payload.control
    if pointing is None:
        return None
    return GimbalView(
        pitch_deg=round(pointing.pitch_deg, 1),
        yaw_deg=round(pointing.yaw_deg, 1),
        earth_frame=pointing.earth_frame,
        failing=pointing.failing,
        stowed=pointing.stowed,
        control=control.primary[0] if control and control.primary else None,
        can=_names(payload.limits.can) if payload.limits else None,
    )


def _transfer_view(transfer: Transfer) -> TransferView:
    progress = transfer.progress
    return TransferView(
        id=transfer.id,
        kind=transfer.kind,
        about=transfer.about,
        by=transfer.actor,
        done=progress.done,
        total=progress.total,
        unit=progress.unit,
    )


def _operator_view(payload: Payload) -> OperatorView | None:
    told = payload.operator
    return None if told is None else OperatorView(station=told.station, takeover_allowed=told.takeover_allowed)


def _takeover_view(takeover: Takeover | None, now_s: float) -> TakeoverView | None:
    if takeover is None or takeover.until_s <= now_s:
        return None
    return TakeoverView(station=takeover.station, left_s=round(takeover.until_s - now_s, 1))


def _broadcast_view(payload: Payload) -> BroadcastView | None:
    told = payload.broadcast
    if told is None and payload.identity is None:
        return None
    return BroadcastView(
        id=payload.identity,
        airborne=told.airborne if told else None,
        lat=told.lat_deg if told else None,
        lon=told.lon_deg if told else None,
        alt_amsl_m=_rounded(told.alt_amsl_m, 1) if told else None,
    )


def _camera_view(key: CameraKey, camera: Camera) -> CameraView:
    info, capture = camera.info, camera.capture
    return CameraView(
        id=f"{key[0]}-{key[1]}",
        model=f"{info.vendor} {info.model}".strip() or None if info else None,
        recording=capture.recording if capture else None,
        images=capture.images if capture else None,
        free_mib=_rounded(capture.free_mib, 1) if capture else None,
        video=camera.stream.uri or None if camera.stream else None,
        tracking=camera.tracking.active if camera.tracking else None,
        can=_names(info.can) if info else None,
        zoom_pct=_rounded(camera.lens.zoom_pct, 1) if camera.lens else None,
    )


def _names(flags: IntFlag) -> tuple[str, ...]:
    return tuple(flag.name.lower() for flag in flags if flag.name)


@dataclass(slots=True)
class TrailBook:
    """Where each vehicle was lately; bounded in points a vehicle and in vehicles. When there are too many, a new one
    takes the place of the one that was longest quiet, if that was `QUIET_S`; else it gets no trail.

    A point is kept when the vehicle moved `TRAIL_STEP_M`, or `TRAIL_INTERVAL_S` passed and it moved at all. Points are
    kept as latitude and longitude in turn, in 1e-7 degrees: 8 bytes each, where pairs of numbers take 110.
    """

    points: int = TRAIL_POINTS
    vehicles: int = TRAIL_VEHICLES
    _trails: dict[str, array[int]] = field(default_factory=dict)
    _at_s: dict[str, float] = field(default_factory=dict)
    _full_until_s: float = 0.0

    def offer(self, vehicle: str, lat_deg: float, lon_deg: float, now_s: float) -> bool:
        """Take the position in if it tells something new."""
        trail = self._trails.get(vehicle)
        if trail:
            moved_m = distance_m(trail[-1] / E7, trail[-2] / E7, lon_deg, lat_deg)
            due = now_s - self._at_s[vehicle] >= TRAIL_INTERVAL_S and moved_m >= STANDING_STILL_M
            if moved_m < TRAIL_STEP_M and not due:
                return False
        if trail is None:
            trail = self._start(vehicle, now_s)
        if trail is None:
            return False
        trail.append(round(lat_deg * E7))
        trail.append(round(lon_deg * E7))
        if len(trail) > 2 * self.points:
            del trail[:2]
        self._at_s[vehicle] = now_s
        return True

    def offer_state(self, state: VehicleState, now_s: float) -> bool:
        """As `offer`, from what is known of the vehicle; a vehicle without a position leaves no trail."""
        position = state.position
        return position is not None and self.offer(state.id, position.lat_deg, position.lon_deg, now_s)

    def clear(self) -> None:
        self._trails.clear()
        self._at_s.clear()
        self._full_until_s = 0.0

    def trails(self) -> tuple[Trail, ...]:
        """Of each vehicle its newest points."""
        return self.trails_of(self._trails)

    def trails_of(self, vehicles: Iterable[str]) -> tuple[Trail, ...]:
        """The same of the vehicles that are named and have a trail."""
        most = max(SHORTEST_TRAIL, TRAILS_TOLD // max(1, len(self._trails)))
        held = ((vehicle, trail) for vehicle in vehicles if (trail := self._trails.get(vehicle)) is not None)
        return tuple(Trail(vehicle=vehicle, points=_degrees(trail[-2 * most :])) for vehicle, trail in held)

    def _start(self, vehicle: str, now_s: float) -> array[int] | None:
        if len(self._trails) >= self.vehicles:
            if now_s < self._full_until_s:
                return None
            longest_quiet = min(self._at_s, key=self._at_s.__getitem__)
            self._full_until_s = self._at_s[longest_quiet] + QUIET_S
            if now_s < self._full_until_s:
                return None
            del self._trails[longest_quiet], self._at_s[longest_quiet]
        trail = self._trails[vehicle] = array("i")
        return trail


def _degrees(turns: array[int]) -> tuple[tuple[float, float], ...]:
    """Pairs of latitude and longitude."""
    return tuple([(lat / E7, lon / E7) for lat, lon in zip(turns[::2], turns[1::2], strict=True)])


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
