"""Gets one vehicle off the ground: GUIDED, arm, MISSION_START, in the air.

ArduPilot does not arm in AUTO, and disarms an idle vehicle after 10 s, so the mission is started as soon
as the vehicle itself says it is armed. Nothing here is repeated blindly: a step is asked again only when
heartbeats heard since show that it was not taken. A vehicle that was armed by us and does not leave the
ground is disarmed again (which ArduPilot refuses in flight, so it cannot harm).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

from gcs.clock import Clock
from gcs.fleet.health import airborne
from gcs.fleet.modes import mode_number
from gcs.fleet.state import VehicleState
from gcs.operations.ports import Vehicles
from gcs.operations.timings import OperationTimings
from telemetry.dialect import Message
from telemetry.services import commands
from telemetry.services.command import CommandOutcome

_LOUDEST_KEPT = 4
_SPOKEN_SEVERITY = 4


class LaunchRefusedError(Exception):
    """The vehicle stays on the ground; the text says why, in the vehicle's own words where it gave any."""


class NotHeardError(LaunchRefusedError):
    """The vehicle fell silent, so nobody can say what it does."""


class Launcher:
    """Launches vehicles one at a time; `actor` is the name every command carries."""

    def __init__(self, vehicles: Vehicles, clock: Clock, timings: OperationTimings, actor: str) -> None:
        self._vehicles = vehicles
        self._clock = clock
        self._timings = timings
        self._actor = actor

    async def launch(
        self,
        vehicle: str,
        mission_hash: str,
        allowed: Callable[[], bool],
        home_stands: Callable[[], bool] | None = None,
    ) -> None:
        """Return once the vehicle is in the air; raises `LaunchRefusedError`.

        `allowed` is asked before every step: when it turns false the launch is given up. A vehicle that
        falls silent once it is armed may well be in the air: it is taken to be, until it is heard again.
        `home_stands`: once armed, its home has to be where it starts, which the arming itself does.
        """
        state = self._state(vehicle)
        if not state.mission_known or state.mission_hash != mission_hash:
            raise LaunchRefusedError("its mission is not known to be the planned one")
        if state.armed:
            raise LaunchRefusedError("it is armed already")
        self._still(allowed)
        await self._guided(vehicle)
        self._still(allowed)
        try:
            await self._arm(vehicle)
            self._still(allowed)
            if home_stands is not None:
                await self._home(vehicle, home_stands)
                self._still(allowed)
            await self._start(vehicle)
        except NotHeardError:
            if not self._last_armed(vehicle):
                raise
        except LaunchRefusedError:
            await self._disarm(vehicle)
            raise

    def _still(self, allowed: Callable[[], bool]) -> None:
        if not allowed():
            raise LaunchRefusedError("the launch was called off")

    def _state(self, vehicle: str) -> VehicleState:
        state = self._vehicles.vehicles.get(vehicle)
        if state is None or state.stale(self._clock.monotonic_s()):
            raise NotHeardError("it is not heard")
        return state

    def _last_armed(self, vehicle: str) -> bool:
        state = self._vehicles.vehicles.get(vehicle)
        return state is not None and state.armed

    async def _guided(self, vehicle: str) -> None:
        message = commands.set_mode(self._vehicles.target(vehicle), mode_number("GUIDED"))
        await self._ask(vehicle, "GUIDED", message, lambda state: state.mode == "GUIDED")

    async def _arm(self, vehicle: str) -> None:
        message = commands.arm(self._vehicles.target(vehicle))
        await self._ask(vehicle, "arming", message, lambda state: state.armed)

    async def _home(self, vehicle: str, stands: Callable[[], bool]) -> None:
        if not await self._until(vehicle, lambda _state: stands(), self._timings.confirm_s):
            raise LaunchRefusedError("its home is not where it starts: it would fly back to somewhere else")

    async def _start(self, vehicle: str) -> None:
        message = commands.mission_start(self._vehicles.target(vehicle))
        await self._ask(vehicle, "the mission start", message, lambda state: state.mode == "AUTO" or not state.armed)
        if await self._until(
            vehicle, lambda state: airborne(state) is True or not state.armed, self._timings.takeoff_s
        ):
            if self._state(vehicle).armed:
                return
            raise LaunchRefusedError("it disarmed before take-off")
        raise LaunchRefusedError("it did not leave the ground")

    async def _ask(self, vehicle: str, what: str, message: Message, taken: Callable[[VehicleState], bool]) -> None:
        asked_at = self._clock.utc()
        for _ in range(self._timings.attempts):
            if taken(self._state(vehicle)):
                return
            outcome = await self._vehicles.command(vehicle, message, self._actor)
            if not outcome.ok and not outcome.timed_out:
                raise LaunchRefusedError(await self._refusal(vehicle, what, outcome, asked_at))
            if await self._until(vehicle, taken, self._timings.confirm_s):
                return
        raise LaunchRefusedError(f"{what} was not taken")

    async def _refusal(self, vehicle: str, what: str, outcome: CommandOutcome, asked_at: datetime) -> str:
        """What the vehicle says about its refusal; its texts come just before or after the answer."""
        await asyncio.sleep(self._timings.refusal_text_s)
        texts = [
            text.text
            for text in self._state(vehicle).texts
            if text.at >= asked_at and text.severity <= _SPOKEN_SEVERITY
        ]
        said = "; ".join(dict.fromkeys(texts[-_LOUDEST_KEPT:])) or outcome.detail
        return f"{what} was refused: {said}" if said else f"{what} was refused"

    async def _until(self, vehicle: str, true: Callable[[VehicleState], bool], within_s: float) -> bool:
        deadline_s = self._clock.monotonic_s() + within_s
        while not true(self._state(vehicle)):
            if self._clock.monotonic_s() >= deadline_s:
                return False
            await asyncio.sleep(self._timings.poll_s / 2)
        return True

    async def _disarm(self, vehicle: str) -> None:
        state = self._vehicles.vehicles.get(vehicle)
        if state is None or state.stale(self._clock.monotonic_s()) or not state.armed or airborne(state):
            return
        await self._vehicles.command(vehicle, commands.disarm(self._vehicles.target(vehicle)), self._actor)
