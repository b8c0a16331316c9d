"""Recordings of real vehicles taken apart: what ground stations said on which link, and what each vehicle said.

One file may hold several links: a vehicle numbers its frames on each link, so their sequences tell them apart.
Times are brought to the vehicle's own clock, which lags behind the recorder's on a loaded machine.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from telemetry.constants import MavMissionResult
from telemetry.dialect import ARDUPILOTMEGA, Message
from telemetry.frames import SIGNATURE_SIZE, Frame
from telemetry.messages import decode_frame
from telemetry.tlog import read_tlog

LEAST_GCS_SYSID: Final = 240
LINKS: Final = ("A", "B", "C")
_COPY_WITHIN_US: Final = 500_000
_ANSWER_US: Final = 100_000
_WINDOW_US: Final = 5_000_000
_LARGEST_DRIFT_US: Final = 200_000
_MOST_LOST: Final = 12


@dataclass(frozen=True, slots=True)
class Asked:
    """One frame of a ground station, on its link."""

    at_us: int
    link: str
    frame: Frame
    message: Message | None


@dataclass(frozen=True, slots=True)
class Said:
    """One message of a vehicle, on the link it came by; `message` is None where the dialect lacks the id."""

    at_us: int
    sysid: int
    link: str
    frame: Frame
    message: Message | None


@dataclass(frozen=True, slots=True)
class Recording:
    """`boot_us` and `params` are by vehicle; `params` are values it had before anybody set them."""

    asked: Sequence[Asked]
    said: Sequence[Said]
    boot_us: Mapping[int, int]
    params: Mapping[int, Mapping[str, float]]
    links: Sequence[str]
    end_us: int

    @property
    def sysids(self) -> tuple[int, ...]:
        return tuple(self.boot_us)

    def jitter_s(self) -> float:
        """How late answers to commands were because the recording machine was busy: the 95th percentile."""
        waits, open_us = [], dict[tuple[str, int], int]()
        rows: list[tuple[int, str, Message | None, bool]] = [(a.at_us, a.link, a.message, True) for a in self.asked]
        rows += [(s.at_us, s.link, s.message, False) for s in self.said]
        for at_us, link, message, ours in sorted(rows, key=lambda row: row[0]):
            name = message.message_name if message is not None else ""
            if ours and message is not None and name in {"COMMAND_LONG", "COMMAND_INT"}:
                open_us[link, message.command] = at_us
            elif not ours and message is not None and name == "COMMAND_ACK":
                asked_us = open_us.pop((link, message.command), None)
                if asked_us is not None:
                    waits.append((at_us - asked_us) / 1e6)
        return sorted(waits)[len(waits) * 95 // 100] if waits else 0.0


def read_recording(*paths: Path) -> Recording:
    """One recording; several files are the links A, B, C of the same vehicle. Raises TlogError."""
    rows = [
        (at_us, LINKS[index] if len(paths) > 1 else None, frame)
        for index, path in enumerate(paths)
        for at_us, frame in read_tlog(path)
    ]
    rows.sort(key=lambda row: row[0])
    several = len(paths) > 1 or len({f.sysid for _, _, f in rows if f.sysid >= LEAST_GCS_SYSID}) > 1
    drift = _Drift(_clock_samples(rows))
    said = _said(rows, drift, several=several)
    stations = {frame.sysid for _, _, frame in rows if frame.sysid >= LEAST_GCS_SYSID}
    if len({row.link for row in said}) == len(stations):
        said = _said(rows, drift, several=several, one_each=True)
    asked = _asked(rows, drift, _Senders(said) if several else None)
    sysids = sorted({row.sysid for row in said})
    boots = {sysid: _boot_us(said, sysid, rows[0][0]) for sysid in sysids}
    params = {sysid: _initial_params(asked, said, sysid) for sysid in sysids}
    links = sorted({row.link for row in said} | {row.link for row in asked})
    return Recording(asked, said, boots, params, links, rows[-1][0] - drift.at(rows[-1][0]))


def _decoded(frame: Frame) -> Message | None:
    kind = ARDUPILOTMEGA.by_id.get(frame.msgid)
    return decode_frame(kind, frame) if kind is not None else None


_Row = tuple[int, str | None, Frame]


def _said(rows: Iterable[_Row], drift: _Drift, *, several: bool, one_each: bool = False) -> list[Said]:
    """`one_each`: every station has a link of its own, so answers tell links apart too."""
    streams, said = _Streams(), list[Said]()
    for wall_us, link, frame in rows:
        if frame.sysid < LEAST_GCS_SYSID:
            message = _decoded(frame)
            by = link or (streams.link(frame, _asker(message) if one_each else 0) if several else "A")
            said.append(Said(wall_us - drift.at(wall_us), frame.sysid, by, frame, message))
    return said


def _asker(message: Message | None) -> int:
    """Whom an answer goes to; refusals of a stranger's items go out on the link of the upload."""
    name = message.message_name if message is not None else ""
    if name == "MISSION_ACK" and message is not None and message.type == MavMissionResult.DENIED:
        return 0
    return int(getattr(message, "target_system", 0))


def _asked(rows: Iterable[_Row], drift: _Drift, senders: _Senders | None) -> list[Asked]:
    """Frames that a vehicle passed on to another link come twice: only the first was said by a station."""
    copies, asked = dict[bytes, int](), list[Asked]()
    for wall_us, link, frame in rows:
        if frame.sysid < LEAST_GCS_SYSID:
            continue
        at_us, message = wall_us - drift.at(wall_us), _decoded(frame)
        copy = senders is not None and wall_us - copies.get(frame.raw, -_COPY_WITHIN_US) < _COPY_WITHIN_US
        copies[frame.raw] = wall_us
        by = None if copy and link is not None else link or "A"
        if link is None and senders is not None:
            by = senders.link(frame, at_us, message, copy=copy)
        if by is not None:
            asked.append(Asked(at_us, by, frame, message))
    return asked


class _Streams:
    """Which link a vehicle's frame came by, told by its sequence number and by whom it answers."""

    def __init__(self) -> None:
        self._next: dict[int, dict[str, int]] = {}
        self._of: dict[int, str] = {}

    def link(self, frame: Frame, addressee: int) -> str:
        streams = self._next.setdefault(frame.sysid, {})
        lost = {link: (frame.seq - wanted) & 0xFF for link, wanted in streams.items()}
        best = min(lost, key=lambda link: lost[link], default=None)
        if best is None or (lost[best] > _MOST_LOST and len(streams) < len(LINKS)):
            best = LINKS[len(streams)]
        known = self._of.get(addressee)
        if frame.signed:
            best = _signed_link(frame)
        elif known is not None and known != best and lost.get(best) == 0:
            streams[best], best = streams[known], known
        elif addressee and lost.get(best) == 0 and list(lost.values()).count(0) == 1:
            self._of.setdefault(addressee, best)
        streams[best] = (frame.seq + 1) & 0xFF
        return best


class _Senders:
    """Which link a ground station's frame went by: each station numbers its frames on each link.

    Where two links expect the same number, the link of the answer tells; a command without an answer went
    to a link that believes signatures only.
    """

    def __init__(self, said: Sequence[Said]) -> None:
        self._links = max(1, len({row.link for row in said}))
        self._next: dict[int, dict[str, int]] = {}
        self._begun_us: dict[str, int] = {}
        self._given = 0
        self._acks = [(row.at_us, row.link) for row in said if _is_ack(row.message)]

    def link(self, frame: Frame, at_us: int, message: Message | None, *, copy: bool) -> str | None:
        """None for a copy that only the vehicle sent."""
        streams = self._next.setdefault(frame.sysid, {})
        right = [link for link, wanted in streams.items() if wanted == frame.seq]
        if frame.signed and _signed_link(frame) in streams:
            best = _signed_link(frame)
        elif right:
            best = self._of_several(right, at_us, message)
        elif copy and (frame.seq != 0 or (self._given == self._links and len(streams) == 1)):
            return None
        else:
            best = self._begun(frame, streams, at_us)
        streams[best] = (frame.seq + 1) & 0xFF
        return best

    def _of_several(self, right: Sequence[str], at_us: int, message: Message | None) -> str:
        if len(right) == 1 or message is None or message.message_name != "COMMAND_LONG":
            return right[0]
        answer = next((link for ack_us, link in self._acks if at_us <= ack_us < at_us + _ANSWER_US), right[-1])
        return answer if answer in right else right[-1]

    def _begun(self, frame: Frame, streams: dict[str, int], at_us: int) -> str:
        if frame.seq == 0 and self._given < self._links:
            best = LINKS[self._given]
            self._given += 1
        elif frame.seq == 0:
            idle = [link for link in streams if at_us - self._begun_us.get(link, 0) > _COPY_WITHIN_US]
            best = (idle or list(streams) or [LINKS[0]])[0]
        else:
            lost = {link: (frame.seq - wanted) & 0xFF for link, wanted in streams.items()}
            best = min(lost, key=lambda link: lost[link], default=LINKS[0])
        self._begun_us[best] = at_us
        return best


def _signed_link(frame: Frame) -> str:
    """A signature carries the number of its link."""
    return LINKS[min(frame.raw[-SIGNATURE_SIZE], len(LINKS) - 1)]


def _is_ack(message: Message | None) -> bool:
    return message is not None and message.message_name == "COMMAND_ACK"


def _clock_samples(rows: Iterable[tuple[int, str | None, Frame]]) -> list[tuple[int, int]]:
    """(recorder's time, recorder's time less the vehicle's time since boot), of the first vehicle."""
    samples, first = list[tuple[int, int]](), None
    for at_us, _, frame in rows:
        if frame.sysid >= LEAST_GCS_SYSID or first not in {None, frame.sysid}:
            continue
        first = frame.sysid
        message = _decoded(frame)
        boot_ms = getattr(message, "time_boot_ms", 0)
        if boot_ms:
            samples.append((at_us, at_us - boot_ms * 1000))
    return samples


class _Drift:
    """How far the vehicle's clock has fallen behind the recorder's; restarts are no drift."""

    def __init__(self, samples: Sequence[tuple[int, int]]) -> None:
        windows = dict[int, tuple[int, int]]()
        for at_us, offset_us in samples:
            key = at_us // _WINDOW_US
            if key not in windows or offset_us < windows[key][1]:
                windows[key] = (at_us, offset_us)
        self._times, self._drifts = list[int](), list[int]()
        total = last = 0
        for at_us, offset_us in windows.values():
            if self._times and abs(offset_us - last) < _LARGEST_DRIFT_US:
                total += offset_us - last
            last = offset_us
            self._times.append(at_us)
            self._drifts.append(total)

    def at(self, wall_us: int) -> int:
        index = bisect_right(self._times, wall_us)
        if index == 0 or not self._times:
            return 0
        if index == len(self._times):
            return self._drifts[-1]
        before, after = self._times[index - 1], self._times[index]
        share = (wall_us - before) / (after - before)
        return round(self._drifts[index - 1] + share * (self._drifts[index] - self._drifts[index - 1]))


def _boot_us(said: Sequence[Said], sysid: int, fallback_us: int) -> int:
    offsets = []
    for row in said:
        boot_ms = getattr(row.message, "time_boot_ms", 0) if row.sysid == sysid else 0
        if boot_ms:
            offsets.append(row.at_us - boot_ms * 1000)
            if row.at_us - fallback_us > 2 * _WINDOW_US:
                break
    return min(offsets, default=fallback_us)


def _initial_params(asked: Sequence[Asked], said: Sequence[Said], sysid: int) -> dict[str, float]:
    touched = dict[str, int]()
    for ask in asked:
        if ask.message is not None and ask.message.message_name == "PARAM_SET":
            touched.setdefault(ask.message.param_id, ask.at_us)
    values = dict[str, float]()
    for row in said:
        message = row.message
        if row.sysid == sysid and message is not None and message.message_name == "PARAM_VALUE":
            name = message.param_id
            if row.at_us < touched.get(name, row.at_us + 1):
                values.setdefault(name, message.param_value)
    return values
