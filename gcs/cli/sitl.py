"""`aeropatrol sitl`: real ArduPilot vehicles that ground stations can dial."""

from __future__ import annotations

import asyncio
import os
import re
from math import isfinite, nan
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from gcs.cli.console import ERR, fail, print_json
from gcs.cli.home_option import home_of
from gcs.cli.stopping import asked_to_stop, stopped_before
from gcs.config import Config
from simulators.sitl import SitlError, SitlFleet
from simulators.sitl.arguments import LAST_SYSID, PORT_STEP, SERIAL_OFFSETS, SitlSpec
from simulators.sitl.binary import checkout_parameters, find_binary
from simulators.sitl.process import SitlProcess
from simulators.sitl.readiness import Stage

PARAMETER = re.compile(r"[A-Z][A-Z0-9_]{0,15}")
LAST_PORT = 65535
CORES_A_VEHICLE = 0.055
"""What one vehicle in real time was measured to take of a core."""
STAGES = tuple(Stage)


def sitl(  # noqa: PLR0917  typer calls it by name
    vehicles: Annotated[int, typer.Option(help="How many vehicles.")] = 1,
    binary: Annotated[
        Path | None,
        typer.Option(
            help="ArduPilot's arducopter built for SITL, or a checkout it was built in; "
            "else $ARDUPILOT_SITL, arducopter on PATH, or a checkout's build/sitl/bin here or at home."
        ),
    ] = None,
    base_port: Annotated[
        int, typer.Option(help="TCP port of the first vehicle; each further one is 10 higher.")
    ] = 5760,
    home: Annotated[
        str, typer.Option(help="lat,lon,alt,heading of the first one; the others stand 5 m east of each other.")
    ] = "29.9,121.84,10,90",
    speedup: Annotated[float, typer.Option(help="How fast simulated time passes.")] = 1.0,
    param: Annotated[list[str] | None, typer.Option(help="NAME=VALUE for every vehicle; repeat for several.")] = None,
    defaults: Annotated[
        list[Path] | None,
        typer.Option(exists=True, dir_okay=False, help="Parameter file for every vehicle; repeat for several."),
    ] = None,
    folder: Annotated[
        Path | None, typer.Option(help="Where each vehicle has its folder; DATA/sitl unless given.")
    ] = None,
    keep: Annotated[
        bool, typer.Option("--keep", help="Start with the parameters and missions of the last run.")
    ] = False,
    restart: Annotated[
        bool, typer.Option("--restart", help="Start a vehicle whose process ended again, up to 3 times.")
    ] = False,
    swap_s: Annotated[
        float | None,
        typer.Option(
            min=0.0,
            help="A full battery so many simulated seconds after each landing; the third port is ours then. "
            "Without it batteries only run down.",
        ),
    ] = None,
    wait_s: Annotated[float, typer.Option(min=1.0, help="How long they may take to be ready for take-off.")] = 180.0,
    json_output: Annotated[bool, typer.Option("--json", help="The addresses as one JSON object, when ready.")] = False,
) -> None:
    """Fly real ArduCopters (ArduPilot SITL) until interrupted.

    Each has its own system id, home, ports, parameters and folder with its output and logs, and boots at
    once. When all are ready for take-off the addresses to dial are printed. Exit code 1 when one cannot be
    started, or all have ended.
    """
    specs = _specs(vehicles, home, base_port, speedup, _params(param or []))
    try:
        program = find_binary(binary, os.environ, Path.cwd())
        own = checkout_parameters(program)
        fleet = SitlFleet(
            specs,
            program,
            (folder or Config().data_dir / "sitl").resolve(),
            defaults=[*([own] if own else []), *(file.resolve() for file in defaults or [])],
            keep=keep,
            restart=restart,
            swap_s=swap_s,
            tell=lambda line: ERR.print(line, markup=False),
        )
        asyncio.run(_fly(fleet, program, wait_s, as_json=json_output))
    except SitlError as error:
        fail(str(error))


def _specs(vehicles: int, home: str, base_port: int, speedup: float, params: dict[str, float]) -> list[SitlSpec]:
    if not 1 <= vehicles <= LAST_SYSID:
        raise typer.BadParameter(f"{vehicles}: must be 1 to {LAST_SYSID}", param_hint="--vehicles")
    if not 0.0 < speedup <= 100.0:
        raise typer.BadParameter(f"{speedup:g}: must be above 0 and at most 100", param_hint="--speedup")
    if not 1024 <= base_port <= LAST_PORT - PORT_STEP * (vehicles - 1) - SERIAL_OFFSETS[-1]:
        raise typer.BadParameter(f"{base_port}: the ports must lie in 1024 to {LAST_PORT}", param_hint="--base-port")
    cores = os.cpu_count() or 1
    if (needed := vehicles * speedup * CORES_A_VEHICLE) > cores:
        told = f"{vehicles} at --speedup {speedup:g} need {needed:.1f} cores, this machine has {cores}"
        raise typer.BadParameter(told, param_hint="--vehicles")
    stand = home_of(home)
    return [
        SitlSpec(index, index + 1, lat, lon, stand.alt_m, stand.heading_deg, base_port, speedup, params=params)
        for index, (lat, lon) in enumerate(stand.side_by_side(vehicles))
    ]


def _params(texts: list[str]) -> dict[str, float]:
    params = {}
    for text in texts:
        name, _, value = text.partition("=")
        try:
            number = float(value)
        except ValueError:
            number = nan
        if not (PARAMETER.fullmatch(name.strip().upper()) and isfinite(number)):
            raise typer.BadParameter(f"{text!r}: expected NAME=VALUE", param_hint="--param")
        params[name.strip().upper()] = number
    return params


async def _fly(fleet: SitlFleet, program: Path, wait_s: float, *, as_json: bool) -> None:
    stopped = asked_to_stop()
    async with fleet:
        if await stopped_before(stopped, become_ready(fleet, wait_s)):
            return
        _tell(fleet, program, as_json=as_json)
        if not await stopped_before(stopped, fleet.over()):
            raise SitlError("no vehicle is left")


async def become_ready(fleet: SitlFleet, wait_s: float) -> None:
    """Wait for all of them, with a bar for each vehicle, which ends at ready."""
    columns = TextColumn("vehicle {task.fields[sysid]}"), BarColumn(), TextColumn("{task.fields[stage]}")
    with Progress(*columns, TimeElapsedColumn(), console=ERR, transient=True, disable=not ERR.is_terminal) as bars:
        tasks = {sysid: bars.add_task("", total=len(STAGES) - 1, sysid=sysid, stage="") for sysid in fleet.readiness}

        def show() -> None:
            for sysid, stage in fleet.stages().items():
                bars.update(tasks[sysid], completed=STAGES.index(stage), stage=str(stage))

        await fleet.ready(wait_s, show)


def _tell(fleet: SitlFleet, program: Path, *, as_json: bool) -> None:
    if as_json:
        vehicles = [
            {"sysid": p.spec.sysid, "urls": list(_free_urls(fleet, p)), "folder": str(p.folder), "pid": p.pid}
            for p in fleet.processes
        ]
        print_json({"vehicles": vehicles, "speedup": fleet.processes[0].spec.speedup, "binary": str(program)})
        return
    table = Table(title=f"{len(fleet.processes)} ArduPilot vehicles are ready; Ctrl-C ends them")
    for heading in ("sysid", "dial", "folder"):
        table.add_column(heading, overflow="fold")
    for process in fleet.processes:
        table.add_row(str(process.spec.sysid), "  ".join(_free_urls(fleet, process)), str(process.folder))
    ERR.print(table)


def _free_urls(fleet: SitlFleet, process: SitlProcess) -> tuple[str, ...]:
    return process.spec.urls[:-1] if fleet.keeps_third_ports else process.spec.urls
