"""The vehicles of a drill as real ArduPilot SITL processes.

They fly in real time: nobody can stop them or take them back. Faults of a vehicle and the wind are set as SITL's
own parameters; faults of the line and of the camera do not need the vehicle at all.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Final, Self

from simulators.drill import Drill
from simulators.drill.engine import DroneState
from simulators.drill.fleet import HOME_ALT_M, SWAP_S, Stoppable, homes
from simulators.sitl.arguments import SitlSpec
from simulators.sitl.fleet import SitlFleet
from simulators.sitl.truth import LISTENED_TO, Truth
from telemetry.dialect import Message

WIND_AS_TOLD: Final = 1.0
"""SIM_WIND_T: the wind is told for the vehicle's height, so SITL is not to weaken it near the ground."""


class SitlDrillFleet:
    """Satisfies `DrillFleet`. `become_ready` waits for the started processes, or raises SitlError; `tell` gets a
    line when one ends; `folder` is where each has its folder, with its output and logs."""

    def __init__(
        self,
        drill: Drill,
        binary: Path,
        folder: Path,
        become_ready: Callable[[SitlFleet], Awaitable[None]],
        *,
        base_port: int,
        defaults: Sequence[Path] = (),
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._told = _Told(tuple(range(1, 1 + drill.fleet.vehicles)))
        self._become_ready = become_ready
        self.sitl = SitlFleet(
            _specs(drill, base_port),
            binary,
            folder,
            defaults=defaults,
            swap_s=SWAP_S,
            tell=tell,
            listener=self._told,
        )

    @property
    def sysids(self) -> tuple[int, ...]:
        return tuple(self._told.truths)

    @property
    def urls(self) -> tuple[str, ...]:
        return tuple(process.spec.urls[0] for process in self.sitl.processes)

    @property
    def dead(self) -> Mapping[int, str]:
        return MappingProxyType(self.sitl.dead)

    @property
    def stoppable(self) -> Stoppable | None:
        return None

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self.sitl)
            await self._become_ready(self.sitl)
            stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.sitl.stop()

    def states(self) -> list[DroneState]:
        now_s = asyncio.get_running_loop().time()
        found = (truth.state(now_s) for sysid, truth in self._told.truths.items() if sysid not in self.sitl.dead)
        return [state for state in found if state is not None]

    def set_parameter(self, sysid: int, name: str, value: float) -> None:
        if sysid not in self.sitl.dead:
            self._told.truths[sysid].set_parameter(name, value)

    def not_taken(self) -> Sequence[tuple[int, str]]:
        return [(sysid, name) for sysid, truth in self._told.truths.items() for name in truth.not_taken()]


class _Told:
    """What all of them tell; a `Listener`."""

    messages = LISTENED_TO

    def __init__(self, sysids: Sequence[int]) -> None:
        self.truths = {sysid: Truth(sysid) for sysid in sysids}

    def receive(self, sysid: int, message: Message, now_s: float) -> None:
        self.truths[sysid].receive(message, now_s)

    def says(self, now_s: float) -> Iterator[tuple[int, Message]]:
        for sysid, truth in self.truths.items():
            for message in truth.says(now_s):
                yield sysid, message


def _specs(drill: Drill, base_port: int) -> list[SitlSpec]:
    params = {"BATT_CAPACITY": drill.fleet.battery_mah, "SIM_WIND_T": WIND_AS_TOLD}
    return [
        SitlSpec(n, 1 + n, lat, lon, HOME_ALT_M, base_port=base_port, params=params)
        for n, (lat, lon) in enumerate(homes(drill))
    ]
