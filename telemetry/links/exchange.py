"""Between our vehicles and other ground stations that were let in as guests (`guest+URL`).

| `allow=` | hears | is heard by |
|---|---|---|
| `read` | every vehicle | nobody |
| `leased&seat=NAME` | the vehicles that seat has taken | the same: what names one of them, and heartbeats |
| `leased&seat=NAME&vehicle=7` | that vehicle alone, while the seat has taken it | the same, and what is for everybody |
| `all` | every vehicle | every vehicle |

Each guest is in one network, and "vehicle" means those of its links: elsewhere a system id is somebody else's. A
vehicle that is taken is heard and spoken to by the way that it is answered by, not by whoever else uses its id. Nobody
of them sets message rates (two stations would fight over them: ours asks for what it needs) or signing, or
speaks under an id that is ours or a vehicle's, or commands a vehicle that `Rules` say must not be commanded now. What
they may not say is counted as `refused` by their link, and they are told why. The rest
goes on by MAVLink's routing rules, signed by us where the vehicle's link is signed, recorded, and told to `Rules`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from msgspec.structs import replace

from telemetry.constants import MavCmd, MavResult, MavSeverity
from telemetry.dialect import Dialect, Message
from telemetry.frames import Frame, encode_frame, without_signature
from telemetry.links.link import Link, Peer
from telemetry.links.url import Guest
from telemetry.messages import decode_frame, new
from telemetry.received import Origin
from telemetry.routing import Address, leads_to, names_a_system, target_of
from telemetry.services.status_text import text_messages

NEVER_FROM_GUESTS = frozenset({"REQUEST_DATA_STREAM", "MESSAGE_INTERVAL", "SETUP_SIGNING"})
COMMANDS = frozenset({"COMMAND_LONG", "COMMAND_INT"})
BEAT = "HEARTBEAT"
SAME_ID = "a guest speaks under our own id: give it another system id"
VEHICLES_ID = "a guest speaks under a vehicle's id: give it another system id"
ONLY_LISTENS = "this guest may only listen"
NEVER = "guests set no rates and no signing"
NOT_TAKEN = "your seat has not taken that vehicle"
LAST_TEXT = 0xFFFF


class Rules(Protocol):
    """What the exchange needs to know of seats and vehicles, and to whom it tells what guests do."""

    def taken(self, seat: str, network: str, sysid: int) -> Origin | None:
        """By which way the vehicle of that system id is answered; None where the seat has not taken it."""
        ...

    def refusal(self, network: str, frame: Frame) -> str:
        """Why nobody must say that to the vehicle that it is for, as that is known now; empty when it may be said."""
        ...

    def passed(self, door: Link, guest: Peer, frame: Frame) -> None:
        """A frame of a guest was handed to a vehicle."""
        ...

    def refused(self, door: Link, guest: Peer, frame: Frame, reason: str) -> bool:
        """A frame of a guest was not passed on; whether that is news."""
        ...


class NoSeats:
    """For a station without seats: nothing is leased."""

    def taken(self, seat: str, network: str, sysid: int) -> Origin | None:  # noqa: ARG002
        return None

    def refusal(self, network: str, frame: Frame) -> str:  # noqa: ARG002
        return ""

    def passed(self, door: Link, guest: Peer, frame: Frame) -> None:
        """Nobody wants to know."""

    def refused(self, door: Link, guest: Peer, frame: Frame, reason: str) -> bool:  # noqa: ARG002
        return True


class Exchange:
    """Passes frames between vehicles and guests. `links` gives all links, `record` keeps what goes to vehicles, `say`
    sends a message of ours to a guest."""

    def __init__(
        self,
        own: Address,
        dialect: Dialect,
        links: Callable[[], Iterable[Link]],
        record: Callable[[Link, bytes], None],
        rules: Rules,
        *,
        say: Callable[[Message, Link, Peer], object],
    ) -> None:
        self._rules = rules
        self._own = own
        self._dialect = dialect
        self._links = links
        self._record = record
        self._say = say
        self._texts = 0

    def from_vehicle(self, link: Link, peer: Peer, frames: list[Frame]) -> None:
        """To the guests of the link's network."""
        for frame in frames:
            _learn(peer, frame)
            target = target_of(frame, self._dialect)
            for door, guest in self._peers(link.network, guests=True):
                if leads_to(target, guest.systems) and self._may_hear(door, peer, frame.sysid):
                    door.send(guest, self._signed(frame, door))

    def from_guest(self, door: Link, guest: Peer, frames: list[Frame]) -> None:
        """To the vehicles, as far as it may go there."""
        for frame in frames:
            reason = self._stranger(door, frame)
            if not reason:
                _learn(guest, frame)
                frame = self._addressed(door, frame)  # noqa: PLW2901  from here on it is this one
                reason = self._may_not_say(door, frame) or self._pass_on(door, guest, frame)
            if reason:
                door.turned_away += 1
                self._refuse(door, guest, frame, reason)

    def _stranger(self, door: Link, frame: Frame) -> str:
        """Why nobody is the sender that the frame names; empty when that is well."""
        if (frame.sysid, frame.compid) == self._own:
            door.problem = SAME_ID
            return SAME_ID
        return VEHICLES_ID if self._is_a_vehicle(door.network, frame.sysid) else ""

    def _addressed(self, door: Link, frame: Frame) -> Frame:
        """Behind a door to one vehicle, "everybody" is that vehicle: so DroneKit says what it has for its vehicle."""
        alone, dialect = door.where.vehicle, self._dialect
        if not alone or not names_a_system(frame.msgid, dialect) or target_of(frame, dialect)[0]:
            return frame
        message = decode_frame(dialect.by_id[frame.msgid], frame).replace(target_system=alone)
        raw = encode_frame(message, seq=frame.seq, sysid=frame.sysid, compid=frame.compid, version=frame.version)
        return replace(frame, raw=raw, message=None)

    def _may_not_say(self, door: Link, frame: Frame) -> str:
        """Why no guest there says that to anybody; empty when it may."""
        kind = self._dialect.by_id[frame.msgid]
        if kind.TYPE.name == BEAT:
            return ""
        if door.where.guest is Guest.READ:
            return ONLY_LISTENS
        rates = kind.TYPE.name in COMMANDS and decode_frame(kind, frame).command == MavCmd.SET_MESSAGE_INTERVAL
        return NEVER if rates or kind.TYPE.name in NEVER_FROM_GUESTS else ""

    def _pass_on(self, door: Link, guest: Peer, frame: Frame) -> str:
        """To every way that it has to go and may; why it went nowhere, empty where that is no fault of the guest."""
        if door.where.guest is Guest.READ:
            return ""
        name, target = self._dialect.by_id[frame.msgid].TYPE.name, target_of(frame, self._dialect)
        ways = [
            (link, peer)
            for link, peer in self._peers(door.network, guests=False)
            if leads_to(target, peer.systems) and self._may_reach(door, peer, name, target[0])
        ]
        if not ways:
            return "" if name == BEAT or door.where.guest is Guest.ALL else _not_taken(door, target[0])
        if name != BEAT and (reason := self._rules.refusal(door.network, frame)):
            return reason
        for link, peer in ways:
            link.send(peer, self._signed(frame, link))
        self._rules.passed(door, guest, frame)
        self._record(ways[0][0], frame.raw)
        return ""

    def _refuse(self, door: Link, guest: Peer, frame: Frame, reason: str) -> None:
        """Whoever waits for an answer to a command gets one, from us; others the reason, once."""
        kind, news = self._dialect.by_id[frame.msgid], self._rules.refused(door, guest, frame, reason)
        if kind.TYPE.name in COMMANDS:
            command, back = decode_frame(kind, frame).command, (frame.sysid, frame.compid)
            ack = new("COMMAND_ACK", command=command, result=MavResult.DENIED)
            self._say(ack.replace(target_system=back[0], target_component=back[1]), door, guest)
        if news:
            self._texts = self._texts % LAST_TEXT + 1
            for text in text_messages(f"refused: {reason}", MavSeverity.WARNING, self._texts):
                self._say(text, door, guest)

    def _may_reach(self, door: Link, peer: Peer, name: str, system: int) -> bool:
        if door.where.guest is Guest.ALL:
            return True
        wanted = {sysid for sysid, _ in peer.systems} if name == BEAT else {system} - {0}
        return any(self._is_open(door, peer, sysid) for sysid in wanted)

    def _may_hear(self, door: Link, peer: Peer, sysid: int) -> bool:
        return door.where.guest is not Guest.LEASED or self._is_open(door, peer, sysid)

    def _is_open(self, door: Link, peer: Peer, sysid: int) -> bool:
        """Whether a guest for a seat hears and commands that vehicle there."""
        where = door.where
        return where.vehicle in (0, sysid) and self._rules.taken(where.seat, door.network, sysid) == peer.origin

    def _peers(self, network: str, *, guests: bool) -> Iterator[tuple[Link, Peer]]:
        for link in self._links():
            if link.network == network and (link.where.guest is not None) == guests:
                for peer in link.peers.values():
                    yield link, peer

    def _is_a_vehicle(self, network: str, sysid: int) -> bool:
        return any((sysid, 0) in peer.systems for _, peer in self._peers(network, guests=False))

    def _signed(self, frame: Frame, link: Link) -> bytes:
        """The frame under our signature where the link is signed, else under none."""
        if link.guard is None:
            return without_signature(frame, self._dialect)
        message = decode_frame(self._dialect.by_id[frame.msgid], frame)
        ids = {"seq": frame.seq, "sysid": frame.sysid, "compid": frame.compid}
        return link.guard.sign(encode_frame(message, signed=True, **ids))


def _learn(peer: Peer, frame: Frame) -> None:
    peer.systems.add((frame.sysid, frame.compid))
    peer.systems.add((frame.sysid, 0))


def _not_taken(door: Link, system: int) -> str:
    alone = door.where.vehicle
    return f"this door leads to vehicle {alone} alone" if alone and system != alone else NOT_TAKEN
