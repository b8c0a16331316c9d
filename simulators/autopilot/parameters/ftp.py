"""MAVLink FTP as far as ground stations need it: `@PARAM/param.pck` can be opened and read, at once or in bursts.

Payload: u16 number, u8 session, u8 opcode, u8 size, u8 opcode asked for, u8 burst complete, u8 pad,
u32 offset, up to 239 bytes. Everything else is refused with the error the protocol has for it.
"""

from __future__ import annotations

from collections.abc import Callable
from struct import Struct
from typing import Final, NamedTuple

from simulators.autopilot.items.transfer import Peer
from simulators.autopilot.parameters.param_pack import pack_parameters
from simulators.autopilot.parameters.params import Parameters
from simulators.autopilot.state import Vehicle
from telemetry.dialect import Message
from telemetry.messages import new

FILE: Final = "@PARAM/param.pck"
DATA_BYTES: Final = 239
PAYLOAD_BYTES: Final = 251
BURST_PACKETS: Final = 500
_HEADER: Final = Struct("<HBBBBBxI")
TERMINATE, RESET, OPEN, READ, BURST = 1, 2, 4, 5, 15
ACK, NAK = 128, 129
FAIL, INVALID_SESSION, END_OF_FILE, UNKNOWN_COMMAND, FILE_NOT_FOUND = 1, 4, 6, 7, 10


class Request(NamedTuple):
    """One request as it came."""

    number: int
    session: int
    opcode: int
    size: int
    offset: int
    data: bytes


class FtpService:
    """One open file a peer."""

    def __init__(self, vehicle: Vehicle, values: Parameters) -> None:
        self._vehicle = vehicle
        self._values = values
        self._open: dict[Peer, tuple[int, bytes]] = {}
        self._handlers: dict[int, Callable[[Request, Peer], None]] = {
            TERMINATE: self._terminate,
            RESET: self._terminate,
            OPEN: self._open_file,
            READ: self._read,
            BURST: self._burst,
        }

    def receive(self, message: Message, peer: Peer) -> None:
        payload = bytes(message.payload)
        number, session, opcode, size, _asked, _complete, offset = _HEADER.unpack_from(payload)
        request = Request(number, session, opcode, size, offset, payload[12 : 12 + min(size, DATA_BYTES)])
        handler = self._handlers.get(opcode)
        if handler is None:
            self._refuse(request, peer, UNKNOWN_COMMAND)
        else:
            handler(request, peer)

    def _open_file(self, request: Request, peer: Peer) -> None:
        path, _, query = request.data.split(b"\0")[0].decode("ascii", "replace").partition("?")
        if path != FILE:
            self._refuse(request, peer, FILE_NOT_FOUND)
            return
        data = pack_parameters(self._values, with_defaults="withdefaults=1" in query)
        self._open[peer] = (request.session, data)
        self._answer(request, peer, len(data).to_bytes(4, "little"))

    def _terminate(self, request: Request, peer: Peer) -> None:
        self._open.pop(peer, None)
        self._answer(request, peer, b"")

    def _read(self, request: Request, peer: Peer) -> None:
        data = self._data(request, peer)
        if data is None:
            return
        piece = data[request.offset : request.offset + (request.size or DATA_BYTES)]
        if piece:
            self._answer(request, peer, piece[:DATA_BYTES])
        else:
            self._refuse(request, peer, END_OF_FILE)

    def _burst(self, request: Request, peer: Peer) -> None:
        data = self._data(request, peer)
        if data is None:
            return
        step = min(request.size or DATA_BYTES, DATA_BYTES)
        for packet in range(BURST_PACKETS):
            at = request.offset + packet * step
            reply = request._replace(number=request.number + packet, offset=at)
            if at >= len(data):
                self._refuse(reply._replace(offset=min(at, len(data))), peer, END_OF_FILE)
                return
            self._answer(reply, peer, data[at : at + step], complete=packet + 1 == BURST_PACKETS)

    def _data(self, request: Request, peer: Peer) -> bytes | None:
        session, data = self._open.get(peer, (-1, b""))
        if session == request.session:
            return data
        self._refuse(request, peer, INVALID_SESSION if peer in self._open else FAIL)
        return None

    def _answer(self, request: Request, peer: Peer, data: bytes, *, complete: bool = False) -> None:
        self._send(request, peer, ACK, data, complete=complete)

    def _refuse(self, request: Request, peer: Peer, error: int) -> None:
        self._send(request, peer, NAK, bytes((error,)), complete=False)

    def _send(self, request: Request, peer: Peer, opcode: int, data: bytes, *, complete: bool) -> None:
        number = request.number + 1 & 0xFFFF
        head = _HEADER.pack(number, request.session, opcode, len(data), request.opcode, complete, request.offset)
        self._vehicle.send(
            new("FILE_TRANSFER_PROTOCOL", target_system=peer.sysid, target_component=peer.compid,
                payload=tuple((head + data).ljust(PAYLOAD_BYTES, b"\0"))), peer.channel,
        )  # fmt: skip
