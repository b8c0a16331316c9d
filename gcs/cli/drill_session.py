"""One drill with real sockets: fleet, relays, officers and cameras around a ground control, led by the engine.

The engine has no clock of its own; this file gives it the time and the poses, and does what comes of it:
reports what cameras saw, sets faults, blows the wind, and notes what ground control did.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Final, Self

import aiohttp

from gcs.training.model import FaultRequest, ThingRequest, TrainingError
from simulators.battery import BatterySpec
from simulators.drill import Drill, UnitPart
from simulators.drill_clock import DrillClock
from simulators.drill_engine import DrillEngine, DroneState, Turn
from simulators.drill_notes import Notes
from simulators.faults import Fault, FaultError, settings
from simulators.fleet import SimFleet, VehicleSpec
from simulators.local_frame import LocalFrame
from simulators.relay import Relay
from simulators.reporter import Poster
from simulators.units import SimUnits, UnitHabits
from simulators.world import KINDS, Thing, Waypoint
from telemetry.messages import new

NETWORK, LOUDSPEAKER = "drill", "loudspeaker"
PAYLOADS: Final = ({"name": LOUDSPEAKER, "zh": "喊话器", "en": "Loudspeaker", "relay": 0, "speaks": True},)
TICK_S: Final = 0.1
LOOK_EVERY_S: Final = 0.5
WIND_EVERY_S: Final = 2.0
WIND_STEP_M_S: Final = 0.3
HOME_STEP_M: Final = 20.0
HOME_ALT_M: Final = 5.0
SWAP_S: Final = 60.0
PORT: Final = "serial0"
REAL32: Final = 9
STORM: Final = "WindBeyondLimits"


class DrillSession:
    """Enter it to have the fleet and its relays (`urls`); then `attend` a ground control and `run`."""

    def __init__(self, drill: Drill, run_id: str, trainee: str, speedup: float) -> None:
        self.drill, self.run_id, self.trainee, self.speedup = drill, run_id, trainee, speedup
        self.engine = DrillEngine(drill, run_id)
        self.began_at = datetime.now(UTC)
        self.clock = DrillClock(speedup, time.monotonic())
        self.over = asyncio.Event()
        self._fleet = SimFleet(_vehicles(drill), speedup=speedup, seed=drill.seed)
        self._relays: list[Relay] = []
        self._stack = AsyncExitStack()
        self._blown: dict[int, tuple[float, float]] = {}
        self._events_seen = 0
        self._units: SimUnits | None = None

    @property
    def urls(self) -> tuple[str, ...]:
        return tuple(relay.url for relay in self._relays)

    @property
    def vehicles(self) -> tuple[str, ...]:
        """Ids under which ground control knows the fleet."""
        return tuple(f"{NETWORK}-{vehicle.spec.sysid}" for vehicle in self._fleet.vehicles)

    async def __aenter__(self) -> Self:
        try:
            async with AsyncExitStack() as stack:
                await stack.enter_async_context(self._fleet)
                for vehicle, url in zip(self._fleet.vehicles, self._fleet.urls, strict=True):
                    relay = Relay(url, vehicle.spec.sysid, self.drill.seed, time_scale=self.speedup)
                    self._relays.append(await stack.enter_async_context(relay))
                self._stack = stack.pop_all()
        except OSError:
            self._relays.clear()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    async def run(self, base_url: str, begins: asyncio.Event | None = None) -> None:
        """Play the drill at the ground control there until its time is up or `stop` is called.

        Its time begins at once, or with `begins`.
        """
        async with AsyncExitStack() as stack:
            self._units = await stack.enter_async_context(_units(self.drill, base_url, self.speedup))
            poster = await stack.enter_async_context(Poster(base_url))
            session = await stack.enter_async_context(aiohttp.ClientSession(f"{base_url}/", trust_env=False))
            await self._wait_for(begins)
            ahead_s = time.time() - time.monotonic()
            notes = Notes(lambda unix_s: self.clock.at(unix_s - ahead_s))
            self.began_at = datetime.now(UTC)
            self.clock = DrillClock(self.speedup, time.monotonic())
            looking = asyncio.get_running_loop().create_task(self._look(session, notes))
            stack.callback(looking.cancel)
            await self._play(poster)
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)
            await self._look_once(session, notes)
            self.engine.note("drill.over")

    def stop(self) -> None:
        self.over.set()

    def pause(self, *, paused: bool) -> None:
        """Hold everything that is simulated: the vehicles hang where they are, ground control goes on."""
        now_s = time.monotonic()
        if paused == self.clock.paused:
            return
        (self.clock.pause if paused else self.clock.resume)(now_s)
        self._fleet.speedup = 0.0 if paused else self.speedup
        if self._units is not None:
            (self._units.hold if paused else self._units.go_on)()
        self.engine.note("instructor.paused" if paused else "instructor.resumed", self.clock.at(now_s))

    def fault(self, asked: FaultRequest) -> None:
        """Raises TrainingError."""
        if asked.end:
            if not self.engine.end_fault(asked.name, asked.vehicle):
                raise TrainingError(f"{asked.name} is not wrong with vehicle {asked.vehicle} now", "name")
            return
        at_s = self.engine.now_s
        until_s = None if asked.lasts_s is None else at_s + asked.lasts_s
        try:
            self.engine.inject(Fault(asked.name, at_s, until_s, asked.vehicle, asked.numbers))
        except FaultError as error:
            raise TrainingError(str(error), error.key) from error

    def thing(self, asked: ThingRequest) -> None:
        """Raises TrainingError."""
        kind = KINDS.get(asked.kind)
        if kind is None:
            raise TrainingError(f"kind must be one of {', '.join(KINDS)}", "kind")
        number = 1 + sum(thing.id.startswith("added-") for thing in self.engine.world.things)
        spot = Waypoint(0.0, asked.lat, asked.lon, self.drill.fleet.altitude_m if kind.airborne else 0.0)
        self.engine.add(
            Thing(
                f"added-{number}",
                asked.kind,
                asked.klass or kind.klass,
                (spot,),
                appears_s=self.engine.now_s,
                size_m=kind.size_m,
                note=asked.note,
            )
        )

    async def _wait_for(self, begins: asyncio.Event | None) -> None:
        """Until it begins or is stopped before that."""
        waits = [asyncio.ensure_future(event.wait()) for event in (begins, self.over) if begins and event]
        if waits:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()

    async def _play(self, poster: Poster) -> None:
        wind_s = 0.0
        while not self.over.is_set():
            if not self.clock.paused:
                now_s = self.clock.at(time.monotonic())
                turn = self.engine.advance(now_s, self._drones())
                self._do(turn, poster)
                if now_s >= wind_s:
                    wind_s = now_s + WIND_EVERY_S
                    self._blow(turn)
                if turn.over:
                    self.over.set()
            await asyncio.sleep(TICK_S)

    def _do(self, turn: Turn, poster: Poster) -> None:
        seen_at = datetime.now(UTC).isoformat()
        for observation in turn.observations:
            poster.send(observation.report(NETWORK, seen_at))
        for fault in turn.ended:
            self._set(fault, settings(fault, on=False).items())
        for fault in turn.began:
            self._set(fault, settings(fault, on=True).items())
        if turn.began or turn.ended:
            for relay in self._relays:
                relay.set_faults(turn.faults)

    def _set(self, fault: Fault, values: Iterable[tuple[str, float]]) -> None:
        for vehicle in self._fleet.vehicles:
            if fault.concerns(vehicle.spec.sysid):
                for name, value in values:
                    self._set_parameter(vehicle.spec.sysid, name, value)

    def _set_parameter(self, sysid: int, name: str, value: float) -> None:
        message = new(
            "PARAM_SET", target_system=sysid, target_component=1, param_id=name, param_value=value, param_type=REAL32
        )
        self._fleet.vehicles[sysid - 1].receive(message, 255, 190, PORT)

    def _blow(self, turn: Turn) -> None:
        """The wind of the world at each vehicle's height, told where it has changed."""
        for drone in self._drones():
            if any(fault.name == STORM and fault.concerns(drone.sysid) for fault in turn.faults):
                self._blown.pop(drone.sysid, None)
                continue
            speed, from_deg = self.engine.world.wind.at(self.engine.now_s, max(10.0, drone.alt_rel_m))
            was = self._blown.get(drone.sysid, (0.0, from_deg))
            if abs(speed - was[0]) >= WIND_STEP_M_S or (speed and abs(from_deg - was[1]) >= 5.0):
                self._blown[drone.sysid] = (speed, from_deg)
                self._set_parameter(drone.sysid, "SIM_WIND_DIR", from_deg)
                self._set_parameter(drone.sysid, "SIM_WIND_SPD", speed)

    def _drones(self) -> list[DroneState]:
        packs = {vehicle.spec.sysid: vehicle.vehicle.battery for vehicle in self._fleet.vehicles}
        return [
            DroneState(
                pose.sysid,
                pose.lat_deg,
                pose.lon_deg,
                pose.alt_rel_m,
                pose.heading_deg,
                pose.flying,
                packs[pose.sysid].remaining_fraction * 100.0,
            )
            for pose in self._fleet.poses()
        ]

    async def _look(self, session: aiohttp.ClientSession, notes: Notes) -> None:
        while True:
            await self._look_once(session, notes)
            await asyncio.sleep(LOOK_EVERY_S)

    async def _look_once(self, session: aiohttp.ClientSession, notes: Notes) -> None:
        """What ground control has done since; nothing when it does not answer just now."""
        try:
            state = await _get(session, "api/v1/state")
            events = await _get(session, f"api/v1/events?after={self._events_seen}&limit=1000")
        except (aiohttp.ClientError, TimeoutError):
            return
        self._events_seen = max([self._events_seen, *(event["seq"] for event in events)])
        for at_s, kind, data in (*notes.of_state(state), *notes.of_events(events)):
            self.engine.note(kind, at_s, **data)


async def _get(session: aiohttp.ClientSession, path: str) -> Any:
    async with session.get(path) as response:
        response.raise_for_status()
        return await response.json(content_type=None)


def _vehicles(drill: Drill) -> Sequence[VehicleSpec]:
    """Side by side at home, away from each other by more than a position is wrong."""
    frame = LocalFrame(*drill.place.home, 0.0)
    battery = BatterySpec(capacity_mah=drill.fleet.battery_mah, sags=True)
    spots = [frame.to_geo(0.0, -HOME_STEP_M * n) for n in range(drill.fleet.vehicles)]
    return [
        VehicleSpec(sysid=1 + n, lat_deg=lat, lon_deg=lon, alt_m=HOME_ALT_M, battery=battery, swap_s=SWAP_S)
        for n, (lat, lon) in enumerate(spots)
    ]


def _units(drill: Drill, base_url: str, speedup: float) -> SimUnits:
    habits = {part.id: _habits(part) for part in drill.units}
    people = [part.unit() for part in drill.units]
    return SimUnits(people, base_url, speedup=speedup, seed=drill.seed, own_habits=habits)


def _habits(part: UnitPart) -> UnitHabits:
    return UnitHabits(
        speed_m_s=part.speed_m_s,
        refuses=part.refuses,
        slow=part.slow,
        phone_lost_s=part.phone_lost_s,
        phone_back_s=part.phone_back_s,
    )
