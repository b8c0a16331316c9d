"""Simulated officers: they register, watch their live feed, accept, travel, arrive and resolve.

Each lives over HTTP only, as a phone does. Times are simulated: `speedup` makes them pass faster, and while
they are held nobody moves or answers. Some refuse, answer late, or are out of reach for a time.
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
HELD_WITHIN_S: Final = 0.25
NOTHING_THERE: Final = "误报 / false alarm"
_OUTCOMES: Final = ("已处置 / dealt with", "已劝离 / moved on", "已警告 / warned")
_SETTLED: Final = frozenset({"resolved", "dismissed"})


Finds = Callable[[Mapping[str, Any]], bool]
"""Whether what a sighting says is there, when somebody comes to look."""


@dataclass(frozen=True, slots=True)
class UnitHabits:
    """Simulated seconds and metres a second; delays vary by a third, seeded by the unit's name.

    `refuses` and `slow` are probabilities that a task is handed back, or answered `slow_times` as late. From
    `phone_lost_s` after the start to `phone_back_s` (None: to the end) the phone is out of reach.
    """

    accept_after_s: float = 15.0
    on_scene_s: float = 60.0
    speed_m_s: float = 8.0
    refuses: float = 0.0
    slow: float = 0.0
    slow_times: float = 5.0
    phone_lost_s: float | None = None
    phone_back_s: float | None = None


class SimUnits:
    """All simulated units of a scene, at `base_url`. `own_habits` are those of units by id that differ.

    `finds` says whether somebody who comes to a sighting's place finds what was reported there; unless told, they
    always do.
    """

    def __init__(
        self,
        units: Sequence[SceneUnit],
        base_url: str,
        *,
        speedup: float = 1.0,
        seed: int = 0,
        habits: UnitHabits | None = None,
        own_habits: Mapping[str, UnitHabits] | None = None,
        headers: Mapping[str, str] | None = None,
        finds: Finds = lambda _sighting: True,
    ) -> None:
        self._units = tuple(units)
        self._finds = finds
        self._own_habits = dict(own_habits or {})
        self._awake = asyncio.Event()
        self._awake.set()
        self._url = base_url.rstrip("/")
        self._speedup = speedup
        self._seed = seed
        self._habits = habits or UnitHabits()
        self._headers = dict(headers or {})
        self._session: aiohttp.ClientSession | None = None
        self._officers: list[Officer] = []
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.stop()

    async def start(self) -> None:
        self._session = session = aiohttp.ClientSession(headers=self._headers, trust_env=False)
        self._officers = [self._officer(session, number, unit) for number, unit in enumerate(self._units)]
        loop = asyncio.get_running_loop()
        self._tasks = [
            loop.create_task(life) for officer in self._officers for life in (officer.live(), officer.lose_phone())
        ]

    def places(self) -> dict[str, tuple[float, float]]:
        """Where everybody is now, by id, in degrees."""
        return {officer.id: officer.at for officer in self._officers}

    def hold(self) -> None:
        """Nobody moves or answers until `go_on`."""
        self._awake.clear()

    def go_on(self) -> None:
        self._awake.set()

    def _officer(self, session: aiohttp.ClientSession, number: int, unit: SceneUnit) -> Officer:
        phone = Phone(session, self._url, unit.name)
        habits = self._own_habits.get(unit.id, self._habits)
        pace = Pace(self._speedup, self._awake)
        return Officer(unit, phone, habits, pace, seed=self._seed * 1000 + number, finds=self._finds)

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast simulated seconds pass, and whether they do."""

    speedup: float
    awake: asyncio.Event

    async def sleep(self, seconds: float) -> None:
        """Simulated seconds; what is left of them when everybody is held comes afterwards."""
        left_s = seconds / self.speedup
        while left_s > 0:
            await self.awake.wait()
            slice_s = min(left_s, HELD_WITHIN_S)
            await asyncio.sleep(slice_s)
            left_s -= slice_s


class Phone:
    """How a unit talks to ground control: under its own name, over HTTP, unless it is out of reach."""

    def __init__(self, session: aiohttp.ClientSession, url: str, name: str) -> None:
        self.session, self.url, self.name = session, url, name
        self._feed: aiohttp.ClientWebSocketResponse | None = None
        self._out_of_reach = False

    async def lose(self) -> None:
        """Out of reach from now on; the feed ends as it does when a phone goes into a tunnel."""
        self._out_of_reach = True
        if self._feed is not None:
            await self._feed.close()

    def find(self) -> None:
        self._out_of_reach = False

    async def post(self, path: str, body: dict[str, Any]) -> int:
        """The HTTP status; 0 where nobody answered."""
        if self._out_of_reach:
            return 0
        url, timeout = f"{self.url}/api/v1/{path}", aiohttp.ClientTimeout(total=TIMEOUT_S)
        try:
            async with self.session.post(url, json=body, headers=self._seat(), timeout=timeout) as response:
                await response.read()
                return response.status
        except (aiohttp.ClientError, TimeoutError):
            return 0

    async def follow(self, unit_id: str, take_in: Callable[[dict[str, Any]], None]) -> None:
        """Hand every message of the unit's live feed to `take_in`, until the connection ends."""
        if self._out_of_reach:
            return
        url, params = f"{self.url}/api/v1/live", {"unit": unit_id}
        try:
            async with self.session.ws_connect(url, params=params, headers=self._seat(), heartbeat=20.0) as feed:
                self._feed = feed
                async for message in feed:
                    if message.type is aiohttp.WSMsgType.TEXT:
                        take_in(json.loads(message.data))
        except (aiohttp.ClientError, TimeoutError, json.JSONDecodeError):
            return

    def _seat(self) -> dict[str, str]:
        return {"X-Seat": quote(self.name)}


class Officer:
    """One unit: a loop that reads its feed and a task for the sighting it works on."""

    def __init__(
        self, unit: SceneUnit, phone: Phone, habits: UnitHabits, pace: Pace, *, seed: int, finds: Finds
    ) -> None:
        self._unit = unit
        self._finds = finds
        self._phone = phone
        self._habits = habits
        self._pace = pace
        self._chance = Seeded(seed)
        self._at = (unit.lat_deg, unit.lon_deg)
        self._sightings: dict[str, dict[str, Any]] = {}
        self._work: asyncio.Task[None] | None = None
        self._working_on: str | None = None

    @property
    def id(self) -> str:
        return self._unit.id

    @property
    def at(self) -> tuple[float, float]:
        return self._at

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

    async def lose_phone(self) -> None:
        """Out of reach for as long as its habits say."""
        lost_s, back_s = self._habits.phone_lost_s, self._habits.phone_back_s
        if lost_s is None:
            return
        await self._pace.sleep(lost_s)
        await self._phone.lose()
        if back_s is not None:
            await self._pace.sleep(back_s - lost_s)
            self._phone.find()

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
        for gone in shown.get("gone", {}).get("sightings", []):
            self._sightings.pop(gone, None)
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
            await self._pass(
                self._habits.accept_after_s * (self._habits.slow_times if self._is(self._habits.slow) else 1)
            )
            if self._is(self._habits.refuses):
                await self._step(sighting, "refuse", note="走不开 / cannot leave")
                return
            if not await self._step(sighting, "accept"):
                return
            status = "accepted"
        if status == "accepted":
            await self._travel(sighting["place"]["lat_deg"], sighting["place"]["lon_deg"])
            if not await self._step(sighting, "arrive"):
                return
        found = self._finds(sighting)
        await self._pass(self._habits.on_scene_s)
        outcome = _OUTCOMES[int(self._chance.uniform() * len(_OUTCOMES))] if found else NOTHING_THERE
        await self._step(sighting, "resolve", outcome=outcome, note="模拟单位 / simulated unit")

    def _is(self, probability: float) -> bool:
        return probability > 0 and self._chance.uniform() < probability

    async def _pass(self, seconds: float) -> None:
        await self._pace.sleep(seconds * self._chance.between(2 / 3, 4 / 3))

    async def _travel(self, lat_deg: float, lon_deg: float) -> None:
        frame = LocalFrame(*self._at, 0.0)
        north, east = frame.to_local(lat_deg, lon_deg)
        distance_m, gone_m = hypot(north, east), 0.0
        step_m = self._habits.speed_m_s * self._pace.speedup * REPORT_POSITION_S
        path = f"units/{quote(self._unit.id, safe='')}/position"
        while gone_m < distance_m:
            step = min(step_m, distance_m - gone_m)
            await self._pace.sleep(step / self._habits.speed_m_s)
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
