"""Parameters by FTP: what a ground station reads is unpacked by pymavlink's own reader, and refusals are clear."""

import struct

import pytest
from pymavlink import mavftp

from simulators.autopilot.parameters.params import default_parameters

HEAD = struct.Struct("<HBBBBBxI")
OPEN, READ, BURST, LIST, ACK, NAK = 4, 5, 15, 3, 128, 129


def ask(rig, opcode, *, session=1, size=239, offset=0, data=b"", number=7):
    payload = HEAD.pack(number, session, opcode, len(data) if data else size, 0, 0, offset) + data
    answers = rig.tell("FILE_TRANSFER_PROTOCOL", payload=tuple(payload.ljust(251, b"\0")))
    replies = []
    for message in answers:
        if message.message_name == "FILE_TRANSFER_PROTOCOL":
            raw = bytes(message.payload)
            number, session, opcode, length, asked, _, offset = HEAD.unpack_from(raw)
            replies.append((number, opcode, asked, offset, raw[12 : 12 + length]))
    return replies


def unpacked(data):
    reader = mavftp.MAVFTP.__new__(mavftp.MAVFTP)
    return {name.decode(): (value, kind) for name, value, kind in reader.ftp_param_decode(data).params}


def opened(rig, path=b"@PARAM/param.pck"):
    return ask(rig, OPEN, data=path)


def test_a_burst_gives_every_parameter_with_its_value(rig):
    rig.tell("PARAM_SET", param_id="WPNAV_SPEED", param_value=777.0)
    (number, code, asked, _, data) = opened(rig)[0]
    assert (number, code, asked) == (8, ACK, OPEN)
    size = int.from_bytes(data, "little")
    replies = ask(rig, BURST)
    pieces = [reply for reply in replies if reply[1] == ACK]
    assert [reply[0] for reply in pieces] == [8 + n for n in range(len(pieces))]
    assert replies[-1][1] == NAK
    assert replies[-1][4] == bytes((6,))
    whole = b"".join(reply[4] for reply in pieces)
    assert len(whole) == size
    values = unpacked(whole)
    assert list(values) == list(default_parameters())
    assert values["WPNAV_SPEED"][0] == 777.0
    assert values["RTL_ALT"][0] == 1500


def test_pieces_can_be_read_one_by_one_from_anywhere(rig):
    opened(rig)
    whole = b"".join(reply[4] for reply in ask(rig, BURST) if reply[1] == ACK)
    assert ask(rig, READ, offset=100, size=50)[0][4] == whole[100:150]
    assert ask(rig, READ, offset=len(whole))[0][1] == NAK


def test_defaults_come_along_where_asked_for(rig):
    rig.tell("PARAM_SET", param_id="WPNAV_SPEED", param_value=777.0)
    opened(rig, b"@PARAM/param.pck?withdefaults=1")
    whole = b"".join(reply[4] for reply in ask(rig, BURST) if reply[1] == ACK)
    reader = mavftp.MAVFTP.__new__(mavftp.MAVFTP)
    decoded = reader.ftp_param_decode(whole)
    assert {name.decode(): value for name, value, _ in decoded.defaults}["WPNAV_SPEED"] == 1000.0


@pytest.mark.parametrize(
    ("opcode", "more", "error"),
    [
        (OPEN, {"data": b"/etc/passwd"}, 10),
        (OPEN, {"data": b"\xff\xfe"}, 10),
        (READ, {}, 1),
        (BURST, {}, 1),
        (LIST, {"data": b"/"}, 7),
        (250, {}, 7),
    ],
)
def test_anything_else_is_refused(rig, opcode, more, error):
    assert [(reply[1], reply[4]) for reply in ask(rig, opcode, **more)] == [(NAK, bytes((error,)))]


def test_a_foreign_session_is_refused(rig):
    opened(rig)
    assert ask(rig, READ, session=2)[0][4] == bytes((4,))
