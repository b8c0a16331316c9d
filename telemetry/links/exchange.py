"""Between our vehicles and other ground stations that were let in as guests (`guest+URL`).

| `allow=` | hears | is heard by |
|---|---|---|
| `read` | every vehicle | nobody |
| `leased&seat=NAME` | the vehicles that seat has taken | the same: what names one of them, and heartbeats |
| `all` | every vehicle | every vehicle |

Each guest is in one network, and "vehicle" means those of its links: elsewhere a system id is somebody else's. Nobody
of them sets message rates (two stations would fight over them: ours asks for what it needs) or signing, or
speaks under an id that is ours or a vehicle's. What they may not say is counted as `refused` by their link. The rest
goes on by MAVLink's routing rules, signed by us where the vehicle's link is signed, recorded, and told to `Rules`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from telemetry.constants import MavCmd
from telemetry.dialect import Dialect
from telemetry.frames import Frame, encode_frame
from telemetry.links.link import Link, Peer
from telemetry.links.url import Guest
from telemetry.messages import decode_frame
from telemetry.routing import Address, leads_to, target_of

NEVER_FROM_GUESTS = frozenset({"REQUEST_DATA_STREAM", "MESSAGE_INTERVAL", "SETUP_SIGNING"})
COMMANDS = frozenset({"COMMAND_LONG", "COMMAND_INT"})
SAME_ID = "a guest speaks under our own id: give it another system id"


class Rules(Protocol):
    """What the exchange needs to know of seats, and to whom it tells what guests do."""

    def leased(self, seat: str, link: str, sysid: int) -> bool:
        """Whether the seat has taken the vehicle with that system id on that link."""
        ...

    def passed(self, door: Link, guest: Peer, link: str, frame: Frame) -> None:
        """A frame of a guest was handed to a vehicle's link."""
        ...


class NoSeats:
    """For a station without seats: nothing is leased."""

    def leased(self, seat: str, link: str, sysid: int) -> bool:  # noqa: ARG002
        return False

    def passed(self, door: Link, guest: Peer, link: str, frame: Frame) -> None:
        """Nobody wants to know."""


class Exchange:
    """Passes frames between vehicles and guests. `links` gives all links, `record` keeps what goes to vehicles."""

    def __init__(
        self,
        own: Address,
        dialect: Dialect,
        links: Callable[[], Iterable[Link]],
        record: Callable[[Link, bytes], None],
        rules: Rules,
    ) -> None:
        self._rules = rules
        self._own = own
        self._dialect = dialect
        self._links = links
        self._record = record

    def from_vehicle(self, link: Link, peer: Peer, frames: list[Frame]) -> None:
        """To the guests of the link's network."""
        for frame in frames:
            _learn(peer, frame)
            target = target_of(frame, self._dialect)
            for door, guest in self._peers(link.network, guests=True):
                if leads_to(target, guest.systems) and self._may_hear(door, link.url, frame.sysid):
                    door.send(guest, self._signed(frame, door))

    def from_guest(self, link: Link, peer: Peer, frames: list[Frame]) -> None:
        """To the vehicles, as far as it may go there."""
        for frame in frames:
            if (frame.sysid, frame.compid) == self._own:
                link.problem = SAME_ID
            elif self._is_a_vehicle(link.network, frame.sysid) or not self._pass_on(link, peer, frame):
                link.turned_away += 1

    def _pass_on(self, door: Link, guest: Peer, frame: Frame) -> bool:
        """To every vehicle's link that it has to reach and may; whether the guest may say it at all."""
        _learn(guest, frame)
        name, target = self._dialect.by_id[frame.msgid].TYPE.name, target_of(frame, self._dialect)
        if door.where.guest is Guest.READ:
            return name == "HEARTBEAT"
        if not self._may_pass(frame):
            return False
        said = name == "HEARTBEAT" or door.where.guest is Guest.ALL
        recorded = False
        for link, peer in self._peers(door.network, guests=False):
            if not leads_to(target, peer.systems) or not self._may_reach(door, link, peer, name, target[0]):
                continue
            said = True
            link.send(peer, self._signed(frame, link))
            self._rules.passed(door, guest, link.url, frame)
            if not recorded:
                recorded = True
                self._record(link, frame.raw)
        return said

    def _may_reach(self, door: Link, link: Link, peer: Peer, name: str, system: int) -> bool:
        if door.where.guest is Guest.ALL:
            return True
        if name == "HEARTBEAT":
            systems = {sysid for sysid, _ in peer.systems}
            return any(self._rules.leased(door.where.seat, link.url, sysid) for sysid in systems)
        return system != 0 and self._rules.leased(door.where.seat, link.url, system)

    def _may_hear(self, door: Link, link: str, sysid: int) -> bool:
        return door.where.guest is not Guest.LEASED or self._rules.leased(door.where.seat, link, sysid)

    def _peers(self, network: str, *, guests: bool) -> Iterator[tuple[Link, Peer]]:
        for link in self._links():
            if link.network == network and (link.where.guest is not None) == guests:
                for peer in link.peers.values():
                    yield link, peer

    def _is_a_vehicle(self, network: str, sysid: int) -> bool:
        return any((sysid, 0) in peer.systems for _, peer in self._peers(network, guests=False))

    def _may_pass(self, frame: Frame) -> bool:
        kind = self._dialect.by_id[frame.msgid]
        if kind.TYPE.name in COMMANDS:
            return bool(decode_frame(kind, frame).command != MavCmd.SET_MESSAGE_INTERVAL)
        return kind.TYPE.name not in NEVER_FROM_GUESTS

    def _signed(self, frame: Frame, link: Link) -> bytes:
        """The frame under our signature where the link is signed, else as it came."""
        if link.guard is None:
            return frame.raw
        message = decode_frame(self._dialect.by_id[frame.msgid], frame)
        ids = {"seq": frame.seq, "sysid": frame.sysid, "compid": frame.compid}
        return link.guard.sign(encode_frame(message, signed=True, **ids))


def _learn(peer: Peer, frame: Frame) -> None:
    peer.systems.add((frame.sysid, frame.compid))
    peer.systems.add((frame.sysid, 0))
