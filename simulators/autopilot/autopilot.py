"""One simulated ArduCopter: takes messages with the channel they came from, and time; gives messages per channel.

It knows no socket and no clock. `step` moves its two clocks: simulated time (flight, boot, batteries) and
link time (heartbeats, streams, time-outs of protocols), which differ when a simulation is sped up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import ceil, radians
from typing import Final

from simulators.airframe import Airframe
from simulators.autopilot.actions import local_point
from simulators.autopilot.boot import Boot, PrearmWatch
from simulators.autopilot.commands import execute
from simulators.autopilot.failsafes.failsafe import Failsafes
from simulators.autopilot.failsafes.faults import FAULT_PARAMETERS, Faults
from simulators.autopilot.failsafes.fence import Fence
from simulators.autopilot.flight import setpoints
from simulators.autopilot.flight.auto import FENCE_ENABLE, REPEAT_RELAY, REPEAT_SERVO, Auto
from simulators.autopilot.flight.controllers import Controller
from simulators.autopilot.flight.mission import MissionRunner
from simulators.autopilot.flight.repeats import Repeats
from simulators.autopilot.items.item_store import ItemStore
from simulators.autopilot.items.stored_items import MISSION, RALLY
from simulators.autopilot.items.transfer import GUIDED_ITEMS, Peer, TransferService
from simulators.autopilot.modes import Pilot
from simulators.autopilot.parameters.ftp import FtpService
from simulators.autopilot.parameters.params import HIDDEN_AT_FIRST, Parameters, ParameterService
from simulators.autopilot.parameters.statistics import Statistics
from simulators.autopilot.parts import Parts, command_of
from simulators.autopilot.payload import devices as payload
from simulators.autopilot.payload.commands import steer
from simulators.autopilot.state import AUTO, Vehicle
from simulators.autopilot.telemetry import terrain_request
from simulators.autopilot.telemetry.air import Air
from simulators.autopilot.telemetry.streams import Streams, build
from simulators.battery import Battery, BatterySpec
from simulators.local_frame import LocalFrame
from simulators.wind import Wind, WindSpec
from telemetry.dialect import ARDUPILOTMEGA, Message
from telemetry.messages import new
from telemetry.services.mission_item import MissionItem

LARGEST_STEP_S: Final = 0.05
TIMESYNC_S: Final = 10.0
REBOOT_CLOSES_S: Final = 0.2
REBOOT_HEARTBEAT_S: Final = 1.035
HOUSEKEEPING_S: Final = 1.0
_MISSION_CURRENT: Final = ARDUPILOTMEGA.by_name["MISSION_CURRENT"].TYPE.id
_EPOCH_2026_US: Final = 1_767_225_600_000_000


@dataclass(frozen=True, slots=True)
class VehicleSpec:
    """A vehicle to simulate. Degrees, metres above sea level; `params` are changes to the defaults.

    `warm` starts it with a good position at once, not after 42 s; `swap_s` gives it a full pack once it has
    stood disarmed for that many simulated seconds (None = never). `unix_at_boot_us` is its clock at power-on
    (None = the start of 2026).
    """

    sysid: int = 1
    lat_deg: float = 29.9
    lon_deg: float = 121.84
    alt_m: float = 10.0
    heading_deg: float = 90.0
    warm: bool = True
    battery: BatterySpec = field(default_factory=BatterySpec)
    wind: WindSpec = field(default_factory=WindSpec)
    params: Mapping[str, float] = field(default_factory=dict)
    swap_s: float | None = None
    unix_at_boot_us: int | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.sysid <= 250:
            raise ValueError(f"sysid {self.sysid} is not 1 to 250")
        if not (-89.0 <= self.lat_deg <= 89.0 and -180.0 <= self.lon_deg <= 180.0):
            raise ValueError(f"impossible home {self.lat_deg}, {self.lon_deg}")


_MISSION_MESSAGES: Final = (
    "MISSION_COUNT", "MISSION_WRITE_PARTIAL_LIST", "MISSION_ITEM", "MISSION_ITEM_INT", "MISSION_CLEAR_ALL",
    "MISSION_REQUEST_LIST", "MISSION_REQUEST", "MISSION_REQUEST_INT",
)  # fmt: skip
_ITEMS: Final = frozenset({"MISSION_ITEM", "MISSION_ITEM_INT"})
_OPERATOR_MESSAGES: Final = ("OPEN_DRONE_ID_SYSTEM", "OPEN_DRONE_ID_SYSTEM_UPDATE")
HEARD: Final = frozenset(
    {
        *_MISSION_MESSAGES, *_OPERATOR_MESSAGES,
        "HEARTBEAT", "COMMAND_LONG", "COMMAND_INT", "MISSION_SET_CURRENT", "SET_MODE",
        "REQUEST_DATA_STREAM", "PARAM_REQUEST_LIST", "PARAM_REQUEST_READ", "PARAM_SET", "TIMESYNC",
        "SET_POSITION_TARGET_GLOBAL_INT", "SET_POSITION_TARGET_LOCAL_NED", "FILE_TRANSFER_PROTOCOL",
        "GIMBAL_MANAGER_SET_PITCHYAW", "LOG_REQUEST_LIST", "TERRAIN_DATA", "TERRAIN_CHECK",
    }
)  # fmt: skip
"""Names of the messages a vehicle listens to; nothing else need be decoded for it."""


class Autopilot:
    """`vehicle` is its state, for whoever draws or measures; write to it through messages only."""

    def __init__(self, spec: VehicleSpec, seed: int = 0) -> None:
        self.spec = spec
        self._seed = seed
        rated = {"BATT_CAPACITY": spec.battery.capacity_mah}
        usual = spec.battery.capacity_mah == BatterySpec().capacity_mah
        self._values = Parameters({"MAV_SYSID": spec.sysid, **({} if usual else rated), **spec.params})
        self._store = ItemStore()
        self.restarts = 0
        self._handlers: Mapping[str, Callable[[Message, Peer], None]] = {
            **dict.fromkeys(_MISSION_MESSAGES, self._mission),
            "HEARTBEAT": self._heartbeat,
            "COMMAND_LONG": self._command,
            "COMMAND_INT": self._command,
            "MISSION_SET_CURRENT": self._set_current,
            "SET_MODE": self._set_mode,
            "REQUEST_DATA_STREAM": self._data_stream,
            "PARAM_REQUEST_LIST": self._param_list,
            "PARAM_REQUEST_READ": self._param_read,
            "PARAM_SET": self._param_set,
            "TIMESYNC": self._timesync,
            "LOG_REQUEST_LIST": self._logs,
            "FILE_TRANSFER_PROTOCOL": self._file_transfer,
            "GIMBAL_MANAGER_SET_PITCHYAW": self._steer_gimbal,
            "TERRAIN_DATA": self._terrain,
            "TERRAIN_CHECK": self._terrain_check,
            **dict.fromkeys(_OPERATOR_MESSAGES, self._operator),
            "SET_POSITION_TARGET_GLOBAL_INT": self._follow_global,
            "SET_POSITION_TARGET_LOCAL_NED": self._follow_local,
        }
        self._start(warm=spec.warm)

    def _start(self, *, warm: bool) -> None:
        spec = self.spec
        frame = LocalFrame(spec.lat_deg, spec.lon_deg, spec.alt_m)
        self.vehicle = vehicle = Vehicle(
            spec.sysid, frame, spec.heading_deg, self._values, Airframe(radians(spec.heading_deg)),
            Battery(spec.battery), Wind(spec.wind, self._seed), self._seed,
            unix_at_boot_us=spec.unix_at_boot_us or _EPOCH_2026_US,
        )  # fmt: skip
        vehicle.battery.rated_mah = max(1.0, self._values["BATT_CAPACITY"])
        self._parameters = ParameterService(vehicle, self._values)
        announce = vehicle.announce = self._parameters.announce
        self._ftp = FtpService(vehicle, self._values)
        self._streams = Streams(vehicle)
        self._runner = MissionRunner(vehicle, self._store.mission)
        self._was_armed = False
        self._pilot = Pilot(vehicle, self._make_auto, self._has_mission, self._runner.takes_off_first, announce)
        self._pilot.mode_changed = self._streams.extra_heartbeat
        self._fence = Fence(vehicle, self._store, self._pilot.escape)
        self._failsafes = Failsafes(vehicle, self._pilot.recover, self._pilot.stop_motors)
        self._faults = Faults(vehicle, self._pilot.recover)
        self._transfer = TransferService(vehicle, self._store, announce, self._auto_runs, self._runner.cleared)
        if not warm and not self.restarts:
            self._parameters.hidden = HIDDEN_AT_FIRST
        self._boot = Boot(vehicle, self._pilot.force_mode, self._parameters.tell, again=self.restarts > 0)
        self._reboot_at_s: float | None = None
        self._housekeeping_s = 0.0
        self._timesync_s = TIMESYNC_S
        self._changes_seen = self._store.changes
        self._rally_seen = -1
        self._standing_since_s = 0.0
        if warm:
            self._boot.warm_start()
            if self._store.home_is_set():
                vehicle.announce("MIS_TOTAL", 1.0)
            vehicle.drain()
        self._prearm = PrearmWatch(vehicle)
        self._statistics = Statistics(vehicle, announce)
        self._air = Air(vehicle)
        self._repeats = Repeats(vehicle)
        self._parts = Parts(
            vehicle, self._pilot, self._runner, self._store, self._streams, self._values, self._parameters,
            self._fence, self._prearm, self._repeats, self._failsafes.pack_changed, self._ask_reboot,
        )  # fmt: skip

    def _make_auto(self, pilot: Pilot) -> Controller:
        return Auto(
            self.vehicle, pilot.heading, self._runner, self._do_item, has_mission=self._store.has_mission
        )  # fmt: skip

    def _do_item(self, item: MissionItem) -> None:
        if item.command == FENCE_ENABLE and item.param1 in {0, 1}:
            self._fence.switch(on=item.param1 == 1)
        elif item.command == REPEAT_RELAY:
            self._repeats.relay(item.param1, item.param2, item.param3)
        elif item.command == REPEAT_SERVO:
            self._repeats.servo(item.param1, item.param2, item.param3, item.param4)

    def _has_mission(self) -> bool:
        return self._store.has_mission

    def _auto_runs(self) -> bool:
        return self.vehicle.mode == AUTO and self._runner.running and self.vehicle.armed

    def open(self, channel: str, number: int = 0) -> None:
        """A channel exists from now on, the n-th serial port; its rates outlive its clients."""
        self._streams.open(channel, 0.0 if self._boot.complete else REBOOT_HEARTBEAT_S, number)

    def client_came(self, channel: str) -> None:
        """Somebody listens on a channel from now on."""
        if self.vehicle.link_s > REBOOT_HEARTBEAT_S:
            self._streams.client_came(channel)

    def receive(self, message: Message, sysid: int, compid: int, channel: str) -> None:
        """One message from a client. Never raises on what it holds; foreign targets are ignored."""
        handler = self._handlers.get(message.message_name)
        if handler is None:
            return
        target = getattr(message, "target_system", 0)
        if target in {0, self.spec.sysid}:
            self.open(channel)
            handler(message, Peer(channel, sysid, compid))

    def drain(self) -> list[tuple[Message, str | None]]:
        """What is to be sent now: each with its channel, or None for every channel."""
        self._transfer.flush()
        self._note_disarming()
        self._mission_edited()
        self._tell_reached()
        self._runner.publish()
        self._streams.step()
        return self.vehicle.drain()

    def _note_disarming(self) -> None:
        if self._was_armed and not self.vehicle.armed:
            self._runner.disarmed()
        self._was_armed = self.vehicle.armed

    def step(self, dt_s: float, link_dt_s: float | None = None) -> None:
        """Let simulated time pass, and link time (the same when left out). In no time the vehicle hangs where it is."""
        link_dt_s = dt_s if link_dt_s is None else link_dt_s
        vehicle = self.vehicle
        vehicle.link_s += link_dt_s
        if dt_s > 0.0:
            self._move(dt_s)
        self._transfer.step()
        self._parameters.step(link_dt_s)
        if vehicle.now_s >= self._housekeeping_s:
            self._housekeeping_s = vehicle.now_s + HOUSEKEEPING_S
            self._housekeeping()
        if vehicle.link_s >= self._timesync_s:
            self._timesync_s += TIMESYNC_S
            vehicle.send(new("TIMESYNC", ts1=vehicle.boot_us * 1000 + vehicle.sysid))
        self._pilot.watch_motor_test()
        self._prearm.step()
        self._statistics.step()
        self._air.step()
        self._repeats.step()
        self._failsafes.step()
        self._faults.step()
        self._tell_reached()
        if self._reboot_at_s is not None and vehicle.link_s >= self._reboot_at_s:
            self.restarts += 1
            self._start(warm=False)

    def _move(self, dt_s: float) -> None:
        vehicle = self.vehicle
        still = not vehicle.armed and vehicle.body.on_ground
        steps = 1 if still else max(1, ceil(dt_s / LARGEST_STEP_S - 1e-9))
        for _ in range(steps):
            vehicle.now_s += dt_s / steps
            if not self._boot.complete:
                self._boot.step()
                if vehicle.home is not None and self._store.home_is_set():
                    vehicle.announce("MIS_TOTAL", 1.0)
            payload.step(vehicle, dt_s / steps)
            if not vehicle.armed:
                self._pilot.idle()
            if not still:
                self._mission_edited()
                self._pilot.step(dt_s / steps)
        self._fence.step()

    def _housekeeping(self) -> None:
        self._swap_pack()

    def _swap_pack(self) -> None:
        vehicle, wait_s = self.vehicle, self.spec.swap_s
        if vehicle.armed or not vehicle.body.on_ground or vehicle.battery.consumed_mah <= 0:
            self._standing_since_s = vehicle.now_s
        elif wait_s is not None and vehicle.now_s - self._standing_since_s >= wait_s:
            vehicle.battery.swap()
            self._failsafes.pack_changed()

    def _mission_edited(self) -> None:
        if self._rally_seen != self._store.rally_changes:
            self._rally_seen = self._store.rally_changes
            points = [local_point(self.vehicle, p.frame, p.x, p.y, p.z) for p in self._store.lists[RALLY]]
            self.vehicle.rally = tuple(points)
        if self._changes_seen != self._store.changes:
            self._changes_seen = self._store.changes
            if self._auto_runs() and self._parts.auto is not None:
                self._runner.replaced(self._parts.auto)

    def _tell_reached(self) -> None:
        vehicle = self.vehicle
        if vehicle.reached is not None:
            vehicle.last_reached = vehicle.reached
            vehicle.defer(new("MISSION_ITEM_REACHED", seq=vehicle.reached))
            vehicle.reached = None

    def _ask_reboot(self) -> None:
        self._reboot_at_s = self.vehicle.link_s + REBOOT_CLOSES_S

    def _heartbeat(self, message: Message, peer: Peer) -> None:  # noqa: ARG002 - only the sender counts
        self._failsafes.gcs_heard(peer.sysid)

    def _command(self, message: Message, peer: Peer) -> None:
        execute(self._parts, command_of(message, peer))

    def _mission(self, message: Message, peer: Peer) -> None:
        if message.message_name in _ITEMS and message.current in GUIDED_ITEMS and message.mission_type == MISSION:
            result = setpoints.follow_item(self.vehicle, self._pilot, self._fence, message)
            ack = new("MISSION_ACK", target_system=peer.sysid, target_component=peer.compid, type=int(result))
            self.vehicle.send(ack, peer.channel)
        else:
            self._transfer.receive(message, peer)

    def _set_current(self, message: Message, peer: Peer) -> None:
        if self._parts.set_current(message.seq):
            self._runner.publish()
            current = build(self.vehicle, _MISSION_CURRENT)
            if current is not None:
                self.vehicle.send(current, peer.channel)

    def _set_mode(self, message: Message, peer: Peer) -> None:  # noqa: ARG002 - never answered
        if message.base_mode & 1:
            self._pilot.set_mode(message.custom_mode, by_gcs=True)

    def _data_stream(self, message: Message, peer: Peer) -> None:
        self._streams.request_data_stream(peer.channel, message)

    def _param_list(self, message: Message, peer: Peer) -> None:  # noqa: ARG002 - it asks for all
        self._parameters.request_list(peer.channel)

    def _param_read(self, message: Message, peer: Peer) -> None:
        self._parameters.request_read(message, peer.channel)

    def _param_set(self, message: Message, peer: Peer) -> None:  # noqa: ARG002 - every channel hears it
        self._parameters.set(message)
        if message.param_id in FAULT_PARAMETERS:
            self._faults.apply(message.param_id, self._values[message.param_id])

    def _timesync(self, message: Message, peer: Peer) -> None:
        if message.tc1 == 0:
            self.vehicle.send(new("TIMESYNC", tc1=self.vehicle.boot_us * 1000, ts1=message.ts1), peer.channel)

    def _logs(self, message: Message, peer: Peer) -> None:  # noqa: ARG002 - whichever are asked for
        """It keeps none, and says so as ArduPilot does without any."""
        self.vehicle.send(new("LOG_ENTRY"), peer.channel)

    def _file_transfer(self, message: Message, peer: Peer) -> None:
        self._ftp.receive(message, peer)

    def _operator(self, message: Message, peer: Peer) -> None:  # noqa: ARG002 - that it came counts
        self._air.operator_heard()

    def _steer_gimbal(self, message: Message, peer: Peer) -> None:  # noqa: ARG002 - anybody steers
        steer(self.vehicle, message)

    def _terrain(self, message: Message, peer: Peer) -> None:  # noqa: ARG002 - whoever has it
        terrain_request.take(self.vehicle, message)

    def _terrain_check(self, message: Message, peer: Peer) -> None:
        report = terrain_request.report_for(self.vehicle, message.lat / 1e7, message.lon / 1e7)
        self.vehicle.send(report, peer.channel)

    def _follow_global(self, message: Message, peer: Peer) -> None:  # noqa: ARG002 - never answered
        setpoints.follow_global(self.vehicle, self._pilot, message)

    def _follow_local(self, message: Message, peer: Peer) -> None:  # noqa: ARG002 - never answered
        setpoints.follow_local(self.vehicle, self._pilot, message)
