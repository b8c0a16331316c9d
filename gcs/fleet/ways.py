"""The ways by which one vehicle is heard, which of them are believed, and which one is used to answer. Pure.

A way is a peer on a link. The first one heard is believed. Another address that speaks under the same system id is
believed when

1. a time since boot that it tells fits the vehicle's clock; or
2. the way in use is silent: for `LINK_SILENT_S` where the vehicle has told no time, else for `STRANGER_WAITS_S`.

Until then it is a stranger: what it says changes nothing, and nothing is sent to it but the question what its clock
shows, so that no packet can take a vehicle over by its address alone.

Commands go by the way in use while that is alive. When it falls silent, the next way heard takes over, within one
heartbeat. While several are alive, the one by which a command gets through soonest is used, as far as `look` can tell:

    expected time = delay + REPEAT_S * loss / (1 - loss)

Delay is how much later than by the fastest way the same clock arrives; loss is the share of frames missing on the
way here. Another way must stay better by a third for `BETTER_FOR_S`: ways are not changed over a trifle.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import msgspec

from gcs.fleet.state import STALE_AFTER_S
from telemetry.received import Origin

LINK_SILENT_S = 1.5
"""Silence of the way in use after which one that is heard takes over: one heartbeat missed."""
STRANGER_WAITS_S = STALE_AFTER_S
REPEAT_S = 1.5
"""After which an unanswered command is said again."""
BETTER_FOR_S = 3.0
BETTER_BY = 2 / 3
LEAST_GAIN_S = 0.05
FORGET_AFTER_S = 30.0
MOST_WAYS = 8
STRANGER_SURE = 3, 1.0
"""So many messages over so many seconds make a stranger worth telling of: a second link has proved itself by then."""
STRANGER_GONE_S = 5.0
_SMOOTHING = 0.2


Judge = Callable[[int | None, float], bool | None]
"""Whether a time since boot, told at a moment of ours, fits the vehicle's clock; None while that is not known."""


@dataclass(slots=True)
class Way:
    """`behind_s` is our clock less the vehicle's time since boot: only differences mean anything. `loss` 0..1."""

    origin: Origin
    heard_s: float
    behind_s: float | None = None
    loss: float | None = None

    def timed(self, boot_ms: int, now_s: float) -> None:
        behind_s = now_s - boot_ms / 1000
        known = self.behind_s
        self.behind_s = behind_s if known is None else known + _SMOOTHING * (behind_s - known)


@dataclass(slots=True)
class Stranger:
    """An address that is not believed; `timed` when it told a time that does not fit, `told` when we spoke of it."""

    first_s: float
    heard_s: float
    messages: int = 0
    timed: bool = False
    told: bool = False

    @property
    def sure(self) -> bool:
        messages, seconds = STRANGER_SURE
        return self.messages >= messages and self.heard_s - self.first_s >= seconds


class WayHealth(msgspec.Struct, frozen=True):
    """`delay_s` over the fastest way, `loss` 0..1; None where not measured. `age_s` is its silence."""

    origin: Origin
    used: bool
    age_s: float
    delay_s: float | None
    loss: float | None


class Ways:
    """`used` is where to answer."""

    __slots__ = ("_better_since_s", "_strangers", "_ways", "used")

    def __init__(self, origin: Origin, now_s: float) -> None:
        self.used = Way(origin, now_s)
        self._ways = {origin: self.used}
        self._strangers: dict[Origin, Stranger] = {}
        self._better_since_s: float | None = None

    def heard(self, origin: Origin, now_s: float, boot_ms: int | None, fits: Judge) -> bool:
        """A message of the vehicle's autopilot came, with or without a time since boot; whether it is believed."""
        way = self.used if origin is self.used.origin else self._ways.get(origin)
        if way is None:
            way = self._met(origin, now_s, boot_ms, fits)
            if way is None:
                return False
        way.heard_s = now_s
        if boot_ms is not None and len(self._ways) > 1:
            way.timed(boot_ms, now_s)
        if way is not self.used and now_s - self.used.heard_s > LINK_SILENT_S:
            self._use(way)
        return True

    def stranger(self, origin: Origin) -> Stranger | None:
        """Whoever speaks from `origin`, not believed."""
        return self._strangers.get(origin)

    def doubted(self, now_s: float, for_s: float = 0.0) -> Origin | None:
        """An address that speaks in the vehicle's name now, for `for_s` already, and is not believed."""
        for origin, stranger in self._strangers.items():
            if stranger.sure and now_s - stranger.heard_s <= STRANGER_GONE_S and now_s - stranger.first_s >= for_s:
                return origin
        return None

    def restarted(self) -> None:
        """The vehicle's clock has begun anew."""
        for way in self._ways.values():
            way.behind_s = None

    def look(self, now_s: float, loss: Callable[[Origin], float | None]) -> bool:
        """Once a second: measure, forget what is long silent, and choose. Whether another way is used now."""
        if len(self._ways) == 1 and not self._strangers:
            return False
        self._forget(now_s)
        for way in self._ways.values():
            way.loss = loss(way.origin)
        best = min(self._alive(now_s), key=self._expected_s, default=self.used)
        used_s, best_s = self._expected_s(self.used), self._expected_s(best)
        if used_s - best_s < LEAST_GAIN_S or best_s > BETTER_BY * used_s:
            self._better_since_s = None
            return False
        if self._better_since_s is None:
            self._better_since_s = now_s
        if now_s - self._better_since_s < BETTER_FOR_S:
            return False
        self._use(best)
        return True

    @property
    def alone(self) -> bool:
        """Whether the one in use is the only one."""
        return len(self._ways) == 1

    def health(self, now_s: float) -> tuple[WayHealth, ...]:
        """Every believed way, in the order in which they were met."""
        return tuple(
            WayHealth(
                origin=way.origin,
                used=way is self.used,
                age_s=max(0.0, now_s - way.heard_s),
                delay_s=self._delay_s(way),
                loss=way.loss,
            )
            for way in self._ways.values()
        )

    def _met(self, origin: Origin, now_s: float, boot_ms: int | None, fits: Judge) -> Way | None:
        believed, silent_s = fits(boot_ms, now_s), now_s - self.used.heard_s
        if believed or silent_s > (LINK_SILENT_S if believed is None else STRANGER_WAITS_S):
            self._strangers.pop(origin, None)
            if len(self._ways) >= MOST_WAYS:
                del self._ways[min((w for w in self._ways.values() if w is not self.used), key=_heard_s).origin]
            way = self._ways[origin] = Way(origin, now_s)
            return way
        stranger = self._strangers.get(origin)
        if stranger is None:
            if len(self._strangers) >= MOST_WAYS:
                del self._strangers[min(self._strangers, key=lambda of: self._strangers[of].heard_s)]
            stranger = self._strangers[origin] = Stranger(now_s, now_s)
        stranger.heard_s, stranger.messages = now_s, stranger.messages + 1
        stranger.timed |= boot_ms is not None and believed is False
        return None

    def _use(self, way: Way) -> None:
        self.used, self._better_since_s = way, None

    def _alive(self, now_s: float) -> Iterable[Way]:
        return (way for way in self._ways.values() if now_s - way.heard_s <= LINK_SILENT_S)

    def _forget(self, now_s: float) -> None:
        for origin in [o for o, w in self._ways.items() if w is not self.used and now_s - w.heard_s > FORGET_AFTER_S]:
            del self._ways[origin]
        for origin in [o for o, s in self._strangers.items() if now_s - s.heard_s > FORGET_AFTER_S]:
            del self._strangers[origin]

    def _delay_s(self, way: Way) -> float | None:
        """How much later than by the fastest way; None while that is not measured."""
        if way.behind_s is None:
            return None
        return way.behind_s - min(other.behind_s for other in self._ways.values() if other.behind_s is not None)

    def _expected_s(self, way: Way) -> float:
        loss = min(way.loss or 0.0, 0.99)
        return (self._delay_s(way) or 0.0) + REPEAT_S * loss / (1 - loss)


def _heard_s(way: Way) -> float:
    return way.heard_s
