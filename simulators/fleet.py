"""Simulated vehicles on real sockets: each listens on TCP as ArduPilot's SITL does, or calls out by UDP.

One task steps all vehicles; what they say goes out at once where it answers something, and with the
next step otherwise. A port serves one client at a time; others wait until it leaves.
"""

from __future__ import annotations

import asyncio
import errno
import struct
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import degrees
from types import MappingProxyType
from typing import Final, Self, cast

from simulators.autopilot import HEARD, Autopilot, VehicleSpec
from simulators.autopilot_boot import WARM_S
from simulators.fit import fitted
from simulators.vehicle_signing import TRUSTED_LINK, VehicleSigning
from telemetry.dialect import ARDUPILOTMEGA, Message
from telemetry.frames import Frame, Parser
from telemetry.messages import decode_payload
from telemetry.signing import signing_time

__all__ = ["FleetError", "Pose", "SimFleet", "VehicleSpec"]
PORT_STEP: Final = 10
SERIAL_OFFSETS: Final = (0, 2, 3)
MOST_UNREAD_BYTES: Final = 1 << 20
MANY_VEHICLES: Final = 50
TICK_S, COARSE_TICK_S = 0.02, 0.05
LONGEST_CATCH_UP_S: Final = 0.5
AUTOPILOT_COMPID: Final = 1
_HEARD_IDS: Mapping[int, type[Message]] = MappingProxyType(
    {msgid: cls for msgid, cls in ARDUPILOTMEGA.by_id.items() if cls.TYPE.name in HEARD}
)
_SETUP_SIGNING: Final = ARDUPILOTMEGA.by_name["SETUP_SIGNING"]
_TARGETED: Final = frozenset(
    msgid for msgid, cls in ARDUPILOTMEGA.by_id.items() if any(f.name == "target_system" for f in cls.TYPE.fields)
)


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
        self.vehicles = tuple(Autopilot(_at_our_time(spec), seed * 1000 + spec.sysid) for spec in specs)
        self._boxes = tuple(_Box(autopilot) for autopilot in self.vehicles)
        self._base_port, self._host = base_port, host
        self._offsets = SERIAL_OFFSETS if extra_ports else SERIAL_OFFSETS[:1]
        self._udp = udp
        self._listen = listen
        self._servers: list[asyncio.Server] = []
        self._urls: list[tuple[str, ...]] = []
        self._task: asyncio.Task[None] | None = None

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
        self._task = asyncio.get_running_loop().create_task(self._run(), name="simulated fleet")

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
                box.step(passed * self.speedup, passed)


class _Box:
    """One vehicle and its channels: bytes in, bytes out."""

    def __init__(self, autopilot: Autopilot) -> None:
        self._autopilot = autopilot
        self._channels: dict[str, _Channel] = {}
        self._restarts = autopilot.restarts
        self._signing = VehicleSigning()

    def stream(self, serial: int) -> Callable[[], asyncio.Protocol]:
        """The protocol of one TCP port."""
        channel = self._channel(f"serial{serial}", serial)
        return lambda: _Stream(self, channel)

    def datagrams(self) -> asyncio.DatagramProtocol:
        return _Datagrams(self, self._channel("udp", TRUSTED_LINK))

    def _channel(self, name: str, link: int) -> _Channel:
        channel = self._channels.setdefault(name, _Channel(name, link))
        self._autopilot.open(name)
        return channel

    def step(self, dt_s: float, link_dt_s: float) -> None:
        self._autopilot.step(dt_s, link_dt_s)
        if self._autopilot.restarts != self._restarts:
            self._restarted()
        self.flush()

    def heard(self, data: bytes, channel: _Channel) -> None:
        """Bytes from a client; answers leave at once."""
        sysid = self._autopilot.spec.sysid
        for frame in channel.parser.feed(data):
            if not self._signing.believes(frame, channel.link, self._signing_time()):
                continue
            if frame.msgid == _SETUP_SIGNING.TYPE.id:
                self._set_up_signing(frame)
                continue
            channel.senders.add(frame.sysid)
            cls = _HEARD_IDS.get(frame.msgid)
            message = decode_payload(cls, frame.payload) if cls else None
            self._forward(frame, message, channel)
            if message is not None and frame.sysid != sysid:
                self._autopilot.receive(message, frame.sysid, frame.compid, channel.name)
        self.flush()

    def _signing_time(self) -> int:
        """GPS time as signing counts it; 0 while there is none."""
        vehicle = self._autopilot.vehicle
        return signing_time(vehicle.unix_at_boot_us + vehicle.boot_us) if vehicle.has_gps else 0

    def _set_up_signing(self, frame: Frame) -> None:
        message = decode_payload(_SETUP_SIGNING, frame.payload)
        if message.target_system in {0, self._autopilot.spec.sysid} and not self._autopilot.vehicle.armed:
            self._signing.set_up(bytes(message.secret_key), message.initial_timestamp)

    def flush(self) -> None:
        for message, name in self._autopilot.drain():
            if name is not None:
                self._send(message, self._channels[name])
                continue
            for channel in self._channels.values():
                self._send(message, channel)
        for channel in self._channels.values():
            channel.flush()

    def _send(self, message: Message, channel: _Channel) -> None:
        if channel.silent:
            return
        sender, now = (self._autopilot.spec.sysid, AUTOPILOT_COMPID), self._signing_time()
        try:
            frame = self._signing.encode(message, channel.next_seq(), sender, channel.link, now)
        except struct.error:
            frame = self._signing.encode(fitted(message), channel.next_seq(), sender, channel.link, now)
        channel.put(frame)

    def close(self) -> None:
        for channel in self._channels.values():
            channel.close()

    def _restarted(self) -> None:
        """A reboot drops every client and all rates."""
        self._restarts = self._autopilot.restarts
        self._signing.restart()
        for name, channel in self._channels.items():
            channel.drop_clients()
            self._autopilot.open(name)

    def _forward(self, frame: Frame, message: Message | None, source: _Channel) -> None:
        """ArduPilot passes on what is meant for everybody or for somebody on another channel."""
        if len(self._channels) == 1:
            return
        target = getattr(message, "target_system", None) if message is not None else None
        if target is None and frame.msgid in _TARGETED:
            target = getattr(decode_payload(ARDUPILOTMEGA.by_id[frame.msgid], frame.payload), "target_system", 0)
        if target == self._autopilot.spec.sysid:
            return
        for channel in self._channels.values():
            if channel is not source and (not target or target in channel.senders):
                channel.pass_on(frame.raw)


class _Channel:
    """A serial port of the autopilot: its number, its sequence, its parser and its one client."""

    def __init__(self, name: str, link: int) -> None:
        self.name = name
        self.link = link
        self.parser = Parser()
        self.senders: set[int] = set()
        self._seq = 0
        self._out = bytearray()
        self._clients: list[asyncio.Transport] = []
        self._datagrams: asyncio.DatagramTransport | None = None

    @property
    def silent(self) -> bool:
        return not self._clients and self._datagrams is None

    def joined(self, transport: asyncio.Transport) -> bool:
        """A client dialled; says whether it is the one that is served."""
        self._clients.append(transport)
        return len(self._clients) == 1

    def serves(self, transport: asyncio.Transport) -> bool:
        return bool(self._clients) and self._clients[0] is transport

    def left(self, transport: asyncio.Transport) -> None:
        if self.serves(transport):
            self.parser = Parser()
        if transport in self._clients:
            self._clients.remove(transport)

    def use(self, transport: asyncio.DatagramTransport) -> None:
        self._datagrams = transport

    def next_seq(self) -> int:
        seq, self._seq = self._seq, (self._seq + 1) & 0xFF
        return seq

    def pass_on(self, raw: bytes) -> None:
        if not self.silent:
            self.put(raw)

    def put(self, frame: bytes) -> None:
        if self._datagrams is not None:
            self._datagrams.sendto(frame)
        else:
            self._out += frame

    def flush(self) -> None:
        """What a client that does not read has no room for is lost, as on a serial line."""
        if self._out and self._clients and self._clients[0].get_write_buffer_size() < MOST_UNREAD_BYTES:
            self._clients[0].write(bytes(self._out))
        self._out.clear()

    def drop_clients(self) -> None:
        for transport in self._clients:
            transport.close()

    def close(self) -> None:
        self.drop_clients()
        if self._datagrams is not None:
            self._datagrams.close()


class _Stream(asyncio.Protocol):
    """A TCP client of one channel."""

    def __init__(self, box: _Box, channel: _Channel) -> None:
        self._box, self._channel = box, channel
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            self._transport = transport
            self._channel.joined(transport)

    def data_received(self, data: bytes) -> None:
        if self._transport is not None and self._channel.serves(self._transport):
            self._box.heard(data, self._channel)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio calls it so
        if self._transport is not None:
            self._channel.left(self._transport)


class _Datagrams(asyncio.DatagramProtocol):
    """A UDP socket of one vehicle that calls one address."""

    def __init__(self, box: _Box, channel: _Channel) -> None:
        self._box, self._channel = box, channel

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._channel.use(cast("asyncio.DatagramTransport", transport))

    def datagram_received(self, data: bytes, addr: tuple[str | None, int]) -> None:  # noqa: ARG002 - one peer
        self._box.heard(data, self._channel)

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
