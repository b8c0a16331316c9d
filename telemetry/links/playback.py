"""A recording as a link: its frames come again with the pauses they had, at any speed."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from math import inf
from pathlib import Path
from typing import ClassVar

from telemetry.links.link import CLOSED, OPEN, Ear, Link, Peer
from telemetry.links.play_clock import PlayClock
from telemetry.links.url import LinkError, LinkUrl
from telemetry.tlog import TlogError, open_tlog, read_tlog

BURST = 64
LONGEST_PAUSE_S = 10.0


class Playback(Link):
    """`tlog:///path/flight.tlog?speed=4&start=60`, also .gz. Speed 0 does not wait at all.

    What lies before `start` (seconds of the recording) is told without waiting, so that everything is known at
    that place. Played alone, pauses of the recording last at most ten seconds at speed 1; after `join`,
    recordings keep the time of one clock. Where a recording steps back in time, what follows comes without a
    pause and is played on from there. `due_s` is the clock's time at which the next frame comes, infinite when
    none does. `finished` is set at the end. Nothing can be sent, and what is heard is not recorded again.
    """

    recorded: ClassVar[bool] = False

    def __init__(self, url: LinkUrl, ear: Ear) -> None:
        super().__init__(url, ear)
        self.finished = asyncio.Event()
        self.position_s = 0.0
        self.due_s = inf
        self._clock = PlayClock(url.options.get("speed", 1.0))
        self._alone = True
        self._begin_at_s = url.options.get("start", 0.0)
        self._first_s: float | None = None
        self.path = Path(url.path)
        self._peer: Peer | None = None
        self._task: asyncio.Task[None] | None = None
        self._told = asyncio.Event()

    async def open(self) -> None:
        try:
            open_tlog(self.path).close()
        except TlogError as error:
            raise LinkError(f"{self.url!r}: {error}") from None
        self._peer = self.meet(self.path.name, lambda _: False, known=True)
        self._begin(self._peer)

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
        self._end()

    def join(self, clock: PlayClock) -> None:
        """From now on, and from the start, keep the time of a clock that others share."""
        self._clock, self._alone = clock, False
        self.again()

    def again(self) -> None:
        """Through it again from the start: what lies before the clock's time is told without waiting."""
        if self._peer is not None:
            if self._task is not None:
                self._task.cancel()
            self._begin(self._peer)

    def look_at_clock(self) -> None:
        """Somebody has set the clock."""
        self._told.set()

    def play_at(self, speed: float) -> None:
        """Go on at another speed; 0 does not wait at all."""
        self._clock.play(asyncio.get_running_loop().time(), speed)
        self.look_at_clock()

    def seek(self, to_s: float) -> None:
        """Go to that second of the recording, also after its end. Back means through it again from the start."""
        self._begin_at_s = to_s
        if self._first_s is not None:
            self._clock.go_to(self._first_s + to_s, asyncio.get_running_loop().time())
        if to_s < self.position_s or self.finished.is_set():
            self.again()
        self.look_at_clock()

    def _begin(self, peer: Peer) -> None:
        self.state, self.position_s, self._first_s, self.due_s = OPEN, 0.0, None, -inf
        self.finished.clear()
        self._task = asyncio.create_task(self._play(peer), name=f"link {self.url}")

    async def _play(self, peer: Peer) -> None:
        loop, burst, at_s, last_s = asyncio.get_running_loop(), 0, 0.0, None
        for stamp_us, frame in read_tlog(self.path, self.ear.dialect):
            stamp_s = stamp_us / 1e6
            at_s += max(stamp_s - (stamp_s if last_s is None else last_s), 0.0)
            last_s = stamp_s
            if self._first_s is None:
                self._first_s = at_s = stamp_s
                if self._alone:
                    self._clock.go_to(stamp_s + self._begin_at_s, loop.time())
            self.due_s = at_s
            burst = await self._until(at_s, 0 if burst >= BURST else burst + 1)
            self.position_s = at_s - self._first_s
            self.ear.hear(self, ((peer, frame.raw),))
        self._end()

    async def _until(self, at_s: float, burst: int) -> int:
        """Until it is that time in the recordings. `burst` frames went without a pause: 0 lets others have a turn."""
        loop = asyncio.get_running_loop()
        if self._alone and LONGEST_PAUSE_S < at_s - self._clock.at(loop.time()) < inf and not self._clock.paused:
            self._clock.go_to(at_s - LONGEST_PAUSE_S, loop.time())
        while left_s := self._clock.wait_s(at_s, loop.time()):
            self._told.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(None if left_s == inf else left_s):
                    await self._told.wait()
            burst = 1
        if burst == 0:
            await asyncio.sleep(0)
        return burst

    def _end(self) -> None:
        self.state, self.due_s = CLOSED, inf
        self.finished.set()
