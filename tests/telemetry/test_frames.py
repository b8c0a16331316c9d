"""Frames out of any bytes: whole ones are found, everything else is counted and costs one byte."""

import random
import struct

import pytest

from telemetry.dialect import ARDUPILOTMEGA
from telemetry.frames import MAX_FRAME, Parser, encode_frame
from telemetry.messages import decode_frame, new

HEARTBEAT = new("HEARTBEAT", type=2, autopilot=3, mavlink_version=3)
FRAME = encode_frame(HEARTBEAT, seq=5, sysid=1, compid=1)
OLD = encode_frame(HEARTBEAT, seq=6, sysid=1, compid=1, version=1)


def raws(frames):
    return [frame.raw for frame in frames]


def test_a_frame_says_what_it_is():
    (frame,) = Parser().feed(FRAME)

    assert (frame.msgid, frame.sysid, frame.compid, frame.seq) == (0, 1, 1, 5)
    assert (frame.version, frame.signed, frame.raw) == (2, False, FRAME)
    assert frame.payload == FRAME[10:-2]


def test_mavlink_1_is_read_and_written():
    (frame,) = Parser().feed(OLD)

    assert (frame.version, frame.signed, frame.seq) == (1, False, 6)
    assert decode_frame(ARDUPILOTMEGA.by_id[0], frame) == HEARTBEAT
    assert len(encode_frame(new("SYS_STATUS"), seq=0, sysid=1, compid=1, version=1)) == 31 + 8


def test_mavlink_1_has_no_ids_above_255():
    with pytest.raises(ValueError, match="MAVLink 1 has ids up to 255"):
        encode_frame(new("OPEN_DRONE_ID_BASIC_ID"), seq=0, sysid=1, compid=1, version=1)


def test_frames_come_out_whole_however_the_bytes_come_in():
    stream = (FRAME + OLD) * 50
    for size in (1, 2, 7, 20, 1000):
        parser = Parser()
        found = [frame for at in range(0, len(stream), size) for frame in parser.feed(stream[at : at + size])]

        assert raws(found) == [FRAME, OLD] * 50
        assert (parser.frames, parser.dropped_bytes, parser.pending) == (100, 0, 0)


def test_a_false_start_before_a_frame_swallows_nothing():
    noise = b"\xfd\xff\x00\x00\x00\x01\x01\x00\x00\x00" + b"\xfe\x09\x00\x01\x01\x00"
    parser = Parser()
    found = parser.feed((noise + FRAME) * 20 + bytes(MAX_FRAME))

    assert raws(found) == [FRAME] * 20
    assert parser.bad_checksums >= 20


def test_a_damaged_frame_is_dropped_and_the_next_is_found():
    damaged = bytearray(FRAME)
    damaged[12] ^= 1
    parser = Parser()

    assert raws(parser.feed(bytes(damaged) + FRAME)) == [FRAME]
    assert (parser.bad_checksums, parser.dropped_bytes) == (1, len(FRAME))


def test_an_unknown_id_is_never_a_frame(wire_frame):
    parser = Parser()

    assert raws(parser.feed(wire_frame(435, b"12345", 0) + FRAME)) == [FRAME]
    assert parser.unknown_ids == 1


def test_flags_that_nobody_knows_are_refused(wire_frame):
    parser = Parser()

    assert parser.feed(wire_frame(0, b"\1" * 9, 50, flags=0x02)) == []
    assert parser.bad_headers == 1


def test_a_payload_longer_than_the_dialect_knows_is_taken_and_its_end_ignored(wire_frame):
    (frame,) = Parser().feed(wire_frame(0, FRAME[10:-2] + b"newer", 50))

    assert decode_frame(ARDUPILOTMEGA.by_id[0], frame) == HEARTBEAT


@pytest.mark.parametrize("length", [0, 8, 10])
def test_a_mavlink_1_payload_of_an_impossible_length_is_refused(length, wire_frame):
    parser = Parser()

    assert parser.feed(wire_frame(0, bytes(length), 50, version=1)) == []
    assert parser.bad_headers == 1


def test_a_signed_frame_is_kept_whole(oracle):
    signed = oracle.signed_heartbeat(key=b"k" * 32)
    (frame,) = Parser().feed(signed + FRAME[:5])

    assert frame.signed
    assert frame.raw == signed
    assert decode_frame(ARDUPILOTMEGA.by_id[0], frame) == HEARTBEAT


def test_less_than_one_frame_is_ever_kept():
    parser = Parser()
    for _ in range(2000):
        parser.feed(b"\xfd\xff\x01\x00\x00\x01\x01\x00\x00\x00")
        assert parser.pending < MAX_FRAME


def test_a_datagram_that_starts_with_a_frame_is_not_kept_waiting_by_an_earlier_one():
    false_start = b"\xfd\xff\x00\x00\x00\x01\x01\x00\x00\x00"
    stream, datagrams = Parser(), Parser(datagrams=True)
    stream.feed(false_start)
    datagrams.feed(false_start)

    assert stream.feed(FRAME) == []
    assert raws(datagrams.feed(FRAME)) == [FRAME]
    assert datagrams.dropped_bytes == len(false_start)


def test_a_stream_cut_into_datagrams_is_joined():
    parser = Parser(datagrams=True)

    assert parser.feed(FRAME[:9]) == []
    assert raws(parser.feed(FRAME[9:] + OLD[:3])) == [FRAME]
    assert raws(parser.feed(OLD[3:])) == [OLD]


def test_what_is_waited_for_in_vain_can_be_given_up():
    parser = Parser()
    assert parser.feed(b"\xfd\xff\x00\x00\x00\x01\x01\x00\x00\x00" + FRAME) == []
    parser.expire()

    assert raws(parser.feed(OLD)) == [FRAME, OLD]
    parser.expire()
    assert parser.pending == 0


def test_messages_are_built_for_the_ids_asked_for_and_other_frames_can_be_left_out():
    other = encode_frame(new("SYS_STATUS"), seq=0, sysid=1, compid=1)
    parser = Parser(decode=frozenset({0}))
    only = Parser(decode=frozenset({0}), skip_others=True)
    stream = FRAME + other + OLD + other

    assert [frame.message for frame in parser.feed(stream)] == [HEARTBEAT, None, HEARTBEAT, None]
    assert [frame.message for frame in only.feed(stream)] == [HEARTBEAT, HEARTBEAT]
    assert parser.frames == only.frames == 4


def test_every_byte_is_in_a_frame_or_counted_as_dropped():
    draw = random.Random(3)
    parser, fed, framed = Parser(), 0, 0
    for _ in range(3000):
        piece = draw.choice((FRAME, OLD, draw.randbytes(draw.randint(0, 40)), b"\xfd\xfe\xfd"))
        fed += len(piece)
        framed += sum(len(frame.raw) for frame in parser.feed(piece))

    assert framed + parser.dropped_bytes + parser.pending == fed


def test_a_field_out_of_range_is_our_own_mistake_and_raises():
    with pytest.raises(struct.error, match="format requires"):
        encode_frame(new("HEARTBEAT", type=300), seq=0, sysid=1, compid=1)
