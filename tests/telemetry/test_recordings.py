"""Real ArduPilot traffic: every frame is found, and every field of every message equals pymavlink's."""

import gzip
from collections import Counter

from telemetry.dialect import ARDUPILOTMEGA
from telemetry.frames import Parser
from telemetry.messages import decode_frame
from telemetry.tlog import read_tlog

UNKNOWN_TO_PYMAVLINK = {435, 437}


def test_every_message_equals_pymavlinks_and_no_frame_is_missing(sitl_recording, oracle):
    records = list(read_tlog(sitl_recording))
    wrong, unknown = [], Counter()
    for _, frame in records:
        kind = ARDUPILOTMEGA.by_id.get(frame.msgid)
        if kind is None:
            unknown[frame.msgid] += 1
        else:
            wrong += oracle.differences(frame.raw, decode_frame(kind, frame))

    assert wrong == []
    assert set(unknown) <= UNKNOWN_TO_PYMAVLINK
    assert sum(8 + len(frame.raw) for _, frame in records) == len(gzip.decompress(sitl_recording.read_bytes()))


def test_the_live_parser_finds_the_same_frames_in_the_same_bytes(sitl_recording):
    frames = [frame for _, frame in read_tlog(sitl_recording)]
    stream = b"".join(frame.raw for frame in frames)
    parser, found = Parser(), []
    for at in range(0, len(stream), 1000):
        found += parser.feed(stream[at : at + 1000])

    assert found == [frame for frame in frames if frame.msgid not in UNKNOWN_TO_PYMAVLINK]
    assert parser.bad_checksums == 0
