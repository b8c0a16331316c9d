"""Simulated officers: they register, watch their live feed, accept, travel, arrive and resolve.

Each lives over HTTP only, as a phone does. Times are simulated: `speedup` makes them pass faster.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import hypot
from typing import Any, Final, Self
from urllib.parse import quote

import aiohttp

from simulators.local_frame import LocalFrame
from simulators.scene import SceneUnit
from simulators.seeded import Seeded

RETRY_S: Final = 1.0
TIMEOUT_S: Final = 10.0
REPORT_POSITION_S: Final = 1.0
_OUTCOMES: Final = ("已处置 / dealt with", "已劝离 / moved on", "已警告 / warned", "误报 / false alarm")
_SETTLED: Final = frozenset({"resolved", "dismissed"})


@dataclass(frozen=True, slots=True)
class UnitHabits:
    """Simulated seconds and metres a second; delays vary by a third, seeded by the unit's name."""

    accept_after_s: float = 15.0
    on_scene_s: float = 60.0
    speed_m_s: float = 8.0


class SimUnits:
    """All simulated units of a scene, at `base_url`."""

    def __init__(
        self,
        units: Sequence[SceneUnit],
        base_url: str,
        *,
        speedup: float = 1.0,
        seed: int = 0,
        habits: UnitHabits | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self._units = tuple(units)
        self._url = base_url.rstrip("/")
        self._speedup = speedup
        self._seed = seed
        self._habits = habits or UnitHabits()
        self._headers = dict(headers or {})
        self._session: aiohttp.ClientSession | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.stop()

    async def start(self) -> None:
        self._session = session = aiohttp.ClientSession(headers=self._headers, trust_env=False)
        officers = [
            Officer(unit, Phone(session, self._url, unit.name), self._habits, self._speedup, self._seed * 1000 + number)
            for number, unit in enumerate(self._units)
        ]
        self._tasks = [asyncio.get_running_loop().create_task(officer.live()) for officer in officers]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()


@dataclass(frozen=True, slots=True)
class Phone:
    """How a unit talks to ground control: under its own name, over HTTP."""

    session: aiohttp.ClientSession
    url: str
    name: str

    async def post(self, path: str, body: dict[str, Any]) -> int:
        """The HTTP status; 0 where nobody answered."""
        url, timeout = f"{self.url}/api/v1/{path}", aiohttp.ClientTimeout(total=TIMEOUT_S)
        try:
            async with self.session.post(url, json=body, headers=self._seat(), timeout=timeout) as response:
                await response.read()
                return response.status
        except (aiohttp.ClientError, TimeoutError):
            return 0

    async def follow(self, unit_id: str, take_in: Callable[[dict[str, Any]], None]) -> None:
        """Hand every message of the unit's live feed to `take_in`, until the connection ends."""
        url, params = f"{self.url}/api/v1/live", {"unit": unit_id}
        try:
            async with self.session.ws_connect(url, params=params, headers=self._seat(), heartbeat=20.0) as feed:
                async for message in feed:
                    if message.type is aiohttp.WSMsgType.TEXT:
                        take_in(json.loads(message.data))
        except (aiohttp.ClientError, TimeoutError, json.JSONDecodeError):
            return

    def _seat(self) -> dict[str, str]:
        return {"X-Seat": quote(self.name)}


class Officer:
    """One unit: a loop that reads its feed and a task for the sighting it works on."""

    def __init__(self, unit: SceneUnit, phone: Phone, habits: UnitHabits, speedup: float, seed: int) -> None:
        self._unit = unit
        self._phone = phone
        self._habits = habits
        self._speedup = speedup
        self._chance = Seeded(seed)
        self._at = (unit.lat_deg, unit.lon_deg)
        self._sightings: dict[str, dict[str, Any]] = {}
        self._work: asyncio.Task[None] | None = None
        self._working_on: str | None = None

    async def live(self) -> None:
        """Register and follow the feed; both again whenever the connection is lost."""
        try:
            while True:
                if await self._register():
                    await self._phone.follow(self._unit.id, self._take_in)
                await asyncio.sleep(RETRY_S)
        finally:
            if self._work is not None:
                self._work.cancel()
                await asyncio.gather(self._work, return_exceptions=True)

    async def _register(self) -> bool:
        unit, (lat, lon) = self._unit, self._at
        body = {"id": unit.id, "name": unit.name, "kind": unit.kind, "lat": lat, "lon": lon, "simulated": True}
        return 200 <= await self._phone.post("units", body) < 300

    def _take_in(self, message: dict[str, Any]) -> None:
        if message.get("type") == "state":
            self._sightings = {}
            shown = message.get("state", {})
        else:
            shown = message
        for sighting in shown.get("sightings", []):
            self._sightings[sighting["id"]] = sighting
        self._look_for_work()

    def _look_for_work(self) -> None:
        mine = [
            s for s in self._sightings.values() if s.get("unit") == self._unit.id and s.get("status") not in _SETTLED
        ]
        if self._work is not None and not self._work.done():
            if any(s["id"] == self._working_on for s in mine):
                return
            self._work.cancel()
        if mine:
            sighting = mine[0]
            self._working_on = sighting["id"]
            self._work = asyncio.get_running_loop().create_task(self._deal_with(sighting))

    async def _deal_with(self, sighting: dict[str, Any]) -> None:
        """From whatever step it has reached to the end."""
        status = sighting["status"]
        if status == "assigned":
            await self._pass(self._habits.accept_after_s)
            if not await self._step(sighting, "accept"):
                return
            status = "accepted"
        if status == "accepted":
            await self._travel(sighting["place"]["lat_deg"], sighting["place"]["lon_deg"])
            if not await self._step(sighting, "arrive"):
                return
        await self._pass(self._habits.on_scene_s)
        outcome = _OUTCOMES[int(self._chance.uniform() * len(_OUTCOMES))]
        await self._step(sighting, "resolve", outcome=outcome, note="模拟单位 / simulated unit")

    async def _pass(self, seconds: float) -> None:
        await asyncio.sleep(seconds * self._chance.between(2 / 3, 4 / 3) / self._speedup)

    async def _travel(self, lat_deg: float, lon_deg: float) -> None:
        frame = LocalFrame(*self._at, 0.0)
        north, east = frame.to_local(lat_deg, lon_deg)
        distance_m, gone_m = hypot(north, east), 0.0
        step_m = self._habits.speed_m_s * self._speedup * REPORT_POSITION_S
        path = f"units/{quote(self._unit.id, safe='')}/position"
        while gone_m < distance_m:
            step = min(step_m, distance_m - gone_m)
            await asyncio.sleep(REPORT_POSITION_S * step / step_m)
            gone_m += step
            share = gone_m / distance_m
            self._at = frame.to_geo(north * share, east * share)
            await self._phone.post(path, {"lat": self._at[0], "lon": self._at[1]})

    async def _step(self, sighting: dict[str, Any], action: str, **more: str) -> bool:
        body = {"action": action, "unit": self._unit.id, **more}
        path = f"sightings/{quote(sighting['id'], safe='')}/steps"
        while True:
            status = await self._phone.post(path, body)
            if status and status < 500:
                return 200 <= status < 300
            await asyncio.sleep(RETRY_S)
