"""Calls home again whoever did not take the call: a vehicle that was silent then, or that ground control lost.

While an operation is called home or aborted, a vehicle of it that is heard flying the mission it was given has
not taken the call. It is called again at once when it was silent before (or ground control was restarted), and
every `AGAIN_S` otherwise. One that comes home already, or that a pilot has put into another mode, is left alone.
"""

from __future__ import annotations

import asyncio

from gcs.fleet.state import VehicleState
from gcs.operations.flight_deck import FlightDeck
from gcs.operations.model import SortieState, SortieStatus
from telemetry.services import commands

AGAIN_S = 10.0
_OURS = frozenset({"AUTO", "BRAKE"})
"""Modes in which an operation leaves a vehicle; any other was chosen by a pilot or means going home."""
_OUT = frozenset({SortieStatus.LAUNCHING, SortieStatus.FLYING})


class Homecoming:
    """`actor` is the name under which vehicles are called: whoever called the operation home."""

    def __init__(self, deck: FlightDeck, actor: str = "system") -> None:
        self._deck = deck
        self.actor = actor
        self._recalled = deck.recalled
        self._called_s: dict[str, float] = {}

    async def watch(self) -> None:
        """Until cancelled."""
        while True:
            due = self._due()
            if due:
                await asyncio.gather(*map(self._call, due))
            await self._deck.breathe()

    def _due(self) -> list[str]:
        """Vehicles to call now. Those heard in the moment of the recall were called then, by whoever recalled."""
        now_s = self._deck.clock.monotonic_s()
        heard = {v: state for v in self._deck.operation.vehicles if (state := self._deck.heard(v)) is not None}
        just_now = self._deck.recalled and not self._recalled
        self._recalled = self._deck.recalled
        if just_now:
            self._called_s = dict.fromkeys(heard, now_s)
        self._called_s = {v: at for v, at in self._called_s.items() if v in heard}
        if not self._recalled:
            return []
        late = {v for v in heard if now_s - self._called_s.get(v, float("-inf")) >= AGAIN_S}
        return [v for v in sorted(late) if any(self._flies(s, heard[v]) for s in self._deck.operation.sorties)]

    def _flies(self, sortie: SortieState, state: VehicleState) -> bool:
        """Whether the vehicle is out on this sortie, as far as it tells."""
        if sortie.vehicle != state.id or sortie.status not in _OUT or not state.armed or state.mode not in _OURS:
            return False
        planned = next(s for s in self._deck.plan.sorties_of(sortie.drone) if s.sortie == sortie.sortie)
        return state.mission_known and state.mission_hash == self._deck.hash_of(planned)

    async def _call(self, vehicle: str) -> None:
        self._called_s[vehicle] = self._deck.clock.monotonic_s()
        await self._deck.vehicles.command(vehicle, commands.rtl(self._deck.vehicles.target(vehicle)), self.actor)
