"""A recorded frame as one line of JSON, the same for every program that reads it."""

from __future__ import annotations

from typing import Any

import msgspec

from telemetry.dialect import ARDUPILOTMEGA, Dialect
from telemetry.frames import Frame
from telemetry.messages import decode_frame
from telemetry.signing import KEY_BEARER

_ENCODER = msgspec.json.Encoder()


def name_of(frame: Frame, dialect: Dialect = ARDUPILOTMEGA) -> str:
    """The message's name; `UNKNOWN_<id>` for an id that the dialect lacks."""
    kind = dialect.by_id.get(frame.msgid)
    return kind.TYPE.name if kind is not None else f"UNKNOWN_{frame.msgid}"


def json_line(unix_us: int, frame: Frame, dialect: Dialect = ARDUPILOTMEGA) -> bytes:
    """`{"t", "sysid", "compid", "seq", "name", "fields"}` and a line end; `t` in unix seconds.

    Fields are in the order of the XML, arrays are lists, NaN and infinities are null. Of an unknown id the
    only field is `payload`, in hex; its checksum could not be verified. A signing key is null, whatever it was.
    """
    kind = dialect.by_id.get(frame.msgid)
    fields: dict[str, Any] = (
        decode_frame(kind, frame).as_dict() if kind is not None else {"payload": frame.payload.hex()}
    )
    if frame.msgid == KEY_BEARER:
        fields["secret_key"] = None
    line = {
        "t": unix_us / 1e6,
        "sysid": frame.sysid,
        "compid": frame.compid,
        "seq": frame.seq,
        "name": name_of(frame, dialect),
        "fields": fields,
    }
    return _ENCODER.encode(line) + b"\n"
