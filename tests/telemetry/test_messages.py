"""Every message type of the dialect, with any payload, is read and written as pymavlink does."""

import random
from types import SimpleNamespace

import pytest

from telemetry.dialect import ARDUPILOTMEGA
from telemetry.frames import Parser, encode_frame
from telemetry.messages import decode_frame, decode_payload, encode_payload, new

CLASSES = list(ARDUPILOTMEGA.by_id.values())
SENDER = SimpleNamespace(signing=SimpleNamespace(sign_outgoing=False), seq=9, srcSystem=7, srcComponent=8)


@pytest.mark.parametrize("seed", range(8))
def test_every_type_with_random_and_truncated_payloads_equals_pymavlink(seed, oracle, wire_frame):
    draw = random.Random(seed)
    wrong = []
    for cls in CLASSES:
        size = cls.TYPE.payload_size
        length = (size, draw.randint(0, size), draw.randint(0, 255), 1)[seed % 4]
        payload = draw.randbytes(length) if seed % 2 else bytes(draw.choice(b"\0\0AZ\xff") for _ in range(length))
        raw = wire_frame(cls.TYPE.id, payload, cls.TYPE.crc_extra)
        (frame,) = Parser().feed(raw)
        wrong += oracle.differences(raw, decode_frame(cls, frame))
        assert decode_payload(cls, payload) == decode_frame(cls, frame) or "nan" in repr(decode_payload(cls, payload))
    assert wrong == []


@pytest.mark.parametrize("seed", range(3))
def test_every_type_is_written_as_pymavlink_writes_it(seed, oracle, wire_frame):
    draw = random.Random(seed)
    for cls in CLASSES:
        payload = bytes(draw.choice(b"\0\0\x3fAZ") for _ in range(cls.TYPE.payload_size))
        message = decode_payload(cls, payload)
        plain = encode_payload(message)
        theirs = oracle.decode(wire_frame(cls.TYPE.id, plain, cls.TYPE.crc_extra))

        assert encode_frame(message, seq=9, sysid=7, compid=8) == theirs.pack(SENDER)
        assert decode_payload(cls, plain) == message


def test_the_part_that_mavlink_1_has_is_known_of_every_type():
    # From the XML of MAVLink's common dialect: everything above the line <extensions/>.
    expected = {
        "HEARTBEAT": (9, 9),
        "SYS_STATUS": (31, 43),
        "COMMAND_ACK": (3, 10),
        "STATUSTEXT": (51, 54),
        "MISSION_ITEM_INT": (37, 38),
        "GPS_RAW_INT": (30, 52),
    }
    types = {name: ARDUPILOTMEGA.by_name[name].TYPE for name in expected}

    assert {name: (kind.base_size, kind.payload_size) for name, kind in types.items()} == expected


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (b"plain", "plain"),
        ("巡逻 café".encode(), "巡逻 café"),
        (b"cut\0rest", "cut"),
        (b"bad \xff\xfe end", "bad \N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER} end"),
        (b"", ""),
    ],
)
def test_texts_are_utf8_up_to_the_first_nul_and_other_bytes_become_replacement_characters(sent, read):
    cls = ARDUPILOTMEGA.by_name["STATUSTEXT"]

    assert decode_payload(cls, b"\x06" + sent.ljust(50, b"\0")).text == read


def test_a_text_too_long_is_cut_between_two_characters():
    message = new("STATUSTEXT", severity=6, text="a" * 49 + "巡")

    assert decode_payload(type(message), encode_payload(message)).text == "a" * 49


def test_a_message_is_made_by_name_and_cannot_be_changed():
    message = new("COMMAND_LONG", command=400, param1=1.0)

    assert (message.command, message.param1, message.param7) == (400, 1.0, 0.0)
    assert message.replace(param7=3.0).param7 == 3.0
    with pytest.raises(AttributeError):
        message.command = 1
    with pytest.raises(TypeError, match="no field 'colour'"):
        new("HEARTBEAT", colour=1)
    with pytest.raises(KeyError):
        new("NO_SUCH_MESSAGE")
