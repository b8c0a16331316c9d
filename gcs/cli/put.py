"""`aeropatrol put`: a file onto a vehicle, read back and compared."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from gcs.cli.console import fail
from gcs.cli.vehicle_client import RefusedError, SeatOption, VehicleClient
from gcs.vehicles.files import LARGEST_PUT

WITHIN_S = 3600.0
"""Chunks go one at a time: a slow radio takes long."""


def put(
    vehicle: Annotated[str, typer.Argument(help="The vehicle, as the centre shows it: main-1.", show_default=False)],
    file: Annotated[Path, typer.Argument(help="The file to put there.", show_default=False)],
    path: Annotated[str, typer.Argument(help="Where on the vehicle: /APM/scripts/a.lua.", show_default=False)],
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before replacing what is there.")] = False,
    url: Annotated[str, typer.Option(help="Where ground control is.")] = "http://127.0.0.1:8080",
    seat: SeatOption = "",
) -> None:
    """Put a file on a vehicle, in place of what is there; done when it was read back and is equal.

    Not while the vehicle is armed. A token is taken from AEROPATROL_TOKEN.
    """
    try:
        data = file.read_bytes()
    except OSError as error:
        fail(f"{file}: cannot be read ({error.strerror})")
    if len(data) > LARGEST_PUT:
        fail(f"{file}: a file for a vehicle has at most {LARGEST_PUT} bytes, this one has {len(data)}")
    if not yes and not typer.confirm(f"Put {len(data)} bytes at {path} on {vehicle}?"):
        raise typer.Exit(1)
    try:
        asyncio.run(_put(vehicle, data, path, url, seat))
    except RefusedError as error:
        fail(str(error))
    print(f"{vehicle} holds {path}: {len(data)} bytes, read back and equal")


async def _put(vehicle: str, data: bytes, path: str, url: str, seat: str) -> None:
    async with VehicleClient.open(url, vehicle, seat, WITHIN_S) as client:
        await client.ask("PUT", "/file", data, {"path": path, "confirm": vehicle})
