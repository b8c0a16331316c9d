"""A recorded frame as one line of JSON, the same for every program that reads it."""

from __future__ import annotations

import msgspec

from telemetry.dialect import ARDUPILOTMEGA, Dialect
from telemetry.frames import Frame
from telemetry.messages import decode_frame

_ENCODER = msgspec.json.Encoder()


def name_of(frame: Frame, dialect: Dialect = ARDUPILOTMEGA) -> str:
    """The message's name; `UNKNOWN_<id>` for an id that the dialect lacks."""
    kind = dialect.by_id.get(frame.msgid)
    return kind.TYPE.name if kind is not None else f"UNKNOWN_{frame.msgid}"


def json_line(unix_us: int, frame: Frame, dialect: Dialect = ARDUPILOTMEGA) -> bytes:
    """`{"t", "sysid", "compid", "seq", "name", "fields"}` and a line end; `t` in unix seconds.

    Fields are in the order of the XML, arrays are lists, NaN and infinities are null. Of an unknown id the
    only field is `payload`, in hex; its checksum could not be verified.
    """
    kind = dialect.by_id.get(frame.msgid)
    fields = decode_frame(kind, frame).as_dict() if kind is not None else {"payload": frame.payload.hex()}
    line = {
        "t": unix_us / 1e6,
        "sysid": frame.sysid,
        "compid": frame.compid,
        "seq": frame.seq,
        "name": name_of(frame, dialect),
        "fields": fields,
    }
    return _ENCODER.encode(line) + b"\n"
