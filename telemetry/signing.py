"""MAVLink 2 message signing: who may be believed, and how we are believed ourselves.

    signature = link id (1 byte), timestamp (6 bytes, little-endian, 10 us since 2015-01-01 UTC),
                first 6 bytes of SHA-256(key, frame from its start to the timestamp)

The rules are those of the MAVLink guide, "Message Signing". A frame is refused when its signature is wrong, when
its timestamp is not above the last one of its stream (system, component and link id), or, for a stream never
heard, when it is more than a minute behind our time. Nothing is remembered of a frame before its signature was
found right: a forged timestamp locks nobody out. Times are whole numbers of 10 us, given by the caller.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from hashlib import sha256
from hmac import compare_digest

from telemetry.frames import SIGNATURE_SIZE, Frame

KEY_SIZE = 32
EPOCH_UNIX_S = 1_420_070_400
TICKS_PER_S = 100_000
LATEST_TIME = (1 << 48) - 1
NEW_STREAM_LAG = 60 * TICKS_PER_S
KEY_BEARER = 256  # SETUP_SIGNING, which carries a key in the clear
MAY_BE_UNSIGNED = frozenset({109})  # RADIO_STATUS: radios make it themselves and hold no key

Stream = tuple[int, int, int]


def key_from_passphrase(passphrase: str) -> bytes:
    """As MAVProxy, Mission Planner and QGroundControl make it."""
    return sha256(passphrase.encode("utf-8")).digest()


def signing_time(unix_us: int) -> int:
    """Unix microseconds as signing time; times before 2015 are 0."""
    return min(max(unix_us // 10 - EPOCH_UNIX_S * TICKS_PER_S, 0), LATEST_TIME)


class SigningClock:
    """Our signing time: the larger of the own clock and the latest time heard under a right signature.

    It only moves forward; `latest` is what has to be kept over a restart.
    """

    def __init__(self, latest: int = 0) -> None:
        self.latest = latest

    def hear(self, timestamp: int) -> None:
        self.latest = max(self.latest, timestamp)

    def next(self, own: int) -> int:
        """A time that was never given out before."""
        self.latest = min(max(self.latest + 1, own), LATEST_TIME)
        return self.latest


class Signer:
    """Signs what we send on one link."""

    def __init__(self, key: bytes, link_id: int, clock: SigningClock) -> None:
        self._key = key
        self._link_id = link_id
        self._clock = clock

    def sign(self, frame: bytes, own_time: int) -> bytes:
        """`frame` made by `encode_frame(..., signed=True)`, with its signature behind it."""
        head = frame + bytes((self._link_id,)) + self._clock.next(own_time).to_bytes(6, "little")
        return head + sha256(self._key + head).digest()[:6]


class Verdict(Enum):
    """`GOOD` frames may be believed, `EXEMPT` ones too although nobody signed them."""

    GOOD = "good"
    EXEMPT = "exempt"
    UNSIGNED = "unsigned"
    WRONG = "wrong signature"
    OLD = "old timestamp"


class Verifier:
    """Judges frames under one key. One verifier for all links that share the key, so that a frame heard on one
    link cannot be replayed on another.

    `streams` is the last timestamp of each stream; it grows only by frames with a right signature.
    """

    def __init__(
        self,
        key: bytes,
        clock: SigningClock,
        streams: Mapping[Stream, int] | Iterable[tuple[Stream, int]] = (),
        *,
        may_be_unsigned: frozenset[int] = MAY_BE_UNSIGNED,
    ) -> None:
        self.streams: dict[Stream, int] = dict(streams)
        self._key = key
        self._clock = clock
        self._may_be_unsigned = may_be_unsigned

    def judge(self, frame: Frame, own_time: int) -> Verdict:
        """Whether `frame` may be believed; remembers it when it may."""
        if not frame.signed:
            return Verdict.EXEMPT if frame.msgid in self._may_be_unsigned else Verdict.UNSIGNED
        raw = frame.raw
        if not compare_digest(sha256(self._key + raw[:-6]).digest()[:6], raw[-6:]):
            return Verdict.WRONG
        timestamp = int.from_bytes(raw[1 - SIGNATURE_SIZE : -6], "little")
        stream = (frame.sysid, frame.compid, raw[-SIGNATURE_SIZE])
        last = self.streams.get(stream)
        oldest = last + 1 if last is not None else max(own_time, self._clock.latest) - NEW_STREAM_LAG
        if timestamp < oldest:
            return Verdict.OLD
        self.streams[stream] = timestamp
        self._clock.hear(timestamp)
        return Verdict.GOOD
