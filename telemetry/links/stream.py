"""One connection that carries a stream of bytes: a TCP socket or a serial line."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import cast

from telemetry.frames import V1, V2
from telemetry.links.link import WRITE_BUFFER_LIMIT, Link, Peer

BEGINNINGS = frozenset({V1, V2})
NO_MAVLINK = "somebody called who does not speak MAVLink"


class StreamPeer(asyncio.Protocol):
    """Hands on what it hears, and tells by `ended` when the connection is gone.

    What the other end does not take in time is not waited for: beyond `limit` bytes frames are refused. On a
    line with noise, `stale_s` says after which silence an unfinished frame was none. With `strict`, whoever does not
    begin with a frame is hung up on.
    """

    def __init__(
        self,
        link: Link,
        name: Callable[[asyncio.Transport], str],
        *,
        limit: int = WRITE_BUFFER_LIMIT,
        stale_s: float | None = None,
        strict: bool = False,
    ) -> None:
        self._link = link
        self._name = name
        self._limit = limit
        self._stale_s = stale_s
        self._unproven = strict
        self._heard_s = 0.0
        self._transport: asyncio.Transport | None = None
        self._peer: Peer | None = None
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._peer = self._link.meet(self._name(self._transport), self._write, known=True)

    def data_received(self, data: bytes) -> None:
        if self._peer is None:
            return
        if self._unproven and data[0] not in BEGINNINGS:
            self._link.problem = NO_MAVLINK
            self.abort()
            return
        self._unproven = False
        if self._stale_s is not None:
            now_s = asyncio.get_running_loop().time()
            if now_s - self._heard_s > self._stale_s:
                self._peer.parser.expire()
            self._heard_s = now_s
        self._link.ear.hear(self._link, ((self._peer, data),))

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  asyncio calls it so
        if self._peer is not None:
            self._link.forget(self._peer.name)
        self._transport = self._peer = None
        if not self.ended.done():
            self.ended.set_result(None)

    def abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def _write(self, frame: bytes) -> bool:
        transport = self._transport
        if transport is None or transport.is_closing() or transport.get_write_buffer_size() > self._limit:
            return False
        transport.write(frame)
        return True
