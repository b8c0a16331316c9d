"""All vehicles: who is there, where to answer, what changed.

Rules, in the order they are applied to a message:

1. A vehicle appears by a HEARTBEAT, or a HIGH_LATENCY2 that tells its mode, whose autopilot is not INVALID
   and whose type is not a ground station; nothing else creates one. Other components of the same system id
   are not the vehicle: what cameras, gimbals and receivers say goes to `gcs.fleet.payloads`.
2. A fall of the boot time by more than `REBOOT_FALL_MS` to what a restart can have reached, or a heartbeat
   in BOOT after one that was not, is a reboot: the state is forgotten, the mission unknown. Many reboots
   in a moment, and the signs of `gcs.fleet.twins`, are two vehicles with one system id: marked, and told
   once, until `CONFLICT_OVER_S` have passed without a sign.
3. A timed message older than the last of its type came late and is dropped. So is a copy of a text or
   of the mission's state that the network has made, or that came over a second link.
4. A mission is known only between a verified read and the first sign of another one.

Every change worth telling is returned as an `Event` whose actor is the vehicle.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from msgspec.structs import replace

from gcs.events import Event
from gcs.fleet import reduce
from gcs.fleet.payloads import MESSAGES as PAYLOAD_MESSAGES
from gcs.fleet.payloads import Payloads
from gcs.fleet.state import VehicleState
from gcs.fleet.twins import TwinWatch, goes_on, restarted
from gcs.fleet.ways import WayHealth, Ways
from telemetry.constants import MavAutopilot, MavState, MavType
from telemetry.dialect import Message
from telemetry.received import Origin, Received
from telemetry.services.status_text import StatusTextJoiner, WholeText

REBOOT_FALL_MS = 2000
MAX_VEHICLES = 8192
CONFLICT_REBOOTS = 3
CONFLICT_WINDOW_S = 10.0
CONFLICT_OVER_S = 30.0
DOUBT_SHOWN_AFTER_S = 4.0
"""A second link has proved itself by then."""
MISMATCHES_TO_DOUBT = 2
FOREIGN_UPLOAD_TEXT = "Flight plan received"
TELLS_WHO = frozenset({"HEARTBEAT", "AUTOPILOT_VERSION"})
"""Messages without a boot time that tell a restart or another vehicle."""
TOLD = frozenset({
    "HEARTBEAT", "HIGH_LATENCY2", "AUTOPILOT_VERSION", "SIMSTATE", "STATUSTEXT", "MISSION_CURRENT",
    "MISSION_ITEM_REACHED",
})  # fmt: skip
"""Messages that may change what has to be told at once."""
COPY_WITHIN_S = 0.9
COPIES_KNOWN = 32
COPIES_MATTER = frozenset({"STATUSTEXT", "MISSION_CURRENT"})
"""Messages that mean something else when they come twice; a vehicle repeats them after a second or more."""


@dataclass(slots=True)
class _Entry:
    """One vehicle and what is needed to keep its state right but nobody else has to see."""

    state: VehicleState
    compid: int
    ways: Ways
    answered_by: Origin
    was_stale: bool = False
    conflict_s: float | None = None
    same_board: bool = False
    twins: TwinWatch = field(default_factory=TwinWatch)
    newest_ms: int = 0
    clock_heard_s: float = 0.0
    """When a message last told the time since boot; heartbeats and texts do not."""
    transferring: bool = False
    expected_total: int | None = None
    mismatches: int = 0
    latest_ms: dict[str, int] = field(default_factory=dict)
    seen_s: dict[str, float] = field(default_factory=dict)
    reboots_s: tuple[float, ...] = ()
    texts: StatusTextJoiner = field(default_factory=StatusTextJoiner)
    recent: tuple[tuple[float, Received], ...] = ()

    def fits(self, boot_ms: int | None, now_s: float) -> bool | None:
        """Whether a time since boot can be this vehicle's; None while its clock is not known."""
        if not self.newest_ms:
            return None
        return boot_ms is not None and goes_on(self.newest_ms, boot_ms, self.state.silence_s(now_s))


class Fleet:
    """The vehicles heard so far, at most `max_vehicles` of them.

    `networks` names the network a link belongs to by its URL; links not named belong to `network`.
    Two vehicles with the same system id are told apart only by their network.
    """

    def __init__(
        self, network: str = "main", networks: Mapping[str, str] | None = None, max_vehicles: int = MAX_VEHICLES
    ) -> None:
        self._network = network
        self._networks = dict(networks or {})
        self._max_vehicles = max_vehicles
        self._ids: dict[str, dict[int, str]] = {}
        self._entries: dict[str, _Entry] = {}
        self._states: dict[str, VehicleState] = {}
        self.vehicles: Mapping[str, VehicleState] = MappingProxyType(self._states)
        self.payloads = Payloads()
        self.turned_away = 0
        """Heartbeats of vehicles beyond `max_vehicles`."""

    def assign_link(self, url: str, network: str) -> None:
        """Vehicles heard on the link `url` belong to `network` from now on."""
        self._networks[url] = network
        self._ids.pop(url, None)

    def vehicle_id(self, received: Received) -> str:
        return self.vehicle_at(received.origin.link, received.sysid)

    def vehicle_at(self, link: str, sysid: int) -> str:
        """The id of whoever speaks under `sysid` on a link, heard or not."""
        try:
            return self._ids[link][sysid]
        except KeyError:
            made = vehicle_name(self._networks.get(link, self._network), sysid)
            self._ids.setdefault(link, {})[sysid] = made
            return made

    def origin(self, vehicle_id: str) -> Origin | None:
        """Where to send what is meant for the vehicle; None when it was never heard."""
        entry = self._entries.get(vehicle_id)
        return entry.ways.used.origin if entry else None

    def ways(self, vehicle_id: str, now_s: float) -> tuple[WayHealth, ...]:
        """Each way by which the vehicle is heard and believed; none when it was never heard."""
        entry = self._entries.get(vehicle_id)
        return entry.ways.health(now_s) if entry else ()

    def other_ways(self, vehicle_id: str, now_s: float) -> tuple[WayHealth, ...]:
        """As `ways`, where there are several; none where there is nothing to choose."""
        entry = self._entries.get(vehicle_id)
        return () if entry is None or entry.ways.alone else entry.ways.health(now_s)

    def doubted(self, vehicle_id: str, now_s: float) -> Origin | None:
        """An address that speaks in the vehicle's name now and is not believed; it may be its second link."""
        entry = self._entries.get(vehicle_id)
        return entry.ways.doubted(now_s) if entry else None

    def compid(self, vehicle_id: str) -> int:
        """The vehicle's autopilot component; KeyError when it was never heard."""
        return self._entries[vehicle_id].compid

    def last_seen_s(self, vehicle_id: str, message_name: str) -> float | None:
        """When a message of that type was last heard from the vehicle (monotonic); None if never."""
        entry = self._entries.get(vehicle_id)
        return entry.seen_s.get(message_name) if entry else None

    def receive(self, received: Received, now_s: float, utc: datetime) -> list[Event]:
        """Take in one message; the events it caused, oldest first."""
        vehicle_id = self.vehicle_id(received)
        entry = self._entries.get(vehicle_id)
        if entry is None:
            return self._appear(vehicle_id, received, now_s, utc)
        message, name = received.message, received.message.message_name
        if name in PAYLOAD_MESSAGES:
            self.payloads.receive(vehicle_id, received, now_s)
        if received.compid != entry.compid:
            if name == "HEARTBEAT":
                self.payloads.beat(vehicle_id, received.compid, message.type)
            return []
        before = entry.state
        boot_ms = message.time_boot_ms if name in reduce.TIMED else None
        if not entry.ways.heard(received.origin, now_s, boot_ms, entry.fits):
            return self._strange(entry, received.origin, now_s, utc)
        events: list[Event] = []
        if boot_ms is not None or name in TELLS_WHO:
            events, late = self._look_at_clock(entry, message, boot_ms, now_s, utc)
            if late:
                return self._keep(entry, events)
        if name in COPIES_MATTER and _copied(entry, received, now_s):
            return self._keep(entry, events)
        entry.seen_s[name] = now_s
        entry.state = reduce.apply(entry.state, received, now_s)
        if name in TOLD:
            events += self._told(entry, before, received, now_s, utc)
        if entry.was_stale:
            entry.was_stale = False
            events.append(_event("vehicle.back", before, utc, {"silence_s": round(before.silence_s(now_s), 1)}))
        return self._keep(entry, events)

    def tick(self, now_s: float, utc: datetime, vehicles: Collection[str] | None = None) -> list[Event]:
        """Events of vehicles (all, or those named) that fell silent since the last call, one for each edge, of texts
        whose missing parts are not waited for any longer, and of conflicts that are over."""
        events = []
        for vehicle_id, entry in self._named(vehicles):
            if entry.texts.waits:
                events += self._tell(entry, entry.texts.expire(now_s), utc)
            if entry.conflict_s is not None and now_s - entry.conflict_s > CONFLICT_OVER_S:
                entry.conflict_s = None
                entry.state = replace(entry.state, conflict=False)
                events.append(_event("vehicle.conflict_over", entry.state, utc))
            doubted = entry.ways.doubted(now_s, DOUBT_SHOWN_AFTER_S)
            if doubted != entry.state.doubted:
                entry.state = replace(entry.state, doubted=doubted)
            self._states[vehicle_id] = entry.state
            if not entry.was_stale and entry.state.stale(now_s):
                entry.was_stale, entry.same_board = True, False
                events.append(_event("vehicle.stale", entry.state, utc, {"armed": entry.state.armed}))
        return events

    def forget(self) -> None:
        """Nobody was ever heard, as when a replay begins anew."""
        self._entries.clear()
        self._states.clear()
        self.payloads.forget()

    def look_at_ways(
        self,
        now_s: float,
        utc: datetime,
        loss: Callable[[Origin], float | None],
        vehicles: Collection[str] | None = None,
    ) -> list[Event]:
        """Once a second: choose anew by which way each vehicle (or those named) is answered; `loss` is the share of
        frames missing. Told is also a way that took over since the last look, as the one in use had fallen silent."""
        events = []
        for _, entry in self._named(vehicles):
            entry.ways.look(now_s, loss)
            before, used = entry.answered_by, entry.ways.used.origin
            if used != before:
                entry.answered_by = used
                data = {"link": used.link, "peer": used.peer, "before": before.link}
                events.append(_event("vehicle.way", entry.state, utc, data))
        return events

    def transfer_started(self, vehicle_id: str) -> None:
        """We are about to overwrite the vehicle's mission: until it was read back, it is unknown."""
        entry = self._entries[vehicle_id]
        entry.transferring = True
        self._set_mission(entry, None, None)

    def transfer_ended(self, vehicle_id: str, mission_hash: str | None, total: int | None) -> None:
        """The transfer is over; a hash says the vehicle was read back and holds exactly that mission.

        `total` counts the items without home, as the vehicle's MISSION_CURRENT does.
        """
        entry = self._entries[vehicle_id]
        entry.transferring = False
        self._set_mission(entry, mission_hash, total)

    def doubt_mission(self, vehicle_id: str, reason: str, utc: datetime) -> list[Event]:
        """Somebody else has begun to change the vehicle's mission, unless we are at it ourselves."""
        entry = self._entries.get(vehicle_id)
        if entry is None or entry.transferring or not entry.state.mission_known:
            return []
        return self._keep(entry, [_doubt(entry, reason, utc)])

    def _named(self, vehicles: Collection[str] | None) -> Iterable[tuple[str, _Entry]]:
        """The vehicles with these ids that are there; all of them when that is None."""
        if vehicles is None:
            return self._entries.items()
        return ((name, entry) for name in vehicles if (entry := self._entries.get(name)) is not None)

    def _set_mission(self, entry: _Entry, mission_hash: str | None, total: int | None) -> None:
        entry.expected_total, entry.mismatches = total, 0
        entry.state = replace(entry.state, mission_hash=mission_hash, mission_known=mission_hash is not None)
        if mission_hash is not None:
            entry.state = replace(entry.state, mission=replace(entry.state.mission, reached=None, total=total))
        self._states[entry.state.id] = entry.state

    def _appear(self, vehicle_id: str, received: Received, now_s: float, utc: datetime) -> list[Event]:
        message = received.message
        if not reduce.introduces(message):
            return []
        if message.autopilot == MavAutopilot.INVALID or message.type == MavType.GCS or received.sysid == 0:
            return []
        if len(self._entries) >= self._max_vehicles:
            self.turned_away += 1
            return []
        network = self._networks.get(received.origin.link, self._network)
        state = reduce.first_state(vehicle_id, network, received, now_s)
        entry = _Entry(state, received.compid, Ways(received.origin, now_s), received.origin)
        entry.seen_s[message.message_name] = now_s
        self._entries[vehicle_id], self._states[vehicle_id] = entry, state
        data = {"sysid": state.sysid, "mode": state.mode, "armed": state.armed, "link": received.origin.link}
        return [_event("vehicle.appeared", state, utc, data)]

    def _keep(self, entry: _Entry, events: list[Event]) -> list[Event]:
        self._states[entry.state.id] = entry.state
        return events

    def _look_at_clock(
        self, entry: _Entry, message: Message, boot_ms: int | None, now_s: float, utc: datetime
    ) -> tuple[list[Event], bool]:
        """What the message tells of a second vehicle and of a restart; and whether it came late."""
        name = message.message_name
        if boot_ms is not None and boot_ms >= entry.newest_ms and entry.twins.calm and name != "GLOBAL_POSITION_INT":
            entry.latest_ms[name] = entry.newest_ms = boot_ms
            entry.clock_heard_s = now_s
            return [], False
        judged = self._judge_clock(entry, message, boot_ms, now_s, utc)
        if boot_ms is not None:
            entry.clock_heard_s = now_s
        return judged

    def _judge_clock(
        self, entry: _Entry, message: Message, boot_ms: int | None, now_s: float, utc: datetime
    ) -> tuple[list[Event], bool]:
        name = message.message_name
        events = self._twin_events(entry, message, boot_ms, now_s, utc)
        if boot_ms is not None and entry.twins.from_before(boot_ms, now_s):
            return events, True
        rebooted = self._rebooted(entry, message, boot_ms, now_s)
        if rebooted:
            _forget(entry)
        if boot_ms is not None and _late(entry, name, boot_ms):
            return events, True
        return (events + self._reboot_events(entry, now_s, utc) if rebooted else events), False

    def _rebooted(self, entry: _Entry, message: Message, boot_ms: int | None, now_s: float) -> bool:
        if message.message_name == "HEARTBEAT":
            return bool(message.system_status == MavState.BOOT and entry.state.system_status > MavState.BOOT)
        if boot_ms is None:
            return False
        latest_ms = entry.newest_ms
        if boot_ms >= latest_ms - REBOOT_FALL_MS:
            return False
        if not restarted(latest_ms, boot_ms, now_s - entry.clock_heard_s):
            return False
        if entry.twins.just_late(latest_ms, boot_ms, now_s):
            return False
        entry.twins.fell(latest_ms, boot_ms, now_s)
        return True

    def _strange(self, entry: _Entry, origin: Origin, now_s: float, utc: datetime) -> list[Event]:
        """An address that is not believed: another vehicle when it tells another time, else just told, once."""
        stranger = entry.ways.stranger(origin)
        if stranger is None or not stranger.sure:
            return []
        if stranger.timed:
            return self._keep(entry, self._conflict(entry, now_s, utc))
        known, stranger.told = stranger.told, True
        data = {"link": origin.link, "peer": origin.peer}
        return [] if known else [_event("vehicle.stranger", entry.state, utc, data)]

    def _reboot_events(self, entry: _Entry, now_s: float, utc: datetime) -> list[Event]:
        entry.reboots_s = (*entry.reboots_s, now_s)[-CONFLICT_REBOOTS:]
        entry.same_board = False
        storm = len(entry.reboots_s) == CONFLICT_REBOOTS and now_s - entry.reboots_s[0] < CONFLICT_WINDOW_S
        if storm or entry.conflict_s is not None:
            return self._conflict(entry, now_s, utc)
        return [_event("vehicle.rebooted", entry.state, utc)]

    def _twin_events(
        self, entry: _Entry, message: Message, boot_ms: int | None, now_s: float, utc: datetime
    ) -> list[Event]:
        """What the message tells of a second vehicle, before it is judged late or new."""
        twins = False
        if boot_ms is not None:
            twins = entry.twins.clock(entry.newest_ms, boot_ms, now_s - entry.clock_heard_s, now_s)
        if message.message_name == "GLOBAL_POSITION_INT" and not entry.twins.from_before(message.time_boot_ms, now_s):
            twins |= entry.twins.place(message, now_s)
        elif message.message_name == "AUTOPILOT_VERSION":
            uid = reduce.hardware_uid(message)
            twins |= entry.same_board and uid != entry.state.uid and entry.twins.board(now_s)
            entry.same_board = uid is not None
        return self._conflict(entry, now_s, utc) if twins else []

    def _conflict(self, entry: _Entry, now_s: float, utc: datetime) -> list[Event]:
        known, entry.conflict_s = entry.conflict_s is not None, now_s
        entry.state = replace(entry.state, conflict=True)
        return [] if known else [_event("vehicle.sysid_conflict", entry.state, utc, {"sysid": entry.state.sysid})]

    def _told(
        self, entry: _Entry, before: VehicleState, received: Received, now_s: float, utc: datetime
    ) -> list[Event]:
        """What a message of `TOLD` has changed, and texts in whole."""
        name = received.message.message_name
        if name == "STATUSTEXT":
            return self._tell(entry, entry.texts.receive(received, now_s), utc)
        return _mission_doubts(entry, utc) if name == "MISSION_CURRENT" else _edges(before, entry.state, utc)

    def _tell(self, entry: _Entry, texts: list[WholeText], utc: datetime) -> list[Event]:
        events = []
        for text in texts:
            entry.state = reduce.with_text(entry.state, text.severity, text.text, utc)
            data = {"severity": text.severity, "text": text.text}
            events.append(_event("vehicle.text", entry.state, utc, data))
            if text.text == FOREIGN_UPLOAD_TEXT and not entry.transferring and entry.state.mission_known:
                events.append(_doubt(entry, "foreign_upload", utc))
        return events


def vehicle_name(network: str, sysid: int) -> str:
    """The id of whoever speaks under `sysid` in a network, heard or not."""
    return f"{network}-{sysid}"


def _event(kind: str, state: VehicleState, utc: datetime, data: dict[str, Any] | None = None) -> Event:
    return Event(kind=kind, at=utc, actor=state.id, vehicle=state.id, data=data or {})


def _forget(entry: _Entry) -> None:
    entry.state = reduce.after_reboot(entry.state)
    entry.ways.restarted()
    entry.latest_ms.clear()
    entry.newest_ms = 0
    entry.seen_s.clear()
    entry.expected_total, entry.mismatches = None, 0


def _late(entry: _Entry, name: str, boot_ms: int) -> bool:
    if boot_ms < entry.latest_ms.get(name, 0):
        return True
    entry.latest_ms[name] = boot_ms
    entry.newest_ms = max(entry.newest_ms, boot_ms)
    return False


def _copied(entry: _Entry, received: Received, now_s: float) -> bool:
    """The same message was heard a moment ago: by its sequence number the network has doubled it, or it
    came over two links."""
    for at_s, before in reversed(entry.recent):
        if now_s - at_s >= COPY_WITHIN_S:
            break
        same_or_other_link = before.seq == received.seq or before.origin != received.origin
        if same_or_other_link and before.message == received.message:
            return True
    entry.recent = (*entry.recent, (now_s, received))[-COPIES_KNOWN:]
    return False


def _mission_doubts(entry: _Entry, utc: datetime) -> list[Event]:
    """Somebody else's upload shows by a total that is not ours, twice in a row (one may be late)."""
    if not entry.state.mission_known or entry.expected_total is None:
        return []
    total = entry.state.mission.total
    entry.mismatches = entry.mismatches + 1 if total is not None and total != entry.expected_total else 0
    if entry.mismatches < MISMATCHES_TO_DOUBT:
        return []
    return [_doubt(entry, "total_changed", utc)]


def _doubt(entry: _Entry, reason: str, utc: datetime) -> Event:
    entry.state = replace(entry.state, mission_hash=None, mission_known=False)
    entry.expected_total, entry.mismatches = None, 0
    return _event("vehicle.mission_unknown", entry.state, utc, {"reason": reason})


def _edges(before: VehicleState, after: VehicleState, utc: datetime) -> list[Event]:
    events = []
    if after.armed != before.armed:
        events.append(_event("vehicle.armed" if after.armed else "vehicle.disarmed", after, utc))
    if after.mode != before.mode:
        events.append(_event("vehicle.mode", after, utc, {"mode": after.mode, "before": before.mode}))
    if after.mission.reached is not None and after.mission.reached != before.mission.reached:
        events.append(_event("vehicle.item_reached", after, utc, {"item": after.mission.reached}))
    if before.uid is not None and after.uid != before.uid:
        events.append(_event("vehicle.identity_changed", after, utc, {"uid": after.uid, "before": before.uid}))
    if after.simulated is not None and before.simulated is None:
        events.append(_event("vehicle.identified", after, utc, {"uid": after.uid, "simulated": after.simulated}))
    return events
