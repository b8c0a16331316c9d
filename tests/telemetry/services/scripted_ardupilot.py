"""ArduPilot's mission protocol as it was recorded, without a vehicle around it: no clock, no socket.

Truncates on COUNT, overwrites in place, asks with MISSION_REQUEST, asks again each 1.0 s, gives up 8.0 s
after the last accepted item. What it keeps of an item is the simulator's own table of recordings.
"""

from dataclasses import dataclass, field

from simulators.autopilot.items.stored_items import refusal, stored
from telemetry.messages import decode_payload, encode_payload, new
from telemetry.services.mission_item import MissionItem, from_message

ASK_AGAIN_S, GIVE_UP_S = 1.0, 8.0
ACCEPTED, ERROR, NO_SPACE, INVALID_SEQUENCE, DENIED, CANCELLED = 0, 1, 4, 13, 14, 15
HOME = MissionItem(0, 16, 0, x=299000001, y=1218400002, z=10.08)


def through_the_wire(message):
    """The message as the other side decodes it: floats become float32."""
    return decode_payload(type(message), encode_payload(message))


@dataclass
class Transfer:
    uploader: tuple
    count: int
    next: int = 0
    accepted_s: float = 0.0
    asked_s: float = 0.0


@dataclass
class ScriptedArduPilot:
    """`take` and `tick` return the messages it says."""

    max_items: int = 650
    items: dict = field(default_factory=lambda: {0: [], 1: [], 2: []})
    transfers: dict = field(default_factory=dict)
    boots: int = 0
    taken: int = 0
    mode_texts: list = field(default_factory=list)

    def reboot(self):
        """What was stored stays; the transfer under way is forgotten."""
        self.transfers.clear()
        self.boots += 1

    def take(self, message, sender, now_s):
        handler = getattr(self, "_" + message.message_name.lower(), None)
        return handler(message, sender, now_s) if handler else []

    def tick(self, now_s):
        said = []
        for kind, transfer in tuple(self.transfers.items()):
            if now_s >= transfer.accepted_s + GIVE_UP_S:
                del self.transfers[kind]
                said.append(self._ack(CANCELLED, kind, transfer.uploader))
            elif now_s >= transfer.asked_s + ASK_AGAIN_S:
                said.append(self._ask(transfer, kind, now_s))
        return said

    def next_deadline(self):
        return min(
            (min(t.accepted_s + GIVE_UP_S, t.asked_s + ASK_AGAIN_S) for t in self.transfers.values()), default=None
        )

    def _ack(self, result, kind, to):
        return new("MISSION_ACK", target_system=to[0], target_component=to[1], type=result, mission_type=kind)

    def _ask(self, transfer, kind, now_s):
        transfer.asked_s = now_s
        system, component = transfer.uploader
        return new(
            "MISSION_REQUEST", target_system=system, target_component=component, seq=transfer.next, mission_type=kind
        )

    def _mission_count(self, message, sender, now_s):
        kind, count = message.mission_type, message.as_dict()["count"]
        if kind not in self.items:
            return [self._ack(3, kind, sender)]
        under_way = self.transfers.get(kind)
        if under_way is not None and under_way.uploader != sender:
            return [self._ack(DENIED, kind, sender)]
        if count > self.max_items:
            return [self._ack(NO_SPACE, kind, sender)]
        del self.items[kind][count:]
        if count == 0:
            return [self._ack(ACCEPTED, kind, sender)]
        self.transfers[kind] = Transfer(sender, count, 0, now_s, now_s)
        return [self._ask(self.transfers[kind], kind, now_s)]

    def _mission_item_int(self, message, sender, now_s):
        kind = message.mission_type
        transfer = self.transfers.get(kind)
        if transfer is None:
            return [self._ack(ERROR, kind, sender)]
        if transfer.uploader != sender:
            return [self._ack(DENIED, kind, sender)]
        if message.seq != transfer.next:
            return [self._ack(INVALID_SEQUENCE, kind, sender)]
        item = from_message(through_the_wire(message))
        result = refusal(item, kind)
        if result != ACCEPTED:
            del self.transfers[kind]
            return [self._ack(result, kind, sender)]
        self.taken += 1
        kept = HOME if kind == 0 and item.seq == 0 else stored(item, kind)
        self.items[kind][item.seq : item.seq + 1] = [kept]
        transfer.next += 1
        transfer.accepted_s = now_s
        if transfer.next < transfer.count:
            return [self._ask(transfer, kind, now_s)]
        del self.transfers[kind]
        return [self._ack(ACCEPTED, kind, sender)]

    def _mission_request_list(self, message, sender, now_s):
        kind = message.mission_type
        if kind in self.transfers:
            return [self._ack(DENIED, kind, sender)]
        count = {"count": len(self.items[kind]), "mission_type": kind}
        return [new("MISSION_COUNT", target_system=sender[0], target_component=sender[1], **count)]

    def _mission_request_int(self, message, sender, now_s):
        kind = message.mission_type
        if kind in self.transfers:
            return [self._ack(DENIED, kind, sender)]
        if message.seq >= len(self.items[kind]):
            return [*self._mission_request_list(message, sender, now_s), self._ack(INVALID_SEQUENCE, kind, sender)]
        item = self.items[kind][message.seq]
        values = {name: getattr(item, name) for name in MissionItem.__slots__}
        told = new("MISSION_ITEM_INT", target_system=sender[0], target_component=sender[1], mission_type=kind, **values)
        return [through_the_wire(told)]
