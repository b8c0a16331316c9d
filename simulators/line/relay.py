"""Stands between ground control and one simulated vehicle: dials the vehicle, is dialled, and spoils the line.

Everything that is wrong is decided in `line`; this file moves bytes. While the connection is removed both
sides are hung up on and nobody is let in.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Final, Self
from urllib.parse import urlsplit

from simulators.faults import Fault
from simulators.line.line import CLEAR, Line
from simulators.line.rules import Way
from simulators.network import Faults as Noise
from telemetry.frames import Parser

READ_BYTES: Final = 65536
MOST_UNREAD_BYTES: Final = 1 << 20
DIAL_TIMEOUT_S: Final = 5.0


class Relay:
    """The line of the vehicle at `url` (`tcpout://host:port`); ground control dials `self.url` instead.

    `time_scale` is how many seconds pass for the line in one of ours, so that delays are those of the drill.
    """

    def __init__(self, url: str, sysid: int, seed: int = 0, usual: Noise = CLEAR, *, time_scale: float = 1.0) -> None:
        self._time_scale = time_scale
        address = urlsplit(url)
        self._vehicle = (address.hostname or "127.0.0.1", address.port or 0)
        self._of = (sysid, seed, usual)
        self._line = Line(*self._of)
        self._cut = False
        self._server: asyncio.Server | None = None
        self._calls: set[asyncio.Task[None]] = set()
        self._writers: dict[Way, asyncio.StreamWriter] = {}
        self._timer: asyncio.TimerHandle | None = None
        self.url = ""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._called, "127.0.0.1", 0)
        self.url = f"tcpout://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_exc: object) -> None:
        if self._server is not None:
            self._server.close()
        if self._timer is not None:
            self._timer.cancel()
        self._hang_up()
        for call in tuple(self._calls):
            call.cancel()
        await asyncio.gather(*self._calls, return_exceptions=True)

    def set_faults(self, faults: Sequence[Fault]) -> None:
        """What is wrong from now on."""
        self._line.set_faults(faults)
        if self._line.removed:
            self._hang_up()

    def cut(self) -> None:
        """Hang up and let nobody in until `mend`; what is under way is lost."""
        self._cut = True
        self._hang_up()

    def mend(self, faults: Sequence[Fault]) -> None:
        """A new line with these faults, on which the vehicle counts as switched on anew."""
        self._cut, self._line = False, Line(*self._of, switched_on=True)
        self.set_faults(faults)

    async def _called(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._calls.add(task)
            task.add_done_callback(self._calls.discard)
        try:
            if not (self._cut or self._line.removed or self._writers):
                await self._connect(reader, writer)
        except (OSError, TimeoutError):
            pass
        finally:
            writer.close()

    async def _connect(self, ground: asyncio.StreamReader, to_ground: asyncio.StreamWriter) -> None:
        async with asyncio.timeout(DIAL_TIMEOUT_S):
            vehicle, to_vehicle = await asyncio.open_connection(*self._vehicle)
        self._writers = {Way.UP: to_vehicle, Way.DOWN: to_ground}
        pumps = [
            asyncio.ensure_future(self._pump(Way.UP, ground)),
            asyncio.ensure_future(self._pump(Way.DOWN, vehicle)),
        ]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
            self._writers = {}
            to_vehicle.close()
            with suppress(OSError):
                await to_vehicle.wait_closed()

    async def _pump(self, way: Way, reader: asyncio.StreamReader) -> None:
        parser, loop = Parser(), asyncio.get_running_loop()
        while data := await reader.read(READ_BYTES):
            for frame in parser.feed(data):
                self._line.send(way, frame, loop.time() * self._time_scale)
            self._hand_over()

    def _hand_over(self) -> None:
        """Write what has arrived, and come again when the next thing does."""
        loop = asyncio.get_running_loop()
        for way, writer in self._writers.items():
            raw = b"".join(self._line.arrived(way, loop.time() * self._time_scale))
            if raw and writer.transport.get_write_buffer_size() < MOST_UNREAD_BYTES:
                writer.write(raw)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        due_s = self._line.next_arrival()
        if due_s is not None and self._writers:
            self._timer = loop.call_at(due_s / self._time_scale, self._hand_over)

    def _hang_up(self) -> None:
        for writer in tuple(self._writers.values()):
            writer.close()
