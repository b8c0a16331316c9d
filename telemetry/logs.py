"""Whole recordings as columns: one numpy array per field, every checksum verified, no loop over messages.

    log = load_log(Path("flight.tlog"))
    position = log["GLOBAL_POSITION_INT"]
    position.unix_us, position.fields["lat"] / 1e7

Records of a sound file are found by their lengths and checked in groups. As soon as something does not fit,
the file is read by the tolerant reader instead (`telemetry.tlog`), which skips what is damaged.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate, chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from telemetry.crc_columns import x25_columns
from telemetry.dialect import ARDUPILOTMEGA, Dialect, MessageType
from telemetry.frames import MIN_FRAME_V1, MIN_FRAME_V2, SIGNATURE_SIZE, SIGNED, V1, V2
from telemetry.tlog import LARGEST_RECORD, STAMP, UNREADABLE, TlogReader, open_tlog

MOST_ROUNDS = 32

Bytes = NDArray[np.uint8]
Offsets = NDArray[np.int64]
Records = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """All messages of one type, in the order of the file.

    `fields` is a structured array with the fields of the message: arrays are sub-arrays, texts are bytes that
    end at their first NUL (`texts` reads them).
    """

    unix_us: NDArray[np.int64]
    sysid: Bytes
    compid: Bytes
    seq: Bytes
    fields: NDArray[np.void]

    def __len__(self) -> int:
        return len(self.fields)

    def texts(self, name: str) -> list[str]:
        """A text field, by the rule of `telemetry.payload`."""
        return [bytes(raw).split(b"\0", 1)[0].decode("utf-8", "replace") for raw in self.fields[name]]

    def of(self, sysid: int) -> Columns:
        """What one system sent."""
        mine = self.sysid == sysid
        return Columns(self.unix_us[mine], self.sysid[mine], self.compid[mine], self.seq[mine], self.fields[mine])


@dataclass(frozen=True, slots=True, eq=False)
class Heads:
    """The headers of all records, in the order of the file."""

    unix_us: NDArray[np.int64]
    sysid: Bytes
    compid: Bytes
    seq: Bytes


@dataclass(frozen=True, slots=True, eq=False)
class Log(Mapping[str, Columns]):
    """Columns by message name; `unknown` counts records of ids that the dialect lacks."""

    columns: Mapping[str, Columns]
    heads: Heads
    unknown: int
    skipped_bytes: int

    @property
    def frames(self) -> int:
        return len(self.heads.seq)

    def __getitem__(self, name: str) -> Columns:
        return self.columns[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.columns)

    def __len__(self) -> int:
        return len(self.columns)


def load_log(path: Path, types: Collection[str] | None = None, dialect: Dialect = ARDUPILOTMEGA) -> Log:
    """The messages of a recording, of all types or of `types`. The whole file is held in memory.

    Raises TlogError when the file cannot be opened, KeyError for a type that does not exist.
    """
    wanted = None if types is None else {dialect.by_name[name].TYPE.id for name in types}
    data, skipped = _whole(path), 0
    starts = _record_starts(data)
    records = _Records(data, starts, dialect) if starts is not None else None
    if records is None or not records.sound():
        with open_tlog(path) as file:
            reader = TlogReader(file, dialect)
            pieces = [us.to_bytes(STAMP, "big") + frame.raw for us, frame in reader]
            data, sizes = b"".join(pieces), map(len, pieces)
            skipped = reader.skipped_bytes
        records = _Records(data, np.array(list(accumulate(sizes, initial=0))[:-1], np.int64), dialect)
    return Log(records.columns(wanted), records.heads(), int((~records.known).sum()), skipped)


def _whole(path: Path) -> bytes:
    pieces = []
    with open_tlog(path) as file:
        try:
            while piece := file.read1(1 << 22):
                pieces.append(piece)
        except UNREADABLE:
            pieces.append(b"\0")  # a file that ends in the middle is for the tolerant reader
    return b"".join(pieces)


def _record_starts(data: bytes) -> Offsets | None:
    """Where each record starts if every record fits the next, else None.

    Every start byte of MAVLink may begin a frame. The true ones form a chain from the first byte to the last:
    those that lead nowhere, and those that nothing leads to, are taken away until only the chain is left.
    """
    size = len(data)
    padded = np.frombuffer(data + bytes(LARGEST_RECORD), np.uint8)
    at = np.flatnonzero((padded[STAMP:] == V2) | (padded[STAMP:] == V1))
    flags = np.where(padded[at + STAMP] == V2, padded[at + STAMP + 2], 0)
    frame = np.where(padded[at + STAMP] == V2, MIN_FRAME_V2 + SIGNATURE_SIZE * flags.astype(np.int64), MIN_FRAME_V1)
    after = at + STAMP + frame + padded[at + STAMP + 1]
    possible = (flags <= SIGNED) & (after <= size)
    at, after = at[possible], after[possible]
    starts, ends = np.zeros(size + 1, bool), np.zeros(size + 1, bool)
    for _ in range(MOST_ROUNDS):
        starts[at] = starts[size] = True
        ends[after] = ends[0] = True
        linked = starts[after] & ends[at]
        if linked.all():
            break
        starts[at] = ends[after] = False
        at, after = at[linked], after[linked]
    whole = len(at) and at[0] == 0 and after[-1] == size and np.array_equal(after[:-1], at[1:])
    return at if whole else None


class _Records:
    """All records of a file, and what is done with all of them at once."""

    def __init__(self, data: bytes, starts: Offsets, dialect: Dialect) -> None:
        self._dialect = dialect
        self._bytes: Bytes = np.frombuffer(data + bytes(512), np.uint8)
        self.starts = starts
        head = self._rows(self.starts + STAMP, 10)
        self._new = head[:, 0] == V2
        self._length = head[:, 1]
        wide = head.astype(np.int64)
        self._msgid = np.where(self._new, wide[:, 7] | wide[:, 8] << 8 | wide[:, 9] << 16, wide[:, 5])
        self._seq = np.where(self._new, head[:, 4], head[:, 2])
        self._sysid = np.where(self._new, head[:, 5], head[:, 3])
        self._compid = np.where(self._new, head[:, 6], head[:, 4])
        ids, which = np.unique(self._msgid, return_inverse=True)
        self._which = which.astype(np.uint16)
        self._types: list[MessageType | None] = [self._type(int(msgid)) for msgid in ids]
        self.known = np.array([kind is not None for kind in self._types], bool)[self._which]

    def _type(self, msgid: int) -> MessageType | None:
        cls = self._dialect.by_id.get(msgid)
        return cls.TYPE if cls is not None else None

    def _rows(self, starts: Offsets, width: int) -> Bytes:
        """`width` bytes from each of `starts`."""
        return np.lib.stride_tricks.sliding_window_view(self._bytes, width)[starts]

    def _groups(self) -> list[Records]:
        """The known records, those together that agree in version and payload length."""
        return _runs(np.flatnonzero(self.known), self._length.astype(np.uint16) << 1 | self._new)

    def sound(self) -> bool:
        """Whether the checksum of every known frame is right, and no MAVLink 1 frame has an impossible length."""
        extras = np.array([kind.crc_extra if kind else 0 for kind in self._types], np.uint8)
        shortest = np.array([kind.base_size if kind else 0 for kind in self._types], np.int64)
        longest = np.array([kind.payload_size if kind else 0 for kind in self._types], np.int64)
        for group in self._groups():
            new, length, types = bool(self._new[group[0]]), int(self._length[group[0]]), self._which[group]
            if not new and not ((shortest[types] <= length) & (length <= longest[types])).all():
                return False
            rows = self._rows(self.starts[group] + STAMP + 1, (10 if new else 6) + length + 1)
            wire = rows[:, -2].astype(np.uint16) | rows[:, -1].astype(np.uint16) << 8
            if not np.array_equal(x25_columns(rows[:, :-2], extras[types]), wire):
                return False
        return True

    def heads(self) -> Heads:
        return Heads(self._stamps(self.starts), self._sysid, self._compid, self._seq)

    def _stamps(self, starts: Offsets) -> NDArray[np.int64]:
        return self._rows(starts, STAMP).copy().view(">i8")[:, 0].astype(np.int64)

    def columns(self, wanted: Collection[int] | None) -> dict[str, Columns]:
        """The messages by name, in the order in which the types first appear."""
        members = self._members(wanted)
        rank = np.zeros(len(self.starts), np.int64)
        payloads: dict[int, Bytes] = {}
        for which, (kind, records) in members.items():
            rank[records] = np.arange(len(records))
            payloads[which] = np.zeros((len(records), kind.payload_size), np.uint8)
        for group in chain.from_iterable(_runs(same, self._which) for same in self._groups()):
            payload = payloads.get(int(self._which[group[0]]))
            if payload is not None:
                head, length = 10 if self._new[group[0]] else 6, int(self._length[group[0]])
                size = min(length, payload.shape[1])
                if size:
                    payload[rank[group], :size] = self._rows(self.starts[group] + STAMP + head, size)
        return {kind.name: self._finished(kind, records, payloads[which]) for which, (kind, records) in members.items()}

    def _members(self, wanted: Collection[int] | None) -> dict[int, tuple[MessageType, Records]]:
        """By number of the type: the type and its records."""
        runs = _runs(np.arange(len(self.starts)), self._which)
        found = {
            which: (kind, runs[which])
            for which, kind in enumerate(self._types)
            if kind is not None and (wanted is None or kind.id in wanted)
        }
        return dict(sorted(found.items(), key=lambda item: item[1][1][0]))

    def _finished(self, kind: MessageType, members: Records, payload: Bytes) -> Columns:
        fields = payload.view(_dtype(kind))[:, 0]
        return Columns(
            self._stamps(self.starts[members]), self._sysid[members], self._compid[members], self._seq[members], fields
        )


def _runs(records: Records, keys: NDArray[np.uint16]) -> list[Records]:
    """`records` in parts of equal key, in order of the key. Keys of 16 bits are sorted in linear time."""
    if not len(records):
        return []
    ordered = records[np.argsort(keys[records], kind="stable")]
    return np.split(ordered, np.flatnonzero(np.diff(keys[ordered])) + 1)


def _dtype(kind: MessageType) -> np.dtype[np.void]:
    """The payload as numpy reads it; field names in the order of the XML."""
    places, at = {}, 0
    for field in kind.wire_fields:
        code = f"S{field.array_length}" if field.is_text else _NUMPY[field.type]
        shape = () if field.is_text or not field.array_length else (field.array_length,)
        places[field.name] = (np.dtype((code, shape)), at)
        at += places[field.name][0].itemsize
    names = [field.name for field in kind.fields]
    formats, offsets = zip(*(places[name] for name in names), strict=True)
    return np.dtype({"names": names, "formats": list(formats), "offsets": list(offsets), "itemsize": at})


_NUMPY = {
    "char": "S1",
    "int8_t": "i1",
    "uint8_t": "u1",
    "int16_t": "<i2",
    "uint16_t": "<u2",
    "int32_t": "<i4",
    "uint32_t": "<u4",
    "int64_t": "<i8",
    "uint64_t": "<u8",
    "float": "<f4",
    "double": "<f8",
}
