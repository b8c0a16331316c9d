"""Several recordings played together: one time for all, which can be paused, sped up and set."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf
from pathlib import Path

from telemetry.links.play_clock import PlayClock
from telemetry.links.playback import LONGEST_PAUSE_S, Playback
from telemetry.tlog import span_of

SLOWEST, FASTEST = 0.1, 100.0
LAST_OF_PAUSE_S = 1.0
LOOK_EVERY_S = 0.25


@dataclass(frozen=True, slots=True)
class Span:
    """One recording: unix seconds of its first and last frame."""

    name: str
    from_s: float
    to_s: float


class Replay:
    """`forget` is called before everything is told again, as what was told of later times is then untrue; `stand`
    when the time of the recordings stands, as at their end, and when it goes on."""

    def __init__(self, forget: Callable[[], None], stand: Callable[[bool], None] = lambda _: None) -> None:
        self._forget = forget
        self._stand = stand
        self._recordings: Sequence[Playback] = ()
        self._clock = PlayClock()
        self._skipping: asyncio.Task[None] | None = None
        self._ended = False
        self.spans: tuple[Span, ...] = ()

    async def begin(self, recordings: Sequence[Playback]) -> None:
        """Play these together, as fast and from as many seconds on as the first one's URL says."""
        self._recordings = recordings
        paths = [recording.path for recording in recordings]
        self.spans = await asyncio.to_thread(lambda: tuple(map(_span, paths)))
        options = recordings[0].where.options if recordings else {"speed": 1.0, "start": 0.0}
        self._clock = PlayClock(options["speed"])
        self._clock.go_to(self.from_s + options["start"], self._our_s())
        self._forget()
        for recording in recordings:
            recording.join(self._clock)
        self._skipping = asyncio.get_running_loop().create_task(self._skip_silence(), name="replay")

    async def stop(self) -> None:
        """The recordings go on by themselves; close them by their links."""
        if self._skipping is not None:
            self._skipping.cancel()
            await asyncio.gather(self._skipping, return_exceptions=True)
            self._skipping = None

    @property
    def from_s(self) -> float:
        return min((span.from_s for span in self.spans), default=0.0)

    @property
    def to_s(self) -> float:
        return max((span.to_s for span in self.spans), default=0.0)

    @property
    def speed(self) -> float:
        return self._clock.speed

    @property
    def paused(self) -> bool:
        return self._clock.paused

    @property
    def at_s(self) -> float:
        """What time it is in the recordings; stands at their end."""
        return min(self._clock.at(self._our_s()), self.to_s)

    def pause(self) -> None:
        self._clock.pause(self._our_s())
        self._stand(True)  # noqa: FBT003  a callback

    def play(self, speed: float) -> None:
        """Go on, `SLOWEST` to `FASTEST` times as fast as it was. ValueError for another speed."""
        if not SLOWEST <= speed <= FASTEST:
            raise ValueError(f"speed must be {SLOWEST:g} to {FASTEST:g}, not {speed:g}")
        self._clock.go_to(self.at_s, self._our_s())
        self._clock.play(self._our_s(), speed)
        self._stand(self._ended)
        self._look()

    def seek(self, to_s: float) -> None:
        """Go to that moment (unix seconds), within the recordings. Back means through them again from the start."""
        back, to_s = to_s < self.at_s, min(max(to_s, self.from_s), self.to_s)
        self._clock.go_to(to_s, self._our_s())
        if back:
            self._forget()
            for recording in self._recordings:
                recording.again()
        self._look()

    async def _skip_silence(self) -> None:
        """Of a time in which no recording has anything, only the last seconds are waited for. At the end of all of
        them nothing is silent: there is nothing more to hear."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            ended = all(recording.finished.is_set() for recording in self._recordings)
            if ended is not self._ended:
                self._ended = ended
                self._stand(ended or self.paused)
            next_s = min((recording.due_s for recording in self._recordings), default=inf)
            if not self.paused and LONGEST_PAUSE_S < next_s - self.at_s < inf:
                self._clock.go_to(next_s - LAST_OF_PAUSE_S, self._our_s())
                self._look()

    def _look(self) -> None:
        for recording in self._recordings:
            recording.look_at_clock()

    def _our_s(self) -> float:
        return asyncio.get_running_loop().time()


def _span(path: Path) -> Span:
    first_s, last_s = span_of(path)
    return Span(path.name, first_s, last_s)
