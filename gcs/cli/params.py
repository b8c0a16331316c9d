"""`aeropatrol params`: a vehicle's parameters as a file, what differs from a file, and putting it right."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from gcs.cli.console import fail
from gcs.cli.params_client import ParamsClient
from gcs.cli.vehicle_client import RefusedError, SeatOption
from telemetry.services.param_file import Change, ParamFileError, as_text, differences, read_params, write_params
from telemetry.services.parameter import Parameter

ROUNDS = 3
"""Some parameters appear only after another was set: what is still absent is tried again."""
ITS_OWN = ("STAT_", "MAV_SYSID", "SYSID_THISMAV")
"""What makes a vehicle this one, or counts its life: never taken from a file."""


def params(
    vehicle: Annotated[str, typer.Argument(help="The vehicle, as the centre shows it: main-1.", show_default=False)],
    save: Annotated[Path | None, typer.Option(help="Write them into this file.", show_default=False)] = None,
    diff: Annotated[
        Path | None, typer.Option(help="Show what differs from this file; exit 1 if anything.", show_default=False)
    ] = None,
    restore: Annotated[
        Path | None, typer.Option(help="Set what differs from this file, after asking.", show_default=False)
    ] = None,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before setting.")] = False,
    kept: Annotated[bool, typer.Option("--kept", help="As read last; nothing is asked of the vehicle.")] = False,
    url: Annotated[str, typer.Option(help="Where ground control is.")] = "http://127.0.0.1:8080",
    seat: SeatOption = "",
) -> None:
    """Read a vehicle's parameters; save, compare and restore .param files.

    Files are read as Mission Planner, MAVProxy and QGroundControl write them. A token is taken from
    AEROPATROL_TOKEN.
    """
    if restore is not None and kept:
        raise typer.BadParameter("what is restored is compared with the vehicle itself: leave --kept out")
    wanted = _file(restore or diff)
    try:
        asyncio.run(_run(vehicle, wanted, save, yes=yes, kept=kept, url=url, seat=seat, sets=restore is not None))
    except RefusedError as error:
        fail(str(error))


async def _run(
    vehicle: str,
    wanted: Mapping[str, float] | None,
    save: Path | None,
    *,
    yes: bool,
    kept: bool,
    url: str,
    seat: str,
    sets: bool,
) -> None:
    async with ParamsClient.open(url, vehicle, seat) as client:
        held = await client.read(kept=kept)
        if save is not None:
            _save(save, held, vehicle)
        if wanted is None:
            print(f"{vehicle}: {len(held)} parameters" if save else write_params(held), end="\n" if save else "")
            return
        changes = _show(held, wanted)
        if changes and sets and (yes or typer.confirm(f"Set these {len(changes)} on {vehicle}?")):
            changes = await _restore(client, wanted, changes)
        if changes:
            raise typer.Exit(1)


async def _restore(client: ParamsClient, wanted: Mapping[str, float], changes: list[Change]) -> list[Change]:
    """What is still different afterwards."""
    for _ in range(ROUNDS):
        before = len(changes)
        for change in changes:
            await _set(client, change)
        changes = list(differences(await client.read(), wanted))
        if not changes or len(changes) == before:
            break
    print(f"{len(changes)} still differ" if changes else "the vehicle holds what the file says")
    for change in changes:
        print(as_text(change))
    return changes


async def _set(client: ParamsClient, change: Change) -> None:
    """One that the vehicle refuses does not keep the others from being set."""
    if change.before is None or change.after is None:
        return
    try:
        await client.set(change.name, change.after)
    except RefusedError as error:
        print(f"{change.name}: {error}")


def _show(held: Mapping[str, Parameter], wanted: Mapping[str, float]) -> list[Change]:
    changes = list(differences(held, wanted))
    for change in changes:
        print(as_text(change))
    return changes


def _file(path: Path | None) -> dict[str, float] | None:
    if path is None:
        return None
    try:
        values = read_params(path.read_text("utf-8"))
    except (ParamFileError, UnicodeDecodeError) as error:
        fail(f"{path}: {error}")
    except OSError as error:
        fail(f"{path}: cannot be read ({error.strerror})")
    return {name: value for name, value in values.items() if not name.startswith(ITS_OWN)}


def _save(path: Path, held: Mapping[str, Parameter], vehicle: str) -> None:
    try:
        path.write_text(write_params(held, f"{vehicle}, {len(held)} parameters"), "utf-8")
    except OSError as error:
        fail(f"{path}: cannot be written ({error.strerror})")
