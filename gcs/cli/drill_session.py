"""One drill with real sockets: fleet, relays, officers and cameras around a ground control, led by the engine.

The engine has no clock of its own; this file gives it the time and the poses, and does what comes of it:
reports what cameras saw, sets faults, blows the wind, and notes what ground control did.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType, TracebackType
from typing import Any, Final, Self

import aiohttp

from gcs.cli.drill_rewind import SessionMoment, ask, ended_since, undoing
from gcs.training.model import FaultRequest, ThingRequest, TrainingError
from simulators.cameras.reporter import Poster
from simulators.drill.clock import DrillClock
from simulators.drill.engine import Turn
from simulators.drill.fleet import DrillFleet, EmbeddedFleet, Stoppable
from simulators.drill.inputs import RecordedEngine
from simulators.drill.measures import distance_m
from simulators.drill.model import Drill, UnitPart
from simulators.drill.notes import Note, Notes
from simulators.faults import Fault, FaultError, settings
from simulators.line.relay import Relay
from simulators.scene import SceneUnit
from simulators.units import SimUnits, UnitHabits
from simulators.world import KINDS, Thing, Waypoint

NETWORK, LOUDSPEAKER = "drill", "loudspeaker"
PAYLOADS: Final = ({"name": LOUDSPEAKER, "zh": "喊话器", "en": "Loudspeaker", "relay": 0, "speaks": True},)
TICK_S: Final = 0.1
LOOK_EVERY_S: Final = 0.5
WIND_EVERY_S: Final = 2.0
WIND_STEP_M_S: Final = 0.3
STORM: Final = "WindBeyondLimits"
NOT_HEARD: Final = frozenset({"LinkLost", "setCommLost", "simulateConnectionRemoved"})
"""Faults of a line on which nothing comes down."""
NOWHERE: Final[Mapping[str, tuple[float, float]]] = MappingProxyType({})
IN_SIGHT_M: Final = 100.0
"""How far an officer who has arrived sees."""
SILENCE_S: Final = 0.5
"""Until nothing that vehicles said before is still under way."""


class DrillSession:
    """Enter it to have the fleet and its relays (`urls`); then `run` at a ground control.

    `fleet` are the vehicles, our own simulated ones unless told.
    """

    def __init__(
        self, drill: Drill, run_id: str, trainee: str, speedup: float, fleet: DrillFleet | None = None
    ) -> None:
        self.drill, self.run_id, self.trainee, self.speedup = drill, run_id, trainee, speedup
        self.engine = RecordedEngine(drill, run_id)
        self.began_at = datetime.now(UTC)
        self.clock = DrillClock(speedup, time.monotonic())
        self.over = asyncio.Event()
        self._fleet: DrillFleet = EmbeddedFleet(drill, speedup) if fleet is None else fleet
        self._lost: set[int] = set()
        self._unheard: list[tuple[int, dict[str, Any]]] = []
        self._relays: list[Relay] = []
        self._stack = AsyncExitStack()
        self._blown: dict[int, tuple[float, float]] = {}
        self._wind_s = 0.0
        self._events_seen = 0
        self._state: dict[str, Any] = {}
        self._moments: dict[int, SessionMoment] = {}
        self._set_back_s = 0.0
        self._stepped_s = 0.0
        self._looking, self._going_back = asyncio.Lock(), False
        self._base_url = ""
        self._units: SimUnits | None = None
        self._poster: Poster | None = None
        self._http: aiohttp.ClientSession | None = None
        self._notes: Notes | None = None

    @property
    def urls(self) -> tuple[str, ...]:
        return tuple(relay.url for relay in self._relays)

    @property
    def vehicles(self) -> tuple[str, ...]:
        """Ids under which ground control knows the fleet."""
        return tuple(f"{NETWORK}-{sysid}" for sysid in self._fleet.sysids)

    async def __aenter__(self) -> Self:
        try:
            async with AsyncExitStack() as stack:
                await stack.enter_async_context(self._fleet)
                for sysid, url in zip(self._fleet.sysids, self._fleet.urls, strict=True):
                    relay = Relay(url, sysid, self.drill.seed, time_scale=self.speedup)
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
            self._base_url = base_url
            self._units = self._people()
            self._units.hold()
            await self._units.start()
            stack.push_async_callback(self._people_leave)
            poster = self._poster = await stack.enter_async_context(Poster(base_url))
            session = await stack.enter_async_context(aiohttp.ClientSession(f"{base_url}/", trust_env=False))
            await self._wait_for(begins)
            ahead_s = time.time() - time.monotonic()
            notes = Notes(lambda unix_s: self.clock.at(unix_s - ahead_s - self._set_back_s))
            self._http, self._notes = session, notes
            self.began_at = datetime.now(UTC)
            self._stepped_s = self._our_s()
            self.clock = DrillClock(self.speedup, self._stepped_s)
            self._units.go_on()
            looking = asyncio.get_running_loop().create_task(self._look(session, notes))
            stack.callback(looking.cancel)
            await self._play(poster)
            async with self._looking:
                looking.cancel()
                await asyncio.gather(looking, return_exceptions=True)
                await self._look_once(session, notes)
                self.engine.note("drill.over")
                self._http = None

    def stop(self) -> None:
        self.over.set()

    def pause(self, *, paused: bool) -> None:
        """Hold everything that is simulated: the vehicles hang where they are, ground control goes on."""
        if self._going_back:
            raise TrainingError("the drill is going back to a bookmark just now")
        fleet, now_s = self._stoppable(), self._our_s()
        if paused == self.clock.paused:
            return
        (self.clock.pause if paused else self.clock.resume)(now_s)
        fleet.hold(held=paused)
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

    def bookmark(self, name: str, by: str) -> None:
        """Keep this moment; where time cannot be set back, for the debrief only."""
        if self._going_back:
            raise TrainingError("the drill is going back to a bookmark just now")
        number, fleet = self.engine.bookmark(name, by), self._fleet.stoppable
        if fleet is None:
            return
        people = {} if self._units is None else self._units.places()
        self._moments[number] = SessionMoment(
            self._stepped_s, fleet.moment(), people, dict(self._blown), self._state, (*self._unheard,)
        )

    async def rewind(self, bookmark: int, by: str) -> None:
        """Everything simulated is again as it was at a bookmark, and stands; ground control is told. TrainingError.

        The vehicles count as switched on anew, because their clocks fall.
        """
        fleet = self._stoppable()
        moment, session, notes = self._moments.get(bookmark), self._http, self._notes
        if session is None or notes is None:
            raise TrainingError("the drill has not begun, or is over")
        if moment is None:
            raise TrainingError(f"there is no bookmark {bookmark}", "bookmark")
        if self._going_back:
            raise TrainingError("the drill is going back to a bookmark already")
        self._going_back = True
        try:
            async with self._looking:
                self.clock.pause(self._our_s())
                fleet.hold(held=True)
                await self._go_back_to(bookmark, moment, by, session, notes)
        finally:
            self._going_back = False

    async def _go_back_to(
        self, bookmark: int, moment: SessionMoment, by: str, session: aiohttp.ClientSession, notes: Notes
    ) -> None:
        await self._look_once(session, notes)
        undone = undoing(moment.state, self._state, f"{self.run_id}-r{len(self.engine.undone) + 1}")
        if self._poster is not None:
            self._poster.give_up()
        await self._people_leave()
        for path, body in (*undone.operations, *undone.sightings):
            await ask(session, by, path, body)
        for relay in self._relays:
            relay.cut()
        self._go_back(bookmark, moment, by)
        await asyncio.sleep(SILENCE_S)
        for relay in self._relays:
            relay.mend(self.engine.active_faults)
        await self._look_past(session, notes)
        for sighting, report in undone.again.items():
            notes.repeats(report["id"], sighting)
            await ask(session, by, "sightings", report)
        await self._people_come(moment)

    def _go_back(self, bookmark: int, moment: SessionMoment, by: str) -> None:
        self.engine.rewind(bookmark, by, ended=ended_since(moment.state, self._state))
        self._moments = {number: kept for number, kept in self._moments.items() if number <= bookmark}
        self._stoppable().go_back(moment.fleet)
        self._unheard = list(moment.unheard)
        self._blown, self._wind_s = dict(moment.blown), 0.0
        self._set_back_s += self._our_s() - moment.our_s
        self.clock.rewind(moment.our_s)
        self.clock.pause(moment.our_s)

    def _stoppable(self) -> Stoppable:
        """The fleet, if its time can be stopped. TrainingError."""
        fleet = self._fleet.stoppable
        if fleet is None:
            raise TrainingError("real autopilots (SITL) fly in real time: the drill cannot be held or taken back")
        return fleet

    def _people(
        self, places: Mapping[str, tuple[float, float]] = MappingProxyType({}), since_s: float = 0.0
    ) -> SimUnits:
        """The drill's people as they are `since_s` into it, those in `places` there."""
        drill = self.drill
        habits = {part.id: _habits(part, since_s) for part in drill.units}
        people = [_standing(part.unit(), places) for part in drill.units]
        return SimUnits(
            people, self._base_url, speedup=self.speedup, seed=drill.seed, own_habits=habits, finds=self._is_there
        )

    def _is_there(self, sighting: Mapping[str, Any]) -> bool:
        """Whether something of that class is where it was reported, or has gone no farther than one sees."""
        place = sighting["place"]
        return any(
            thing.klass == sighting["klass"]
            and distance_m(at.lat_deg, at.lon_deg, place["lat_deg"], place["lon_deg"]) <= IN_SIGHT_M
            for thing in self.engine.world.present(self.engine.now_s)
            for at in (thing.at(self.engine.now_s),)
        )

    async def _people_leave(self) -> None:
        if self._units is not None:
            await self._units.stop()
            self._units = None

    async def _people_come(self, moment: SessionMoment) -> None:
        """Officers where they were then; their phones are lost and found when they would have been. They wait."""
        units = self._people(moment.people, self.engine.now_s)
        units.hold()
        await units.start()
        self._units = units

    def _our_s(self) -> float:
        """Our time, set back by what was rewound."""
        return time.monotonic() - self._set_back_s

    async def _wait_for(self, begins: asyncio.Event | None) -> None:
        """Until it begins or is stopped before that."""
        waits = [asyncio.ensure_future(event.wait()) for event in (begins, self.over) if begins and event]
        if waits:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()

    async def _play(self, poster: Poster) -> None:
        while not self.over.is_set():
            if not self.clock.paused:
                self._stepped_s = self._our_s()
                now_s = self.clock.at(self._stepped_s)
                turn = self.engine.advance(now_s, self._fleet.states())
                self._note_losses()
                self._do(turn, poster)
                if now_s >= self._wind_s:
                    self._wind_s = now_s + WIND_EVERY_S
                    self._blow(turn)
                if turn.over:
                    self.over.set()
            await asyncio.sleep(TICK_S)

    def _do(self, turn: Turn, poster: Poster) -> None:
        self._report(turn, poster)
        for fault in turn.ended:
            self._set(fault, settings(fault, on=False).items())
        for fault in turn.began:
            self._set(fault, settings(fault, on=True).items())
        if turn.began or turn.ended:
            for relay in self._relays:
                relay.set_faults(turn.faults)

    def _report(self, turn: Turn, poster: Poster) -> None:
        """What cameras saw comes to the ground when the vehicle is heard."""
        seen_at = datetime.now(UTC).isoformat()
        self._unheard += [(seen.sysid, seen.report(NETWORK, seen_at)) for seen in turn.observations]
        silent = [fault for fault in turn.faults if fault.name in NOT_HEARD]
        waiting, self._unheard = self._unheard, []
        for sysid, report in waiting:
            if any(fault.concerns(sysid) for fault in silent):
                self._unheard.append((sysid, report))
            else:
                poster.send(report)

    def _note_losses(self) -> None:
        """What is gone, and what could not be set, stands in the log; without any vehicle the drill is over."""
        for sysid in sorted(self._fleet.dead.keys() - self._lost):
            self._lost.add(sysid)
            self.engine.note("vehicle.lost", vehicle=sysid)
        for sysid, name in self._fleet.not_taken():
            self.engine.note("vehicle.parameter_not_taken", vehicle=sysid, name=name)
        if len(self._lost) == len(self._fleet.sysids):
            self.over.set()

    def _set(self, fault: Fault, values: Iterable[tuple[str, float]]) -> None:
        for sysid in self._fleet.sysids:
            if fault.concerns(sysid):
                for name, value in values:
                    self._fleet.set_parameter(sysid, name, value)

    def _blow(self, turn: Turn) -> None:
        """The wind of the world at each vehicle's height, told where it has changed."""
        for drone in self._fleet.states():
            if any(fault.name == STORM and fault.concerns(drone.sysid) for fault in turn.faults):
                self._blown.pop(drone.sysid, None)
                continue
            speed, from_deg = self.engine.world.wind.at(self.engine.now_s, max(10.0, drone.alt_rel_m))
            was = self._blown.get(drone.sysid, (0.0, from_deg))
            if abs(speed - was[0]) >= WIND_STEP_M_S or (speed and abs(from_deg - was[1]) >= 5.0):
                self._blown[drone.sysid] = (speed, from_deg)
                self._fleet.set_parameter(drone.sysid, "SIM_WIND_DIR", from_deg)
                self._fleet.set_parameter(drone.sysid, "SIM_WIND_SPD", speed)

    async def _look(self, session: aiohttp.ClientSession, notes: Notes) -> None:
        while True:
            async with self._looking:
                await self._look_once(session, notes)
            await asyncio.sleep(LOOK_EVERY_S)

    async def _look_once(self, session: aiohttp.ClientSession, notes: Notes) -> None:
        """What ground control has done since goes into the log."""
        for at_s, kind, data in await self._news(session, notes):
            self.engine.note(kind, at_s, **data)

    async def _look_past(self, session: aiohttp.ClientSession, notes: Notes) -> None:
        """What ground control has done since belongs to what was undone."""
        while await self._news(session, notes):
            pass

    async def _news(self, session: aiohttp.ClientSession, notes: Notes) -> list[Note]:
        """Nothing when ground control does not answer just now."""
        try:
            state = await _get(session, "api/v1/state")
            events = await _get(session, f"api/v1/events?after={self._events_seen}&limit=1000")
        except (aiohttp.ClientError, TimeoutError):
            return []
        self._events_seen = max([self._events_seen, *(event["seq"] for event in events)])
        self._state = state
        return [*notes.of_state(state), *notes.of_events(events)]


async def _get(session: aiohttp.ClientSession, path: str) -> Any:
    async with session.get(path) as response:
        response.raise_for_status()
        return await response.json(content_type=None)


def _standing(unit: SceneUnit, places: Mapping[str, tuple[float, float]]) -> SceneUnit:
    lat, lon = places.get(unit.id, (unit.lat_deg, unit.lon_deg))
    return replace(unit, lat_deg=lat, lon_deg=lon)


def _habits(part: UnitPart, since_s: float) -> UnitHabits:
    lost_s, back_s = part.phone_lost_s, part.phone_back_s
    over = lost_s is None or (back_s is not None and back_s <= since_s)
    return UnitHabits(
        speed_m_s=part.speed_m_s,
        refuses=part.refuses,
        slow=part.slow,
        phone_lost_s=None if over or lost_s is None else max(0.0, lost_s - since_s),
        phone_back_s=None if over or back_s is None else back_s - since_s,
    )
