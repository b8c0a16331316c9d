"""Between our vehicles and other ground stations that were let in as guests (`guest+URL`).

Guests hear what the vehicles say. Only those with `allow=all` are heard by the vehicles; even they set no message
rates (two stations would fight over them), set up no signing, and speak under no id that is ours or a vehicle's.
What they send goes on by MAVLink's routing rules, signed by us where the vehicle's link is signed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

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


class Exchange:
    """Passes frames between vehicles and guests. `links` gives all links, `record` keeps what goes to vehicles."""

    def __init__(
        self, own: Address, dialect: Dialect, links: Callable[[], Iterable[Link]], record: Callable[[bytes], None]
    ) -> None:
        self._own = own
        self._dialect = dialect
        self._links = links
        self._record = record

    def from_vehicle(self, peer: Peer, frames: list[Frame]) -> None:
        """To the guests."""
        for frame in frames:
            _learn(peer, frame)
            self._pass_on(frame, self._peers(guests=True))

    def from_guest(self, link: Link, peer: Peer, frames: list[Frame]) -> None:
        """To the vehicles, as far as it may go there."""
        for frame in frames:
            if (frame.sysid, frame.compid) == self._own:
                link.problem = SAME_ID
            elif not self._is_a_vehicle(frame.sysid):
                _learn(peer, frame)
                if link.where.guest is Guest.ALL and self._may_pass(frame):
                    self._pass_on(frame, self._peers(guests=False), recorded=True)

    def _peers(self, *, guests: bool) -> Iterator[tuple[Link, Peer]]:
        for link in self._links():
            if (link.where.guest is not None) == guests:
                for peer in link.peers.values():
                    yield link, peer

    def _is_a_vehicle(self, sysid: int) -> bool:
        return any((sysid, 0) in peer.systems for _, peer in self._peers(guests=False))

    def _may_pass(self, frame: Frame) -> bool:
        kind = self._dialect.by_id[frame.msgid]
        if kind.TYPE.name in COMMANDS:
            return bool(decode_frame(kind, frame).command != MavCmd.SET_MESSAGE_INTERVAL)
        return kind.TYPE.name not in NEVER_FROM_GUESTS

    def _pass_on(self, frame: Frame, peers: Iterator[tuple[Link, Peer]], *, recorded: bool = False) -> None:
        target = target_of(frame, self._dialect)
        for link, peer in peers:
            if leads_to(target, peer.systems):
                link.send(peer, self._signed(frame, link))
                if recorded:
                    self._record(frame.raw)
                    recorded = False

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
