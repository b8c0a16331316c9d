"""ArduPilot's file transfer, parameters and logs as far as the machines need them: no clock, no socket.

File transfer follows GCS_FTP: a repeated request gets the last answer again, one session at a time, a
burst ends after a limit or with END_OF_FILE. `quiet_burst_ack` is the older habit of answering a burst
request with nothing before its chunks.
"""

import struct
from dataclasses import dataclass, field

from telemetry.messages import new
from telemetry.services.ftp_payload import MAX_DATA, FtpError, FtpPayload, Op, decode
from telemetry.services.ftp_put import file_crc32


class Silent:
    """A vehicle without timers."""

    def tick(self, now_s):
        return []

    def next_deadline(self):
        return None


@dataclass
class ScriptedFtp(Silent):
    files: dict = field(default_factory=dict)
    quiet_burst_ack: bool = False
    bursts: bool = True
    burst_chunks: int = 40
    told_size: int | None = None
    overwrites: bool = False
    open_path: str | None = None
    last: FtpPayload | None = None
    requests: list = field(default_factory=list)

    def take(self, message, sender, now_s):
        request = decode(message.payload)
        self.requests.append(Op(request.opcode))
        if self.last is not None and (request.seq + 1) % 65536 == self.last.seq:
            return [self._say(self.last, sender)]
        answers = list(self._answers(request))
        self.last = answers[-1]
        return [self._say(answer, sender) for answer in answers]

    def _say(self, payload, to):
        return new("FILE_TRANSFER_PROTOCOL", target_system=to[0], target_component=to[1], payload=payload.encode())

    def _answers(self, request):
        handler = getattr(self, "_" + Op(request.opcode).name.lower(), None)
        if handler is None or (request.opcode == Op.BURST_READ_FILE and not self.bursts):
            yield self._nak(request, FtpError.UNKNOWN_COMMAND)
            return
        answer = handler(request)
        if isinstance(answer, FtpError):
            yield self._nak(request, answer)
        elif isinstance(answer, bytes):
            yield self._ack(request, answer)
        else:
            yield from answer

    def _ack(self, request, data=b"", ahead=1, **more):
        seq = (request.seq + ahead) % 65536
        return FtpPayload(seq, Op.ACK, 0, data=data, req_opcode=request.opcode, **({"offset": request.offset} | more))

    def _nak(self, request, error, ahead=1):
        seq = (request.seq + ahead) % 65536
        return FtpPayload(seq, Op.NAK, 0, request.offset, bytes((error,)), req_opcode=request.opcode)

    def _path(self, request):
        return request.data.split(b"\0", 1)[0].decode()

    def _open_file_ro(self, request):
        if self.open_path is not None:
            return FtpError.NO_SESSIONS_AVAILABLE
        if self._path(request) not in self.files:
            return FtpError.FILE_NOT_FOUND
        self.open_path = self._path(request)
        size = len(self.files[self.open_path]) if self.told_size is None else self.told_size
        return struct.pack("<I", size)

    def _create_file(self, request):
        if self.open_path is not None:
            return FtpError.NO_SESSIONS_AVAILABLE
        if self._path(request) in self.files and not self.overwrites:
            return FtpError.FILE_EXISTS
        self.open_path = self._path(request)
        self.files[self.open_path] = b""
        return b""

    def _remove_file(self, request):
        return FtpError.FILE_NOT_FOUND if self.files.pop(self._path(request), None) is None else b""

    def _terminate_session(self, request):
        if self.open_path is None:
            return FtpError.INVALID_SESSION
        self.open_path = None
        return b""

    def _reset_sessions(self, request):
        self.open_path = None
        return b""

    def _read_file(self, request):
        if self.open_path is None:
            return FtpError.INVALID_SESSION
        return self.files[self.open_path][request.offset : request.offset + request.size] or FtpError.END_OF_FILE

    def _write_file(self, request):
        held = self.files[self.open_path]
        self.files[self.open_path] = held[: request.offset].ljust(request.offset, b"\0") + request.data
        return struct.pack("<I", len(request.data))

    def _calc_file_crc32(self, request):
        if self._path(request) not in self.files:
            return FtpError.FILE_NOT_FOUND
        return struct.pack("<I", file_crc32(self.files[self._path(request)]))

    def _burst_read_file(self, request):
        ahead = 1
        if self.quiet_burst_ack:
            yield self._ack(request, offset=0)
            ahead = 2
        data, offset = self.files[self.open_path], request.offset
        for n in range(self.burst_chunks):
            chunk = data[offset : offset + request.size]
            if not chunk:
                yield self._nak(request, FtpError.END_OF_FILE, ahead)
                return
            complete = n == self.burst_chunks - 1
            yield self._ack(request, chunk, ahead, offset=offset, burst_complete=complete)
            offset, ahead = offset + len(chunk), ahead + 1

    def _list_directory(self, request):
        told = [
            b"F" + path.encode() + b"\t" + str(len(held)).encode() if held is not None else b"D" + path.encode()
            for path, held in sorted(self.files.items())
        ]
        told.insert(1, b"S")
        rest, data = told[request.offset :], b""
        if not rest:
            return FtpError.END_OF_FILE
        for part in rest:
            if len(data) + len(part) + 1 > MAX_DATA:
                break
            data += part + b"\0"
        return data


@dataclass
class ScriptedParams(Silent):
    """Holds [name, value, kind] in order; streams them at 500 a second, answers reads and writes."""

    held: list
    waiting: list = field(default_factory=list)

    def take(self, message, sender, now_s):
        name = message.message_name
        if name == "PARAM_REQUEST_LIST":
            return [self._value(index) for index in range(len(self.held))]
        if name == "PARAM_REQUEST_READ":
            return self._read(message)
        return self._set(message) if name == "PARAM_SET" else []

    def _read(self, message):
        if message.param_index >= 0:
            return [self._value(message.param_index)] if message.param_index < len(self.held) else []
        found = self._find(message.param_id)
        return [] if found is None else [self._value(found, 65535)]

    def _set(self, message):
        found = self._find(message.param_id)
        if found is None:
            return []
        kind = self.held[found][2]
        low, high = {2: (-128, 127), 4: (-32768, 32767), 6: (-(2**31), 2**31 - 1)}.get(kind, (-1e38, 1e38))
        value = message.param_value if kind == 9 else int(message.param_value)
        self.held[found][1] = max(low, min(high, value))
        return [self._value(found, 65535)]

    def _find(self, name):
        return next((n for n, row in enumerate(self.held) if row[0] == name), None)

    def _value(self, index, told_index=None):
        name, value, kind = self.held[index]
        message = new(
            "PARAM_VALUE",
            param_id=name,
            param_value=float(value),
            param_type=kind,
            param_count=len(self.held),
            param_index=index if told_index is None else told_index,
        )
        from scripted_ardupilot import through_the_wire

        return through_the_wire(message)


@dataclass
class ScriptedLogs(Silent):
    """Keeps logs by id; sends what is asked for in chunks of 90 bytes."""

    logs: dict

    def take(self, message, sender, now_s):
        name = message.message_name
        if name == "LOG_REQUEST_LIST":
            return self._list()
        if name != "LOG_REQUEST_DATA":
            return []
        data, said = self.logs[message.id], []
        end = min(len(data), message.ofs + message.as_dict()["count"])
        for ofs in range(message.ofs, end, 90):
            chunk = data[ofs : min(ofs + 90, end)]
            fields = {"count": len(chunk), "data": tuple(chunk.ljust(90, b"\0"))}
            said.append(new("LOG_DATA", id=message.id, ofs=ofs, **fields))
        return said

    def _list(self):
        if not self.logs:
            return [new("LOG_ENTRY")]
        last = max(self.logs)
        return [
            new("LOG_ENTRY", id=n, num_logs=len(self.logs), last_log_num=last, size=len(self.logs[n]), time_utc=n * 100)
            for n in sorted(self.logs)
        ]
