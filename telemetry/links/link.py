"""What every transport has in common: peers, their parsers and their counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import ClassVar

import msgspec

from telemetry.dialect import ARDUPILOTMEGA, Dialect
from telemetry.frames import Parser
from telemetry.links.guard import LinkGuard
from telemetry.links.url import LinkUrl
from telemetry.received import Origin
from telemetry.sequence import SequenceTracker

MAX_PEERS = 4096
MAX_STRANGERS = 256
OPEN, CONNECTING, CLOSED = "open", "connecting", "closed"
FORGET_AFTER_S = 300.0
WRITE_BUFFER_LIMIT = 64 * 1024


class LinkStatus(msgspec.Struct, frozen=True, kw_only=True):
    """What is shown of a link; `state` is `open`, `connecting` or `closed`; `signed` when it believes only what is
    signed with its key. Counts since it was added; `refused`
    are frames whose signature was missing, wrong or old, and what a guest said that it may not say."""

    url: str
    network: str
    signed: bool
    state: str
    problem: str
    peers: int
    frames_in: int
    frames_out: int
    bad_frames: int
    lost_frames: int
    refused: int
    kernel_drops: int | None


class Peer:
    """Somebody at the other end. `write` sends one frame and says whether it was taken; it never waits.

    A peer is `known` once a good frame came from it, or when the link was told whom to call; `old_fashioned` when
    all that came from it is MAVLink 1. `heard_s` is when a good frame last came, by the endpoint's clock. `systems`
    are the ids heard from it, kept while there are guests to pass frames to.
    """

    __slots__ = (
        "heard_s",
        "known",
        "name",
        "numbers",
        "old_fashioned",
        "origin",
        "parser",
        "sequence",
        "systems",
        "write",
    )

    def __init__(self, origin: Origin, parser: Parser, write: Callable[[bytes], bool], *, known: bool) -> None:
        self.origin = origin
        self.name = origin.peer
        self.parser = parser
        self.write = write
        self.known = known
        self.heard_s = 0.0
        self.old_fashioned: bool | None = None
        self.sequence = SequenceTracker()
        self.numbers: Iterator[int] = count()
        self.systems: set[tuple[int, int]] = set()


@dataclass(frozen=True, slots=True)
class Ear:
    """Who listens to a link, and what for: `hear` gets whatever bytes came at once, each with the peer who sent
    them; `decode` are message ids."""

    hear: Callable[[Link, Sequence[tuple[Peer, bytes]]], None]
    dialect: Dialect = ARDUPILOTMEGA
    decode: frozenset[int] = frozenset()


class Link:
    """One way frames travel; a transport adds how it opens, closes and reads.

    `url` has the port that is really used. `network` is the set of links in which its system ids mean the same
    vehicles. `guard` is there when the link is signed. `line` stands
    between what is sent and the peer, when somebody put one there.
    """

    recorded: ClassVar[bool] = True
    datagrams: ClassVar[bool] = False

    def __init__(self, url: LinkUrl, ear: Ear) -> None:
        self.url = url.text
        self.where = url
        self.network = url.network
        self.state = CONNECTING
        self.problem = ""
        self.peers: dict[str, Peer] = {}
        self.frames_in = 0
        self.frames_out = 0
        self.unsent = 0
        self.turned_away = 0
        self.guard: LinkGuard | None = None
        self.line: Callable[[Peer, bytes], bool] | None = None
        self.ear = ear
        self._strangers: dict[str, Peer] = {}
        self._gone_bad = 0
        self._gone_lost = 0

    @property
    def port(self) -> int | None:
        """The port listened on or called; None without a network."""
        return self.where.port or None

    def listens_at(self, port: int) -> None:
        """The port that the system picked takes the place of port 0, in the URL too."""
        if self.where.port == 0:
            head, mark, query = self.url.partition("?")
            self.url = f"{head.rstrip('/').rpartition(':')[0]}:{port}{mark}{query}"
        self.where = replace(self.where, port=port, text=self.url)

    async def open(self) -> None:
        """Start. Raises LinkError when it can never work, as when the port is taken."""
        raise NotImplementedError

    async def close(self) -> None:
        """Stop; nothing is heard after this."""
        raise NotImplementedError

    def send(self, peer: Peer, frame: bytes) -> None:
        """Hand over one frame; what the peer does not take is dropped and counted in `unsent`."""
        if self.line(peer, frame) if self.line else peer.write(frame):
            self.frames_out += 1
        else:
            self.unsent += 1

    def kernel_drops(self) -> int | None:
        """Datagrams that the kernel threw away for want of room; None when it does not say."""
        return None

    def status(self) -> LinkStatus:
        everyone = [*self.peers.values(), *self._strangers.values()]
        return LinkStatus(
            url=self.url,
            network=self.network,
            signed=self.guard is not None,
            state=self.state,
            problem=self.problem or (self.guard.problem if self.guard is not None else ""),
            peers=len(self.peers),
            frames_in=self.frames_in,
            frames_out=self.frames_out,
            bad_frames=self._gone_bad + sum(peer.parser.bad_checksums for peer in everyone),
            lost_frames=self._gone_lost + sum(peer.sequence.lost for peer in everyone),
            refused=self.turned_away + (self.guard.refused.total() if self.guard is not None else 0),
            kernel_drops=self.kernel_drops(),
        )

    def meet(self, name: str, write: Callable[[bytes], bool], *, known: bool = False) -> Peer:
        """A new peer. Of strangers, and of all, only so many are kept: the oldest goes."""
        parser = Parser(self.ear.dialect, decode=self.ear.decode, datagrams=self.datagrams)
        peer = Peer(Origin(self.url, name), parser, write, known=known)
        room, limit = (self.peers, MAX_PEERS) if known else (self._strangers, MAX_STRANGERS)
        if len(room) >= limit:
            self.forget(next(iter(room)))
        room[name] = peer
        return peer

    def befriend(self, peer: Peer) -> None:
        """A good frame came from `peer`: from now on it is sent to. Who has long been silent is forgotten."""
        self._strangers.pop(peer.name, None)
        peer.known = True
        for name in [name for name, old in self.peers.items() if 0.0 < old.heard_s < peer.heard_s - FORGET_AFTER_S]:
            self.forget(name)
        if len(self.peers) >= MAX_PEERS:
            self.forget(next(iter(self.peers)))
        self.peers[peer.name] = peer

    def forget(self, name: str) -> None:
        peer = self.peers.pop(name, None) or self._strangers.pop(name, None)
        if peer is not None:
            self._gone_bad += peer.parser.bad_checksums
            self._gone_lost += peer.sequence.lost
