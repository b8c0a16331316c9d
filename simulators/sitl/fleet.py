"""A fleet of real ArduPilot SITL processes: started together, watched, stopped together.

Whether a vehicle is ready is heard on its third port, which is left again for others unless batteries are
to be swapped or somebody listens; the first two are never touched.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final, Protocol, Self

from simulators.sitl.arguments import SitlSpec
from simulators.sitl.binary import SitlError
from simulators.sitl.crew import Crew
from simulators.sitl.process import SitlProcess
from simulators.sitl.readiness import LISTENED_TO, Readiness, Stage
from telemetry.dialect import Message
from telemetry.links.endpoint import Endpoint
from telemetry.received import Origin, Received

__all__ = ["SitlError", "SitlFleet"]
MOST_RESTARTS: Final = 3
LOOK_S: Final = 0.25
LAST_WORDS_S: Final = 0.3
OUR_SYSID, OUR_COMPID = 249, 190
"""Not 255: the vehicles' ground-station failsafe must not take us for their ground station."""


class Listener(Protocol):
    """Somebody who hears the vehicles and speaks to them as long as they run. Times are the loop's seconds."""

    @property
    def messages(self) -> frozenset[str]:
        """Names of those that are to be heard."""
        ...

    def receive(self, sysid: int, message: Message, now_s: float) -> None: ...

    def says(self, now_s: float) -> Iterable[tuple[int, Message]]:
        """System ids and what is to be sent to them now; asked for several times a second."""
        ...


class SitlFleet:
    """Use as `async with`: entering starts every process or raises SitlError, and then none is running.

    `restart` starts a process that ended again, up to three times; `swap_s` gives a vehicle a full battery so
    many (simulated) seconds after each landing; `tell` gets one line whenever a process ends.
    """

    def __init__(
        self,
        specs: Sequence[SitlSpec],
        binary: Path,
        folder: Path,
        *,
        defaults: Sequence[Path] = (),
        keep: bool = False,
        restart: bool = False,
        swap_s: float | None = None,
        tell: Callable[[str], None] = lambda _: None,
        listener: Listener | None = None,
    ) -> None:
        self.processes = tuple(
            SitlProcess(spec, binary, folder / f"vehicle-{spec.sysid}", defaults, keep=keep) for spec in specs
        )
        self.readiness = {spec.sysid: Readiness(spec.sysid) for spec in specs}
        self.dead: dict[int, str] = {}
        """Why a vehicle is gone for good, by system id."""
        self._restart = restart
        self._tell = tell
        self._crew = Crew(swap_s / specs[0].speedup) if swap_s is not None else None
        self._origins: dict[int, Origin] = {}
        self._listener = listener
        heard = LISTENED_TO | listener.messages if listener is not None else LISTENED_TO
        self._ear = Endpoint(sysid=OUR_SYSID, compid=OUR_COMPID, subscribed=heard, on_message=self._hear)
        self._talking: asyncio.Task[None] | None = None
        self._watching: list[asyncio.Task[None]] = []

    @property
    def keeps_third_ports(self) -> bool:
        """Whether the third ports stay ours, as batteries are swapped or somebody listens."""
        return self._crew is not None or self._listener is not None

    def stages(self) -> dict[int, Stage]:
        """How far each vehicle is, by system id."""
        return {sysid: readiness.stage for sysid, readiness in self.readiness.items()}

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as half_started:
            half_started.push_async_callback(self.stop)
            await self._start()
            half_started.pop_all()
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.stop()

    async def ready(self, within_s: float, progress: Callable[[], None] = lambda: None) -> None:
        """Wait until every vehicle may take off, calling `progress` now and then. Raises SitlError when one
        ends before, or when `within_s` pass."""
        loop = asyncio.get_running_loop()
        deadline_s = loop.time() + within_s
        for process in self.processes:
            await self._ear.add(_listened_at(process.spec))
        while not all(readiness.ready for readiness in self.readiness.values()):
            if self.dead:
                raise SitlError("; ".join(self.dead.values()))
            if loop.time() > deadline_s:
                raise SitlError(self._unready(within_s))
            self._ask(loop.time())
            progress()
            await asyncio.sleep(LOOK_S)
        progress()
        await self._leave()
        if self._listener is not None:
            self._talking = loop.create_task(self._talk(self._listener), name="sitl listener")

    async def over(self) -> None:
        """Wait until no process is left."""
        await asyncio.gather(*self._watching)

    async def stop(self) -> None:
        """End every process; nothing is left running."""
        for task in self._watching:
            task.cancel()
        await asyncio.gather(*self._watching, return_exceptions=True)
        if self._talking is not None:
            self._talking.cancel()
            await asyncio.gather(self._talking, return_exceptions=True)
        await self._ear.stop()
        await asyncio.gather(*(process.stop() for process in self.processes))

    async def _start(self) -> None:
        for process in self.processes:
            process.prepare()
        for process in self.processes:
            await process.start()
            watch = self._watch(process)
            self._watching.append(asyncio.get_running_loop().create_task(watch, name=f"sitl {process.spec.sysid}"))

    async def _watch(self, process: SitlProcess) -> None:
        sysid = process.spec.sysid
        while True:
            why = f"vehicle {sysid} ended, {await process.ended()} (see {process.log})"
            if not self._restart or process.starts > MOST_RESTARTS:
                self.dead[sysid] = why
                self._tell(why)
                return
            self._tell(f"{why}; it is started again")
            await asyncio.sleep(LOOK_S)
            await process.start()

    def _hear(self, received: Received) -> None:
        readiness = self.readiness.get(received.sysid)
        if readiness is not None:
            self._origins[received.sysid] = received.origin
            readiness.receive(received.message)
            swap = self._crew.receive(received.sysid, received.message, received.received_s) if self._crew else None
            if swap is not None:
                self._ear.send(swap, received.origin)
            if self._listener is not None:
                self._listener.receive(received.sysid, received.message, received.received_s)

    def _ask(self, now_s: float) -> None:
        for sysid, origin in self._origins.items():
            for message in self.readiness[sysid].asks(now_s):
                self._ear.send(message, origin)

    async def _talk(self, listener: Listener) -> None:
        while True:
            for sysid, message in listener.says(asyncio.get_running_loop().time()):
                if (origin := self._origins.get(sysid)) is not None:
                    self._ear.send(message, origin)
            await asyncio.sleep(LOOK_S)

    async def _leave(self) -> None:
        for sysid, origin in self._origins.items():
            for message in self.readiness[sysid].farewell():
                self._ear.send(message, origin)
        await asyncio.sleep(LAST_WORDS_S)
        if not self.keeps_third_ports:
            await self._ear.stop()

    def _unready(self, within_s: float) -> str:
        late = [
            f"vehicle {sysid}: {readiness.stage}" + (f" ({readiness.last_text})" if readiness.last_text else "")
            for sysid, readiness in self.readiness.items()
            if not readiness.ready
        ]
        return f"not ready after {within_s:.0f} s: {'; '.join(late)}"


def _listened_at(spec: SitlSpec) -> str:
    return spec.urls[-1]
