"""Signing as MAVLink's guide says it: pymavlink on the other side, a real ArduPilot's recording, and forgeries."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pymavlink.dialects.v20 import ardupilotmega

from telemetry.frames import Parser, encode_frame
from telemetry.messages import new
from telemetry.signing import (
    NEW_STREAM_LAG,
    TICKS_PER_S,
    Signer,
    SigningClock,
    Verdict,
    Verifier,
    key_from_passphrase,
    signing_time,
)
from telemetry.tlog import read_tlog

KEY, OTHER_KEY = key_from_passphrase("a passphrase of ours"), key_from_passphrase("somebody else's one")
NOW = 40_000_000 * TICKS_PER_S
RECORDING = Path(__file__).parents[1] / "data/sitl/signing.tlog.gz"
HEARTBEAT = new("HEARTBEAT", type=2, autopilot=3)


def frame(time, *, key=KEY, link_id=1, sysid=1, message=HEARTBEAT):
    """A frame signed at a time of its own."""
    raw = Signer(key, link_id, SigningClock()).sign(
        encode_frame(message, seq=0, sysid=sysid, compid=1, signed=True), time
    )
    return Parser().feed(raw)[0]


@pytest.fixture
def verifier():
    return Verifier(KEY, SigningClock())


def test_a_frame_signed_by_pymavlink_is_believed(verifier, oracle):
    (signed,) = Parser().feed(oracle.signed_heartbeat(KEY))

    assert verifier.judge(signed, 0) is Verdict.GOOD


def test_pymavlink_believes_what_we_sign():
    receiver = ardupilotmega.MAVLink(None)
    receiver.signing.secret_key = KEY
    signer, clock = Signer(KEY, 3, SigningClock()), NOW
    for seq in range(3):
        raw = signer.sign(encode_frame(HEARTBEAT, seq=seq, sysid=255, compid=190, signed=True), clock)
        (message,) = receiver.parse_buffer(raw)
        assert message.get_type() == "HEARTBEAT"
        assert message.get_link_id() == 3
    assert receiver.signing.badsig_count == 0


def test_signing_time_counts_ten_microseconds_since_2015():
    at = datetime(2015, 1, 2, tzinfo=UTC).timestamp() * 1e6

    assert signing_time(int(at)) == 86_400 * TICKS_PER_S
    assert signing_time(0) == 0
    assert signing_time(1 << 70) == (1 << 48) - 1


def test_a_replayed_frame_is_refused_also_when_time_stands_still(verifier):
    first, second = frame(NOW), frame(NOW + 1)

    assert [verifier.judge(each, NOW) for each in (first, second, second, first)] == [
        Verdict.GOOD,
        Verdict.GOOD,
        Verdict.OLD,
        Verdict.OLD,
    ]


def test_a_replay_under_another_link_id_or_sender_has_a_wrong_signature(verifier):
    good = frame(NOW)
    assert verifier.judge(good, NOW) is Verdict.GOOD
    for place in (5, 6, -13, -12, -1):
        raw = bytearray(good.raw)
        raw[place] ^= 1
        changed = good.__class__(0, raw[5], raw[6], raw[4], bytes(raw))
        assert verifier.judge(changed, NOW) is Verdict.WRONG


def test_a_forged_timestamp_locks_nobody_out(verifier):
    assert verifier.judge(frame((1 << 48) - 2, key=OTHER_KEY), NOW) is Verdict.WRONG
    assert verifier.judge(frame(NOW), NOW) is Verdict.GOOD
    assert verifier.judge(frame((1 << 48) - 2, key=OTHER_KEY), NOW) is Verdict.WRONG
    assert verifier.judge(frame(NOW + 1), NOW) is Verdict.GOOD


@pytest.mark.parametrize(
    ("lag_s", "verdict"), [(0, Verdict.GOOD), (59, Verdict.GOOD), (61, Verdict.OLD), (-3600, Verdict.GOOD)]
)
def test_a_new_stream_is_at_most_a_minute_behind(verifier, lag_s, verdict):
    assert NEW_STREAM_LAG == 60 * TICKS_PER_S
    assert verifier.judge(frame(NOW - lag_s * TICKS_PER_S), NOW) is verdict


def test_time_is_the_larger_of_our_clock_and_what_was_heard():
    clock = SigningClock()
    verifier = Verifier(KEY, clock)
    ahead = NOW + 3600 * TICKS_PER_S
    assert verifier.judge(frame(ahead), NOW) is Verdict.GOOD

    sent = Parser().feed(
        Signer(KEY, 0, clock).sign(encode_frame(HEARTBEAT, seq=0, sysid=255, compid=190, signed=True), NOW)
    )[0]
    assert int.from_bytes(sent.raw[-12:-6], "little") == ahead + 1
    assert verifier.judge(frame(NOW, sysid=2), NOW) is Verdict.OLD


def test_unsigned_frames_are_refused_but_for_those_of_the_radio(verifier):
    unsigned = Parser().feed(encode_frame(HEARTBEAT, seq=0, sysid=1, compid=1))[0]
    old = Parser().feed(encode_frame(HEARTBEAT, seq=0, sysid=1, compid=1, version=1))[0]
    radio = Parser().feed(encode_frame(new("RADIO_STATUS"), seq=0, sysid=51, compid=68))[0]

    assert [verifier.judge(each, NOW) for each in (unsigned, old, radio)] == [
        Verdict.UNSIGNED,
        Verdict.UNSIGNED,
        Verdict.EXEMPT,
    ]


def test_many_streams_are_followed(verifier):
    for sysid in range(1, 251):
        assert verifier.judge(frame(NOW + sysid, sysid=sysid, link_id=sysid), NOW) is Verdict.GOOD
    for sysid in range(1, 251):
        assert verifier.judge(frame(NOW + sysid, sysid=sysid, link_id=sysid), NOW) is Verdict.OLD


def test_every_frame_that_ardupilot_signed_is_believed():
    verifier = Verifier(key_from_passphrase("fleet-test-passphrase"), SigningClock())
    verdicts = Counter(verifier.judge(each, 0) for _, each in read_tlog(RECORDING) if each.signed and each.sysid == 1)

    assert verdicts == {Verdict.GOOD: 232}
