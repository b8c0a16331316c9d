"""Puts a bad line between an endpoint and any link: `faulty+udpin://...?loss=0.3&seed=1`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from telemetry.frames import Parser
from telemetry.links.faults import Faults
from telemetry.links.link import CLOSED, MAX_PEERS, Ear, Link, Peer


class BadLine:
    """Both directions of one link. Frames that come in are separated first, so that each has its own luck."""

    def __init__(self, ear: Ear, settings: Mapping[str, float]) -> None:
        self._ear = ear
        self._in = Faults(settings, "in")
        self._out = Faults(settings, "out")
        self._parsers: dict[str, Parser] = {}

    def hear(self, link: Link, heard: Sequence[tuple[Peer, bytes]]) -> None:
        for peer, data in heard:
            for frame in self._parser(peer).feed(data):
                self._deliver(self._in, frame.raw, partial(self._arrive, link, peer))

    def write(self, peer: Peer, frame: bytes) -> bool:
        self._deliver(self._out, frame, peer.write)
        return True

    def _arrive(self, link: Link, peer: Peer, frame: bytes) -> None:
        if link.state != CLOSED:
            self._ear.hear(link, ((peer, frame),))

    def _parser(self, peer: Peer) -> Parser:
        if peer.name not in self._parsers:
            if len(self._parsers) >= MAX_PEERS:
                del self._parsers[next(iter(self._parsers))]
            self._parsers[peer.name] = Parser(self._ear.dialect)
        return self._parsers[peer.name]

    @staticmethod
    def _deliver(faults: Faults, frame: bytes, hand_over: Callable[[bytes], object]) -> None:
        for wait_s, arrived in faults.deliveries(frame):
            if wait_s > 0.0:
                asyncio.get_running_loop().call_later(wait_s, hand_over, arrived)
            else:
                hand_over(arrived)
