"""UDP that is read by draining: one wake-up of the loop takes up to 64 datagrams.

asyncio's own datagram transport reads one datagram a wake-up; measured at 40 000 a second that costs 1.4 to
1.8 times as much.
"""

from __future__ import annotations

import asyncio
import socket
import time
from functools import partial
from typing import Any

from telemetry.links.kernel_drops import kernel_drops
from telemetry.links.link import CLOSED, OPEN, Ear, Link, Peer
from telemetry.links.url import LinkError, LinkUrl, address_text

DRAIN = 64
LARGEST_DATAGRAM = 65_535
RECEIVE_BUFFER = 4 * 1024 * 1024
DROPS_EVERY_S = 1.0

Address = tuple[Any, ...]


class UdpLink(Link):
    """What listening and calling have in common. `receive_buffer` is what the kernel granted, in bytes."""

    datagrams = True

    def __init__(self, url: LinkUrl, ear: Ear) -> None:
        super().__init__(url, ear)
        self.receive_buffer = 0
        self._socket: socket.socket | None = None
        self._drops: int | None = None
        self._drops_due_s = 0.0
        self._by_address: dict[Address, Peer] = {}
        self._addresses: dict[str, Address] = {}

    async def resolve(self) -> tuple[socket.AddressFamily, Address]:
        loop, where = asyncio.get_running_loop(), self.where
        try:
            found = await loop.getaddrinfo(where.host, where.port, type=socket.SOCK_DGRAM)
        except OSError as error:
            raise LinkError(f"{self.url!r}: host {where.host!r} cannot be found: {error.strerror}") from None
        family, _, _, _, address = found[0]
        return family, address

    def start(self, sock: socket.socket) -> None:
        """Read `sock` from now on."""
        sock.settimeout(0.0)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        self.receive_buffer = sock.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
        self._socket = sock
        asyncio.get_running_loop().add_reader(sock, self._drain, sock)
        self.state = OPEN

    async def close(self) -> None:
        self.state = CLOSED
        if self._socket is not None:
            asyncio.get_running_loop().remove_reader(self._socket)
            self._socket.close()
            self._socket = None

    def kernel_drops(self) -> int | None:
        """At most a second old."""
        now_s = time.monotonic()
        if self._socket is not None and now_s >= self._drops_due_s:
            self._drops, self._drops_due_s = kernel_drops(self._socket), now_s + DROPS_EVERY_S
        return self._drops

    def forget(self, name: str) -> None:
        super().forget(name)
        self._by_address.pop(self._addresses.pop(name, ()), None)

    def peer_at(self, address: Address, *, known: bool = False, connected: bool = False) -> Peer:
        name = address_text(*address[:2])
        peer = self.meet(name, partial(self._write, None if connected else address), known=known)
        self._by_address[address] = peer
        self._addresses[name] = address
        return peer

    def _drain(self, sock: socket.socket) -> None:
        peers, receive, heard, problem = self._by_address, sock.recvfrom, list[tuple[Peer, bytes]](), ""
        try:
            for _ in range(DRAIN):
                data, address = receive(LARGEST_DATAGRAM)
                heard.append((peers.get(address) or self.peer_at(address), data))
        except (BlockingIOError, InterruptedError):
            pass
        except OSError as error:
            problem = error.strerror or str(error)
        if heard:
            self.ear.hear(self, heard)
        self.problem = problem or self.problem

    def _write(self, address: Address | None, frame: bytes) -> bool:
        if self._socket is None:
            return False
        try:
            if address is None:
                self._socket.send(frame)
            else:
                self._socket.sendto(frame, address)
        except (BlockingIOError, InterruptedError):
            return False
        except OSError as error:
            self.problem = error.strerror or str(error)
            return False
        return True


class UdpIn(UdpLink):
    """Listens; whoever sends a good frame is answered where it called from."""

    async def open(self) -> None:
        family, address = await self.resolve()
        sock = socket.socket(family, socket.SOCK_DGRAM)
        try:
            sock.bind(address)
        except OSError as error:
            sock.close()
            raise LinkError(f"{self.url!r}: cannot listen there: {error.strerror}") from None
        self.listens_at(sock.getsockname()[1])
        self.start(sock)


class UdpOut(UdpLink):
    """Calls one address and hears nobody else: the kernel drops what comes from elsewhere."""

    async def open(self) -> None:
        family, address = await self.resolve()
        sock = socket.socket(family, socket.SOCK_DGRAM)
        try:
            sock.connect(address)
        except OSError as error:
            sock.close()
            raise LinkError(f"{self.url!r}: cannot be called: {error.strerror}") from None
        self.peer_at(sock.getpeername(), known=True, connected=True)
        self.start(sock)


class UdpBroadcast(UdpLink):
    """Calls into a network until somebody answers; from then on only those who answered are sent to."""

    async def open(self) -> None:
        family, address = await self.resolve()
        sock = socket.socket(family, socket.SOCK_DGRAM)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        try:
            sock.bind(("", 0))
        except OSError as error:
            sock.close()
            raise LinkError(f"{self.url!r}: cannot be called: {error.strerror}") from None
        self._everybody = self.peer_at(address, known=True)
        self.start(sock)

    def befriend(self, peer: Peer) -> None:
        self.forget(self._everybody.name)
        super().befriend(peer)
