"""`aeropatrol serve`: ground control."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated, Any

import typer

from gcs.app import GroundControl, StartError
from gcs.cli.console import ERR, fail, misused, print_json
from gcs.cli.settled import settle
from gcs.cli.stopping import asked_to_stop
from gcs.config import Config, ConfigError, load_config
from gcs.web.composed import compose_early
from telemetry.links.url import LinkError, parse_link_url


def serve(  # noqa: PLR0917  typer calls it by name
    link: Annotated[
        list[str] | None,
        typer.Option(
            help="Where vehicles are heard; udpin://0.0.0.0:14550, tcpout://host:5760 ...; repeat for several."
        ),
    ] = None,
    http: Annotated[str | None, typer.Option(help="HOST:PORT of the pages and the API.")] = None,
    data: Annotated[Path | None, typer.Option(help="Folder of the store, recordings and reports.")] = None,
    network: Annotated[str | None, typer.Option(help="Name of this set of links; vehicles are NAME-SYSID.")] = None,
    config: Annotated[Path | None, typer.Option(help="Settings file (TOML), see docs/configuration.md.")] = None,
    scripts: Annotated[
        str | None,
        typer.Option(help="Ports of this machine for scripts, e.g. 14600-14855: one for each vehicle that is taken."),
    ] = None,
    json_output: Annotated[bool, typer.Option("--json", help="Say where it listens as one JSON object.")] = False,
) -> None:
    """Run ground control: hear and command vehicles, keep everything, serve the live map.

    It is stopped by Ctrl-C; vehicles fly on by themselves, and what was under way is taken up again at the
    next start. On an address that others can reach, everybody needs a token: the centre's is shown once.
    """
    flags: dict[str, Any] = {
        "links": tuple(link) if link else None,
        "http": http,
        "data": str(data) if data else None,
        "network": network,
        "scripts": scripts,
    }
    try:
        settings = load_config(config, None, flags)
        for url in settings.links:
            parse_link_url(url)
    except (ConfigError, LinkError) as error:
        misused(str(error))
    try:
        asyncio.run(_run(settings, as_json=json_output))
    except StartError as error:
        fail(str(error))


async def _run(settings: Config, *, as_json: bool) -> None:
    asked = asked_to_stop()
    async with GroundControl(settings) as control:
        settle()
        composing = asyncio.create_task(compose_early(settings.basemaps, replay=False))
        if as_json:
            print_json({"url": control.url, "data": str(settings.data_dir), "token": control.new_token})
        else:
            ERR.print(f"map: {control.url}/   units: {control.url}/unit", markup=False, soft_wrap=True)
            ERR.print(f"data: {settings.data_dir}   links: {', '.join(settings.links)}", markup=False, soft_wrap=True)
            if control.new_token:
                ERR.print(f"the centre's token, shown this once: {control.new_token}", markup=False, soft_wrap=True)
        await asked.wait()
        composing.cancel()
