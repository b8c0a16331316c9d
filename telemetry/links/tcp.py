"""TCP, calling and called. A peer that does not read is not waited for: its frames are dropped and counted."""

from __future__ import annotations

import asyncio
import socket

from telemetry.links.backoff import Backoff
from telemetry.links.link import CLOSED, CONNECTING, OPEN, Ear, Link
from telemetry.links.stream import StreamPeer
from telemetry.links.url import LinkError, LinkUrl, address_text

CONNECT_TIMEOUT_S = 5.0
MAX_CALLERS = 256


def socket_peer_name(transport: asyncio.Transport) -> str:
    sock = transport.get_extra_info("socket")
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return address_text(*transport.get_extra_info("peername")[:2])


class TcpIn(Link):
    """Listens for callers; each is a peer as long as it stays.

    Guests must begin with a frame: else a page in somebody's browser could wrap one in a request to this port.
    """

    def __init__(self, url: LinkUrl, ear: Ear) -> None:
        super().__init__(url, ear)
        self._server: asyncio.Server | None = None
        self._callers: set[StreamPeer] = set()

    async def open(self) -> None:
        loop, where = asyncio.get_running_loop(), self.where
        try:
            self._server = await loop.create_server(self._caller, where.host, where.port)
        except OSError as error:
            raise LinkError(f"{self.url!r}: cannot listen there: {error.strerror}") from None
        self.listens_at(self._server.sockets[0].getsockname()[1])
        self.state = OPEN

    async def close(self) -> None:
        self.state = CLOSED
        if self._server is not None:
            self._server.close()
            for caller in tuple(self._callers):
                caller.abort()
            await asyncio.gather(*(caller.ended for caller in tuple(self._callers)))
            await self._server.wait_closed()
            self._server = None

    def _caller(self) -> StreamPeer:
        caller = StreamPeer(self, socket_peer_name, strict=self.where.guest is not None)
        self._callers.add(caller)
        if len(self._callers) > MAX_CALLERS:
            asyncio.get_running_loop().call_soon(caller.abort)
        caller.ended.add_done_callback(lambda _: self._callers.discard(caller))
        return caller


class Calling(Link):
    """A link that calls, and calls again when the line drops. A transport says how by `connect`."""

    def __init__(self, url: LinkUrl, ear: Ear) -> None:
        super().__init__(url, ear)
        self._task: asyncio.Task[None] | None = None

    async def connect(self) -> StreamPeer:
        """A connection; raises OSError or TimeoutError."""
        raise NotImplementedError

    async def open(self) -> None:
        self._task = asyncio.create_task(self._keep_calling(), name=f"link {self.url}")

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
        self.state = CLOSED

    async def _keep_calling(self) -> None:
        backoff = Backoff()
        while True:
            heard = self.frames_in
            try:
                async with asyncio.timeout(CONNECT_TIMEOUT_S):
                    line = await self.connect()
            except TimeoutError:
                self.problem = "no answer"
            except OSError as error:
                self.problem = error.strerror or str(error)
            else:
                self.state, self.problem = OPEN, ""
                try:
                    await line.ended
                finally:
                    line.abort()
                self.state, self.problem = CONNECTING, "the line dropped"
            if self.frames_in > heard:
                backoff.reset()
            await asyncio.sleep(backoff.next_s())


class TcpOut(Calling):
    """Calls a TCP server, e.g. ArduPilot SITL on port 5760."""

    async def connect(self) -> StreamPeer:
        _, line = await asyncio.get_running_loop().create_connection(
            lambda: StreamPeer(self, socket_peer_name),
            self.where.host,
            self.where.port,
        )
        return line
