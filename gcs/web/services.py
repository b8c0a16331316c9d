"""What the web needs of the rest of the system, and no more."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from aiohttp import web

from gcs.alarms import AlarmBoard
from gcs.clock import Clock
from gcs.config import Config
from gcs.dispatch.assign import Candidate
from gcs.dispatch.channels.channel import Channel
from gcs.dispatch.links import Errand
from gcs.dispatch.look_desk import LookDesk
from gcs.dispatch.model import Unit
from gcs.dispatch.requests import StepRequest, UnitPosition, UnitReport, UnitStatusChange
from gcs.events import Event
from gcs.fleet.payloads import Payloads
from gcs.fleet.state import VehicleState
from gcs.fleet.takeovers import Takeover
from gcs.fleet.ways import WayHealth
from gcs.leases import Leases
from gcs.operations.model import Operation
from gcs.operations.tracks import TrackPoint
from gcs.scripts import ScriptDoor
from gcs.sightings.catalogue import Catalogue
from gcs.sightings.intake import SightingReport
from gcs.sightings.intakes import ForeignReport, Intake
from gcs.sightings.looks import Looks
from gcs.sightings.model import Sighting
from gcs.sightings.relief import NO_RELIEF, Relief
from gcs.sites.sites import Sites
from gcs.training.model import FaultRequest, ThingRequest, TrainingView
from gcs.transfers import Transfer
from gcs.vehicles.param_set import ParamSet
from gcs.vehicles.rally import RallyPoint
from gcs.web.pattern_request import PatrolRequest, PatternRequest
from gcs.web.plan_request import PlanRequest
from gcs.web.plan_shelf import PlanShelf
from gcs.web.rest_request import RestRequest, Track
from gcs.web.tokens import Tokens
from maps.views import LinkView, State, Trail
from missions.plan import Plan
from telemetry.dialect import Message
from telemetry.links.replay import Span
from telemetry.services.command import CommandOutcome
from telemetry.services.ftp_list import FtpEntry
from telemetry.services.log_transfer import LogEntry
from telemetry.services.param_access import ParamOutcome


class Fleet(Protocol):
    """`gcs.fleet.roster.Fleet` is one."""

    @property
    def vehicles(self) -> Mapping[str, VehicleState]: ...

    @property
    def payloads(self) -> Payloads: ...


class Station(Protocol):
    """`gcs.vehicles.station.Station` is one."""

    @property
    def own(self) -> tuple[int, int]: ...

    def target(self, vehicle_id: str) -> tuple[int, int]: ...

    def operator_target(self, vehicle_id: str) -> tuple[int, int]: ...

    @property
    def takeovers(self) -> Mapping[str, Takeover]: ...

    def settle_takeover(self, vehicle_id: str, actor: str, *, granted: bool) -> bool: ...

    async def command(self, vehicle_id: str, message: Message, actor: str) -> CommandOutcome: ...

    def transfers(self, vehicle_id: str) -> tuple[Transfer, ...]: ...

    def give_up(self, vehicle_id: str, transfer: Transfer, actor: str) -> None: ...


class Params(Protocol):
    """`gcs.vehicles.parameters.ParamDesk` is one; raises WorkRefusedError, UnreadError and OSError."""

    async def read(self, vehicle_id: str, actor: str) -> ParamSet: ...

    async def latest(self, vehicle_id: str) -> ParamSet | None: ...

    async def get(self, vehicle_id: str, name: str, actor: str) -> ParamOutcome: ...

    async def set(self, vehicle_id: str, name: str, value: float, actor: str) -> ParamOutcome: ...


class VehicleFiles(Protocol):
    """`gcs.vehicles.files.FileDesk` is one; raises WorkRefusedError, FileUnreadError, FileUnwrittenError and
    UnknownLogError."""

    async def logs(self, vehicle_id: str, actor: str) -> tuple[LogEntry, ...]: ...

    async def log(self, vehicle_id: str, number: int, actor: str) -> bytes: ...

    async def folder(self, vehicle_id: str, path: str, actor: str) -> tuple[FtpEntry, ...]: ...

    async def file(self, vehicle_id: str, path: str, actor: str) -> bytes: ...

    async def put(self, vehicle_id: str, path: str, data: bytes, actor: str) -> None: ...


class Rally(Protocol):
    """`gcs.vehicles.rally.RallyDesk` is one; raises WorkRefusedError, RallyUnreadError and RallyUnwrittenError."""

    async def read(self, vehicle_id: str, actor: str) -> tuple[RallyPoint, ...]: ...

    async def put(self, vehicle: VehicleState, points: Sequence[RallyPoint], actor: str) -> None: ...


class Lines(Protocol):
    """`gcs.vehicles.link_desk.LinkDesk` is one; raises LinkError, OnlyLinkError and LastHeardError."""

    async def open(self, url: str, network: str, actor: str) -> str: ...

    async def close(self, url: str, actor: str, *, confirmed: bool) -> None: ...

    def ways(self) -> Iterator[tuple[str, WayHealth]]: ...


class Scripts(Protocol):
    """`gcs.vehicles.script_doors.ScriptDoors` is one."""

    async def look(self) -> None: ...

    def of(self, vehicle: str) -> ScriptDoor | None: ...


class Conductor(Protocol):
    """`gcs.operations.conductor.Conductor` is one; every step raises OperationError when refused."""

    @property
    def operations(self) -> Mapping[str, Operation]: ...

    @property
    def plans(self) -> Mapping[str, Plan]: ...

    def get(self, operation_id: str) -> Operation: ...

    def operation_of(self, vehicle_id: str) -> Operation | None: ...

    async def create(self, plan: Plan, name: str, purpose: str, vehicles: Sequence[str], actor: str) -> Operation: ...

    async def check(self, operation_id: str, actor: str) -> Operation: ...

    async def authorise(self, operation_id: str, actor: str, note: str) -> Operation: ...

    async def upload(self, operation_id: str, actor: str) -> Operation: ...

    async def launch(self, operation_id: str, actor: str) -> Operation: ...

    async def pause(self, operation_id: str, actor: str) -> Operation: ...

    async def resume(self, operation_id: str, actor: str) -> Operation: ...

    async def clear(self, operation_id: str, vehicle: str, actor: str) -> Operation: ...

    async def rtl_all(self, operation_id: str, actor: str) -> Operation: ...

    async def abort(self, operation_id: str, reason: str, actor: str) -> Operation: ...

    async def close(self, operation_id: str, actor: str) -> Operation: ...


class Desk(Protocol):
    """`gcs.dispatch.desk.Desk` is one; every call raises SightingError when refused, OSError when not kept."""

    @property
    def sightings(self) -> Mapping[str, Sighting]: ...

    @property
    def units(self) -> Mapping[str, Unit]: ...

    async def find(self, sighting_id: str) -> Sighting: ...

    async def candidates(self, sighting_id: str, most: int) -> Sequence[Candidate]: ...

    async def report(self, report: SightingReport, actor: str) -> tuple[Sighting, bool]: ...

    async def step(self, sighting_id: str, request: StepRequest, actor: str) -> Sighting: ...

    async def put_unit(self, report: UnitReport, actor: str) -> Unit: ...

    async def unit_position(self, unit_id: str, position: UnitPosition, actor: str) -> Unit: ...

    async def unit_status(self, unit_id: str, change: UnitStatusChange, actor: str) -> Unit: ...


class Store(Protocol):
    """`gcs.store` has one."""

    async def get_plan(self, plan_hash: str) -> Plan | None: ...

    async def read_track(self, operation: str, vehicle: str) -> Sequence[TrackPoint]: ...

    async def read_events(self, after: int, limit: int) -> Sequence[Event]: ...

    async def list_sightings_since(self, since: datetime, limit: int) -> Sequence[Sighting]: ...

    async def list_waiting(self, channel: str, limit: int, *, dead: bool = False) -> Sequence[Waiting]: ...

    async def count_outbox(self, channel: str) -> tuple[int, int]: ...

    async def revive(self, channel: str, now: datetime) -> int: ...


class Waiting(Protocol):
    """`gcs.store.outbox.Waiting` is one."""

    @property
    def event(self) -> Event: ...

    @property
    def attempts(self) -> int: ...

    @property
    def problem(self) -> str: ...


class Outbox(Protocol):
    """`gcs.dispatch.outbox.Outbox` is one."""

    @property
    def channels(self) -> Mapping[str, Channel]: ...

    def problem(self, channel: str) -> str: ...

    def look_again(self, channel: str) -> None: ...


class Pictures(Protocol):
    """`gcs.dispatch.picture_desk.PictureDesk` is one; raises as the desk."""

    async def add(self, sighting_id: str, data: bytes, actor: str, taken_at: datetime | None = None) -> Sighting: ...

    async def read(self, name: str, *, mask: bool) -> tuple[bytes, str] | None: ...


class Lookout(Protocol):
    """`gcs.dispatch.lookout.Lookout` is one."""

    async def look(self, vehicle: str, lat_deg: float, lon_deg: float, actor: str) -> CommandOutcome: ...

    async def follow(self, vehicle: str, unit: Unit, actor: str) -> CommandOutcome | None: ...

    async def ahead(self, vehicle: str, actor: str) -> CommandOutcome: ...


class Intakes(Protocol):
    """`gcs.dispatch.intake_desk.IntakeDesk` is one; raises as the desk."""

    @property
    def intakes(self) -> Mapping[str, Intake]: ...

    async def open(self, name: str, klass: str, actor: str, *, exercise: bool) -> tuple[Intake, str]: ...

    async def close(self, intake_id: str, actor: str) -> Intake: ...

    def let_in(self, intake_id: str, secret: str) -> Intake | None: ...

    async def take(self, intake: Intake, foreign: ForeignReport) -> tuple[Sighting, bool]: ...

    def test(self, intake_id: str, foreign: ForeignReport | None, actor: str) -> None: ...


class TaskReceipts(Protocol):
    """`gcs.dispatch.outside.Outside` is one."""

    def received(self, sighting: Sighting, unit: str, *, read: bool) -> None: ...


class Live(Protocol):
    """`maps.live.LiveFeed` is one."""

    def mark(self, kind: str, id: str) -> None: ...  # noqa: A002  the name is LiveFeed's

    async def serve(self, ws: web.WebSocketResponse, unit: str | None, *, rows: bool) -> None: ...


class PlanRunner(Protocol):
    """`gcs.web.planner.Planner` is one: plans beside the event loop, a few at a time."""

    async def plan(self, request: PlanRequest) -> Plan: ...

    async def pattern(self, request: PatternRequest) -> Plan: ...

    async def patrol(self, request: PatrolRequest) -> dict[str, Any]: ...

    async def rest(self, asked: RestRequest, plan: Plan, tracks: tuple[Track, ...]) -> Plan: ...

    async def read(self, plan_file: bytes) -> Plan: ...

    async def stop(self) -> None: ...


class TileSource(Protocol):
    """Base maps of the site; None where there is no such tile."""

    async def tile(self, name: str, z: int, x: int, y: int) -> tuple[bytes, str] | None: ...


class Player(Protocol):
    """`telemetry.links.replay.Replay` is one. Times are unix seconds of the recordings."""

    @property
    def spans(self) -> Sequence[Span]: ...

    @property
    def from_s(self) -> float: ...

    @property
    def to_s(self) -> float: ...

    @property
    def at_s(self) -> float: ...

    @property
    def speed(self) -> float: ...

    @property
    def paused(self) -> bool: ...

    def play(self, speed: float) -> None: ...

    def pause(self) -> None: ...

    def seek(self, to_s: float) -> None: ...


class Training(Protocol):
    """Drills with simulated vehicles; every step raises TrainingError when refused."""

    async def view(self) -> TrainingView: ...

    def start(self, drill: str, trainee: str) -> None: ...

    def stop(self) -> None: ...

    def pause(self, *, paused: bool) -> None: ...

    def fault(self, request: FaultRequest) -> None: ...

    def thing(self, request: ThingRequest) -> None: ...

    def bookmark(self, name: str, by: str) -> None: ...

    async def rewind(self, bookmark: int, by: str) -> None: ...

    def area(self) -> dict[str, Any] | None: ...

    def debrief(self, run: str) -> Path | None: ...


def _well() -> Mapping[str, tuple[str, str]]:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The parts. `tokens` None: everybody who reaches us is trusted (loopback). `publish` takes what happened,
    to be kept and shown; `troubles` tells what ground control itself suffers from, `{code: (zh, en)}`."""

    config: Config
    clock: Clock
    fleet: Fleet
    station: Station
    params: Params
    files: VehicleFiles
    rally: Rally
    lines: Lines
    leases: Leases
    scripts: Scripts
    conductor: Conductor
    desk: Desk
    store: Store
    alarms: AlarmBoard
    live: Live
    state: Callable[[], State]
    exercise: Callable[[], bool]
    trails: Callable[[], tuple[Trail, ...]]
    links: Callable[[], tuple[LinkView, ...]]
    catalogue: Catalogue
    sites: Sites
    publish: Callable[[Event], None]
    planner: PlanRunner
    outbox: Outbox
    intakes: Intakes
    pictures: Pictures
    looks: Looks
    lookout: Lookout
    look_desk: LookDesk
    receipts: TaskReceipts
    link_reader: Callable[[str], Errand | None]
    reports_dir: Path
    tokens: Tokens | None = None
    tiles: TileSource | None = None
    replay: bool = False
    player: Player | None = None
    training: Training | None = None
    troubles: Callable[[], Mapping[str, tuple[str, str]]] = _well
    shelf: PlanShelf = field(default_factory=PlanShelf)
    relief: Relief = NO_RELIEF
