"""Ground control put together: the only place that wires the parts to each other.

Messages come in by the endpoint, go through the station to the fleet, and what they change is marked for
the live feed. What happens is kept first (by the journal, or by whoever stores it with what it changed)
and then shown.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Self

from msgspec.structs import asdict

from gcs.alarms import AlarmBoard
from gcs.auth import is_loopback
from gcs.clock import StandingClock, SystemClock
from gcs.config import Config
from gcs.dispatch.desk import Desk
from gcs.dispatch.look_desk import LookDesk
from gcs.dispatch.lookout import Lookout
from gcs.dispatch.outside import Outside
from gcs.dispatch.timings import DispatchTimings
from gcs.dispatch.travel import Travel
from gcs.dispatch.wings import Wings
from gcs.events import Event
from gcs.fleet.payloads import BEYOND_ARDUPILOT
from gcs.fleet.roster import Fleet
from gcs.fleet.state import VehicleState
from gcs.guests import Guests
from gcs.leases import Leases
from gcs.moves import Moves
from gcs.operations.alarm_watch import AlarmWatch
from gcs.operations.conductor import Conductor
from gcs.operations.model import Operation
from gcs.operations.plan_limits import plan_problems
from gcs.operations.preflight import PreflightLimits
from gcs.operations.report_desk import ReportDesk
from gcs.operations.report_keeper import ReportKeeper
from gcs.operations.timings import OperationTimings
from gcs.picture import Picture
from gcs.scripts import script_ports
from gcs.sightings.catalogue import CatalogueError, load_catalogue
from gcs.sightings.errors import ReliefError
from gcs.sightings.looks import SUBSCRIBED as LOOKS
from gcs.sightings.model import Sighting
from gcs.sightings.relief import load_relief
from gcs.sites.model import SiteError
from gcs.sites.read import load_sites
from gcs.store.errors import StoreError
from gcs.store.journal import Journal
from gcs.store.open_uploads import OpenUploadFiles
from gcs.store.param_files import ParamFiles
from gcs.store.store import Store
from gcs.vehicles.care import RATES, CareSettings
from gcs.vehicles.files import FileDesk
from gcs.vehicles.link_desk import LinkDesk
from gcs.vehicles.parameters import ParamDesk
from gcs.vehicles.quiet_changes import QuietChanges
from gcs.vehicles.rally import RallyDesk
from gcs.vehicles.script_doors import ScriptDoors
from gcs.vehicles.station import SUBSCRIBED, Station
from gcs.web.app import build_app
from gcs.web.listening import ListenError, listen
from gcs.web.planner import Planner
from gcs.web.services import Services, Training
from gcs.web.tokens import TokenFileError, Tokens
from maps.layers import TrailBook
from maps.live import LiveFeed, Sources
from maps.tiles import Tiles
from maps.views import LinkView
from missions.coverage.covered_by_tracks import covered_fraction
from missions.limits import violations
from missions.plan import Plan
from missions.to_mavlink import mission_items
from missions.to_mavlink_fence import fence_items
from telemetry.custom_dialect import DialectError, custom_dialect
from telemetry.links.endpoint import Endpoint, LinkError
from telemetry.links.guard import open_signing
from telemetry.links.keyring import KeyFileError
from telemetry.links.link import Link
from telemetry.links.playback import Playback
from telemetry.links.replay import Replay
from telemetry.links.times_file import TimesFileError
from telemetry.links.url import parse_link_url
from telemetry.received import Received
from telemetry.recorder import Recorder

RECORDINGS, REPORTS, PARAMS, UPLOADS = "recordings", "reports", "params", "uploads"
FASTEST_STREAM_HZ = 50.0
FOLLOW_TIME = frozenset({"GLOBAL_POSITION_INT", "MISSION_CURRENT"})
"""Streams that are asked for faster where the vehicles' time runs faster, so that tracks stay as fine."""


class StartError(RuntimeError):
    """Ground control could not start; one line that names the part and the fix."""


@dataclass(frozen=True, slots=True)
class AppOptions:
    """`time_scale` is how many seconds pass for the vehicles in one of ours; `replay`: the links are
    recordings, and nobody is greeted or commanded; `networks` names the network of a link by its URL;
    `training` is what leads drills, on simulated vehicles only."""

    time_scale: float = 1.0
    replay: bool = False
    networks: Mapping[str, str] = field(default_factory=dict)
    training: Training | None = None


class GroundControl:
    """Use as `async with GroundControl(config) as control`; entering raises StartError.

    `url` is where the pages are; `new_token` is the centre's token when it was made just now.
    """

    def __init__(self, config: Config, options: AppOptions | None = None) -> None:
        self._config = config
        self._options = options or AppOptions()
        self._stack = AsyncExitStack()
        self.url = ""
        self.new_token: str | None = None

    async def __aenter__(self) -> Self:
        try:
            async with AsyncExitStack() as stack:
                await self._start(stack)
                self._stack = stack.pop_all()
        except (
            StoreError,
            LinkError,
            TokenFileError,
            CatalogueError,
            ReliefError,
            SiteError,
            DialectError,
            KeyFileError,
            TimesFileError,
            ListenError,
        ) as error:
            raise StartError(str(error)) from error
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    async def _start(self, stack: AsyncExitStack) -> None:
        store = await asyncio.to_thread(Store.open, self._config.data_dir)
        stack.push_async_callback(store.close)
        parts = Parts(self._config, self._options, store)
        await parts.start(stack)
        tokens = await asyncio.to_thread(self._tokens)
        self.url = await listen(self._config, build_app(parts.services(tokens)), stack)
        await parts.connect(stack)

    def _tokens(self) -> Tokens | None:
        """None on a loopback address: whoever reaches us sits at this machine."""
        if is_loopback(self._config.http_host):
            return None
        try:
            tokens, self.new_token = Tokens.open(self._config.data_dir)
        except OSError as error:
            raise StartError(f"{error.filename}: the tokens cannot be kept: {error.strerror}") from error
        return tokens


class Parts:
    """All parts over an open store, wired; nothing runs before `start`."""

    def __init__(self, config: Config, options: AppOptions, store: Store) -> None:
        self._config, self._options, self._store = config, options, store
        standing = StandingClock() if options.replay else None
        self._clock = standing or SystemClock()
        self._networks = {**config.networks, **options.networks}
        self._fleet = Fleet(config.network, self._networks)
        self._trails, self._alarms = TrailBook(), AlarmBoard()
        self._catalogue = load_catalogue(config.classes)
        self._sites = load_sites(config.sites, config.site_kinds)
        self._relief = load_relief(config.terrain, config.geoid, config.geoid_undulation_m)
        self._live = self._make_live()
        self._journal = Journal(store, self._live.publish_event, (StoreError,))
        self._recorders: dict[str, Recorder] = {}
        dialect = custom_dialect(config.dialect)
        self._leases = Leases(self._operator)
        self._endpoint = Endpoint(
            sysid=config.sysid,
            compid=config.compid,
            subscribed=SUBSCRIBED | LOOKS | (BEYOND_ARDUPILOT & dialect.by_name.keys()),
            on_message=self._receive,
            dialect=dialect,
            signing=open_signing(Path(config.signing_keys), config.times_file) if config.signing_keys else None,
            times_file=config.times_file,
            rules=Guests(self._fleet, self._leases, self._clock, self._journal.write, dialect, doubt=self._doubt),
        )
        self._player = Replay(self._forget, standing.stand) if standing is not None else None
        self._station = self._make_station()
        self._scripts = self._make_scripts()
        self._params = ParamDesk(self._station, ParamFiles(config.data_dir / PARAMS), self._clock)
        reports = ReportDesk(store, config.data_dir / REPORTS, self._clock, self._names())
        self._conductor = self._make_conductor(reports)
        self._report_keeper = ReportKeeper(lambda: self._conductor.operations, reports.write)
        reserve_pct, errands = config.battery_reserve_pct, self._conductor.errands
        self._look_desk = LookDesk(self._fleet.vehicles, self._conductor, self._clock, reserve_pct, errands)
        self._desk = Desk(
            store,
            self._clock,
            publish=self._publish,
            sighting_changed=self._sighting_changed,
            unit_changed=lambda unit: self._live.mark("units", unit.id),
            catalogue=self._catalogue,
            sites=self._sites,
            travel=Travel(config.osrm, self._clock),
            flights=self._look_desk.arrivals,
            timings=DispatchTimings(time_scale=options.time_scale),
        )
        self._wings = Wings(self._desk, self._fleet.vehicles, self._clock, self._engaged)
        self._lookout = Lookout(self._station, self._desk.units, self._clock, self._journal.write)
        self._outside = Outside(
            config,
            store,
            self._clock,
            self._desk,
            catalogue=self._catalogue,
            sites=self._sites,
            relief=self._relief,
            show=self._live.publish_event,
            notice=self._journal.write,
            time_scale=options.time_scale,
        )
        self._picture = self._make_picture()
        self._watch = AlarmWatch(
            self._alarms, self._picture.situation, self._journal.write, lambda alarm: self._live.mark("alarms", alarm)
        )
        self._planner = Planner(terrain=config.terrain)
        self._tiles = Tiles(config.basemaps)

    async def start(self, stack: AsyncExitStack) -> None:
        """Take up what the store holds and begin to work; `stack` stops everything in reverse."""
        for part in (self._live, self._journal, self._report_keeper):
            await part.start()
            stack.push_async_callback(part.stop)
        stack.push_async_callback(self._tiles.close)
        stack.push_async_callback(self._outside.close)
        stack.push_async_callback(self._lookout.stop)
        if not self._options.replay:
            await self._outside.open()
        await self._outside.intakes.recover()
        await self._desk.recover()
        await self._desk.start()
        stack.push_async_callback(self._desk.stop)
        if not self._options.replay:
            wings = asyncio.get_running_loop().create_task(self._wings.run(), name="wings")
            stack.callback(wings.cancel)
            await self._outside.listen(self._fleet.vehicles)
        await self._conductor.recover()
        stack.push_async_callback(self._conductor.stop)
        await self._watch.start()
        stack.push_async_callback(self._watch.stop)
        stack.callback(self._station.on_moved(self._moved))

    async def connect(self, stack: AsyncExitStack) -> None:
        """Open the links; LinkError when one of them cannot be."""
        stack.push_async_callback(self._close_recorders)
        stack.push_async_callback(self._endpoint.stop)
        links = [await self._open(url) for url in self._config.links]
        if self._player is not None:
            stack.push_async_callback(self._player.stop)
            await self._player.begin([link for link in links if isinstance(link, Playback)])
        if not self._options.replay:
            await self._station.start()
            stack.push_async_callback(self._station.stop)
            await self._scripts.start()
            stack.push_async_callback(self._scripts.stop)
        quiet = QuietChanges(
            lambda: (status.url for status in self._endpoint.links()),
            self._fleet.payloads.traffic,
            self._fleet.vehicles,
            self._clock,
            self._live.mark,
        )
        looking = asyncio.get_running_loop().create_task(quiet.run(), name="quiet changes")
        stack.callback(looking.cancel)

    async def _open(self, url: str) -> Link:
        network = self._networks.get(url, self._config.network)
        named = parse_link_url(url).network
        if named and named not in {self._config.network, *self._networks.values()}:
            raise LinkError(f"{url!r}: no link belongs to the network {named!r}; see [networks]")
        return await self._endpoint.add(url, self._recorder_of(network), network)

    def _recorder_of(self, network: str) -> Recorder | None:
        """Each network has recordings of its own: a system id means another vehicle there."""
        if self._options.replay:
            return None
        if network not in self._recorders:
            label = "" if network == self._config.network else network
            self._recorders[network] = Recorder(self._config.data_dir / RECORDINGS, label=label)
        return self._recorders[network]

    async def _close_recorders(self) -> None:
        for recorder in self._recorders.values():
            await asyncio.to_thread(recorder.close)

    def services(self, tokens: Tokens | None) -> Services:
        """What the web needs."""
        return Services(
            config=self._config,
            clock=self._clock,
            fleet=self._fleet,
            station=self._station,
            params=self._params,
            files=FileDesk(self._station),
            rally=RallyDesk(self._station),
            lines=LinkDesk(self._endpoint, self._fleet, self._clock, self._recorder_of, self._journal.write),
            leases=self._leases,
            scripts=self._scripts,
            conductor=self._conductor,
            desk=self._desk,
            store=self._store,
            alarms=self._alarms,
            live=self._live,
            state=self._picture.state,
            exercise=lambda: self._picture.exercise,
            trails=self._trails.trails,
            links=self._links,
            catalogue=self._catalogue,
            sites=self._sites,
            relief=self._relief,
            publish=self._journal.write,
            planner=self._planner,
            outbox=self._outside.outbox,
            intakes=self._outside.intakes,
            pictures=self._outside.pictures,
            looks=self._outside.looks,
            lookout=self._lookout,
            look_desk=self._look_desk,
            receipts=self._outside,
            link_reader=self._outside.links.read,
            reports_dir=self._config.data_dir / REPORTS,
            tokens=tokens,
            tiles=self._tiles,
            replay=self._options.replay,
            player=self._player,
            training=self._options.training,
            troubles=self._own_troubles,
        )

    def _make_live(self) -> LiveFeed:
        """The picture that it asks is made later, of parts that tell the feed what changed."""
        sources = Sources(
            vehicles=self._fleet.vehicles.keys(),
            outline=lambda: self._picture.outline(),  # noqa: PLW0108
            some=lambda wanted: self._picture.some(wanted),  # noqa: PLW0108
            trails=self._trails.trails_of,
            moves=Moves(lambda names: self._picture.glimpses(names)),  # noqa: PLW0108
        )
        return LiveFeed(sources)

    def _make_picture(self) -> Picture:
        return Picture(
            clock=self._clock,
            vehicles=self._fleet.vehicles,
            payloads=self._fleet.payloads,
            ways=self._fleet.other_ways,
            clock_of=self._station.clock_of,
            leased=self._leases.leased,
            transfers=self._station.transfers,
            script=self._scripts.of,
            takeovers=self._station.takeovers,
            operations=self._conductor,
            sightings=self._desk.sightings,
            units=self._desk.units,
            alarms=self._alarms.alarms,
            links=self._links,
            last_seq=lambda: self._store.last_seq,
            own_troubles=self._own_troubles,
            classes=self._names(),
            replay=self._options.replay,
        )

    def _make_station(self) -> Station:
        uploads = OpenUploadFiles(self._config.data_dir / UPLOADS)
        return Station(self._endpoint, self._fleet, self._clock, self._journal.write, self._care(), uploads=uploads)

    def _doubt(self, vehicle: str) -> None:
        self._station.guest_uploads(vehicle)

    def _make_scripts(self) -> ScriptDoors:
        ports, clock, publish = script_ports(self._config.scripts), self._clock, self._journal.write
        vehicles, changed = self._fleet.vehicles, partial(self._live.mark, "vehicles")
        return ScriptDoors(
            ports, self._endpoint, self._leases, vehicles=vehicles, clock=clock, publish=publish, changed=changed
        )

    def _operator(self, vehicle: str) -> str | None:
        """The seat under which an operation holds the vehicle."""
        operation = self._conductor.operation_of(vehicle)
        return operation.authorised_by if operation else None

    def _engaged(self, vehicle: str) -> str | None:
        """The operation that has the vehicle."""
        operation = self._conductor.operation_of(vehicle)
        return operation.id if operation else None

    def _make_conductor(self, reports: ReportDesk) -> Conductor:
        config, scale = self._config, self._options.time_scale
        return Conductor(
            vehicles=self._station,
            store=self._store,
            clock=self._clock,
            publish=self._live.publish_event,
            make_mission=mission_items,
            make_fence=fence_items if config.upload_fence else None,
            measure=covered_fraction,
            changed=self._operation_changed,
            check_plan=every_problem,
            write_report=reports.write,
            timings=OperationTimings(time_scale=scale, stagger_s=config.launch_gap_s / scale),
            limits=PreflightLimits(
                satellites_yellow=config.min_satellites, reserve_pct=float(config.battery_reserve_pct)
            ),
            store_errors=(StoreError,),
        )

    def _names(self) -> dict[str, tuple[str, str]]:
        return {name: (klass.zh, klass.en) for name, klass in self._catalogue.items()}

    def _care(self) -> CareSettings:
        scale = self._options.time_scale
        faster = {name: min(FASTEST_STREAM_HZ, hz * scale) for name, hz in RATES.items() if name in FOLLOW_TIME}
        return CareSettings(rates=MappingProxyType({**RATES, **faster}))

    def _receive(self, received: Received) -> None:
        vehicle = self._station.receive(received)
        if vehicle is not None:
            self._outside.looks.receive(vehicle, received, self._clock.monotonic_s())
            self._live.mark("vehicles", vehicle)

    def _forget(self) -> None:
        """A replay begins anew: what was told of later times is not yet."""
        self._fleet.forget()
        self._trails.clear()
        self._live.tell_anew()

    def _moved(self, state: VehicleState) -> None:
        self._trails.offer_state(state, self._clock.monotonic_s())

    def _sighting_changed(self, sighting: Sighting) -> None:
        self._live.mark("sightings", sighting.id)
        self._report_keeper.sighting_changed(sighting)

    def _operation_changed(self, operation: Operation) -> None:
        self._live.mark("operations", operation.id)
        self._wings.wake()

    def _publish(self, event: Event) -> None:
        self._outside.publish(event)

    def _links(self) -> tuple[LinkView, ...]:
        return tuple(LinkView(**asdict(status)) for status in self._endpoint.links())

    def _own_troubles(self) -> Mapping[str, tuple[str, str]]:
        """What ground control itself suffers from, by code."""
        troubles = {}
        if self._store.problem:
            troubles["store.failing"] = (f"记录无法保存：{self._store.problem}", f"cannot keep: {self._store.problem}")
        problem = next((each.problem for each in self._recorders.values() if each.problem), "")
        if problem:
            troubles["recorder.failing"] = (f"遥测录制失败：{problem}", f"telemetry is not recorded: {problem}")
        if forged := self._endpoint.forgeries():
            troubles["link.forged"] = (f"收到无法相信的数据：{forged}", f"frames that cannot be believed: {forged}")
        if unreachable := self._outside.trouble():
            troubles["channel.failing"] = unreachable
        return troubles


def every_problem(plan: Plan) -> tuple[str, ...]:
    """What a plan breaks: limits of the vehicles, then those of the area."""
    return plan_problems(plan) or tuple(violation.text_en for violation in violations(plan))
