"""Two vehicles that answer to one system id: what gives them away.

| seen | means |
|---|---|
| the boot clock falls, by more than a late frame, to a time that no restart can have reached yet | another clock |
| a clock stays behind the newest by the same | another clock |
| after a fall the clock goes on beyond where it was before it | the first vehicle still speaks |
| in order of the boot clock, the place jumps to and fro | two places |
| another hardware id, without silence or restart between | another board |

One sign alone can be a damaged or forged frame; two within `WINDOW_S` are believed. No rule supposes that
a vehicle's clock runs as ours does: simulated ones run up to `FASTEST` times as fast.
"""

from __future__ import annotations

import math
from bisect import bisect
from dataclasses import dataclass

from telemetry.dialect import Message

WINDOW_S = 5.0
SIGNS = 2
FASTEST = 100.0
BOOTED_WITHIN_MS = 30_000
LATE_WITHIN_MS = 60_000
FALL_MATTERS_S = 10.0
RESTART_MARGIN_MS = 5000
LOST_MS = 1500
"""How much of its last words before a restart may have been lost, to come late over a second link."""
LAGGING_MS = 8000
LAG_VARIES_MS = 1000
STAYS_BACK_S = 3.0
"""A clock that fell by less than `LAGGING_MS` may be a late frame's, until none was newer for so long."""
LAGS_FOR_S = 2.0
LAGS_TIMES = 6
FAR_M = 30.0
TO_AND_FRO = 4
PLACES_KEPT = 48
_METRES_PER_E7 = 0.011132

Place = tuple[int, int, int]
"""Boot time in ms, latitude and longitude in degrees x 1e7."""


def restarted(latest_ms: int, boot_ms: int, since_heard_s: float) -> bool:
    """Whether a clock that showed `latest_ms` and now shows `boot_ms` may be that of a restarted vehicle."""
    return boot_ms < latest_ms and boot_ms <= BOOTED_WITHIN_MS + FASTEST * 1000 * since_heard_s


def goes_on(latest_ms: int, boot_ms: int, since_heard_s: float) -> bool:
    """Whether a clock that showed `latest_ms` and now shows `boot_ms` may be that of one vehicle that flies on."""
    return -LAGGING_MS < boot_ms - latest_ms < LAGGING_MS + FASTEST * 1000 * since_heard_s


@dataclass(frozen=True, slots=True)
class _Fall:
    """The clock fell at `at_s`; a restarted one runs at most `speed` times as fast as ours."""

    at_s: float
    from_ms: int
    to_ms: int
    speed: float


class TwinWatch:
    """Watches the messages of one system id."""

    def __init__(self) -> None:
        self._fall: _Fall | None = None
        self._began: tuple[float, int] | None = None
        self._lag: tuple[float, int, int] | None = None
        self._back: tuple[int, float] | None = None
        self._places: list[Place] = []
        self._returns_s: tuple[float, ...] = ()
        self._signs_s: tuple[float, ...] = ()

    @property
    def calm(self) -> bool:
        """Whether a clock that goes on tells nothing: it is known, and has not fallen lately."""
        return self._fall is None and self._began is not None

    def clock(self, latest_ms: int, boot_ms: int, since_heard_s: float, now_s: float) -> bool:
        """A message came with `boot_ms`; the largest before it was `latest_ms`. Whether there are two."""
        late_ms = latest_ms - boot_ms
        if late_ms > LATE_WITHIN_MS and not restarted(latest_ms, boot_ms, since_heard_s):
            return self._sign(now_s)
        if late_ms >= LAGGING_MS and self._lags(late_ms, now_s):
            return self._sign(now_s)
        if self._began is None:
            self._began = (now_s, boot_ms)
        goes_on = self._fall is not None and boot_ms > self._fall.from_ms + LOST_MS
        return self._sign(now_s) if goes_on and self.from_before(boot_ms, now_s) else False

    def from_before(self, boot_ms: int, now_s: float) -> bool:
        """Whether the clock is that from before the last fall: a late frame, or the first of two vehicles."""
        if self._fall is None:
            return False
        elapsed_s = now_s - self._fall.at_s
        if elapsed_s > FALL_MATTERS_S:
            self._fall = None
            return False
        return boot_ms - self._fall.to_ms > RESTART_MARGIN_MS + 1000 * self._fall.speed * elapsed_s

    def _lags(self, late_ms: int, now_s: float) -> bool:
        """Whether a clock stays behind by the same, seconds long: what a link has held back catches up."""
        if self._lag is None or abs(late_ms - self._lag[1]) > max(LAG_VARIES_MS, late_ms / 5):
            self._lag = (now_s, late_ms, 0)
        since_s, first_ms, times = self._lag
        self._lag = (since_s, first_ms, times + 1)
        return now_s - since_s >= LAGS_FOR_S and times >= LAGS_TIMES

    def just_late(self, latest_ms: int, boot_ms: int, now_s: float) -> bool:
        """Whether a fall to `boot_ms` may be a frame that the link has held back: frames of the clock that goes on
        then come, too, and move `latest_ms`."""
        if latest_ms - boot_ms >= LAGGING_MS:
            return False
        if self._back is None or self._back[0] != latest_ms:
            self._back = (latest_ms, now_s)
        return now_s - self._back[1] < STAYS_BACK_S

    def fell(self, latest_ms: int, boot_ms: int, now_s: float) -> None:
        """The clock fell, as it does at a restart."""
        speed = FASTEST
        if self._began is not None and now_s - self._began[0] >= LAGS_FOR_S:
            speed = 2 * max(1.0, (latest_ms - self._began[1]) / 1000 / (now_s - self._began[0]))
        self._fall = _Fall(now_s, latest_ms, boot_ms, speed)
        self._began = None
        self._places.clear()

    def place(self, message: Message, now_s: float) -> bool:
        """A GLOBAL_POSITION_INT came, late ones too. Whether there are two."""
        if message.lat == 0 and message.lon == 0:
            return False
        here = (message.time_boot_ms, message.lat, message.lon)
        at = bisect(self._places, here)
        self._places.insert(at, here)
        went_on = 0 < at == len(self._places) - 1 and _near(self._places[at - 1], here)
        if not went_on and self._turns(at):
            self._returns_s = (*self._returns_s, now_s)[-TO_AND_FRO:]
        del self._places[:-PLACES_KEPT]
        many = len(self._returns_s) == TO_AND_FRO and now_s - self._returns_s[0] < WINDOW_S
        return self._sign(now_s) if many else False

    def _turns(self, at: int) -> bool:
        """Whether the place at `at` makes a way that leads away and back."""
        around = self._places[max(0, at - 2) : at + 3]
        return any(_to_and_fro(*around[n : n + 3]) for n in range(len(around) - 2))

    def board(self, now_s: float) -> bool:
        """A different hardware id came, without silence or restart between: that cannot be one vehicle."""
        self._signs_s = (*self._signs_s, now_s)[-SIGNS:]
        return self._sign(now_s)

    def _sign(self, now_s: float) -> bool:
        self._signs_s = (*self._signs_s, now_s)[-SIGNS:]
        return len(self._signs_s) == SIGNS and now_s - self._signs_s[0] < WINDOW_S


def _to_and_fro(before: Place, here: Place, after: Place) -> bool:
    """Whether the way from one place to the next and the next leads far away and back."""
    away_m = min(_metres(before, here), _metres(here, after))
    return away_m > FAR_M and _metres(before, after) < away_m / 3


def _near(here: Place, there: Place) -> bool:
    """Whether two places are surely not far apart: what is asked of most, so without a cosine."""
    return (abs(there[1] - here[1]) + abs(there[2] - here[2])) * _METRES_PER_E7 <= FAR_M


def _metres(here: Place, there: Place) -> float:
    """Distance of two places in degrees x 1e7, good for short ways."""
    north = (there[1] - here[1]) * _METRES_PER_E7
    east = (there[2] - here[2]) * _METRES_PER_E7 * math.cos(math.radians(here[1] / 1e7))
    return math.hypot(north, east)
