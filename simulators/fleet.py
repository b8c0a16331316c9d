"""Simulated vehicles on real sockets: each listens on TCP as ArduPilot's SITL does, or calls out by UDP.

One task steps all vehicles; what they say goes out at once where it answers something, and with the
next step otherwise. A port serves one client at a time; others wait until it leaves.
"""

from __future__ import annotations

import asyncio
import copy
import errno
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import degrees
from types import MappingProxyType
from typing import Final, Self, cast

from simulators.autopilot import Autopilot, VehicleSpec
from simulators.autopilot.boot import WARM_S
from simulators.autopilot.ports import Port, VehiclePorts
from simulators.autopilot.signing import TRUSTED_LINK
from telemetry.frames import Parser

__all__ = ["FleetError", "Pose", "SimFleet", "VehicleSpec"]
PORT_STEP: Final = 10
SERIAL_OFFSETS: Final = (0, 2, 3)
MOST_UNREAD_BYTES: Final = 1 << 20
MANY_VEHICLES: Final = 50
TICK_S, COARSE_TICK_S = 0.02, 0.05
LONGEST_CATCH_UP_S: Final = 0.5
_log = logging.getLogger(__name__)


class FleetError(OSError):
    """A fleet that cannot be started; the text names the port."""


@dataclass(frozen=True, slots=True)
class Pose:
    """Where a vehicle is and how it stands: degrees and metres above its home."""

    sysid: int
    lat_deg: float
    lon_deg: float
    alt_rel_m: float
    heading_deg: float
    flying: bool
    roll_deg: float = 0.0
    pitch_deg: float = 0.0


@dataclass(frozen=True, slots=True)
class FleetMoment:
    """Every vehicle of a fleet as it was at one moment; belongs to the fleet that gave it."""

    vehicles: tuple[VehiclePorts, ...]


class SimFleet:
    """`base_port` 0 takes free ports; `extra_ports` opens SERIAL1 and SERIAL2 (+2, +3) too.

    `udp` is a host and port every vehicle sends to from a socket of its own. `listen` off opens no TCP port.
    """

    def __init__(
        self,
        specs: Sequence[VehicleSpec],
        *,
        speedup: float = 1.0,
        seed: int = 0,
        base_port: int = 0,
        host: str = "127.0.0.1",
        extra_ports: bool = False,
        udp: tuple[str, int] | None = None,
        listen: bool = True,
    ) -> None:
        if not specs:
            raise ValueError("a fleet needs a vehicle")
        if len({spec.sysid for spec in specs}) < len(specs):
            raise ValueError("two vehicles have the same sysid")
        if not 0.0 < speedup <= 100.0:
            raise ValueError(f"speedup {speedup} is not above 0 and at most 100")
        self.speedup = speedup
        self._boxes = tuple(_Box(Autopilot(_at_our_time(spec), seed * 1000 + spec.sysid)) for spec in specs)
        self._base_port, self._host = base_port, host
        self._offsets = SERIAL_OFFSETS if extra_ports else SERIAL_OFFSETS[:1]
        self._udp = udp
        self._listen = listen
        self._servers: list[asyncio.Server] = []
        self._urls: list[tuple[str, ...]] = []
        self._task: asyncio.Task[None] | None = None
        self._stepping: _Box | None = None
        self._dead: dict[int, str] = {}

    @property
    def vehicles(self) -> tuple[Autopilot, ...]:
        return tuple(box.wire.autopilot for box in self._boxes)

    @property
    def dead(self) -> Mapping[int, str]:
        """System id and reason of each vehicle whose simulation failed; the others fly on."""
        return MappingProxyType(self._dead)

    @property
    def urls(self) -> tuple[str, ...]:
        """The first port of each vehicle, to be dialled."""
        return tuple(urls[0] for urls in self._urls)

    @property
    def all_urls(self) -> tuple[tuple[str, ...], ...]:
        """Every port of every vehicle."""
        return tuple(self._urls)

    def poses(self) -> list[Pose]:
        return [_pose(autopilot) for autopilot in self.vehicles]

    def moment(self) -> FleetMoment:
        """The vehicles as they are now, to come back to."""
        return FleetMoment(tuple(copy.deepcopy(box.wire) for box in self._boxes))

    def go_back(self, moment: FleetMoment) -> None:
        """Every vehicle is again as it was then, as often as wanted; clients lose their connection."""
        for box, wire in zip(self._boxes, moment.vehicles, strict=True):
            box.go_back(copy.deepcopy(wire))

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Open every port and let time pass. Raises FleetError for a port that cannot be had; then none is open."""
        try:
            for index, box in enumerate(self._boxes):
                await self._open(index, box)
        except OSError:
            await self.stop()
            raise
        self._let_time_pass()

    def _let_time_pass(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run(), name="simulated fleet")
        self._task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """A vehicle whose step failed is told and left out; time passes on for the others."""
        error, box = None if task.cancelled() else task.exception(), self._stepping
        if error is None or box is None:
            return
        self._dead[box.sysid] = f"{type(error).__name__}: {error}"
        _log.error("simulated vehicle %d failed and is left out: %s", box.sysid, error, exc_info=error)
        box.close()
        self._let_time_pass()

    async def stop(self) -> None:
        """Close everything; a stopped fleet stays stopped."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        for server in self._servers:
            server.close()
        for box in self._boxes:
            box.close()
        await asyncio.gather(*(server.wait_closed() for server in self._servers))
        self._servers = []

    async def _open(self, index: int, box: _Box) -> None:
        loop = asyncio.get_running_loop()
        if self._udp is not None:
            await loop.create_datagram_endpoint(box.datagrams, remote_addr=self._udp)
        if not self._listen:
            return
        ports = []
        for serial, offset in enumerate(self._offsets):
            wanted = self._base_port + PORT_STEP * index + offset if self._base_port else 0
            try:
                server = await loop.create_server(box.stream(serial), self._host, wanted)
            except OSError as error:
                raise FleetError(_port_problem(error, self._host, wanted)) from error
            self._servers.append(server)
            ports.append(server.sockets[0].getsockname()[1])
        self._urls.append(tuple(f"tcpout://{self._host}:{port}" for port in ports))

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        tick_s = TICK_S if len(self._boxes) <= MANY_VEHICLES else COARSE_TICK_S
        last = loop.time()
        while True:
            await asyncio.sleep(tick_s)
            now = loop.time()
            passed = min(now - last, LONGEST_CATCH_UP_S)
            last = now
            for box in self._boxes:
                if box.sysid not in self._dead:
                    self._stepping = box
                    box.step(passed * self.speedup, passed)


class _Box:
    """One vehicle's ports on sockets."""

    def __init__(self, autopilot: Autopilot) -> None:
        self.wire = VehiclePorts(autopilot)
        self._sockets: dict[str, _Socket] = {}

    @property
    def sysid(self) -> int:
        return self.wire.autopilot.spec.sysid

    def stream(self, serial: int) -> Callable[[], asyncio.Protocol]:
        """The protocol of one TCP port."""
        socket = self._socket(f"serial{serial}", serial)
        return lambda: _Stream(self, socket)

    def datagrams(self) -> asyncio.DatagramProtocol:
        return _Datagrams(self, self._socket("udp", TRUSTED_LINK))

    def _socket(self, name: str, number: int) -> _Socket:
        return self._sockets.setdefault(name, _Socket(self.wire.open(name, number)))

    def go_back(self, wire: VehiclePorts) -> None:
        """Another state of the same vehicle takes the place of this one."""
        self.wire = wire
        for name, socket in self._sockets.items():
            socket.go_back(wire.ports[name])

    def step(self, dt_s: float, link_dt_s: float) -> None:
        if self.wire.step(dt_s, link_dt_s):
            for socket in self._sockets.values():
                socket.drop_clients()
        self._flush()

    def heard(self, data: bytes, socket: _Socket) -> None:
        """Bytes from a client; answers leave at once."""
        self.wire.heard(data, socket.port)
        self._flush()

    def _flush(self) -> None:
        for socket in self._sockets.values():
            socket.flush()

    def close(self) -> None:
        for socket in self._sockets.values():
            socket.close()


class _Socket:
    """The one client of a port, and those who wait for it."""

    def __init__(self, port: Port) -> None:
        self.port = port
        self._clients: list[asyncio.Transport] = []
        self._datagrams: asyncio.DatagramTransport | None = None

    def joined(self, transport: asyncio.Transport) -> bool:
        """A client dialled; says whether it is the one that is served."""
        self._clients.append(transport)
        self.port.listening = True
        return len(self._clients) == 1

    def serves(self, transport: asyncio.Transport) -> bool:
        return bool(self._clients) and self._clients[0] is transport

    def left(self, transport: asyncio.Transport) -> None:
        if self.serves(transport):
            self.port.parser = Parser()
        if transport in self._clients:
            self._clients.remove(transport)
        self.port.listening = bool(self._clients)

    def use(self, transport: asyncio.DatagramTransport) -> None:
        self._datagrams = transport
        self.port.listening = True

    def flush(self) -> None:
        """What a client that does not read has no room for is lost, as on a serial line."""
        frames = self.port.take()
        if self._datagrams is not None:
            for frame in frames:
                self._datagrams.sendto(frame)
        elif frames and self._clients and self._clients[0].get_write_buffer_size() < MOST_UNREAD_BYTES:
            self._clients[0].write(b"".join(frames))

    def go_back(self, port: Port) -> None:
        """Clients spoke with what was; they may dial again."""
        self.drop_clients()
        port.parser, port.listening = Parser(), self._datagrams is not None
        port.take()
        self.port = port

    def drop_clients(self) -> None:
        for transport in self._clients:
            transport.close()

    def close(self) -> None:
        self.drop_clients()
        if self._datagrams is not None:
            self._datagrams.close()


class _Stream(asyncio.Protocol):
    """A TCP client of one channel."""

    def __init__(self, box: _Box, socket: _Socket) -> None:
        self._box, self._socket = box, socket
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            self._transport = transport
            self._socket.joined(transport)

    def data_received(self, data: bytes) -> None:
        if self._transport is not None and self._socket.serves(self._transport):
            self._box.heard(data, self._socket)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio calls it so
        if self._transport is not None:
            self._socket.left(self._transport)


class _Datagrams(asyncio.DatagramProtocol):
    """A UDP socket of one vehicle that calls one address."""

    def __init__(self, box: _Box, socket: _Socket) -> None:
        self._box, self._socket = box, socket

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._socket.use(cast("asyncio.DatagramTransport", transport))

    def datagram_received(self, data: bytes, addr: tuple[str | None, int]) -> None:  # noqa: ARG002 - one peer
        self._box.heard(data, self._socket)

    def error_received(self, exc: Exception) -> None:
        """Nobody listens there yet; the next message tries again."""


def _pose(autopilot: Autopilot) -> Pose:
    vehicle = autopilot.vehicle
    lat, lon = vehicle.position_deg
    body = vehicle.body
    return Pose(
        vehicle.sysid, lat, lon, vehicle.relative_alt_m, degrees(body.yaw_rad) % 360.0, vehicle.flying,
        degrees(body.roll_rad), degrees(body.pitch_rad),
    )  # fmt: skip


def _at_our_time(spec: VehicleSpec) -> VehicleSpec:
    """The vehicle's clock is ours where nothing else was said."""
    if spec.unix_at_boot_us is not None:
        return spec
    up_s = WARM_S if spec.warm else 0.0
    return replace(spec, unix_at_boot_us=time.time_ns() // 1000 - round(up_s * 1e6))


def _port_problem(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} on {host} is in use"
    return f"port {port} on {host} cannot be opened: {error.strerror or error}"
