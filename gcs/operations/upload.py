"""Puts a sortie's mission on its vehicle and makes sure that it is there."""

from __future__ import annotations

import asyncio

from msgspec.structs import replace

from gcs.fleet.modes import mode_number
from gcs.operations.flight_deck import FlightDeck
from gcs.operations.model import SortieStatus
from missions.plan import Sortie
from telemetry.services import commands


async def upload_sortie(deck: FlightDeck, vehicle: str, sortie: Sortie) -> bool:
    """Upload, read back, compare; on record as ready when equal, else as waiting with the reason. Where a fence
    is to back the plan it goes up first.

    Only a vehicle that is heard and disarmed is written to. One still in AUTO is taken out of it first,
    so that it does not start to work on a mission of which it holds a part.
    """
    actor = deck.operation.authorised_by or "system"
    state = deck.heard(vehicle)
    if state is None or state.armed:
        reason = "it is not heard" if state is None else "it is armed"
        deck.record(replace(deck.sortie_state(sortie), status=SortieStatus.WAITING, reason=reason))
        return False
    deck.record(replace(deck.sortie_state(sortie), status=SortieStatus.UPLOADING, reason=""), "sortie.uploading")
    if state.mode == "AUTO":
        await deck.vehicles.command(
            vehicle, commands.set_mode(deck.vehicles.target(vehicle), mode_number("GUIDED")), actor
        )
    if deck.fence and (reason := await deck.vehicles.raise_fence(vehicle, deck.fence, actor)):
        deck.record(
            replace(deck.sortie_state(sortie), status=SortieStatus.WAITING, reason=reason), "sortie.upload_failed"
        )
        return False
    items = deck.mission(sortie)
    outcome = await deck.vehicles.transfer_mission(vehicle, items, actor)
    after = deck.sortie_state(sortie)
    if outcome.verified:
        deck.record(replace(after, status=SortieStatus.READY, items=len(items), reason=""), "sortie.uploaded")
        return True
    deck.record(replace(after, status=SortieStatus.WAITING, reason=outcome.reason), "sortie.upload_failed")
    return False


async def upload_first_sorties(deck: FlightDeck) -> dict[str, str]:
    """Upload every vehicle's first sortie, some at a time; the reasons of those that failed, by vehicle."""
    limit = asyncio.Semaphore(deck.timings.upload_parallel)

    async def one(vehicle: str, sortie: Sortie) -> tuple[str, str] | None:
        async with limit:
            for attempt in range(deck.timings.upload_attempts):
                if attempt:
                    await asyncio.sleep(deck.timings.upload_retry_s)
                if await upload_sortie(deck, vehicle, sortie):
                    return None
        return vehicle, deck.sortie_state(sortie).reason

    first = [(vehicle, deck.plan.sorties_of(drone)[:1]) for drone, vehicle in enumerate(deck.operation.vehicles)]
    failed = await asyncio.gather(*(one(vehicle, sorties[0]) for vehicle, sorties in first if sorties))
    return dict(failure for failure in failed if failure is not None)
