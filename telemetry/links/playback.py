"""A recording as a link: its frames come again with the pauses they had, at any speed."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import ClassVar

from telemetry.links.link import CLOSED, OPEN, Ear, Link, Peer
from telemetry.links.url import LinkError, LinkUrl
from telemetry.tlog import TlogError, open_tlog, read_tlog

BURST = 64
LONGEST_PAUSE_S = 10.0


class Playback(Link):
    """`tlog:///path/flight.tlog?speed=4`, also .gz. Speed 0 does not wait at all.

    Pauses of the recording are played as at most ten seconds at speed 1, and a step back in time as none.
    `finished` is set at the end. Nothing can be sent, and what is heard is not recorded again.
    """

    recorded: ClassVar[bool] = False

    def __init__(self, url: LinkUrl, ear: Ear) -> None:
        super().__init__(url, ear)
        self.finished = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def open(self) -> None:
        path = Path(self.where.path)
        try:
            open_tlog(path).close()
        except TlogError as error:
            raise LinkError(f"{self.url!r}: {error}") from None
        self.state = OPEN
        peer = self.meet(path.name, lambda _: False, known=True)
        self._task = asyncio.create_task(self._play(path, peer), name=f"link {self.url}")

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
        self._end()

    async def _play(self, path: Path, peer: Peer) -> None:
        speed, loop = self.where.options["speed"], asyncio.get_running_loop()
        last_us, due_s, burst = None, loop.time(), 0
        for at_us, frame in read_tlog(path, self.ear.dialect):
            if speed and last_us is not None:
                pause_s = min(max(at_us - last_us, 0) / 1e6, LONGEST_PAUSE_S)
                due_s += pause_s / speed
            last_us = at_us
            wait_s = due_s - loop.time() if speed else 0.0
            burst += 1
            if wait_s > 0.0 or burst >= BURST:
                burst = 0
                await asyncio.sleep(max(wait_s, 0.0))
            self.ear.hear(self, ((peer, frame.raw),))
        self._end()

    def _end(self) -> None:
        self.state = CLOSED
        self.finished.set()
