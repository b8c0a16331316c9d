"""The ground stations' side of a recording said to simulated vehicles; what those say against the real ones.

Compared by vehicle, link and kind, each in its own order: answers with requests and items, texts, modes with
arming, reached items. Messages less than `TOGETHER_S` apart may come in either order.
"""

from __future__ import annotations

import difflib
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf, isnan
from types import MappingProxyType
from typing import Any, Final

from simulators.autopilot import Autopilot, VehicleSpec
from simulators.autopilot.parameters.params import default_parameters
from simulators.autopilot.ports import VehiclePorts
from simulators.conformance.recordings import Asked, Recording
from telemetry.dialect import ARDUPILOTMEGA, Message
from telemetry.frames import Parser
from telemetry.messages import decode_frame

STEP_US: Final = 10_000
ONE_READ_US: Final = 1_000
A_HEARTBEAT_US: Final = 900_000
LAST_WORDS_US: Final = 5_000_000
TOGETHER_S: Final = 0.25
PROTOCOL, TEXTS, MODES, REACHED = "protocol", "texts", "modes", "reached"
PARAMETERS, FENCE, HOME = "parameters", "fence", "home"
KINDS: Final = (PROTOCOL, TEXTS, MODES, REACHED, PARAMETERS, FENCE, HOME)
_BANNER: Final = re.compile(r"^(ArduCopter V4|AeroPatrol sim|.{0,2}d?[0-9a-f\\d]{28,})")
_MEASURED: Final = (
    (re.compile(r"at [\d.]+ m/s"), "at speed"),
    (re.compile(r"used \d+ mAh"), "used mAh"),
)
_WITHOUT_VALUE: Final = re.compile(r"STAT_(RUNTIME|FLTTIME)$|BARO\d_|MOT_THST_HOVER$|INS_GYR")
"""Parameters whose value is measured."""
_COUNTED: Final = re.compile(r"STAT_|\w+_TOTAL$|MOT_THST_HOVER$|BARO\d_|SIM_PIN_MASK$")
"""Parameters that a vehicle writes itself: what a recording shows of them is not what it booted with."""
_AGAIN: Final = frozenset({"HEARTBEAT"})


def _item(m: Message) -> tuple[Any, ...]:
    if m.seq == 0 and m.mission_type == 0:
        return (0, m.command, m.frame, bool(m.x or m.y))
    return (m.seq, m.command, m.frame, m.param1, m.param2, m.param3, m.param4, m.x, m.y, m.z, m.mission_type)


def _parameter(m: Message) -> tuple[Any, ...]:
    value = 0.0 if _WITHOUT_VALUE.match(m.param_id) else round(m.param_value, 4)
    return (m.param_id, value, m.param_type, m.param_index, m.param_count)


def _place(m: Message) -> tuple[int, ...]:
    """To within two metres: a real home has the centimetres of its estimators."""
    return (round(m.latitude / 200), round(m.longitude / 200), round(m.altitude / 300))


def _text(m: Message) -> tuple[Any, ...] | None:
    if _BANNER.match(m.text):
        return None
    text = m.text
    for pattern, word in _MEASURED:
        text = pattern.sub(word, text)
    return (m.severity, text)


_KEYS: Final[Mapping[str, tuple[str, Callable[[Message], tuple[Any, ...] | None]]]] = {
    "COMMAND_ACK": (PROTOCOL, lambda m: (m.command, m.result, m.target_system)),
    "MISSION_ACK": (PROTOCOL, lambda m: (m.type, m.mission_type, m.target_system)),
    "MISSION_REQUEST": (PROTOCOL, lambda m: (m.seq, m.mission_type, m.target_system)),
    "MISSION_COUNT": (PROTOCOL, lambda m: (m.as_dict()["count"], m.mission_type)),
    "MISSION_ITEM_INT": (PROTOCOL, _item),
    "MISSION_ITEM": (PROTOCOL, _item),
    "STATUSTEXT": (TEXTS, _text),
    "HEARTBEAT": (MODES, lambda m: (m.custom_mode, m.base_mode & 128)),
    "PARAM_VALUE": (PARAMETERS, _parameter),
    "FENCE_STATUS": (FENCE, lambda m: (m.breach_status, m.breach_count, m.breach_type, m.breach_mitigation)),
    "HOME_POSITION": (HOME, _place),
    "MISSION_ITEM_REACHED": (REACHED, lambda m: (m.seq,)),
}


@dataclass(frozen=True, slots=True)
class Event:
    at_us: int
    name: str
    key: tuple[Any, ...]


Track = tuple[int, int, str, Message]
"""When, which vehicle, on which link, and what: messages that a caller asked to keep whole."""


@dataclass(slots=True)
class Side:
    """What the vehicles of one side said: events by (vehicle, link, kind), and whole messages that were asked for."""

    keep: frozenset[str] = frozenset()
    until_us: float = inf
    events: dict[tuple[int, str, str], list[Event]] = field(default_factory=dict)
    kept: list[Track] = field(default_factory=list)
    counts: Counter[tuple[int, str, str]] = field(default_factory=Counter)
    """How many messages of each kind by (vehicle, link, name)."""

    def note(self, at_us: int, sysid: int, link: str, message: Message) -> None:
        name = message.message_name
        if at_us <= self.until_us:
            self.counts[sysid, link, name] += 1
        if name in self.keep:
            self.kept.append((at_us, sysid, link, message))
        kind, key_of = _KEYS.get(name, ("", None))
        key = key_of(message) if key_of is not None else None
        if key is None:
            return
        rows = self.events.setdefault((sysid, link, kind), [])
        if name in _AGAIN and rows and rows[-1].key == key:
            return
        rows.append(Event(at_us, name, key))


@dataclass(frozen=True, slots=True)
class Difference:
    """An event of one side only: `+` the simulator said it, `-` it did not."""

    sign: str
    vehicle: int
    link: str
    event: Event


@dataclass(frozen=True, slots=True)
class Comparison:
    """Both sides of a recording; the simulated one goes on a little, for what came late."""

    real: Side
    simulated: Side
    end_us: int

    def pairs(self, kind: str) -> tuple[list[tuple[Event, Event]], list[Difference]]:
        """Events that are the same, and those of one side only."""
        same, other = list[tuple[Event, Event]](), list[Difference]()
        wanted = (*self.real.events, *(k for k in self.simulated.events if k not in self.real.events))
        for group in wanted:
            if group[2] == kind:
                pairs, left, right = _match(self.real.events.get(group, []), self.simulated.events.get(group, []))
                same += pairs
                other += [Difference("-", group[0], group[1], event) for event in left]
                in_time = (event for event in right if event.at_us <= self.end_us)
                other += [Difference("+", group[0], group[1], event) for event in in_time]
        return same, other

    def share(self, kind: str) -> float:
        """Equal events as a share of all; 1 where there are none."""
        same, other = self.pairs(kind)
        missing = sum(difference.sign == "-" for difference in other)
        most = len(same) + max(missing, len(other) - missing)
        return len(same) / most if most else 1.0

    def delays_s(self, kind: str, name: str | None = None) -> list[float]:
        """How much later than the real one each equal event came."""
        same, _ = self.pairs(kind)
        return [(b.at_us - a.at_us) / 1e6 for a, b in same if name is None or a.name == name]


def _match(
    real: Sequence[Event], simulated: Sequence[Event]
) -> tuple[list[tuple[Event, Event]], list[Event], list[Event]]:
    matcher = difflib.SequenceMatcher(a=[e.key for e in real], b=[e.key for e in simulated], autojunk=False)
    pairs, left, right = list[tuple[Event, Event]](), list[Event](), list[Event]()
    for tag, a0, a1, b0, b1 in matcher.get_opcodes():
        if tag == "equal":
            pairs += zip(real[a0:a1], simulated[b0:b1], strict=True)
        else:
            left += real[a0:a1]
            right += simulated[b0:b1]
    for event in list(left):
        shift_us = _shift_us(pairs, event)
        twin = next((e for e in right if e.key == event.key and _together(e, event, shift_us)), None)
        if twin is not None:
            pairs.append((event, twin))
            left.remove(event)
            right.remove(twin)
    return pairs, left, right


def _shift_us(pairs: Sequence[tuple[Event, Event]], event: Event) -> int:
    """How much later than the real one the simulated vehicle did what it did around that time."""
    near = min(pairs, key=lambda pair: abs(pair[0].at_us - event.at_us), default=None)
    return near[1].at_us - near[0].at_us if near is not None else 0


def _together(simulated: Event, real: Event, shift_us: int) -> bool:
    return abs(simulated.at_us - real.at_us - shift_us) < TOGETHER_S * 1e6


def replay(
    recording: Recording,
    keep: frozenset[str] = frozenset(),
    seed: int = 0,
    params: Mapping[str, float] = MappingProxyType({}),
) -> Comparison:
    """Say it all to fresh vehicles that booted when the real ones did, message by message in virtual time.

    `params` are what the real ones booted with beside what the recording shows.
    """
    real = Side(keep)
    for row in recording.said:
        if row.message is not None:
            real.note(row.at_us, row.sysid, row.link, row.message)
    simulated = Side(keep, recording.end_us)
    for sysid in recording.sysids:
        _Replay(recording, sysid, simulated, _spec(recording, sysid, params), seed).run()
    return Comparison(real, simulated, recording.end_us)


class _Replay:
    """One vehicle of a recording."""

    def __init__(self, recording: Recording, sysid: int, side: Side, spec: VehicleSpec, seed: int) -> None:
        self._recording, self._sysid, self._side = recording, sysid, side
        self._wire = VehiclePorts(Autopilot(spec, seed))
        self._now_us = recording.boot_us[sysid]
        self._parsers = dict[str, Parser]()
        self._said_us = [row.at_us for row in recording.said]
        self._clients = {link: _client_us(recording, link) for link in recording.links}
        for number, link in enumerate(recording.links):
            self._wire.open(link, number)
            self._parsers[link] = Parser()

    def run(self) -> None:
        asked = self._recording.asked
        read = bytearray()
        for ask, following in zip(asked, (*asked[1:], None), strict=True):
            self._pass_until(ask.at_us)
            read += ask.frame.raw
            if following is None or not self._one_read(ask, following):
                self._wire.heard(bytes(read), self._wire.ports[ask.link])
                read.clear()
                self._take()
        self._pass_until(self._recording.end_us + LAST_WORDS_US)

    def _one_read(self, ask: Asked, following: Asked) -> bool:
        """Whether the vehicle read both at once: nothing of its came in between."""
        heard = bisect_left(self._said_us, ask.at_us) != bisect_left(self._said_us, following.at_us)
        return following.link == ask.link and following.at_us - ask.at_us <= ONE_READ_US and not heard

    def _pass_until(self, until_us: int) -> None:
        while self._now_us < until_us:
            step_us = min(STEP_US, until_us - self._now_us)
            self._now_us += step_us
            for link, (came_us, left_us) in self._clients.items():
                self._wire.ports[link].listening = came_us <= self._now_us <= left_us
            self._wire.step(step_us / 1e6, step_us / 1e6)
            self._take()

    def _take(self) -> None:
        for link, parser in self._parsers.items():
            for raw in self._wire.ports[link].take():
                for message in _messages(parser, raw, self._sysid):
                    self._side.note(self._now_us, self._sysid, link, message)


def _messages(parser: Parser, raw: bytes, sysid: int) -> Iterator[Message]:
    for frame in parser.feed(raw):
        kind = ARDUPILOTMEGA.by_id.get(frame.msgid)
        if frame.sysid == sysid and kind is not None:
            yield decode_frame(kind, frame)


def _client_us(recording: Recording, link: str) -> tuple[int, int]:
    """When a client came, which may have been before it said anything, and when it was gone."""
    said = [row.at_us for row in recording.said if row.link == link]
    asked = [row.at_us for row in recording.asked if row.link == link]
    came_us = min((*said, *asked)) if link == recording.links[0] else min(said, default=min(asked, default=0))
    return came_us, max((*said, *asked)) + A_HEARTBEAT_US


def _spec(recording: Recording, sysid: int, more: Mapping[str, float]) -> VehicleSpec:
    """A vehicle with the real one's home and the parameters it booted with."""
    lat, lon, alt, heading = 0.0, 0.0, 0.0, 90.0
    for row in recording.said:
        m = row.message
        if m is None or row.sysid != sysid:
            continue
        if m.message_name == "GLOBAL_POSITION_INT" and m.lat and not lat:
            lat, lon, alt, heading = m.lat / 1e7, m.lon / 1e7, m.alt / 1e3, m.hdg / 100
        elif m.message_name == "HOME_POSITION":
            lat, lon, alt = m.latitude / 1e7, m.longitude / 1e7, m.altitude / 1e3
            break
    if not lat:
        lat, lon, alt = 29.9, 121.84, 10.1
    known = default_parameters()
    shown = {
        name: value
        for name, value in recording.params[sysid].items()
        if name in known and not _COUNTED.match(name) and not isnan(value) and value != known[name][0]
    }
    return VehicleSpec(
        sysid=sysid, lat_deg=lat, lon_deg=lon, alt_m=alt, heading_deg=heading, warm=False, params={**shown, **more},
        unix_at_boot_us=recording.boot_us[sysid],
    )  # fmt: skip
