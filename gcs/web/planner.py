"""Plans beside the event loop: a process each, two at a time, four more may wait, none for ever."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import msgspec

from gcs.web.pattern_request import PatrolRequest, PatternRequest
from gcs.web.plan_request import PATROL, PATTERN, PLAN, READ, REST, PlanRequest, Refusal
from gcs.web.rest_request import RestRequest, RestTask, Track
from missions.formats import geojson
from missions.plan import Plan

AT_ONCE = 2
WAITING = 4
WITHIN_S = 90.0
COMMAND = (sys.executable, "-m", "gcs.web.plan_worker")


class PlanRefusedError(ValueError):
    """The request is to blame; `code` as in problem documents."""

    def __init__(self, code: str, detail: str, reasons: dict[str, str] | None = None) -> None:
        self.code, self.reasons = code, reasons
        super().__init__(detail)


class PlannerBusyError(RuntimeError):
    """Enough is being planned already; ask again in `retry_s`."""

    def __init__(self, retry_s: int = 10) -> None:
        self.retry_s = retry_s
        super().__init__("the planner is busy: ask again in a few seconds")


class PlannerTimeoutError(RuntimeError):
    """The plan took too long and was given up."""

    def __init__(self, within_s: float) -> None:
        super().__init__(f"no plan within {within_s:g} s: make the area smaller, or the swath wider")


class PlannerDefectError(RuntimeError):
    """The planner broke: a defect of ours."""


class Planner:
    """`terrain`: the site's heights of the ground, a file or a folder. `command` is what runs one request (tests give
    another)."""

    def __init__(
        self,
        *,
        at_once: int = AT_ONCE,
        waiting: int = WAITING,
        within_s: float = WITHIN_S,
        command: tuple[str, ...] = COMMAND,
        terrain: str = "",
    ) -> None:
        self._turn = asyncio.Semaphore(at_once)
        self._most = at_once + waiting
        self._within_s = within_s
        self._command = (*command, terrain) if terrain else command
        self._asked = 0
        self._running: set[asyncio.subprocess.Process] = set()

    @property
    def running(self) -> int:
        """How many plans are being made right now."""
        return len(self._running)

    async def plan(self, request: PlanRequest) -> Plan:
        """The plan asked for. Raises one of the errors above."""
        return await self._plan(PLAN + msgspec.json.encode(request))

    async def pattern(self, request: PatternRequest) -> Plan:
        """The plan of a pattern. Raises one of the errors above."""
        return await self._plan(PATTERN + msgspec.json.encode(request))

    async def rest(self, asked: RestRequest, plan: Plan, tracks: tuple[Track, ...]) -> Plan:
        """What of the plan no track has looked at. Raises one of the errors above."""
        task = RestTask(asked=asked, plan=msgspec.Raw(geojson.dumps(plan).encode()), tracks=tracks)
        return await self._plan(REST + msgspec.json.encode(task))

    async def patrol(self, request: PatrolRequest) -> dict[str, Any]:
        """A day of patrol, as `missions.formats.patrol` writes it. Raises one of the errors above."""
        return await asyncio.to_thread(_patrol_in, await self._run(PATROL + msgspec.json.encode(request)))

    async def read(self, plan_file: bytes) -> Plan:
        """The plan in a plan file from outside, if it keeps every limit. Raises one of the errors above."""
        return await self._plan(READ + plan_file)

    async def stop(self) -> None:
        """Give up what is being planned."""
        for process in tuple(self._running):
            process.kill()
        await asyncio.gather(*(process.wait() for process in tuple(self._running)))

    async def _plan(self, asked: bytes) -> Plan:
        return await asyncio.to_thread(_plan_in, await self._run(asked))

    async def _run(self, asked: bytes) -> bytes:
        if self._asked >= self._most:
            raise PlannerBusyError
        self._asked += 1
        try:
            async with self._turn:
                return await self._ask(asked)
        finally:
            self._asked -= 1

    async def _ask(self, asked: bytes) -> bytes:
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(*self._command, stdin=pipe, stdout=pipe, stderr=pipe)
        self._running.add(process)
        try:
            answered, said = await asyncio.wait_for(process.communicate(asked), self._within_s)
        except TimeoutError:
            raise PlannerTimeoutError(self._within_s) from None
        finally:
            self._running.discard(process)
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode != 0:
            last = said[-2000:].decode(errors="replace")
            raise PlannerDefectError(f"the planner ended with {process.returncode}: {last}")
        return answered


def _plan_in(answered: bytes) -> Plan:
    _raise_refusal(answered)
    return geojson.loads(answered)


def _patrol_in(answered: bytes) -> dict[str, Any]:
    _raise_refusal(answered)
    return msgspec.json.decode(answered, type=dict[str, Any])


def _raise_refusal(answered: bytes) -> None:
    if answered.startswith(b'{"refused"'):
        refusal = msgspec.json.decode(answered, type=Refusal)
        raise PlanRefusedError(refusal.refused, refusal.detail, refusal.reasons)
