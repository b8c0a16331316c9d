"""`aeropatrol replay`: the live map over recordings."""

from __future__ import annotations

import asyncio
import re
import tempfile
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

import typer

from gcs.app import AppOptions, GroundControl, StartError
from gcs.cli.console import ERR, fail, print_json
from gcs.cli.settled import settle
from gcs.cli.stopping import asked_to_stop
from gcs.config import ConfigError, load_config
from telemetry.links.replay import FASTEST, SLOWEST

OUR_RECORDING = re.compile(r"\d{8}T\d{6}\.\d+Z(\.(?P<network>.+?))?\.tlog(\.gz)?")
"""As the recorder names them: when, and the network where it is not the main one."""


def replay(
    recordings: Annotated[list[Path], typer.Argument(help="Telemetry logs: .tlog, also .tlog.gz.")],
    speed: Annotated[float, typer.Option(min=SLOWEST, max=FASTEST, help="1 is as it was recorded.")] = 1.0,
    start: Annotated[float, typer.Option(min=0.0, help="Second after the earliest frame to begin at.")] = 0.0,
    http: Annotated[str, typer.Option(help="HOST:PORT of the pages.")] = "127.0.0.1:8080",
    json_output: Annotated[bool, typer.Option("--json", help="Say where it listens as one JSON object.")] = False,
) -> None:
    """Show recordings on the live map, through the same pipeline as live traffic; nobody can be commanded.

    Several recordings play by one time, each its own network; the page pauses, speeds up and seeks. Nothing is kept.
    Ctrl-C ends.
    """
    missing = next((path for path in recordings if not path.is_file()), None)
    if missing is not None:
        fail(f"{missing}: there is no such file")
    networks = {link_to(path, speed, start): network_of(path, recordings) for path in recordings}
    with tempfile.TemporaryDirectory(prefix="aeropatrol-replay-") as folder:
        try:
            settings = load_config(None, {}, {"links": tuple(networks), "http": http, "data": folder})
            options = AppOptions(time_scale=speed, replay=True, networks=networks)
            asyncio.run(_run(GroundControl(settings, options), as_json=json_output))
        except (ConfigError, StartError) as error:
            fail(str(error))


def link_to(path: Path, speed: float, start: float = 0.0) -> str:
    return f"tlog://{quote(str(path.resolve()))}?speed={speed:g}" + (f"&start={start:g}" if start else "")


def network_of(path: Path, recordings: list[Path]) -> str:
    """The network that stands in the name of one of our own recordings (`main` where none does), so that vehicles have
    short names; else the file's name without endings. Numbered where two files share one."""
    name = _name_of(path)
    twins = [other for other in recordings if _name_of(other) == name]
    return name if len(twins) == 1 else f"{name}-{1 + twins.index(path)}"


def _name_of(path: Path) -> str:
    ours = OUR_RECORDING.fullmatch(path.name)
    return (ours["network"] or "main") if ours else path.name.split(".")[0] or "recording"


async def _run(control: GroundControl, *, as_json: bool) -> None:
    asked = asked_to_stop()
    async with control:
        settle()
        if as_json:
            print_json({"url": control.url})
        else:
            ERR.print(f"map: {control.url}/", markup=False, soft_wrap=True)
        await asked.wait()
