"""Bytes to frames and back: MAVLink 2 and MAVLink 1, over streams and datagrams, with any noise between.

    MAVLink 2   FD len incompat compat seq sysid compid id:3 payload:len crc:2 [signature:13]
    MAVLink 1   FE len seq sysid compid id payload:len crc:2

A frame is believed when its checksum is right, and its checksum can be right only for an id of the dialect:
an unknown id is never a frame here. What is not a frame costs one byte: the search goes on behind its start
byte, so noise that looks like a header swallows nothing. A MAVLink 2 payload may be longer than the dialect
knows (a newer sender's extension fields); a MAVLink 1 payload has one of the lengths its type can have.
Signatures stay in `Frame.raw` and are checked elsewhere. Nothing that comes in raises.
"""

from __future__ import annotations

from binascii import crc_hqx
from functools import lru_cache
from struct import Struct

import msgspec

from telemetry.crc import REVERSED, SEED, x25_bytes
from telemetry.dialect import ARDUPILOTMEGA, Dialect, Message

V2, V1 = 0xFD, 0xFE
SIGNED = 0x01
SIGNATURE_SIZE = 13
MIN_FRAME_V1, MIN_FRAME_V2 = 8, 12
MAX_FRAME = 10 + 255 + 2 + SIGNATURE_SIZE
_HEADER_V2 = Struct("<BBBxBBBI")


class Frame(msgspec.Struct, frozen=True, gc=False):
    """One checked frame; `raw` is the whole of it, with the signature if it has one."""

    msgid: int
    sysid: int
    compid: int
    seq: int
    raw: bytes

    @property
    def version(self) -> int:
        return 2 if self.raw[0] == V2 else 1

    @property
    def signed(self) -> bool:
        return self.raw[0] == V2 and self.raw[2] == SIGNED

    @property
    def payload(self) -> bytes:
        """As on the wire, maybe shortened."""
        raw = self.raw
        return raw[10 : 10 + raw[1]] if raw[0] == V2 else raw[6:-2]


_NOTHING = Frame(0, 0, 0, 0, b"")


class Parser:
    """Takes bytes as they come and gives the frames in them, in order; keeps less than one frame.

    With `datagrams`, a datagram that starts with a good frame is not joined to what an earlier one left.
    Counts since the start: `frames`, `bad_checksums`, `unknown_ids` (start bytes before an id that the
    dialect lacks), `bad_headers` (flags or a length that cannot be), `dropped_bytes` (in no frame).
    """

    __slots__ = (
        "_datagrams", "_extras", "_rest", "_v1_lengths",
        "bad_checksums", "bad_headers", "dropped_bytes", "frames", "unknown_ids",
    )  # fmt: skip

    def __init__(self, dialect: Dialect = ARDUPILOTMEGA, *, datagrams: bool = False) -> None:
        self._extras, self._v1_lengths = _tables(dialect)
        self._datagrams = datagrams
        self._rest = b""
        self.frames = 0
        self.bad_checksums = 0
        self.unknown_ids = 0
        self.bad_headers = 0
        self.dropped_bytes = 0

    @property
    def pending(self) -> int:
        """How many bytes wait for the rest of a frame: always fewer than `MAX_FRAME`."""
        return len(self._rest)

    def feed(self, data: bytes) -> list[Frame]:
        """The frames that `data` completes. Never raises."""
        if self._rest:
            if self._datagrams and self._starts_with_a_frame(data):
                self.dropped_bytes += len(self._rest)
            else:
                data = self._rest + data
        frames: list[Frame] = []
        at = self._scan(data, frames)
        self._rest = data[at:]
        self.frames += len(frames)
        return frames

    def expire(self) -> list[Frame]:
        """Give up the frame that is waited for, as after silence on the line: the frames behind its start."""
        if not self._rest:
            return []
        data, self._rest = self._rest[1:], b""
        self.dropped_bytes += 1
        return self.feed(data)

    def _scan(self, data: bytes, frames: list[Frame]) -> int:
        """Appends the frames of `data`; returns where an incomplete one starts."""
        extra_of, header, found, crc = self._extras.get, _HEADER_V2.unpack_from, frames.append, crc_hqx
        mirrored = data.translate(REVERSED)
        at, end = 0, len(data)
        last = end - MIN_FRAME_V2
        while at <= last:
            start, length, flags, seq, sysid, compid, msgid = header(data, at)
            if start != V2:
                after = self._off_the_path(data, at, frames)
                if after == at:
                    return at
                at = after
                continue
            msgid &= 0xFFFFFF
            extra = extra_of(msgid)
            if extra is None or flags > SIGNED:
                at = self._refuse(data, at, known=extra is not None)
                continue
            stop = at + 10 + length
            after = stop + 15 if flags else stop + 2
            if after > end:
                return at
            if crc(extra, crc(mirrored[at + 1 : stop], SEED)) == mirrored[stop] << 8 | mirrored[stop + 1]:
                found(Frame(msgid, sysid, compid, seq, data[at:after]))
                at = after
            else:
                self.bad_checksums += 1
                at = self._next_start(data, at)
        while at < end and (after := self._off_the_path(data, at, frames)) > at:
            at = after
        return at

    def _off_the_path(self, data: bytes, at: int, frames: list[Frame]) -> int:
        """Takes a MAVLink 1 frame or skips noise; the result is `at` when more bytes are needed."""
        if data[at] == V2:
            return at
        frame = self._v1_frame(data, at) if data[at] == V1 else _NOTHING
        if frame is None:
            return at
        if frame is _NOTHING:
            return self._next_start(data, at)
        frames.append(frame)
        return at + len(frame.raw)

    def _refuse(self, data: bytes, at: int, *, known: bool) -> int:
        if known:
            self.bad_headers += 1
        else:
            self.unknown_ids += 1
        return self._next_start(data, at)

    def _v1_frame(self, data: bytes, at: int) -> Frame | None:
        """The MAVLink 1 frame that starts at `at`; `_NOTHING` when none does, None when more bytes are needed."""
        if len(data) - at < MIN_FRAME_V1:
            return None
        length, msgid = data[at + 1], data[at + 5]
        extra = self._extras.get(msgid)
        if extra is None:
            self.unknown_ids += 1
            return _NOTHING
        if length not in self._v1_lengths[msgid]:
            self.bad_headers += 1
            return _NOTHING
        stop = at + 6 + length
        if stop + 2 > len(data):
            return None
        if x25_bytes(data[at + 1 : stop], extra) != data[stop : stop + 2]:
            self.bad_checksums += 1
            return _NOTHING
        raw = data[at : stop + 2]
        return Frame(msgid, raw[3], raw[4], raw[2], raw)

    def _next_start(self, data: bytes, at: int) -> int:
        """The nearest possible start behind `at`; what is skipped is counted."""
        new, old = data.find(V2, at + 1), data.find(V1, at + 1)
        ends = [found for found in (new, old) if found >= 0]
        after = min(ends, default=len(data))
        self.dropped_bytes += after - at
        return after

    def _starts_with_a_frame(self, data: bytes) -> bool:
        probe: list[Frame] = []
        counts = self.bad_checksums, self.unknown_ids, self.bad_headers, self.dropped_bytes
        self._scan(data[:MAX_FRAME], probe)
        self.bad_checksums, self.unknown_ids, self.bad_headers, self.dropped_bytes = counts
        return bool(probe) and data.startswith(probe[0].raw)


@lru_cache(maxsize=16)
def _tables(dialect: Dialect) -> tuple[dict[int, bytes], dict[int, range]]:
    """By id: the checksum's extra byte with its bits reversed, and the lengths MAVLink 1 may have."""
    types = [cls.TYPE for cls in dialect.by_id.values()]
    extras = {t.id: _mirrored(t.crc_extra) for t in types}
    return extras, {t.id: range(t.base_size, t.payload_size + 1) for t in types}


def checked_frame(data: bytes, at: int, dialect: Dialect = ARDUPILOTMEGA) -> Frame | None:
    """The good frame that starts at `at` and lies wholly in `data`, or None."""
    extras, v1_lengths = _tables(dialect)
    size = claimed_size(data, at)
    if size is None or at + size > len(data):
        return None
    raw = data[at : at + size]
    head = header_of(raw)
    extra = extras.get(head.msgid)
    if extra is None or (raw[0] == V1 and raw[1] not in v1_lengths[head.msgid]):
        return None
    stop = size - 2 - SIGNATURE_SIZE * head.signed
    return head if x25_bytes(raw[1:stop], extra) == raw[stop : stop + 2] else None


def claimed_size(data: bytes, at: int) -> int | None:
    """How long the frame that starts at `at` says it is; None when no frame can start there."""
    left = len(data) - at
    if left >= MIN_FRAME_V2 and data[at] == V2 and data[at + 2] <= SIGNED:
        return MIN_FRAME_V2 + data[at + 1] + SIGNATURE_SIZE * data[at + 2]
    if left >= MIN_FRAME_V1 and data[at] == V1:
        return MIN_FRAME_V1 + data[at + 1]
    return None


def header_of(raw: bytes) -> Frame:
    """A frame by what its header says, unchecked: for frames that were checked or cannot be."""
    if raw[0] == V2:
        return Frame(int.from_bytes(raw[7:10], "little"), raw[5], raw[6], raw[4], raw)
    return Frame(raw[5], raw[3], raw[4], raw[2], raw)


def encode_frame(message: Message, *, seq: int, sysid: int, compid: int, version: int = 2) -> bytes:
    """The frame of `message`, unsigned. `seq` counts modulo 256.

    MAVLink 2 cuts trailing zeros but keeps one payload byte; MAVLink 1 leaves extension fields out. Raises
    ValueError for an id above 255 in MAVLink 1, struct.error on a field out of its type's range.
    """
    kind = message.TYPE
    payload = kind.write(message)
    if version == 1:
        if kind.id > 255:
            raise ValueError(f"{kind.name} has id {kind.id}: MAVLink 1 has ids up to 255")
        payload = payload[: kind.base_size]
        body = bytes((len(payload), seq & 0xFF, sysid, compid, kind.id)) + payload
        return b"\xfe" + body + x25_bytes(body, _mirrored(kind.crc_extra))
    payload = payload.rstrip(b"\0") or payload[:1]
    body = bytes((len(payload), 0, 0, seq & 0xFF, sysid, compid)) + kind.id.to_bytes(3, "little") + payload
    return b"\xfd" + body + x25_bytes(body, _mirrored(kind.crc_extra))


def _mirrored(extra: int) -> bytes:
    return REVERSED[extra : extra + 1]
