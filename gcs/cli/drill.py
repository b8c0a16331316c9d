"""`aeropatrol drill`: a training drill with a score."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import aiohttp
import typer
from msgspec import to_builtins
from rich.table import Column, Table

from gcs.app import AppOptions, GroundControl, StartError
from gcs.cli.console import ERR, OUT, fail, print_json
from gcs.cli.drill_again import AgainError, log_again
from gcs.cli.drill_debrief import keep_run
from gcs.cli.drill_host import DrillHost, Wanted, summary
from gcs.cli.drill_session import NETWORK, PAYLOADS, DrillSession
from gcs.cli.drill_sitl import RealAutopilots, real_autopilots
from gcs.cli.drill_trainee import ScriptedTrainee
from gcs.cli.patrol import PatrolError
from gcs.cli.stopping import stopped_before, when_asked_to_stop
from gcs.config import Config, ConfigError, default_data_dir, load_config
from gcs.sightings.catalogue import CatalogueError, load_catalogue
from gcs.training.model import RunRecord
from gcs.training.records import Records
from gcs.web.tokens import FILE_NAME as TOKENS
from simulators.drill import Drill
from simulators.drill.file import DrillError, load_drill, shipped_drills
from simulators.fleet import FleetError
from simulators.sitl.binary import SitlError

SCRIPT = "script"
LAUNCH_GAP_S = 5.0
"""Between two launches, in seconds of the drill."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the command line asked for."""

    speedup: float
    headless: bool
    exit_when_done: bool
    as_json: bool
    http: str
    trainee: str
    classes: str = ""
    real: RealAutopilots | None = None
    """None: our own simulated vehicles."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A drill whose vehicles are ready; `stack` ends them."""

    session: DrillSession
    folder: Path
    stack: AsyncExitStack


def drill(  # noqa: PLR0917  typer calls it by name
    name: Annotated[str | None, typer.Argument(help="A drill's file, or the name of one that ships.")] = None,
    speedup: Annotated[float, typer.Option(min=1.0, max=20.0, help="1 is real time.")] = 1.0,
    http: Annotated[str | None, typer.Option(help="HOST:PORT of the pages [default: 127.0.0.1:8080].")] = None,
    data: Annotated[Path | None, typer.Option(help="Folder of scores, debriefs and recordings.")] = None,
    trainee: Annotated[str | None, typer.Option(help="Who is trained; kept with the score.")] = None,
    classes: Annotated[str, typer.Option(help="TOML file of the classes of sightings [default: ours].")] = "",
    headless: Annotated[bool, typer.Option(help="A script takes the trainee's seat.")] = False,
    exit_when_done: Annotated[
        bool, typer.Option(help="End with the drill; the exit code says whether it passed.")
    ] = False,
    json_output: Annotated[bool, typer.Option("--json", help="The result as JSON, on the last line.")] = False,
    list_drills: Annotated[bool, typer.Option("--list", help="List the drills that ship.")] = False,
    again: Annotated[
        Path | None,
        typer.Option(help="Folder of a run: make its log again from the same inputs; exit code 1 if one byte differs."),
    ] = None,
    sitl: Annotated[
        bool, typer.Option("--sitl", help="Real ArduPilot vehicles (SITL) fly it, in real time; as `aeropatrol sitl`.")
    ] = False,
    binary: Annotated[
        Path | None, typer.Option(help="ArduPilot's program for --sitl; found as `aeropatrol sitl` does.")
    ] = None,
    base_port: Annotated[
        int, typer.Option(min=1024, max=65_400, help="TCP port of the first vehicle of --sitl.")
    ] = 5760,
) -> None:
    """Train with simulated vehicles, people and faults, and score what was done.

    The trainee uses the real pages; the instructor's page is /train. Everything is an exercise: only simulated
    vehicles can be there. Without NAME the instructor chooses. With --headless a script flies the drill.
    """
    if again is not None:
        _again(again)
        return
    try:
        drills = all_drills(name, classes)
        real = real_autopilots(binary, base_port, speedup) if sitl or binary else None
    except (DrillError, CatalogueError, OSError) as error:
        fail(str(error))
    if list_drills:
        _list(drills, as_json=json_output)
        return
    if exit_when_done and name is None:
        fail("--exit-when-done needs the drill to be named")
    address = http or ("127.0.0.1:0" if headless else "127.0.0.1:8080")
    who = trainee or (SCRIPT if headless else "trainee")
    wishes = Wishes(speedup, headless, exit_when_done, json_output, address, who, classes, real)
    records = Records(data or default_data_dir() / "training")
    chosen = drills[Path(name).stem] if name else None
    try:
        record = asyncio.run(_until_stopped(Training(drills, records, wishes), chosen))
    except (ConfigError, StartError, FleetError, SitlError, PatrolError) as error:
        fail(str(error))
    except OSError as error:
        fail(f"{error.filename or records.folder}: {error.strerror or error}")
    if exit_when_done and not (record and record.score.passed):
        raise typer.Exit(1)


def _again(folder: Path) -> None:
    try:
        lines = log_again(folder)
    except AgainError as error:
        fail(str(error))
    ERR.print(f"{lines} lines are the same, byte for byte", markup=False, highlight=False)


def all_drills(name: str | None, classes_file: str = "") -> dict[str, Drill]:
    """The drills that ship, by name, and the file that was named. DrillError, CatalogueError or OSError for one that
    cannot be used. With classes of one's own, drills that ship and need others are left out."""
    classes = load_catalogue(classes_file)
    drills = dict[str, Drill]()
    for key, text in shipped_drills().items():
        with suppress(*((DrillError,) if classes_file else ())):
            drills[key] = load_drill(text, f"{key}.toml", classes)
    if name is None or name in drills:
        return drills
    path = Path(name)
    if path.suffix != ".toml":
        raise DrillError(f"{name}: no drill of that name; there are {', '.join(drills)}, or name a .toml file")
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise DrillError(f"{name}: is not UTF-8 text") from error
    except OSError as error:
        raise DrillError(f"{name}: {error.strerror}") from error
    drills[path.stem] = load_drill(text, name, classes)
    return drills


class Training:
    """One ground control after another: idle, or with the drill that was asked for.

    `listens` is told the address of each.
    """

    def __init__(
        self,
        drills: Mapping[str, Drill],
        records: Records,
        wishes: Wishes,
        listens: Callable[[str], None] = lambda _url: None,
    ) -> None:
        self._records, self._wishes = records, wishes
        self._address, self._classes = wishes.http, load_catalogue(wishes.classes)
        self._host = DrillHost(drills, records, self._classes)
        self._stop = asyncio.Event()
        self._on_listening = listens

    def stop(self) -> None:
        """End the drill and `run`."""
        self._stop.set()

    async def run(self, chosen: Drill | None) -> RunRecord | None:
        """Until `stop`, or until the drill is over where that was asked for; the last run's record."""
        if chosen is not None:
            self._host.want(chosen, self._wishes.trainee)
        record = None
        while not self._stop.is_set():
            wanted = self._host.take_wanted()
            prepared = await self._idle() if wanted is None else await self._prepare(wanted)
            if prepared is None:
                continue
            record = await self._drill(prepared)
            if self._wishes.exit_when_done:
                break
        return record

    async def _idle(self) -> Prepared | None:
        """The pages without a drill, until one is asked for and its vehicles are ready; None when told to stop."""
        folder, prepared = self._records.folder / "idle", None
        async with AsyncExitStack() as unless_handed_over:
            async with self._control(self._settings(folder), 1.0) as control:
                self._listens(control, folder)
                await self._asked_or_stopped()
                if (wanted := self._host.take_wanted()) is not None:
                    prepared = await self._prepare(wanted)
                if prepared is not None:
                    unless_handed_over.push_async_callback(prepared.stack.aclose)
            unless_handed_over.pop_all()
        return prepared

    async def _prepare(self, wanted: Wanted) -> Prepared | None:
        """Have the vehicles; None when we are told to stop before they are ready."""
        run_id = f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{wanted.drill.id}"
        folder, real, fleet = self._records.run_folder(run_id), self._wishes.real, None
        if real is not None:
            fleet = real.fleet(wanted.drill, folder / "sitl", self._say)
        session = DrillSession(wanted.drill, run_id, wanted.trainee, self._wishes.speedup, fleet)
        async with AsyncExitStack() as stack:
            if await stopped_before(self._stop, stack.enter_async_context(session)):
                return None
            return Prepared(session, folder, stack.pop_all())

    async def _drill(self, prepared: Prepared) -> RunRecord:
        session, folder = prepared.session, prepared.folder
        async with prepared.stack as stack:
            reserve_pct = round(session.drill.limits.reserve_pct)
            settings = self._settings(folder, links=session.urls, battery_reserve_pct=reserve_pct)
            control = await stack.enter_async_context(self._control(settings, self._wishes.speedup))
            self._listens(control, folder)
            self._say(f"drill: {session.drill.en}   trainee: {session.trainee}")
            self._host.began(session)
            await self._play(session, control.url)
            record = await asyncio.to_thread(keep_run, session, self._records, self._classes)
            self._host.ended()
            self._tell(record)
            if not self._wishes.exit_when_done and not self._stop.is_set():
                await self._asked_or_stopped()
        return record

    async def _play(self, session: DrillSession, url: str) -> None:
        """The drill to its end; Ctrl-C ends it too."""
        async with AsyncExitStack() as stack:
            stopping = asyncio.ensure_future(self._stop.wait())
            stopping.add_done_callback(lambda _: session.stop())
            stack.callback(stopping.cancel)
            begins = None
            if self._wishes.headless:
                http = await stack.enter_async_context(aiohttp.ClientSession(trust_env=False))
                trainee = ScriptedTrainee(session.drill, http, url, session.vehicles, LAUNCH_GAP_S)
                begins = trainee.launched
                flying = asyncio.ensure_future(trainee.fly())
                flying.add_done_callback(lambda _: session.stop())
                stack.push_async_callback(_ended, flying)
            await session.run(url, begins)

    def _control(self, settings: Config, time_scale: float) -> GroundControl:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        tokens = self._records.folder / TOKENS
        if tokens.is_file():
            shutil.copy2(tokens, settings.data_dir / TOKENS)
        return GroundControl(settings, AppOptions(time_scale=time_scale, training=self._host))

    def _settings(self, folder: Path, **drill: Any) -> Config:
        flags: dict[str, Any] = {
            "data": str(folder),
            "http": self._address,
            "network": NETWORK,
            "links": (),
            "payloads": PAYLOADS,
            "classes": self._wishes.classes,
            "launch_gap_s": LAUNCH_GAP_S,
        }
        return load_config(None, {}, flags | drill)

    def _listens(self, control: GroundControl, folder: Path) -> None:
        """Every ground control of this training is at the address of the first, with the same tokens."""
        if self._address.endswith(":0"):
            self._address = self._address.removesuffix("0") + control.url.rpartition(":")[2]
        if control.new_token:
            shutil.copy2(folder / TOKENS, self._records.folder / TOKENS)
            self._say(f"the centre's token, shown this once: {control.new_token}")
        self._on_listening(control.url)
        self._say(f"map: {control.url}/   units: {control.url}/unit   instructor: {control.url}/train")

    async def _asked_or_stopped(self) -> None:
        waits = [asyncio.ensure_future(event.wait()) for event in (self._host.asked, self._stop)]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()

    def _say(self, text: str) -> None:
        if not self._wishes.as_json:
            ERR.print(text, markup=False, highlight=False, soft_wrap=True)

    def _tell(self, record: RunRecord) -> None:
        debrief = self._records.debrief(record.id)
        if self._wishes.as_json:
            print_json(_result(record, debrief))
            return
        for line in record.score.lines:
            value = "?" if line.value is None else f"{line.value:g}"
            self._say(f"{line.kind:13} {value:>8} (asked {line.target:g})  {line.points:g} of {line.of:g} points")
        verdict = "passed" if record.score.passed else "not passed"
        self._say(f"{record.score.points:g} of {record.score.of:g} points: {verdict}; debrief: {debrief}")


async def _until_stopped(training: Training, chosen: Drill | None) -> RunRecord | None:
    """Ctrl-C, SIGTERM and a closed terminal end the training, with a debrief of what was done until then."""
    when_asked_to_stop(training.stop)
    return await training.run(chosen)


async def _ended(task: asyncio.Future[None]) -> None:
    """Cancel it and let it end; what went wrong in it is raised."""
    task.cancel()
    await asyncio.wait([task])
    if not task.cancelled() and task.exception() is not None:
        raise PatrolError(str(task.exception()))


def _result(record: RunRecord, debrief: Path | None) -> dict[str, Any]:
    lines = {
        line.kind: {**line.detail, "value": line.value, "target": line.target, "points": line.points, "of": line.of}
        for line in record.score.lines
    }
    return {
        "run": record.id,
        "drill": record.drill,
        "trainee": record.trainee,
        "points": record.score.points,
        "of": record.score.of,
        "passed": record.score.passed,
        "duration_s": record.duration_s,
        "lines": lines,
        "debrief": str(debrief) if debrief else None,
    }


def _list(drills: Mapping[str, Drill], *, as_json: bool) -> None:
    if as_json:
        print_json([to_builtins(summary(made)) for made in drills.values()])
        return
    in_full = Column("演练", overflow="fold")  # no spaces to break at: it would be cut
    table = Table("name", "drill", in_full, "drones", "minutes")
    for name, made in drills.items():
        table.add_row(name, made.en, made.zh, f"{made.fleet.vehicles}", f"{made.limits.duration_s / 60:g}")
    OUT.print(table)
