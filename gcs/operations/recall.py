"""Commands to all vehicles of an operation at once: stop, go on, come home.

Stopping is DO_PAUSE_CONTINUE where the vehicle flies its mission, and BRAKE where it does not take that
(ArduPilot pauses only between waypoints); never LOITER, which descends without a pilot's stick. Going
on from BRAKE is AUTO, which takes the mission up at the item it was left at.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from gcs.fleet.modes import mode_number
from gcs.fleet.state import VehicleState
from gcs.operations.model import Operation, SortieStatus
from gcs.operations.ports import Vehicles
from telemetry.services import commands

_STOPPABLE = frozenset({SortieStatus.LAUNCHING, SortieStatus.FLYING})


async def pause(vehicles: Vehicles, operation: Operation, actor: str) -> None:
    """Stop every vehicle that is on its way out or in its survey; those coming home come home."""

    async def one(state: VehicleState) -> None:
        target = vehicles.target(state.id)
        if (await vehicles.command(state.id, commands.pause(target), actor)).ok:
            return
        await vehicles.command(state.id, commands.set_mode(target, mode_number("BRAKE")), actor)

    await _each(vehicles, operation, lambda state: state.mode == "AUTO", one)


async def resume(vehicles: Vehicles, operation: Operation, actor: str) -> None:
    """Let every stopped vehicle go on. One that a pilot has put in another mode is left to the pilot."""

    async def one(state: VehicleState) -> None:
        target = vehicles.target(state.id)
        if state.mode == "AUTO":
            await vehicles.command(state.id, commands.resume(target), actor)
        else:
            await vehicles.command(state.id, commands.set_mode(target, mode_number("AUTO")), actor)

    await _each(vehicles, operation, lambda state: state.mode in ("AUTO", "BRAKE"), one)


async def home(vehicles: Vehicles, operation: Operation, actor: str) -> None:
    """RTL to every armed vehicle of the operation, whatever its sortie's status."""
    armed = [state for name in operation.vehicles if (state := vehicles.vehicles.get(name)) and state.armed]
    await asyncio.gather(
        *(vehicles.command(state.id, commands.rtl(vehicles.target(state.id)), actor) for state in armed)
    )


async def _each(
    vehicles: Vehicles,
    operation: Operation,
    fits: Callable[[VehicleState], bool],
    act: Callable[[VehicleState], Awaitable[None]],
) -> None:
    flying = {sortie.vehicle for sortie in operation.sorties if sortie.status in _STOPPABLE}
    states = [state for name in sorted(flying) if (state := vehicles.vehicles.get(name)) is not None]
    await asyncio.gather(*(act(state) for state in states if state.armed and fits(state)))
