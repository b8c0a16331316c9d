"""The serial ports of one simulated vehicle: bytes in, frames out; signing, and passing on between ports.

It knows no socket and no clock. Numbers of ports count as ArduPilot's channels do: signatures carry them, and
the first one needs none. The others come up a second after power-on.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from simulators.autopilot.autopilot import HEARD, Autopilot
from simulators.autopilot.fit import fitted
from simulators.autopilot.signing import TRUSTED_LINK, VehicleSigning
from telemetry.dialect import ARDUPILOTMEGA, Message
from telemetry.frames import Frame, Parser
from telemetry.messages import decode_payload
from telemetry.signing import signing_time

AUTOPILOT_COMPID: Final = 1
LATE_PORTS_S: Final = 1.0
_HEARD_IDS: Mapping[int, type[Message]] = MappingProxyType(
    {msgid: cls for msgid, cls in ARDUPILOTMEGA.by_id.items() if cls.TYPE.name in HEARD}
)
_TO_WHO_SPOKE: Final = frozenset({"STATUSTEXT", "PARAM_VALUE"})
"""Broadcasts that only go to ports on which somebody has said something."""
_WAITS: Final = frozenset({"GPS_GLOBAL_ORIGIN", "HOME_POSITION"})
"""What nobody heard on a port is told there when somebody comes."""
_SETUP_SIGNING: Final = ARDUPILOTMEGA.by_name["SETUP_SIGNING"]
_TARGETED: Final = frozenset(
    msgid for msgid, cls in ARDUPILOTMEGA.by_id.items() if any(f.name == "target_system" for f in cls.TYPE.fields)
)


class Port:
    """One serial port: its number, its sequence, its parser. Nothing is kept while nobody listens."""

    def __init__(self, name: str, number: int) -> None:
        self.name = name
        self.number = number
        self.parser = Parser()
        self.senders: set[int] = set()
        self.listening = False
        self.served = False
        self.waiting: dict[str, Message] = {}
        self._seq = 0
        self._out: list[bytes] = []

    def next_seq(self) -> int:
        seq, self._seq = self._seq, (self._seq + 1) & 0xFF
        return seq

    def put(self, frame: bytes) -> None:
        self._out.append(frame)

    def take(self) -> list[bytes]:
        """Frames to send, in order; they are handed out once."""
        out, self._out = self._out, []
        return out


class VehiclePorts:
    """One vehicle behind its ports. `restarts` of the autopilot drop what a power cycle drops."""

    def __init__(self, autopilot: Autopilot) -> None:
        self.autopilot = autopilot
        self.ports: dict[str, Port] = {}
        self._restarts = autopilot.restarts
        self._signing = VehicleSigning()

    def open(self, name: str, number: int) -> Port:
        """A port exists from now on; opening it again changes nothing."""
        port = self.ports.setdefault(name, Port(name, number))
        self.autopilot.open(name, number)
        return port

    def step(self, dt_s: float, link_dt_s: float) -> bool:
        """Let time pass; True where the vehicle has just restarted and its clients lose their connection."""
        self.autopilot.step(dt_s, link_dt_s)
        restarted = self.autopilot.restarts != self._restarts
        if restarted:
            self._restarted()
        self.collect()
        return restarted

    def heard(self, data: bytes, port: Port) -> None:
        """Bytes from a client; answers are in the ports afterwards."""
        sysid = self.autopilot.spec.sysid
        for frame in port.parser.feed(data):
            if not self._signing.believes(frame, port.number, self._signing_time()):
                continue
            if frame.msgid == _SETUP_SIGNING.TYPE.id:
                self._set_up_signing(frame)
                continue
            port.senders.add(frame.sysid)
            cls = _HEARD_IDS.get(frame.msgid)
            message = decode_payload(cls, frame.payload) if cls else None
            self._forward(frame, message, port)
            if message is not None and frame.sysid != sysid:
                self.autopilot.receive(message, frame.sysid, frame.compid, port.name)
        self.collect()

    def collect(self) -> None:
        """Bring what the vehicle says to the ports."""
        for port in self.ports.values():
            if port.served != self._open_to(port):
                port.served = not port.served
                if port.served:
                    self.autopilot.client_came(port.name)
                    waiting, port.waiting = port.waiting, {}
                    for message in waiting.values():
                        self._send(message, port)
        for message, name in self.autopilot.drain():
            if name is not None:
                self._send(message, self.ports[name])
                continue
            spoken = message.message_name in _TO_WHO_SPOKE
            for port in self.ports.values():
                if port.senders or not spoken:
                    self._send(message, port)

    def _open_to(self, port: Port) -> bool:
        return port.listening and (port.number == TRUSTED_LINK or self.autopilot.vehicle.now_s >= LATE_PORTS_S)

    def _signing_time(self) -> int:
        """GPS time as signing counts it; 0 while there is none."""
        vehicle = self.autopilot.vehicle
        return signing_time(vehicle.unix_at_boot_us + vehicle.boot_us) if vehicle.has_gps else 0

    def _set_up_signing(self, frame: Frame) -> None:
        message = decode_payload(_SETUP_SIGNING, frame.payload)
        if message.target_system in {0, self.autopilot.spec.sysid} and not self.autopilot.vehicle.armed:
            self._signing.set_up(bytes(message.secret_key), message.initial_timestamp)

    def _send(self, message: Message, port: Port) -> None:
        if not self._open_to(port):
            if message.message_name in _WAITS:
                port.waiting[message.message_name] = message
            return
        sender, now = (self.autopilot.spec.sysid, AUTOPILOT_COMPID), self._signing_time()
        try:
            frame = self._signing.encode(message, port.next_seq(), sender, port.number, now)
        except (struct.error, OverflowError):
            frame = self._signing.encode(fitted(message), port.next_seq(), sender, port.number, now)
        port.put(frame)

    def _restarted(self) -> None:
        self._restarts = self.autopilot.restarts
        self._signing.restart()
        for name, port in self.ports.items():
            port.senders.clear()
            self.autopilot.open(name, port.number)

    def _forward(self, frame: Frame, message: Message | None, source: Port) -> None:
        """ArduPilot passes on what is meant for everybody or for somebody on another port."""
        if len(self.ports) == 1:
            return
        target = getattr(message, "target_system", None) if message is not None else None
        if target is None and frame.msgid in _TARGETED:
            target = getattr(decode_payload(ARDUPILOTMEGA.by_id[frame.msgid], frame.payload), "target_system", 0)
        if target == self.autopilot.spec.sysid:
            return
        for port in self.ports.values():
            if port is not source and self._open_to(port) and (not target or target in port.senders):
                port.put(frame.raw)
