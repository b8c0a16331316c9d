"""The mission protocol as ArduCopter speaks it, one upload a mission type at a time.

It asks with MISSION_REQUEST (40) whatever the client prefers, repeats after a second, gives up eight
seconds after the last item, cuts the stored list at COUNT and overwrites it in place. Times are the link's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

from simulators.autopilot.items.fence_items import fence_problem
from simulators.autopilot.items.item_store import MOST_ITEMS, ItemStore
from simulators.autopilot.items.stored_items import FENCE, MISSION, RALLY, float32, has_place, refusal, stored
from simulators.autopilot.state import Vehicle
from telemetry.constants import MavCmd, MavMissionResult
from telemetry.dialect import Message
from telemetry.messages import new
from telemetry.services.mission_item import MissionItem

REPEAT_S: Final = 1.003
GIVE_UP_S: Final = 8.0
LARGEST: Final = 2**31
TO_DEGREES: Final = float32(1e-7)
_NAMES = {MISSION: "Mission", FENCE: "Fence", RALLY: "Rally"}
GUIDED_POINT, GUIDED_HEIGHT = 2, 3
GUIDED_ITEMS: Final = frozenset({GUIDED_POINT, GUIDED_HEIGHT})


class Peer(NamedTuple):
    """Who speaks: the channel and the sender's ids."""

    channel: str
    sysid: int
    compid: int


@dataclass(slots=True)
class _Upload:
    peer: Peer
    next_seq: int
    last_seq: int
    heard_s: float
    asked_s: float
    first_request_due: bool = True
    fresh: list[MissionItem] | None = None  # a fence is kept aside until it is whole


class TransferService:
    """`announce` tells a parameter that changed, `cleared` that the mission was emptied."""

    def __init__(
        self,
        vehicle: Vehicle,
        store: ItemStore,
        announce: Callable[[str, float], None],
        auto_running: Callable[[], bool],
        cleared: Callable[[], None],
    ) -> None:
        self._vehicle = vehicle
        self._store = store
        self._announce = announce
        self._auto_running = auto_running
        self._cleared = cleared
        self._uploads: dict[int, _Upload] = {}
        self._told: set[tuple[int, str]] = set()
        self._handlers: dict[str, Callable[[Message, Peer], None]] = {
            "MISSION_COUNT": self._count,
            "MISSION_WRITE_PARTIAL_LIST": self._write_partial,
            "MISSION_ITEM_INT": self._item,
            "MISSION_ITEM": self._legacy_item,
            "MISSION_CLEAR_ALL": self._clear_all,
            "MISSION_REQUEST_LIST": self._list,
            "MISSION_REQUEST_INT": self._request_int,
            "MISSION_REQUEST": self._request_float,
        }

    def receive(self, message: Message, peer: Peer) -> None:
        """Any message of the mission protocol; others are ignored."""
        handler = self._handlers.get(message.message_name)
        if handler is None:
            return
        if message.mission_type not in _NAMES:
            self._ack(peer, MavMissionResult.UNSUPPORTED, message.mission_type)
            return
        handler(message, peer)

    def flush(self) -> None:
        """Ask for the first items of uploads that were announced in the data just read."""
        for mission_type, upload in self._uploads.items():
            if upload.first_request_due:
                self._request(mission_type, upload)

    def step(self) -> None:
        now_s = self._vehicle.link_s
        for mission_type, upload in list(self._uploads.items()):
            if now_s - upload.heard_s >= GIVE_UP_S:
                self._end(mission_type, MavMissionResult.OPERATION_CANCELLED)
                self._vehicle.say(4, f"{_NAMES[mission_type]} upload timeout", upload.peer.channel)
            elif now_s - upload.asked_s >= REPEAT_S:
                due_s = upload.asked_s + REPEAT_S
                self._request(mission_type, upload)
                upload.asked_s = due_s

    def _request(self, mission_type: int, upload: _Upload) -> None:
        upload.first_request_due = False
        upload.asked_s = self._vehicle.link_s
        peer = upload.peer
        self._vehicle.send(
            new("MISSION_REQUEST", target_system=peer.sysid, target_component=peer.compid, seq=upload.next_seq,
                mission_type=mission_type), peer.channel,
        )  # fmt: skip

    def _ack(self, peer: Peer, result: int, mission_type: int) -> None:
        self._vehicle.send(
            new("MISSION_ACK", target_system=peer.sysid, target_component=peer.compid, type=int(result),
                mission_type=mission_type), peer.channel,
        )  # fmt: skip

    def _end(self, mission_type: int, result: int) -> None:
        upload = self._uploads.pop(mission_type)
        self._ack(upload.peer, result, mission_type)

    def _count(self, message: Message, peer: Peer) -> None:
        mission_type = message.mission_type
        if not self._cancelled(mission_type, peer):
            return
        most = MOST_ITEMS[mission_type] if self._vehicle.ready else 0
        count = int(message.as_dict()["count"])
        if count > most:
            self._ack(peer, MavMissionResult.NO_SPACE, mission_type)
            self._vehicle.say(4, f"Only {most} items are supported")
            return
        if mission_type != FENCE and self._store.truncate(mission_type, count):
            self._tell_total(mission_type)
        if count == 0:
            if mission_type == FENCE:
                self._store.swap(FENCE, [])
            self._complete(mission_type, peer)
        else:
            self._open(mission_type, peer, 0, count - 1, [] if mission_type == FENCE else None)

    def _cancelled(self, mission_type: int, peer: Peer) -> bool:
        """Whoever uploads may begin anew, on any link; others are refused."""
        running = self._uploads.get(mission_type)
        if running is not None and (running.peer.sysid, running.peer.compid) != (peer.sysid, peer.compid):
            self._ack(peer, MavMissionResult.DENIED, mission_type)
            return False
        self._uploads.pop(mission_type, None)
        return True

    def _open(
        self, mission_type: int, peer: Peer, first: int, last: int, fresh: list[MissionItem] | None = None
    ) -> None:
        now_s = self._vehicle.link_s
        self._told -= {(mission_type, "MISSION_ITEM"), (mission_type, "MISSION_REQUEST")}
        self._uploads[mission_type] = _Upload(peer, first, last, now_s, now_s, fresh=fresh)

    def _write_partial(self, message: Message, peer: Peer) -> None:
        mission_type = message.mission_type
        if mission_type in self._uploads:
            self._ack(peer, MavMissionResult.DENIED, mission_type)
            return
        count = len(self._store.lists[mission_type])
        start, end = message.start_index, message.end_index
        if start > end or not 0 <= start <= count or end > count:
            self._ack(peer, MavMissionResult.ERROR, mission_type)
            self._vehicle.say(4, "Flight plan update rejected")
            return
        fresh = list(self._store.lists[FENCE]) if mission_type == FENCE else None
        self._open(mission_type, peer, start, end, fresh)

    def _item(self, message: Message, peer: Peer) -> None:
        mission_type = message.mission_type
        upload = self._uploads.get(mission_type)
        if upload is None:
            self._ack(peer, MavMissionResult.ERROR, mission_type)
            return
        answered = Peer(upload.peer.channel, peer.sysid, peer.compid)
        if message.seq != upload.next_seq:
            self._ack(answered, MavMissionResult.INVALID_SEQUENCE, mission_type)
            return
        if answered != upload.peer:
            self._ack(answered, MavMissionResult.DENIED, mission_type)
            return
        item = item_of(message)
        result = self._refusal(item, mission_type, upload)
        if result != MavMissionResult.ACCEPTED:
            self._end(mission_type, result)
            return
        self._take(stored(item, mission_type), mission_type, upload)

    def _legacy_item(self, message: Message, peer: Peer) -> None:
        """An impossible place is refused without ending the upload; what comes unasked is told of too."""
        x, y = (message.x, message.y) if has_place(message.command) else (0.0, 0.0)
        if not abs(x) <= 90 or not abs(y) <= 180:
            result = MavMissionResult.INVALID_PARAM6_Y if abs(x) <= 90 else MavMissionResult.INVALID_PARAM5_X
            self._ack(peer, result, message.mission_type)
            return
        self._tell_once(message, "MISSION_ITEM", "got MISSION_ITEM; GCS should send MISSION_ITEM_INT")
        self._item(message, peer)

    def _tell_once(self, message: Message, name: str, text: str) -> None:
        """Once until the next upload of the same type."""
        if (message.mission_type, name) not in self._told:
            self._told.add((message.mission_type, name))
            self._vehicle.say(4, text)

    def _refusal(self, item: MissionItem, mission_type: int, upload: _Upload) -> int:
        if mission_type == MISSION and item.command == MavCmd.DO_JUMP:
            stored_items = len(self._store.mission())
            if not 1 <= item.param1 < max(stored_items, upload.last_seq + 1):
                return MavMissionResult.ERROR
        return refusal(item, mission_type)

    def _take(self, item: MissionItem, mission_type: int, upload: _Upload) -> None:
        if upload.fresh is not None:
            upload.fresh[item.seq : item.seq + 1] = [item]
        elif self._store.put(mission_type, item) and (mission_type, item.seq) != (MISSION, 0):  # home goes unsaid
            self._tell_total(mission_type)
        upload.heard_s = self._vehicle.link_s
        upload.next_seq += 1
        if upload.next_seq <= upload.last_seq:
            self._request(mission_type, upload)
            return
        del self._uploads[mission_type]
        if upload.fresh is not None:
            problem = fence_problem(upload.fresh)
            if problem is not None:
                self._ack(upload.peer, MavMissionResult.ERROR, mission_type)
                self._vehicle.say(*problem)
                self._vehicle.say(4, "Fence validation failed")
                return
            self._store.swap(FENCE, upload.fresh)
        self._complete(mission_type, upload.peer)

    def _complete(self, mission_type: int, peer: Peer) -> None:
        self._ack(peer, MavMissionResult.ACCEPTED, mission_type)
        if mission_type == MISSION:
            self._vehicle.say(6, "Flight plan received", peer.channel)
        elif mission_type == FENCE:
            self._vehicle.say(7, "Fence Indexed OK")
            self._tell_total(FENCE)

    def _clear_all(self, message: Message, peer: Peer) -> None:
        mission_type = message.mission_type
        if not self._cancelled(mission_type, peer) or (mission_type == MISSION and self._auto_running()):
            self._ack(peer, MavMissionResult.ERROR, mission_type)
            return
        self._store.empty(mission_type)
        if mission_type == MISSION:
            self._cleared()
        self._ack(peer, MavMissionResult.ACCEPTED, mission_type)
        if mission_type == FENCE:
            self._vehicle.say(7, "Fence Indexed OK")
        self._tell_total(mission_type)

    def _list(self, message: Message, peer: Peer) -> None:
        if message.mission_type in self._uploads:
            self._ack(peer, MavMissionResult.DENIED, message.mission_type)
        else:
            self._send_count(message.mission_type, peer)

    def _send_count(self, mission_type: int, peer: Peer) -> None:
        count = len(self._store.lists[mission_type])
        self._vehicle.send(
            new("MISSION_COUNT", target_system=peer.sysid, target_component=peer.compid, count=count,
                mission_type=mission_type), peer.channel,
        )  # fmt: skip

    def _request_int(self, message: Message, peer: Peer) -> None:
        mission_type = message.mission_type
        if mission_type in self._uploads:
            self._ack(peer, MavMissionResult.DENIED, mission_type)
            return
        item = self._store.read(self._vehicle, mission_type, message.seq)
        if item is None:
            self._send_count(mission_type, peer)
            self._ack(peer, MavMissionResult.INVALID_SEQUENCE, mission_type)
        else:
            self._send_item("MISSION_ITEM_INT", item, (item.x, item.y), mission_type, peer)

    def _request_float(self, message: Message, peer: Peer) -> None:
        """The old request is answered during an upload too, and a wrong one without the number of items."""
        item = self._store.read(self._vehicle, message.mission_type, message.seq)
        if item is None:
            self._ack(peer, MavMissionResult.INVALID_SEQUENCE, message.mission_type)
            return
        self._tell_once(message, "MISSION_REQUEST", "got MISSION_REQUEST; use MISSION_REQUEST_INT!")
        scale = TO_DEGREES if has_place(item.command) else 1.0
        x, y = float32(float32(item.x) * scale), float32(float32(item.y) * scale)
        self._send_item("MISSION_ITEM", item, (x, y), message.mission_type, peer)

    def _send_item(
        self, name: str, item: MissionItem, place: tuple[float, float], mission_type: int, peer: Peer
    ) -> None:
        self._vehicle.send(
            new(name, target_system=peer.sysid, target_component=peer.compid, seq=item.seq, frame=item.frame,
                command=item.command, autocontinue=item.autocontinue, param1=item.param1, param2=item.param2,
                param3=item.param3, param4=item.param4, x=place[0], y=place[1], z=item.z, mission_type=mission_type),
            peer.channel,
        )  # fmt: skip

    def _tell_total(self, mission_type: int) -> None:
        name, total = self._store.total_parameter(mission_type)
        if mission_type == FENCE or total != self._vehicle.params[name]:
            self._announce(name, total)


def item_of(message: Message) -> MissionItem:
    x, y = message.x, message.y
    if message.message_name == "MISSION_ITEM":
        x, y = (_whole(float32(value * 1e7) if has_place(message.command) else value) for value in (x, y))
    return MissionItem(
        message.seq, message.command, message.frame, message.param1, message.param2, message.param3, message.param4,
        x, y, message.z, message.autocontinue,
    )  # fmt: skip


def _whole(value: float) -> int:
    return int(value) if abs(value) < LARGEST else -LARGEST
