"""Flies one vehicle's sorties one after the other: ready, upload, launch, watch, and again.

The vehicle flies its mission by itself; this only decides what comes next. It commands nothing but the
vehicle it was made for, and nothing at all in a sortie that is held.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from functools import partial

from msgspec.structs import replace

from gcs.fleet.health import airborne
from gcs.operations import adoption
from gcs.operations.flight_deck import WAITING, FlightDeck
from gcs.operations.launcher import Launcher, LaunchRefusedError
from gcs.operations.model import Check, SortieState, SortieStatus
from gcs.operations.preflight import VehicleContext, blocking, from_start_m, plan_endurance_s, vehicle_checks
from gcs.operations.progress import DONE, IN_FLIGHT, Observation, advance
from gcs.operations.upload import upload_sortie
from missions.plan import Sortie

RECALLED = "the operation was called home"
CLOSED_UNHEARD = "the operation was closed before the vehicle was heard on the ground"
EDGES = {
    SortieStatus.FLYING: "sortie.flying",
    SortieStatus.RETURNING: "sortie.returning",
    SortieStatus.FLOWN: "sortie.flown",
    SortieStatus.BROKEN_OFF: "sortie.broken_off",
    SortieStatus.READY: "sortie.ready",
    SortieStatus.HELD: "sortie.held",
}


class VehicleRun:
    """All sorties of the plan's drone number `drone`, flown by `vehicle`; `slot_s` delays its first launch."""

    def __init__(self, deck: FlightDeck, drone: int, vehicle: str, slot_s: float) -> None:
        self._deck = deck
        self._drone = drone
        self._vehicle = vehicle
        self._not_before_s = deck.clock.monotonic_s() + slot_s
        actor = deck.operation.authorised_by or "system"
        self._launcher = Launcher(deck.vehicles, deck.clock, deck.timings, actor)

    async def run(self) -> None:
        """Return when every sortie is done, or one is held."""
        for sortie in self._deck.plan.sorties_of(self._drone):
            if self._status(sortie) in adoption.UNDER_WAY:
                await self._adopt(sortie)
            await self._fly(sortie)
            if self._status(sortie) is SortieStatus.HELD:
                return

    async def _fly(self, sortie: Sortie) -> None:
        """One sortie to its end. A vehicle that broke one off flies no further one by itself."""
        while (status := self._status(sortie)) not in DONE:
            if status in IN_FLIGHT:
                await self._watch(sortie)
            elif status is SortieStatus.HELD:
                if not self._deck.recalled:
                    return
                await self._deck.wait_until(self._down_or_closed)
                self._break_off(sortie, self._deck.sortie_state(sortie).reason)
            elif self._flies_already(sortie):
                flying = replace(
                    self._deck.sortie_state(sortie), status=SortieStatus.FLYING, launched_at=self._deck.clock.utc()
                )
                self._deck.record(flying, "sortie.readopted")
            elif self._deck.recalled:
                self._break_off(sortie, RECALLED)
            elif reason := self._grounded_by(sortie):
                self._break_off(sortie, reason)
            elif await self._ready(sortie):
                await self._launch(sortie)

    def _flies_already(self, sortie: Sortie) -> bool:
        """Whether the vehicle is in the air on this sortie though its launch is not on record: ground control
        was killed before the record reached the disk, or a pilot started it."""
        state = self._deck.heard(self._vehicle)
        in_air = state is not None and state.mode == "AUTO" and airborne(state) is True
        return in_air and self._status(sortie) is SortieStatus.READY and self._holds(sortie)

    def _down_or_closed(self) -> bool:
        """Silence is not landing: only a vehicle last heard disarmed is down."""
        state = self._deck.vehicle_state(self._vehicle)
        return self._deck.closed or (state is not None and not state.armed)

    def _status(self, sortie: Sortie) -> SortieStatus:
        return self._deck.sortie_state(sortie).status

    def _grounded_by(self, sortie: Sortie) -> str | None:
        earlier = (
            self._deck.sortie_state(s) for s in self._deck.plan.sorties_of(self._drone) if s.sortie < sortie.sortie
        )
        broken = next((state for state in earlier if state.status is SortieStatus.BROKEN_OFF), None)
        return f"sortie {broken.sortie + 1} was broken off" if broken else None

    async def _ready(self, sortie: Sortie) -> bool:
        """Wait until the vehicle may fly and holds its mission; False when something came between."""
        if not await self._checks_green(sortie):
            return False
        if self._status(sortie) is SortieStatus.READY and self._holds(sortie):
            return True
        for attempt in range(self._deck.timings.upload_attempts):
            if attempt:
                await asyncio.sleep(self._deck.timings.upload_retry_s)
            if self._deck.recalled or await upload_sortie(self._deck, self._vehicle, sortie):
                return False
        self._break_off(sortie, f"upload failed: {self._deck.sortie_state(sortie).reason}")
        return False

    def _holds(self, sortie: Sortie) -> bool:
        state = self._deck.heard(self._vehicle)
        return state is not None and state.mission_known and state.mission_hash == self._deck.hash_of(sortie)

    async def _checks_green(self, sortie: Sortie) -> bool:
        """Wait for the checks to lose their red (a battery to be swapped); what is missing is told once."""
        told: tuple[str, ...] = ()
        while not self._deck.recalled and not self._flies_already(sortie):
            blocked = self._red(sortie)
            red = tuple(check.code for check in blocked)
            early = self._deck.clock.monotonic_s() < self._not_before_s
            cleared = self._note_clear(sortie)
            if not red and not early and cleared and self._deck.operation.status not in WAITING:
                return True
            if red != told and red:
                self._deck.record(
                    self._deck.sortie_state(sortie), "sortie.waiting", red=list(red), text=_in_words(blocked)
                )
            told = red
            await self._deck.breathe()
        return False

    def _red(self, sortie: Sortie) -> tuple[Check, ...]:
        """The checks that keep it on the ground now."""
        deck = self._deck
        context = VehicleContext(
            self._vehicle,
            sortie,
            endurance_s=plan_endurance_s(deck.plan),
            limits=deck.limits,
            at_pad=self._from_pad(sortie),
            outsiders=deck.outsiders(),
            mates=deck.mates(self._vehicle),
        )
        return blocking(vehicle_checks(deck.vehicle_state(self._vehicle), context, deck.clock.monotonic_s()))

    def _from_pad(self, sortie: Sortie) -> bool:
        """Whether it starts at a pad where the one before has landed."""
        earlier = self._deck.plan.sorties_of(self._drone)[: sortie.sortie]
        return bool(earlier) and earlier[-1].lands_at_end

    def _home_stands(self, sortie: Sortie) -> bool:
        """Whether the vehicle's home is where the sortie starts, as far as it tells."""
        state = self._deck.heard(self._vehicle)
        near_m = self._deck.limits.home_yellow_m
        return state is not None and state.home is not None and from_start_m(sortie, state.home) <= near_m

    def _note_clear(self, sortie: Sortie) -> bool:
        """Whether nobody has to say first that the vehicle may go: somebody changes the battery of a real one."""
        now = self._deck.sortie_state(sortie)
        vehicle = self._deck.vehicle_state(self._vehicle)
        real = vehicle is None or vehicle.simulated is not True
        waits = real and sortie.sortie > 0 and now.cleared_by is None
        if waits and not now.awaits_clear:
            self._deck.record(replace(now, awaits_clear=True), "sortie.awaits_clear")
        return not waits

    async def _launch(self, sortie: Sortie) -> None:
        deck = self._deck
        async with deck.pad:
            if not self._may_launch() or self._red(sortie):
                return
            battery = state.battery if (state := deck.heard(self._vehicle)) else None
            started = replace(
                deck.sortie_state(sortie),
                status=SortieStatus.LAUNCHING,
                battery_start_pct=battery.remaining_pct if battery else None,
                reason="",
                progress=0,
            )
            deck.record(started, "sortie.launching")
            try:
                home = partial(self._home_stands, sortie) if self._from_pad(sortie) else None
                await self._launcher.launch(self._vehicle, deck.hash_of(sortie), self._may_launch, home)
            except LaunchRefusedError as refused:
                self._not_launched(sortie, str(refused))
                return
            flying = replace(deck.sortie_state(sortie), status=SortieStatus.FLYING, launched_at=deck.clock.utc())
            deck.record(flying, "sortie.launched")

    def _may_launch(self) -> bool:
        return not self._deck.recalled and self._deck.operation.status not in WAITING

    def _not_launched(self, sortie: Sortie, reason: str) -> None:
        """A launch called off by a pause is only put off; one that the vehicle refused is the sortie's end."""
        if self._deck.operation.status in WAITING:
            self._deck.record(replace(self._deck.sortie_state(sortie), status=SortieStatus.READY), "sortie.put_off")
            return
        self._break_off(sortie, reason)

    async def _watch(self, sortie: Sortie) -> None:
        """Follow the vehicle until it is down. Silence changes nothing: it is still flying for all we know."""
        last_seq = self._deck.last_seq(sortie)
        while (before := self._deck.sortie_state(sortie)).status in IN_FLIGHT:
            state = self._deck.heard(self._vehicle)
            if self._deck.closed:
                self._break_off(sortie, CLOSED_UNHEARD)
            elif state is not None:
                self._step(before, advance(before, Observation(state, self._deck.clock.utc()), last_seq))
            await self._deck.breathe()

    async def _adopt(self, sortie: Sortie) -> None:
        """After a restart: wait until the vehicle is recognised, then take the sortie up or hold it."""
        deck = self._deck
        deck.record(deck.sortie_state(sortie), "sortie.awaited")
        await deck.wait_until(self._recognisable)
        armed_until_s = deck.clock.monotonic_s() + deck.timings.takeoff_s
        await deck.wait_until(
            lambda: not self._stands_armed(sortie) or deck.clock.monotonic_s() > armed_until_s or deck.closed
        )
        await deck.wait_until(self._recognisable)
        state, before = deck.vehicle_state(self._vehicle), deck.sortie_state(sortie)
        if deck.closed or state is None:
            self._break_off(sortie, CLOSED_UNHEARD)
            return
        after = adoption.adopt(
            before, Observation(state, deck.clock.utc()), deck.hash_of(sortie), deck.last_seq(sortie)
        )
        adopted = after.status in IN_FLIGHT
        deck.record(after, "sortie.readopted" if adopted else EDGES[after.status])

    def _recognisable(self) -> bool:
        known = adoption.recognisable(self._deck.vehicle_state(self._vehicle), self._deck.clock.monotonic_s())
        return known or self._deck.closed

    def _stands_armed(self, sortie: Sortie) -> bool:
        state = self._deck.vehicle_state(self._vehicle)
        return state is not None and adoption.between_arming_and_start(self._deck.sortie_state(sortie), state)

    def _step(self, before: SortieState, after: SortieState) -> None:
        if after is before:
            return
        kind = EDGES[after.status] if after.status is not before.status else None
        self._deck.record(after, kind, **({"progress": after.progress} if kind else {}))

    def _break_off(self, sortie: Sortie, reason: str) -> None:
        broken = replace(self._deck.sortie_state(sortie), status=SortieStatus.BROKEN_OFF, reason=reason)
        self._deck.record(broken, "sortie.broken_off")


def _in_words(checks: Iterable[Check]) -> dict[str, str]:
    found = tuple(checks)
    return {language: "; ".join(check.data["text"][language] for check in found) for language in ("zh", "en")}
