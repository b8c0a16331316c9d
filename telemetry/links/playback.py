"""A recording as a link: its frames come again with the pauses they had, at any speed."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import ClassVar

from telemetry.links.link import CLOSED, OPEN, Ear, Link, Peer
from telemetry.links.url import LinkError, LinkUrl
from telemetry.tlog import TlogError, open_tlog, read_tlog

BURST = 64
LONGEST_PAUSE_S = 10.0


class Playback(Link):
    """`tlog:///path/flight.tlog?speed=4&start=60`, also .gz. Speed 0 does not wait at all.

    What lies before `start` (seconds of the recording) is told without waiting, so that everything is known at that
    place. Pauses of the recording are played as at most ten seconds at speed 1, and a step back in time as none.
    `finished` is set at the end. Nothing can be sent, and what is heard is not recorded again.
    """

    recorded: ClassVar[bool] = False

    def __init__(self, url: LinkUrl, ear: Ear) -> None:
        super().__init__(url, ear)
        self.finished = asyncio.Event()
        self.speed = url.options.get("speed", 1.0)
        self.position_s = 0.0
        self._hurry_to_s = url.options.get("start", 0.0)
        self._path = Path(url.path)
        self._peer: Peer | None = None
        self._task: asyncio.Task[None] | None = None
        self._told = asyncio.Event()

    async def open(self) -> None:
        try:
            open_tlog(self._path).close()
        except TlogError as error:
            raise LinkError(f"{self.url!r}: {error}") from None
        self._peer = self.meet(self._path.name, lambda _: False, known=True)
        self._begin(self._peer)

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
        self._end()

    def play_at(self, speed: float) -> None:
        """Go on at another speed; 0 does not wait at all."""
        self.speed = speed
        self._told.set()

    def seek(self, to_s: float) -> None:
        """Go to that second of the recording, also after its end. Back means through it again from the start."""
        self._hurry_to_s = to_s
        if self._peer is not None and (to_s < self.position_s or self.finished.is_set()):
            if self._task is not None:
                self._task.cancel()
            self._begin(self._peer)
        self._told.set()

    def _begin(self, peer: Peer) -> None:
        self.state, self.position_s = OPEN, 0.0
        self.finished.clear()
        self._task = asyncio.create_task(self._play(peer), name=f"link {self.url}")

    async def _play(self, peer: Peer) -> None:
        loop, first_us, last_us, burst = asyncio.get_running_loop(), None, None, 0
        due_s = loop.time()
        for at_us, frame in read_tlog(self._path, self.ear.dialect):
            first_us = at_us if first_us is None else first_us
            pause_s = min(max(at_us - (last_us or at_us), 0) / 1e6, LONGEST_PAUSE_S)
            last_us = at_us
            burst += 1
            if self.speed and (at_us - first_us) / 1e6 > self._hurry_to_s:
                due_s = await self._wait(due_s, pause_s)
                burst = 0 if due_s > loop.time() else burst
            else:
                due_s = loop.time()
            if burst >= BURST:
                burst = 0
                await asyncio.sleep(0)
            self.position_s = max(self.position_s, (at_us - first_us) / 1e6)
            self.ear.hear(self, ((peer, frame.raw),))
        self._end()

    async def _wait(self, due_s: float, pause_s: float) -> float:
        """Until `pause_s` of the recording have passed; less when somebody says so. The result is when it was due."""
        loop = asyncio.get_running_loop()
        due_s += pause_s / self.speed
        left_s = due_s - loop.time()
        if left_s > 0.0:
            self._told.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(left_s):
                    await self._told.wait()
                return loop.time()
        return due_s

    def _end(self) -> None:
        self.state = CLOSED
        self.finished.set()
