"""Everything between the wire and the fleet: messages in, commands, missions and other work out, heartbeat at 1 Hz.

The station owns no state of vehicles (the `Fleet` does) and takes no decisions (people and operations
do). Every command and its result is an event that carries the name of who asked for it.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from itertools import count
from typing import Any, TypeVar

from gcs.bus import Bus
from gcs.clock import Clock
from gcs.events import Event
from gcs.fleet.clocks import FleetClocks, VehicleClock
from gcs.fleet.payloads import SUBSCRIBED as PAYLOAD_MESSAGES
from gcs.fleet.reduce import SUBSCRIBED as FLEET_MESSAGES
from gcs.fleet.roster import Fleet
from gcs.fleet.state import VehicleState
from gcs.fleet.takeovers import Takeover, Takeovers
from gcs.parts import parts
from gcs.transfers import Transfer, Transfers
from gcs.vehicles.care import DEFAULT_CARE, GUEST_UPLOAD, Care, CareSettings
from gcs.vehicles.fence import raise_fence
from gcs.vehicles.machine_runner import MachineRunner
from gcs.vehicles.policy import command_name, refusal, transfer_refusal
from gcs.vehicles.ports import ForgottenUploads, OpenUploads, Wire
from gcs.vehicles.work import ITEMS_TURN, Work, WorkRefusedError
from telemetry.constants import MavAutopilot, MavResult
from telemetry.dialect import ARDUPILOTMEGA, Message
from telemetry.messages import new
from telemetry.received import Received
from telemetry.services.command import Command, CommandOutcome
from telemetry.services.commands import request_message
from telemetry.services.heartbeat import HealthGate, gcs_heartbeat
from telemetry.services.high_latency import SENDING as OVER_SATELLITE
from telemetry.services.machine import Machine
from telemetry.services.message_rates import MessageRates
from telemetry.services.mission_download import DownloadOutcome, MissionDownload
from telemetry.services.mission_item import MissionItem, mission_hash
from telemetry.services.mission_verify import MissionTransfer, TransferOutcome

T = TypeVar("T")
SUBSCRIBED = (FLEET_MESSAGES | PAYLOAD_MESSAGES) | {
    "COMMAND_ACK",
    "COMMAND_LONG",
    "FILE_TRANSFER_PROTOCOL",
    "LOG_DATA",
    "LOG_ENTRY",
    "MISSION_ACK",
    "MISSION_COUNT",
    "MISSION_ITEM_INT",
    "MISSION_REQUEST",
    "MISSION_REQUEST_INT",
    "PARAM_VALUE",
    "TIMESYNC",
}
"""What the endpoint must decode for the station."""
HEARTBEAT_EVERY_S = 1.0
TICK_S = 0.25
VEHICLES_AT_A_TIME = 200
"""So many are looked at before anything else gets its turn."""
LOOKS_A_CHOICE = 4
"""Once a second it is chosen anew by which way a vehicle is answered."""
SYSTEM = "system"
SYSTEM_TIME = ARDUPILOTMEGA.by_name["SYSTEM_TIME"].TYPE.id


class Station:
    """`wire` sends; whoever owns the endpoint hands every message to `receive`, on the event loop.

    `publish` gets every event of vehicles, commands and missions.
    """

    def __init__(
        self,
        wire: Wire,
        fleet: Fleet,
        clock: Clock,
        publish: Callable[[Event], None],
        care: CareSettings = DEFAULT_CARE,
        *,
        uploads: OpenUploads | None = None,
    ) -> None:
        self._wire = wire
        self._fleet = fleet
        self._clock = clock
        self._publish = publish
        self._uploads = uploads or ForgottenUploads()
        self._care = Care(self, fleet, clock, care, self._uploads.vehicles())
        self._runners: dict[str, MachineRunner] = {}
        self._asked: dict[tuple[str, int], tuple[Message, asyncio.Task[CommandOutcome]]] = {}
        self._turns: defaultdict[tuple[str, int], asyncio.Lock] = defaultdict(asyncio.Lock)
        self._work_turns: defaultdict[tuple[str, str], asyncio.Lock] = defaultdict(asyncio.Lock)
        self._clocks = FleetClocks(
            lambda vehicle_id, message: self._wire.send(message, self._fleet.origin(vehicle_id)),
            self.target,
            lambda: self.own,
        )
        self._transfers = Transfers()
        self._takeovers = Takeovers()
        self._moved: Bus[VehicleState] = Bus()
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def own(self) -> tuple[int, int]:
        """Our system and component id."""
        return self._wire.sysid, self._wire.compid

    @property
    def vehicles(self) -> Mapping[str, VehicleState]:
        return self._fleet.vehicles

    def target(self, vehicle_id: str) -> tuple[int, int]:
        """(sysid, compid) of the vehicle's autopilot; KeyError when it was never heard."""
        return self.vehicles[vehicle_id].sysid, self._fleet.compid(vehicle_id)

    def clock_of(self, state: VehicleState, now_s: float) -> VehicleClock | None:
        """What the vehicle's clock shows in our time; None while that is not known."""
        return self._clocks.clock(state, now_s)

    def operator_target(self, vehicle_id: str) -> tuple[int, int]:
        """(sysid, compid) of the part of the vehicle that counts its ground stations: its autopilot unless it says."""
        told = self._fleet.payloads.of(vehicle_id).operator
        sysid, autopilot = self.target(vehicle_id)
        return sysid, told.component if told is not None else autopilot

    @property
    def takeovers(self) -> Mapping[str, Takeover]:
        """Which other stations ask to take over, by vehicle."""
        return self._takeovers.open

    def settle_takeover(self, vehicle_id: str, actor: str, *, granted: bool) -> bool:
        """Somebody has decided on the vehicle's question; False when none is open. What grants it is to be sent."""
        asked = self._takeovers.settle(vehicle_id)
        if asked is not None:
            kind = "operator.granted" if granted else "operator.refused"
            self._tell(kind, vehicle_id, actor, station=asked.station)
        return asked is not None

    def on_moved(self, subscriber: Callable[[VehicleState], None]) -> Callable[[], None]:
        """Call `subscriber` at every new position; call what is returned to stop."""
        return self._moved.subscribe(subscriber)

    async def start(self) -> None:
        """Begin to send heartbeats, to notice silence and to look after vehicles."""
        loop = asyncio.get_running_loop()
        self._tasks = [
            loop.create_task(self._beat(), name="heartbeat"),
            loop.create_task(self._look_around(), name="station"),
        ]

    async def stop(self) -> None:
        tasks = [*self._tasks, *(task for _, task in self._asked.values())]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._care.stop()
        self._tasks = []

    def receive(self, received: Received) -> str | None:
        """Take in one message from the wire. The vehicle it came from; None when that is not known."""
        fleet, vehicles, now_s = self._fleet, self._fleet.vehicles, self._clock.monotonic_s()
        vehicle_id, name = fleet.vehicle_id(received), received.message.message_name
        before = vehicles.get(vehicle_id)
        for event in fleet.receive(received, now_s, self._clock.utc()):
            self._publish(event)
            self._care.heard_of(event)
        runner = self._runners.get(vehicle_id)
        if runner is not None:
            runner.offer(received)
        state = vehicles.get(vehicle_id)
        if name == "TIMESYNC":
            self._answer_timesync(received)
            self._clocks.receive(vehicle_id, received, now_s)
        elif name == "COMMAND_LONG" and state is not None:
            self._hear_takeover(vehicle_id, received, now_s)
        elif name == "GLOBAL_POSITION_INT" and state is not None and state is not before:
            self._moved.publish(state)
        return None if state is None else vehicle_id

    async def command(self, vehicle_id: str, message: Message, actor: str) -> CommandOutcome:
        """Send a COMMAND_LONG or COMMAND_INT and wait for what the vehicle makes of it.

        One command of a kind is under way to a vehicle at a time: the same message asked for again
        meanwhile shares the answer, a different one waits for its turn. Refused ones (see
        `gcs.vehicles.policy`) are not sent; the reason is in the outcome's `detail`.
        """
        reason = refusal(self.vehicles.get(vehicle_id), message, self._clock.monotonic_s())
        if reason is not None:
            return self._refuse(vehicle_id, message, actor, reason)
        key = (vehicle_id, message.command)
        running = self._asked.get(key)
        if running is not None and running[0] == message:
            return await asyncio.shield(running[1])
        task = asyncio.get_running_loop().create_task(self._command_in_turn(vehicle_id, message, actor))
        self._asked[key] = (message, task)
        task.add_done_callback(lambda done: self._answered(key, done))
        return await asyncio.shield(task)

    async def transfer_mission(self, vehicle_id: str, items: Sequence[MissionItem], actor: str) -> TransferOutcome:
        """Upload, read back and compare. While it runs, and after it failed, the mission is unknown."""
        async with self._work_turns[vehicle_id, ITEMS_TURN]:
            state = self.vehicles.get(vehicle_id)
            reason = transfer_refusal(state, self._clock.monotonic_s())
            if reason is not None:
                self._tell("mission.refused", vehicle_id, actor, reason=reason)
                return TransferOutcome.refused(reason)
            self._tell("mission.upload_started", vehicle_id, actor, items=len(items))
            self._care.upload_began(vehicle_id)
            self._fleet.transfer_started(vehicle_id)
            held: str | None = None
            try:
                await self._remember(self._uploads.began, vehicle_id)
                machine = MissionTransfer(self.target(vehicle_id), self.own, tuple(items))
                outcome = await self._transfer(vehicle_id, machine, "mission.upload", actor)
                held = mission_hash(items) if outcome.verified else None
            finally:
                self._fleet.transfer_ended(vehicle_id, held, len(items) - 1 if held else None)
            if outcome.verified:
                self._care.upload_verified(vehicle_id)
                await self._remember(self._uploads.verified, vehicle_id)
            kind = "mission.verified" if outcome.verified else "mission.unknown"
            self._tell(kind, vehicle_id, actor, reason=outcome.reason, hash=held)
            return outcome

    async def download_mission(self, vehicle_id: str) -> DownloadOutcome:
        """Read the vehicle's mission back; from then on it is known."""
        async with self._work_turns[vehicle_id, ITEMS_TURN]:
            machine = MissionDownload(self.target(vehicle_id), self.own)
            outcome = await self._transfer(vehicle_id, machine, "mission.read", SYSTEM)
            if outcome.items is not None:
                held = mission_hash(outcome.items)
                self._fleet.transfer_ended(vehicle_id, held, max(0, len(outcome.items) - 1))
                self._tell("mission.read", vehicle_id, SYSTEM, items=len(outcome.items), hash=held)
            return outcome

    async def run(self, vehicle_id: str, work: Work[T], actor: str) -> T:
        """Run any other dialogue in its turn, with its events. Raises WorkRefusedError when it may not be."""
        async with self._work_turns[vehicle_id, work.turn]:
            reason = work.refusal(self.vehicles.get(vehicle_id), self._clock.monotonic_s())
            if reason is not None:
                self._tell(f"{work.kind}.refused", vehicle_id, actor, **work.told, reason=reason)
                raise WorkRefusedError(reason)
            self._tell(f"{work.kind}.started", vehicle_id, actor, **work.told)
            machine = work.make(self.target(vehicle_id), self.own)
            outcome = await self._transfer(vehicle_id, machine, work.kind, actor, work.about)
            done, data = work.ended(outcome)
            self._tell(f"{work.kind}.done" if done else f"{work.kind}.failed", vehicle_id, actor, **work.told, **data)
            return outcome

    async def raise_fence(self, vehicle_id: str, items: Sequence[MissionItem], actor: str) -> str:
        """Put a fence on the vehicle and have it count; why it does not stand, empty when it does."""
        async with self._work_turns[vehicle_id, ITEMS_TURN]:
            return await raise_fence(self, vehicle_id, items, actor)

    def guest_uploads(self, vehicle_id: str) -> None:
        """A guest has begun to change the vehicle's mission: it is unknown until it was read back."""
        for event in self._fleet.doubt_mission(vehicle_id, GUEST_UPLOAD, self._clock.utc()):
            self._publish(event)
            self._care.heard_of(event)

    def transfers(self, vehicle_id: str) -> tuple[Transfer, ...]:
        """What is being moved from or to the vehicle, and how far that is."""
        return self._transfers.of(vehicle_id)

    def give_up(self, vehicle_id: str, transfer: Transfer, actor: str) -> None:
        """Nobody wants the transfer any longer: whoever waits for it is told by whom it was ended."""
        self._tell("transfer.cancelled", vehicle_id, actor, transfer=transfer.kind, about=transfer.about)
        self._runner(vehicle_id).give_up(transfer.machine, f"cancelled by {actor}")

    async def set_rates(self, vehicle_id: str, rates: Mapping[str, float]) -> None:
        """Ask for messages at `rates` (Hz by name)."""
        await self._runner(vehicle_id).run(MessageRates(self.target(vehicle_id), self.own, rates))

    def busy(self, vehicle_id: str) -> bool:
        """Whether something is being transferred or asked; the vehicle streams less meanwhile."""
        runner = self._runners.get(vehicle_id)
        return runner is not None and runner.busy

    async def _command_in_turn(self, vehicle_id: str, message: Message, actor: str) -> CommandOutcome:
        name = command_name(message)
        async with self._turns[vehicle_id, message.command]:
            reason = refusal(self.vehicles.get(vehicle_id), message, self._clock.monotonic_s())
            if reason is not None:
                return self._refuse(vehicle_id, message, actor, reason)
            self._tell("command.sent", vehicle_id, actor, command=name, params=_params(message))
            state, target = self.vehicles[vehicle_id], (message.target_system, message.target_component)
            sending = OVER_SATELLITE if state.high_latency else None
            takes_cancel = state.autopilot != MavAutopilot.ARDUPILOTMEGA
            machine = Command(target, message, own=self.own, sending=sending, takes_cancel=takes_cancel)
            outcome = await self._transfer(vehicle_id, machine, "command", actor, name)
            kind = "command.timeout" if outcome.timed_out else "command.acked" if outcome.ok else "command.refused"
            result = None if outcome.result is None else outcome.result.name
            told = {"command": name, "result": result, "attempts": outcome.attempts, "detail": outcome.detail}
            self._tell(kind, vehicle_id, actor, **told)
            return outcome

    async def _remember(self, keep: Callable[[str], Awaitable[None]], vehicle_id: str) -> None:
        """A disk that fails keeps nobody on the ground: what is not kept is told, and known until we end."""
        try:
            await keep(vehicle_id)
        except OSError as error:
            self._tell("mission.not_kept", vehicle_id, SYSTEM, reason=error.strerror or type(error).__name__)

    def _refuse(self, vehicle_id: str, message: Message, actor: str, reason: str) -> CommandOutcome:
        name = command_name(message)
        self._tell("command.refused", vehicle_id, actor, command=name, by="ground control", detail=reason)
        return CommandOutcome(result=None, ok=False, timed_out=False, attempts=0, detail=reason)

    def _answered(self, key: tuple[str, int], task: asyncio.Task[CommandOutcome]) -> None:
        running = self._asked.get(key)
        if running is not None and running[1] is task:
            del self._asked[key]

    def _runner(self, vehicle_id: str) -> MachineRunner:
        if vehicle_id not in self._runners:
            self._runners[vehicle_id] = MachineRunner(
                lambda message: self._wire.send(message, self._fleet.origin(vehicle_id)), self._clock
            )
        return self._runners[vehicle_id]

    async def _transfer(self, vehicle_id: str, machine: Machine[T], kind: str, actor: str, about: str = "") -> T:
        with self._transfers.under_way(vehicle_id, machine, kind=kind, about=about, actor=actor):
            return await self._runner(vehicle_id).run(machine)

    def _tell(self, kind: str, vehicle_id: str, actor: str, **data: Any) -> None:
        self._publish(Event(kind=kind, at=self._clock.utc(), actor=actor, vehicle=vehicle_id, data=data))

    def _ask_who_is_doubted(self, vehicles: Iterable[str], now_s: float) -> None:
        """A second link may carry nothing but heartbeats, as nobody asked for more there: what the clock shows at its
        end tells whether that is the vehicle or another one. The question changes nothing on either."""
        for vehicle_id in vehicles:
            doubted = self._fleet.doubted(vehicle_id, now_s)
            if doubted is not None and not self.vehicles[vehicle_id].conflict:
                self._wire.send(request_message(self.target(vehicle_id), SYSTEM_TIME), doubted)

    def _hear_takeover(self, vehicle_id: str, received: Received, now_s: float) -> None:
        if all(way.origin != received.origin for way in self._fleet.ways(vehicle_id, now_s)):
            return
        message = received.message
        asked = self._takeovers.hear(vehicle_id, message, self._wire.sysid, now_s)
        if asked is None:
            return
        heard = new(
            "COMMAND_ACK",
            command=message.command,
            result=MavResult.ACCEPTED,
            target_system=received.sysid,
            target_component=received.compid,
        )
        self._wire.send(heard, received.origin)
        if asked.said == 1:
            waits_s = round(asked.until_s - now_s)
            self._tell("operator.asked", vehicle_id, vehicle_id, station=asked.station, waits_s=waits_s)

    def _answer_timesync(self, received: Received) -> None:
        if received.message.tc1 == 0:
            now_ns = int(self._clock.monotonic_s() * 1e9)
            self._wire.send(new("TIMESYNC", tc1=now_ns, ts1=received.message.ts1), received.origin)

    async def _beat(self) -> None:
        """Heartbeats stop when the loop stalls, so that the vehicles' own failsafe notices."""
        gate = HealthGate()
        while True:
            if gate.healthy(self._clock.monotonic_s()):
                self._wire.send(gcs_heartbeat())
            await asyncio.sleep(HEARTBEAT_EVERY_S)

    async def _look_around(self) -> None:
        for look in count():
            for vehicle_id, asked in self._takeovers.lapse(self._clock.monotonic_s()):
                self._tell("operator.unanswered", vehicle_id, SYSTEM, station=asked.station)
            for vehicles in parts(self.vehicles, VEHICLES_AT_A_TIME):
                self._look_at(vehicles, ways=look % LOOKS_A_CHOICE == 0)
                await asyncio.sleep(0)
            await asyncio.sleep(TICK_S)

    def _look_at(self, vehicles: Collection[str], *, ways: bool) -> None:
        now_s, utc = self._clock.monotonic_s(), self._clock.utc()
        events = self._fleet.tick(now_s, utc, vehicles)
        if ways:
            events += self._fleet.look_at_ways(now_s, utc, self._wire.loss, vehicles)
            self._ask_who_is_doubted(vehicles, now_s)
        for event in events:
            self._publish(event)
        self._care.look(vehicles)
        states = map(self.vehicles.get, vehicles)
        self._clocks.look((state for state in states if state is not None), now_s)


def _params(message: Message) -> list[float | None]:
    """The seven parameters as JSON can hold them; NaN means "leave it" and becomes None."""
    places = ("x", "y", "z") if message.message_name == "COMMAND_INT" else ("param5", "param6", "param7")
    values = [getattr(message, name) for name in ("param1", "param2", "param3", "param4", *places)]
    return [value if value == value else None for value in values]  # noqa: PLR0124 - NaN is not itself
