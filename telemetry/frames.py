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

import re
from binascii import crc_hqx
from collections.abc import Callable, Mapping
from functools import lru_cache
from struct import Struct

import msgspec

from telemetry.crc import REVERSED, SEED, x25_bytes
from telemetry.dialect import ARDUPILOTMEGA, Dialect, Message
from telemetry.payload import Reader, Values

V2, V1 = 0xFD, 0xFE
SIGNED = 0x01
SIGNATURE_SIZE = 13
MIN_FRAME_V1, MIN_FRAME_V2 = 8, 12
MAX_FRAME = 10 + 255 + 2 + SIGNATURE_SIZE
START = re.compile(b"[\xfd\xfe]")
_HEADER_V2 = Struct("<BBBxBBBI")


class Frame(msgspec.Struct, frozen=True, gc=False):
    """One checked frame; `raw` is the whole of it, with the signature if it has one.

    `message` is there when the parser was asked to decode this id.
    """

    msgid: int
    sysid: int
    compid: int
    seq: int
    raw: bytes
    message: Message | None = None

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

    Messages are built for the ids in `decode` only, the frames of other ids are checked all the same; with
    `skip_others` they are then counted and left out. With `datagrams`, a datagram that starts with a good
    frame is not joined to what an earlier one left.

    Counts since the start: `frames`, `bad_checksums`, `unknown_ids` (start bytes before an id that the
    dialect lacks), `bad_headers` (flags or a length that cannot be), `dropped_bytes` (in no frame).
    """

    __slots__ = (
        "_datagrams", "_kinds", "_rest", "_skip_others", "_v1_lengths",
        "bad_checksums", "bad_headers", "dropped_bytes", "frames", "unknown_ids",
    )  # fmt: skip

    def __init__(
        self,
        dialect: Dialect = ARDUPILOTMEGA,
        *,
        decode: frozenset[int] = frozenset(),
        skip_others: bool = False,
        datagrams: bool = False,
    ) -> None:
        self._kinds = _kinds(dialect, decode)
        self._v1_lengths = _v1_lengths(dialect)
        self._skip_others = skip_others
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
        elif self._datagrams and (frame := self._only_frame(data)) is not None:
            self.frames += 1
            return [frame] if frame.message is not None or not self._skip_others else []
        frames: list[Frame] = []
        at = self._scan(data, frames)
        self._rest = data[at:]
        return frames

    def expire(self) -> None:
        """Give up the frame that is waited for, as after a silence: the next `feed` looks behind its start."""
        if self._rest:
            self._rest = self._rest[self._next_start(self._rest, 0) :]

    def _only_frame(self, data: bytes) -> Frame | None:
        """The frame when `data` is one unsigned MAVLink 2 frame and nothing else, as datagrams mostly are."""
        if len(data) < MIN_FRAME_V2:
            return None
        start, length, flags, seq, sysid, compid, msgid = _HEADER_V2.unpack_from(data)
        msgid &= 0xFFFFFF
        kind = self._kinds.get(msgid)
        if kind is None or start != V2 or flags or len(data) != length + MIN_FRAME_V2:
            return None
        extra, build, unpack, size, zeros = kind
        mirrored = data.translate(REVERSED)
        if crc_hqx(mirrored[-2:], crc_hqx(extra, crc_hqx(mirrored[1:-2], SEED))):
            return None
        if build is None:
            return Frame(msgid, sysid, compid, seq, data)
        values = unpack(data, 10) if length >= size else unpack(data[10:-2] + zeros)
        return Frame(msgid, sysid, compid, seq, data, build(values))

    def _scan(self, data: bytes, frames: list[Frame]) -> int:
        """Appends the frames of `data`; returns where an incomplete one starts."""
        kind_of, header, found, crc = self._kinds.get, _HEADER_V2.unpack_from, frames.append, crc_hqx
        mirrored, others = data.translate(REVERSED), not self._skip_others
        at, end, skipped = 0, len(data), 0
        last = end - MIN_FRAME_V2
        while at <= last:
            start, length, flags, seq, sysid, compid, msgid = header(data, at)
            if start != V2:
                after = self._off_the_path(data, at, frames)
                if after == at:
                    break
                at = after
                continue
            msgid &= 0xFFFFFF
            kind = kind_of(msgid)
            if kind is None or flags > SIGNED:
                at = self._refuse(data, at, known=kind is not None)
                continue
            extra, build, unpack, size, zeros = kind
            stop = at + 10 + length
            after = stop + 15 if flags else stop + 2
            if after > end:
                break
            if crc(mirrored[stop : stop + 2], crc(extra, crc(mirrored[at + 1 : stop], SEED))):
                self.bad_checksums += 1
                at = self._next_start(data, at)
                continue
            if build is not None:
                values = unpack(data, at + 10) if length >= size else unpack(data[at + 10 : stop] + zeros)
                found(Frame(msgid, sysid, compid, seq, data[at:after], build(values)))
            elif others:
                found(Frame(msgid, sysid, compid, seq, data[at:after]))
            else:
                skipped += 1
            at = after
        else:
            while at < end and (after := self._off_the_path(data, at, frames)) > at:
                at = after
        self.frames += len(frames) + skipped
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
        if frame.message is not None or not self._skip_others:
            frames.append(frame)
        else:
            self.frames += 1
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
        kind = self._kinds.get(msgid)
        if kind is None:
            self.unknown_ids += 1
            return _NOTHING
        if length not in self._v1_lengths[msgid]:
            self.bad_headers += 1
            return _NOTHING
        stop = at + 6 + length
        if stop + 2 > len(data):
            return None
        if x25_bytes(data[at + 1 : stop], kind[0]) != data[stop : stop + 2]:
            self.bad_checksums += 1
            return _NOTHING
        raw, build = data[at : stop + 2], kind[1]
        message = None if build is None else Reader(*kind[2:], build)(raw, 6, length)
        return Frame(msgid, raw[3], raw[4], raw[2], raw, message)

    def _next_start(self, data: bytes, at: int) -> int:
        """The nearest possible start behind `at`; what is skipped is counted."""
        found = START.search(data, at + 1)
        after = found.start() if found else len(data)
        self.dropped_bytes += after - at
        return after

    def _starts_with_a_frame(self, data: bytes) -> bool:
        return _checked(self._kinds, self._v1_lengths, data, 0) is not None


Kind = tuple[bytes, Callable[[Values], Message] | None, Callable[..., Values], int, bytes]
Kinds = Mapping[int, Kind]


@lru_cache(maxsize=64)
def _kinds(dialect: Dialect, decode: frozenset[int] = frozenset()) -> Kinds:
    """By id: the checksum's extra byte with its bits reversed, and how to read the payload (see `Reader`); what
    builds the message is None where it is not asked for."""
    return {msgid: _kind(cls, wanted=msgid in decode) for msgid, cls in dialect.by_id.items()}


def _kind(cls: type[Message], *, wanted: bool) -> Kind:
    read = cls.READ
    return _mirrored(cls.TYPE.crc_extra), read.build if wanted else None, read.unpack, read.size, read.zeros


@lru_cache(maxsize=64)
def _v1_lengths(dialect: Dialect) -> Mapping[int, range]:
    """By id: the payload lengths that MAVLink 1 may have, without and with extension fields."""
    types = [cls.TYPE for cls in dialect.by_id.values()]
    return {kind.id: range(kind.base_size, kind.payload_size + 1) for kind in types}


def checked_frame(data: bytes, at: int, dialect: Dialect = ARDUPILOTMEGA) -> Frame | None:
    """The good frame that starts at `at` and lies wholly in `data`, or None."""
    return _checked(_kinds(dialect), _v1_lengths(dialect), data, at)


def _checked(kinds: Kinds, v1_lengths: Mapping[int, range], data: bytes, at: int) -> Frame | None:
    size = claimed_size(data, at)
    if size is None or at + size > len(data):
        return None
    raw = data[at : at + size]
    head = header_of(raw)
    kind = kinds.get(head.msgid)
    if kind is None or (raw[0] == V1 and raw[1] not in v1_lengths[head.msgid]):
        return None
    stop = size - 2 - SIGNATURE_SIZE * head.signed
    return head if x25_bytes(raw[1:stop], kind[0]) == raw[stop : stop + 2] else None


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


def encode_frame(
    message: Message, *, seq: int, sysid: int, compid: int, version: int = 2, signed: bool = False
) -> bytes:
    """The frame of `message`. `seq` counts modulo 256.

    MAVLink 2 cuts trailing zeros but keeps one payload byte; with `signed` the frame says that a signature
    follows, which `telemetry.signing` puts behind it. MAVLink 1 leaves extension fields out. Raises ValueError
    for an id above 255 in MAVLink 1, struct.error on a field out of its type's range.
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
    body = bytes((len(payload), signed, 0, seq & 0xFF, sysid, compid)) + kind.id.to_bytes(3, "little") + payload
    return b"\xfd" + body + x25_bytes(body, _mirrored(kind.crc_extra))


def without_signature(frame: Frame, dialect: Dialect = ARDUPILOTMEGA) -> bytes:
    """The frame as if nobody had signed it. Of an id that the dialect lacks, whose checksum nobody could make
    anew, the hash is zeroed instead."""
    raw, kind = frame.raw, dialect.by_id.get(frame.msgid)
    if not frame.signed:
        return raw
    if kind is None:
        return raw[:-6] + bytes(6)
    body = raw[1:2] + b"\0" + raw[3 : -2 - SIGNATURE_SIZE]
    return b"\xfd" + body + x25_bytes(body, _mirrored(kind.TYPE.crc_extra))


def _mirrored(extra: int) -> bytes:
    return REVERSED[extra : extra + 1]
