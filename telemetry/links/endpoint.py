"""Our end of every link: what comes in by any of them goes to one place, what goes out is numbered for each peer.

A link that is slow, dead or flooded does not hold up another: nothing here waits for a peer.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from telemetry.dialect import ARDUPILOTMEGA, Dialect, Message
from telemetry.frames import Frame, encode_frame
from telemetry.links.exchange import Exchange, NoSeats, Rules
from telemetry.links.guard import Signing
from telemetry.links.link import CLOSED, Ear, Link, LinkStatus, Peer
from telemetry.links.open import LinkError, open_link
from telemetry.links.times_file import TimesKeeper
from telemetry.received import Origin, Received
from telemetry.recorder import Recorder
from telemetry.signing import KEY_BEARER

__all__ = ["Endpoint", "LinkError", "LinkStatus"]

LAST_OLD_ID = 255


class Endpoint:
    """Many links, one stream of messages; satisfies `gcs.vehicles.ports.Wire`.

    What guests send (`guest+URL`) is passed on to vehicles as far as they may, and is never a message of ours;
    `rules` knows which seat has taken which vehicle.

    `on_message` gets each message whose name is in `subscribed` (every message when that is None); nothing
    else is decoded. `clock` is monotonic seconds, `unix_us` the time written into recordings. With `signing`,
    links that have a key refuse what is not signed with it; `times_file` is where its times are kept. Messages that
    carry a key are never recorded.
    """

    def __init__(
        self,
        *,
        sysid: int,
        compid: int,
        subscribed: frozenset[str] | None,
        on_message: Callable[[Received], None],
        recorder: Recorder | None = None,
        clock: Callable[[], float] = time.monotonic,
        unix_us: Callable[[], int] = lambda: time.time_ns() // 1000,
        dialect: Dialect = ARDUPILOTMEGA,
        signing: Signing | None = None,
        times_file: Path | None = None,
        rules: Rules | None = None,
    ) -> None:
        self.sysid = sysid
        self.compid = compid
        self._on_message = on_message
        self._recorder = recorder
        self._clock = clock
        self._unix_us = unix_us
        names = dialect.by_name.keys() if subscribed is None else subscribed
        self._ear = Ear(self._hear, dialect, frozenset(dialect.by_name[name].TYPE.id for name in names))
        self._links: dict[str, Link] = {}
        self._recorders: dict[str, Recorder] = {}
        self._signing = signing
        self._exchange = Exchange(
            (sysid, compid), dialect, self._links.values, self._record, rules or NoSeats(), say=self._say
        )
        self._guests = 0
        self._times = TimesKeeper(times_file, signing.times) if signing is not None and times_file else None

    async def add(self, url: str, recorder: Recorder | None = None, network: str = "", *, signed: bool = True) -> Link:
        """Open one more link. Raises LinkError when the URL is wrong, in use, or can never work. Links of another
        `network`, where system ids mean others, are kept by another `recorder`; guests hear the vehicles of one
        network, their own URL's or this. One that is not `signed` has no key, also where every link has one.

        A link that calls (`tcpout`, `serial`) is added at once and goes on calling until it is removed.
        """
        if url in self._links:
            raise LinkError(f"{url!r}: this link is open already")
        link = await open_link(url, self._ear, self._signing if signed else None)
        link.network = link.network or network
        if recorder is not None:
            self._recorders[link.url] = recorder
        self._links[link.url] = link
        self._guests += link.where.guest is not None
        return link

    async def remove(self, url: str) -> None:
        """Close a link; one that is not there is no error."""
        link = self._links.pop(url, None)
        self._recorders.pop(url, None)
        if link is not None:
            self._guests -= link.where.guest is not None
            await link.close()

    async def stop(self) -> None:
        """Close every link, and keep the signing times."""
        for url in tuple(self._links):
            await self.remove(url)
        if self._times is not None:
            await self._times.close()

    def links(self) -> tuple[LinkStatus, ...]:
        return tuple(link.status() for link in self._links.values())

    def forgeries(self) -> str:
        """Of each signed link that lately heard what it could not believe, what that was; empty while all is well."""
        doubts = ((link.url, link.guard.problem) for link in self._links.values() if link.guard is not None)
        return "; ".join(f"{url}: {problem}" for url, problem in doubts if problem)

    def send(self, message: Message, to: Origin | None = None) -> None:
        """Send to one peer, or to every known peer of every link but doors to one vehicle. Never waits.

        What cannot be sent (the peer is gone, its buffer is full, it speaks MAVLink 1 only and the message has no
        such form) is dropped and counted by its link. A signed link never falls back to MAVLink 1. Raises
        only for a message with a field out of its type's range.
        """
        kept: list[Recorder | None] = []
        for link, peer in self._receivers(to):
            frame = self._say(message, link, peer)
            if frame is None:
                continue
            recorder = self._recorders.get(link.url, self._recorder)
            if link.recorded and recorder not in kept:
                kept.append(recorder)
                if message.TYPE.id != KEY_BEARER:
                    self._record(link, frame)

    def loss(self, origin: Origin) -> float | None:
        """Share of frames from there that were missing lately, 0 to 1; None where nobody knows."""
        link = self._links.get(origin.link)
        peer = link.peers.get(origin.peer) if link is not None else None
        return peer.sequence.recent_loss(self._clock()) if peer is not None else None

    def _record(self, link: Link, frame: bytes) -> None:
        recorder = self._recorders.get(link.url, self._recorder)
        if recorder is not None:
            recorder.record(frame, self._unix_us())

    def _say(self, message: Message, link: Link, peer: Peer) -> bytes | None:
        """What was sent; None, and counted, where there is no such frame."""
        frame = self._frame(message, link, peer)
        if frame is None:
            link.unsent += 1
        else:
            link.send(peer, frame)
        return frame

    def _frame(self, message: Message, link: Link, peer: Peer) -> bytes | None:
        """MAVLink 2, but MAVLink 1 for those who speak nothing else; None when that has no such message."""
        seq, guard = next(peer.numbers), link.guard
        if guard is None and peer.old_fashioned:
            old = message.TYPE.id <= LAST_OLD_ID
            return encode_frame(message, seq=seq, sysid=self.sysid, compid=self.compid, version=1) if old else None
        if guard is None:
            return encode_frame(message, seq=seq, sysid=self.sysid, compid=self.compid)
        return guard.sign(encode_frame(message, seq=seq, sysid=self.sysid, compid=self.compid, signed=True))

    def _receivers(self, to: Origin | None) -> list[tuple[Link, Peer]]:
        if to is None:
            everywhere = (link for link in self._links.values() if not link.where.vehicle)
            return [(link, peer) for link in everywhere for peer in link.peers.values()]
        link = self._links.get(to.link)
        peer = link.peers.get(to.peer) if link is not None else None
        return [(link, peer)] if link is not None and peer is not None else []

    def _hear(self, link: Link, heard: Sequence[tuple[Peer, bytes]]) -> None:
        """Everything that came at once is recorded before any of it is answered."""
        now_s, believed = self._clock(), []
        for peer, data in heard:
            frames = peer.parser.feed(data)
            if link.guard is not None:
                frames = link.guard.admit(frames)
            if frames:
                peer.heard_s = now_s
                if peer.old_fashioned is not False:
                    peer.old_fashioned = all(frame.version == 1 for frame in frames)
                if not peer.known:
                    link.befriend(peer)
                link.frames_in += len(frames)
                believed.append((peer, frames))
        if not believed:
            return
        link.problem = ""
        if link.where.guest is not None:
            for peer, frames in believed:
                self._exchange.from_guest(link, peer, frames)
            return
        recorder = self._recorders.get(link.url, self._recorder)
        if recorder is not None and link.recorded:
            raws = [frame.raw for _, frames in believed for frame in frames if frame.msgid != KEY_BEARER]
            recorder.record_all(raws, self._unix_us())
        self._hand_on(link, believed, now_s)

    def _hand_on(self, link: Link, believed: list[tuple[Peer, list[Frame]]], now_s: float) -> None:
        on_message = self._on_message
        if self._times is not None:
            self._times.note(now_s)
        for peer, frames in believed:
            if link.state == CLOSED:
                return
            if self._guests:
                self._exchange.from_vehicle(link, peer, frames)
            origin, note = peer.origin, peer.sequence.note
            for frame in frames:
                sysid, compid, seq = frame.sysid, frame.compid, frame.seq
                note(sysid, compid, seq)
                if (message := frame.message) is not None:
                    on_message(Received(message, sysid, compid, seq, origin, now_s))
