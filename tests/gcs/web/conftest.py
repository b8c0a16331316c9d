"""The web application over fakes of everything behind it; each test changes what it is about."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer
from msgspec.structs import replace

from gcs.alarms import AlarmBoard, Situation
from gcs.auth import Access, token_digest
from gcs.clock import ManualClock
from gcs.config import Config
from gcs.dispatch.assign import rank_units
from gcs.dispatch.intake_desk import IntakeDesk
from gcs.dispatch.links import Links
from gcs.dispatch.look_desk import LookDesk
from gcs.dispatch.lookout import Lookout
from gcs.dispatch.model import Unit, UnitKind, UnitStatus
from gcs.dispatch.picture_desk import PictureDesk
from gcs.events import Event
from gcs.fleet.payloads import Payloads
from gcs.fleet.state import VehicleState
from gcs.fleet.ways import WayHealth
from gcs.leases import Leases
from gcs.operations.errands import Errands
from gcs.operations.errors import UnknownOperationError
from gcs.operations.lifecycle import Step, after
from gcs.operations.model import Operation
from gcs.sightings.catalogue import default_catalogue
from gcs.sightings.errors import UnknownSightingError, UnknownUnitError
from gcs.sightings.intake import make_sighting, sighting_id
from gcs.sightings.looks import Looks
from gcs.sightings.workflow import Asked, take
from gcs.sites.read import load_sites
from gcs.store.pictures import PictureFiles
from gcs.vehicles.files import UnknownLogError
from gcs.vehicles.param_set import ParamSet, params_hash
from gcs.vehicles.rally import RallyPoint
from gcs.web.app import build_app
from gcs.web.services import Services
from gcs.web.tokens import Tokens
from maps.layers import vehicle_view
from maps.views import LinkView, State, Trail
from missions.plan import Plan, Sortie, Waypoint
from telemetry.constants import MavResult
from telemetry.received import Origin
from telemetry.services.command import CommandOutcome
from telemetry.services.ftp_list import FtpEntry
from telemetry.services.log_transfer import LogEntry
from telemetry.services.param_access import ParamAccess, ParamOutcome
from telemetry.services.parameter import Parameter

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LAT, LON = 29.9, 121.84
CENTRE_TOKEN, UNIT_TOKEN = "centre-token-of-the-tests", "unit-token-of-the-tests"
SIGHTING = "0f8fad5b-d9cb-469f-a165-70867728950e"


def make_plan(lat=LAT):
    path = tuple(Waypoint(LON + 0.0005 * leg, lat, 50.0, survey=leg > 0) for leg in range(3))
    ring = ((LON, lat), (LON + 0.001, lat), (LON + 0.001, lat + 0.001), (LON, lat + 0.001))
    sortie = Sortie(0, 0, path, 100.0, 120.0, 40.0, 8.0)
    return Plan(((ring,),), (), (sortie,), 500.0, 1.0)


def make_vehicle(vehicle_id="main-1"):
    return VehicleState(
        id=vehicle_id, network="main", sysid=1, autopilot=3, vehicle_type=2, mode="AUTO", armed=True, system_status=4,
        last_heard_s=0.0, last_heartbeat_s=0.0, simulated=True,
    )  # fmt: skip


class FakeStation:
    own = (255, 190)

    def __init__(self):
        self.sent, self.under_way, self.given_up = [], (), []
        self.takeovers, self.settled = {}, []
        self.outcome = CommandOutcome(result=MavResult.ACCEPTED, ok=True, timed_out=False, attempts=1)

    def target(self, vehicle_id):
        return 1, 1

    def operator_target(self, vehicle_id):
        return 1, 1

    def settle_takeover(self, vehicle_id, actor, *, granted):
        self.settled.append((self.takeovers.pop(vehicle_id).station, actor, granted))
        return True

    async def command(self, vehicle_id, message, actor):
        self.sent.append((vehicle_id, message, actor))
        return self.outcome

    def transfers(self, vehicle_id):
        return self.under_way

    def give_up(self, vehicle_id, transfer, actor):
        self.given_up.append((vehicle_id, transfer, actor))


class FakeLines:
    """Opens what it is told; `error` is raised instead."""

    def __init__(self):
        self.told, self.error = [], None

    async def open(self, url, network, actor):
        self._tell("open", url, network, actor)
        return url

    async def close(self, url, actor, *, confirmed):
        self._tell("close", url, actor, confirmed)

    def ways(self):
        origin = Origin("udpin://0.0.0.0:14550", "10.0.0.7:14550")
        yield "main-1", WayHealth(origin=origin, used=True, age_s=0.21, delay_s=None, loss=0.031)

    def _tell(self, *told):
        if self.error is not None:
            raise self.error
        self.told.append(told)


class FakeScripts:
    """Doors of vehicles, as `doors` says."""

    def __init__(self):
        self.doors, self.looks = {}, 0

    async def look(self):
        self.looks += 1

    def of(self, vehicle):
        return self.doors.get(vehicle)


class FakeParams:
    """Holds parameters; `error` is raised by the next call instead."""

    def __init__(self):
        self.held = {"RTL_ALT": Parameter("RTL_ALT", 3000.0), "WP_SPD": Parameter("WP_SPD", 8.0)}
        self.set_by, self.kept, self.error = [], None, None

    async def read(self, vehicle_id, actor):
        self._called()
        self.kept = ParamSet(params_hash(self.held), NOW, dict(self.held))
        return self.kept

    async def latest(self, vehicle_id):
        return self.kept

    async def get(self, vehicle_id, name, actor):
        self._called()
        ParamAccess((1, 1), (255, 190), name)
        held = self.held.get(name)
        return ParamOutcome(held, ok=held is not None, reason="" if held else "no answer")

    async def set(self, vehicle_id, name, value, actor):
        outcome = await self.get(vehicle_id, name, actor)
        if outcome.parameter is None or value < 0:
            return ParamOutcome(outcome.parameter, ok=False, reason="the vehicle keeps what it has")
        self.held[name] = Parameter(name, value)
        self.set_by.append((vehicle_id, name, value, actor))
        return ParamOutcome(self.held[name], ok=True)

    def _called(self):
        if self.error is not None:
            raise self.error


class FakeFiles:
    """One log, one file; `error` is raised by the next call instead."""

    def __init__(self):
        self.error, self.written = None, []

    async def logs(self, vehicle_id, actor):
        if self.error is not None:
            raise self.error
        return (LogEntry(1, 3, 1_767_225_600), LogEntry(2, 5, None))

    async def log(self, vehicle_id, number, actor):
        await self.logs(vehicle_id, actor)
        if number != 1:
            raise UnknownLogError(f"{vehicle_id} has no log {number}")
        return b"log"

    async def folder(self, vehicle_id, path, actor):
        if not path:
            raise ValueError("a path on a vehicle has 1 to 239 bytes")
        return (FtpEntry("APM", directory=True), FtpEntry("<b>.txt", directory=False, size=5))

    async def file(self, vehicle_id, path, actor):
        await self.folder(vehicle_id, path, actor)
        return b"<script>"

    async def put(self, vehicle_id, path, data, actor):
        if self.error is not None:
            raise self.error
        await self.folder(vehicle_id, path, actor)
        self.written.append((vehicle_id, path, data, actor))


class FakeRally:
    """Holds points; `error` is raised by the next call instead."""

    def __init__(self):
        self.held, self.put_by, self.error = (RallyPoint(LAT, LON, 30.0),), None, None

    async def read(self, vehicle_id, actor):
        if self.error is not None:
            raise self.error
        return self.held

    async def put(self, vehicle, points, actor):
        await self.read(vehicle.id, actor)
        self.held, self.put_by = points, (vehicle.id, actor)


class FakeConductor:
    """Takes every legal step; `error` is raised by the next one instead."""

    def __init__(self):
        self.operations, self.plans, self.asked, self.error = {}, {}, [], None

    def operation_of(self, vehicle_id):
        return next((o for o in self.operations.values() if vehicle_id in o.vehicles), None)

    def get(self, operation_id):
        if operation_id not in self.operations:
            raise UnknownOperationError(operation_id)
        return self.operations[operation_id]

    async def create(self, plan, name, purpose, vehicles, actor):
        self._asked("create", actor)
        operation = Operation(
            id=f"op{len(self.operations)}", name=name, purpose=purpose, plan_hash=plan.hash, vehicles=tuple(vehicles),
            created_at=NOW, created_by=actor,
        )  # fmt: skip
        self.plans[plan.hash] = plan
        self.operations[operation.id] = operation
        return operation

    def _asked(self, what, actor, **more):
        if self.error is not None:
            raise self.error
        self.asked.append((what, actor, more))

    async def _step(self, operation_id, step, actor, **more):
        operation = self.get(operation_id)
        self._asked(step.value, actor, **more)
        self.operations[operation_id] = replace(operation, status=after(operation.status, step))
        return self.operations[operation_id]

    async def check(self, operation_id, actor):
        return await self._step(operation_id, Step.CHECK, actor)

    async def authorise(self, operation_id, actor, note):
        return await self._step(operation_id, Step.AUTHORISE, actor, note=note)

    async def upload(self, operation_id, actor):
        return await self._step(operation_id, Step.UPLOAD, actor)

    async def launch(self, operation_id, actor):
        return await self._step(operation_id, Step.LAUNCH, actor)

    async def pause(self, operation_id, actor):
        return await self._step(operation_id, Step.PAUSE, actor)

    async def resume(self, operation_id, actor):
        return await self._step(operation_id, Step.RESUME, actor)

    async def clear(self, operation_id, vehicle, actor):
        operation = self.get(operation_id)
        self._asked("clear", actor, vehicle=vehicle)
        return operation

    async def rtl_all(self, operation_id, actor):
        return await self._step(operation_id, Step.RTL, actor)

    async def abort(self, operation_id, reason, actor):
        return await self._step(operation_id, Step.ABORT, actor, reason=reason)

    async def close(self, operation_id, actor):
        return await self._step(operation_id, Step.CLOSE, actor)


class FakeDesk:
    """Keeps in memory by the real rules of sightings; `error` is raised by the next call instead."""

    def __init__(self, catalogue):
        self._catalogue = catalogue
        self.sightings, self.units, self.actors, self.error = {}, {}, [], None

    def _called(self, actor):
        if self.error is not None:
            raise self.error
        self.actors.append(actor)

    async def find(self, wanted):
        if wanted not in self.sightings:
            raise UnknownSightingError(wanted)
        return self.sightings[wanted]

    async def candidates(self, wanted, most):
        sighting = await self.find(wanted)
        return rank_units(sighting, self.units.values(), frozenset(UnitKind), NOW)[:most]

    async def report(self, report, actor):
        self._called(actor)
        wanted = sighting_id(report) or SIGHTING
        new = wanted not in self.sightings
        if new:
            self.sightings[wanted] = make_sighting(report, self._catalogue, new_id=wanted, now=NOW, actor=actor)
        return self.sightings[wanted], new

    async def step(self, wanted, request, actor):
        self._called(actor)
        if wanted not in self.sightings:
            raise UnknownSightingError(wanted)
        asked = Asked(request.action, NOW, actor, request.unit, request.note, request.outcome)
        self.sightings[wanted] = take(self.sightings[wanted], asked)
        return self.sightings[wanted]

    async def attach(self, wanted, picture, actor):
        self._called(actor)
        before = self.sightings[wanted]
        self.sightings[wanted] = replace(before, pictures=(*before.pictures, picture))
        return self.sightings[wanted]

    async def put_unit(self, report, actor):
        self._called(actor)
        self.units[report.id] = Unit(
            id=report.id, name=report.name, kind=report.kind, lat_deg=report.lat, lon_deg=report.lon,
            simulated=report.simulated,
        )  # fmt: skip
        return self.units[report.id]

    async def unit_position(self, wanted, position, actor):
        self._called(actor)
        self.units[wanted] = replace(self._unit(wanted), lat_deg=position.lat, lon_deg=position.lon)
        return self.units[wanted]

    async def unit_status(self, wanted, change, actor):
        self._called(actor)
        self.units[wanted] = replace(self._unit(wanted), status=UnitStatus(change.status.value))
        return self.units[wanted]

    def _unit(self, wanted):
        if wanted not in self.units:
            raise UnknownUnitError(wanted)
        return self.units[wanted]


class FakeStore:
    def __init__(self):
        self.plans, self.tracks, self.events, self.error = {}, {}, [], None
        self.sightings, self.given_up, self.intakes = [], [], {}

    async def list_sightings_since(self, since, limit):
        return [s for s in self.sightings if s.received_at >= since][:limit]

    async def list_waiting(self, channel, limit, *, dead=False):
        return self.given_up[:limit] if dead else ()

    async def count_outbox(self, channel):
        return 0, len(self.given_up)

    async def revive(self, channel, now):
        number, self.given_up = len(self.given_up), []
        return number

    async def list_intakes(self):
        return list(self.intakes.values())

    async def put_intake(self, intake, events):
        self.intakes[intake.id] = intake
        return events

    async def drop_intake(self, intake_id, events):
        del self.intakes[intake_id]
        return events

    async def get_plan(self, plan_hash):
        return self.plans.get(plan_hash)

    async def read_track(self, operation, vehicle):
        return self.tracks.get((operation, vehicle), ())

    async def read_events(self, after, limit):
        if self.error is not None:
            raise self.error
        return [event for event in self.events if event.seq > after][:limit]


class FakeLive:
    """Sends one state and stays until the reader leaves."""

    def __init__(self):
        self.marked, self.units, self.rows = [], [], []

    def mark(self, kind, identifier):
        self.marked.append((kind, identifier))

    async def serve(self, ws, unit=None, *, rows=False):
        self.units.append(unit)
        self.rows.append(rows)
        await ws.send_json({"type": "state", "unit": unit})
        async for _ in ws:
            pass


class FakePlanner:
    def __init__(self):
        self.asked, self.files, self.error, self.stopped = [], [], None, False

    async def plan(self, request):
        self.asked.append(request)
        return self._answer()

    async def pattern(self, request):
        return await self.plan(request)

    async def patrol(self, request):
        self.asked.append(request)
        return {"drones_needed": 2, "stretches": []}

    async def rest(self, asked, plan, tracks):
        self.asked.append((asked, plan.hash, tracks))
        return self._answer()

    async def read(self, plan_file):
        self.files.append(plan_file)
        return self._answer()

    async def stop(self):
        self.stopped = True

    def _answer(self):
        if self.error is not None:
            raise self.error
        return make_plan()


class FakeOutbox:
    def __init__(self):
        self.channels, self.problems, self.looked_again = {}, {}, []

    def problem(self, channel):
        return self.problems.get(channel, "")

    def look_again(self, channel):
        self.looked_again.append(channel)


class FakeTiles:
    async def tile(self, name, z, x, y):
        return (b"\x89PNG", "image/png") if (name, z, x, y) == ("base0", 1, 1, 0) else None


@dataclass
class Behind:
    """The parts behind the application, at hand for tests."""

    folder: Path
    clock: ManualClock = field(default_factory=lambda: ManualClock(NOW))
    station: FakeStation = field(default_factory=FakeStation)
    params: FakeParams = field(default_factory=FakeParams)
    files: FakeFiles = field(default_factory=FakeFiles)
    rally: FakeRally = field(default_factory=FakeRally)
    lines: FakeLines = field(default_factory=FakeLines)
    conductor: FakeConductor = field(default_factory=FakeConductor)
    store: FakeStore = field(default_factory=FakeStore)
    live: FakeLive = field(default_factory=FakeLive)
    planner: FakePlanner = field(default_factory=FakePlanner)
    alarms: AlarmBoard = field(default_factory=AlarmBoard)
    vehicles: dict = field(default_factory=lambda: {"main-1": make_vehicle()})
    payloads: Payloads = field(default_factory=Payloads)
    published: list[Event] = field(default_factory=list)
    troubles: dict = field(default_factory=dict)

    def __post_init__(self):
        self.catalogue = default_catalogue()
        self.desk = FakeDesk(self.catalogue)
        self.leases, self.scripts = Leases(self._operator), FakeScripts()
        self.outbox = FakeOutbox()
        self.looks = Looks()
        self.errands = Errands()
        self.receipts = []
        self.lookout = Lookout(self.station, self.desk.units, self.clock, self.published.append)
        self.signed = Links(self.clock)
        self.signed.use(b"k" * 32)
        self.sites = load_sites("beilun")
        self.pictures = PictureDesk(PictureFiles(self.folder / "pictures"), self.desk, self.sites, self.clock, 90)
        self.intakes = IntakeDesk(
            self.store, self.clock, self.catalogue, report=self.desk.report, publish=self.published.append,
            notice=self.published.append,
        )  # fmt: skip
        self.desk.units = {
            name: Unit(id=name, name=name, kind=UnitKind.PATROL_CAR, lat_deg=LAT, lon_deg=LON)
            for name in ("car-1", "car-2")
        }
        self.links = (
            LinkView(
                url="udpin://0.0.0.0:14550", network="main", signed=False, state="open", problem="", peers=1,
                frames_in=1, frames_out=0, bad_frames=0, lost_frames=0, kernel_drops=None, refused=0,
            ),
        )  # fmt: skip

    def _operator(self, vehicle):
        operation = self.conductor.operation_of(vehicle)
        return operation.authorised_by if operation else None

    def state(self):
        return State(
            at=NOW, seq=0, replay=False, exercise=True,
            vehicles=tuple(vehicle_view(state, 0.0) for state in self.vehicles.values()),
            operations=tuple(self.conductor.operations.values()), sightings=tuple(self.desk.sightings.values()),
            units=tuple(self.desk.units.values()), alarms=tuple(self.alarms.alarms.values()), links=self.links,
            traffic=(),
        )  # fmt: skip

    def raise_alarm(self):
        """The vehicle has not been heard for a minute."""
        self.alarms.update(Situation(vehicles=self.vehicles, operations={}, off_plan_m={}, now_s=60.0, utc=NOW))
        return next(iter(self.alarms.alarms.values()))

    def received(self, sighting, unit, *, read):
        self.receipts.append((sighting.id, unit, read))

    def tokens(self):
        access = Access(centre=token_digest(CENTRE_TOKEN), units={"car-1": token_digest(UNIT_TOKEN)})
        return Tokens(self.folder / "access.json", access)

    def services(self, **changes):
        parts = {
            "config": Config(data=str(self.folder)), "clock": self.clock, "fleet": self, "station": self.station,
            "params": self.params, "files": self.files, "rally": self.rally, "lines": self.lines, "leases": self.leases,
            "scripts": self.scripts,
            "conductor": self.conductor, "desk": self.desk, "store": self.store, "alarms": self.alarms,
            "live": self.live, "state": self.state, "exercise": lambda: self.state().exercise,
            "trails": lambda: (Trail(vehicle="main-1", points=((LAT, LON),)),),
            "links": lambda: self.links, "catalogue": self.catalogue, "sites": self.sites,
            "publish": self.published.append, "planner": self.planner, "outbox": self.outbox,
            "intakes": self.intakes, "pictures": self.pictures, "link_reader": self.signed.read,
            "looks": self.looks, "lookout": self.lookout, "receipts": self,
            "look_desk": LookDesk(self.vehicles, self.conductor, self.clock, 20.0, self.errands),
            "reports_dir": self.folder, "tiles": FakeTiles(),
            "troubles": lambda: self.troubles,
        }  # fmt: skip
        return Services(**{**parts, **changes})


@pytest.fixture
def behind(tmp_path):
    return Behind(tmp_path)


@pytest.fixture(scope="session")
def make_behind():
    """Makes the parts for tests that keep one application over many examples."""
    return Behind


@pytest.fixture
def plan():
    return make_plan()


@pytest.fixture
async def serve(behind):
    """Starts the application with changed parts; a client of it that goes on its own way after redirects."""
    clients = []

    async def start(**changes):
        client = TestClient(TestServer(build_app(behind.services(**changes))))
        await client.start_server()
        clients.append(client)
        return client

    yield start
    for client in clients:
        await client.close()


@pytest.fixture
async def api(serve):
    """A client of a server on a loopback address."""
    return await serve()


@pytest.fixture
async def guarded(serve, behind):
    """A client of a server that asks for tokens."""
    return await serve(tokens=behind.tokens())


@pytest.fixture
def as_centre():
    return {"Authorization": f"Bearer {CENTRE_TOKEN}"}


@pytest.fixture
def as_unit():
    """The token of unit car-1."""
    return {"Authorization": f"Bearer {UNIT_TOKEN}"}


@pytest.fixture
def refused():
    """Checks that an answer is a problem document of that status and code, and returns it."""

    async def check(response, status, code):
        document = await response.json(content_type="application/problem+json")
        assert (response.status, document["code"]) == (status, code), document
        assert document["status"] == status
        assert document["title"]
        assert document["detail"]
        return document

    return check
