"""Flies one patrol through the HTTP API, as a person at the pages would."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import aiohttp

SEAT = "demo"
POLL_S = 0.5
CHECKED_AGAIN_EVERY_S = 2.0
OVER = frozenset({"closed", "aborted"})
SETTLED = frozenset({"resolved", "dismissed"})


class PatrolError(RuntimeError):
    """The patrol could not go on; the text is what ground control answered."""


class PatrolDriver:
    """Talks to a running ground control at `base_url`."""

    def __init__(self, session: aiohttp.ClientSession, base_url: str, seat: str = SEAT) -> None:
        self._seat = seat
        self._session = session
        self._base_url = base_url

    async def wait_for_vehicles(self, ids: Sequence[str], timeout_s: float = 60.0) -> None:
        """Until every vehicle is heard and says where it is; PatrolError when one stays away."""
        deadline = asyncio.get_running_loop().time() + timeout_s
        while True:
            state = await self.get("/state")
            here = {v["id"] for v in state["vehicles"] if v["lat"] is not None and not v["stale"]}
            if set(ids) <= here:
                return
            if asyncio.get_running_loop().time() > deadline:
                raise PatrolError(f"not heard of: {', '.join(sorted(set(ids) - here))}")
            await asyncio.sleep(POLL_S)

    async def plan(self, request: dict[str, Any]) -> dict[str, Any]:
        """The plan file for `{"area": GeoJSON, "drones": N, ...}`."""
        return dict(await self._post("/plans", request))

    async def start(self, plan_hash: str, name: str, purpose: str, vehicles: Sequence[str]) -> str:
        """Draft, check, authorise, upload and launch; returns the operation's id."""
        body = {"plan_hash": plan_hash, "name": name, "purpose": purpose, "vehicles": list(vehicles)}
        operation = (await self._post("/operations", body))["id"]
        await self._check_until_no_red(operation)
        await self._post(f"/operations/{operation}/authorise", {"note": "demonstration with simulated vehicles"})
        await self._post(f"/operations/{operation}/upload", {})
        await self._post(f"/operations/{operation}/launch", {})
        return str(operation)

    async def _check_until_no_red(self, operation: str, timeout_s: float = 60.0) -> None:
        deadline = asyncio.get_running_loop().time() + timeout_s
        while True:
            checked = await self._post(f"/operations/{operation}/check", {})
            red = [check for check in checked["checks"] if check["level"] == "red"]
            if not red:
                return
            if asyncio.get_running_loop().time() > deadline:
                raise PatrolError("pre-flight stays red: " + ", ".join(f"{c['vehicle']} {c['code']}" for c in red))
            await asyncio.sleep(CHECKED_AGAIN_EVERY_S)

    async def follow(self, operation: str, progress: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
        """Until the operation is over and every sighting settled; the last state seen.

        `progress` is called with `{"operation": ..., "sightings": [...], "vehicles": [...]}`.
        """
        while True:
            state = await self.get("/state")
            mine = next(o for o in state["operations"] if o["id"] == operation)
            seen = {"operation": mine, "sightings": state["sightings"], "vehicles": state["vehicles"]}
            progress(seen)
            open_sightings = [s for s in state["sightings"] if s["status"] not in SETTLED]
            if mine["status"] in OVER and mine.get("report") and not open_sightings:
                return seen
            await asyncio.sleep(POLL_S)

    async def get(self, path: str) -> Any:
        return await self._request("GET", path, None)

    async def _post(self, path: str, body: dict[str, Any]) -> Any:
        return await self._request("POST", path, body)

    async def _request(self, method: str, path: str, body: dict[str, Any] | None) -> Any:
        url, headers = f"{self._base_url}/api/v1{path}", {"X-Seat": self._seat}
        async with self._session.request(method, url, json=body, headers=headers) as response:
            answer = await response.json(content_type=None)
            if response.status >= 400:
                raise PatrolError(f"{method} {path}: {answer.get('title')}: {answer.get('detail')}")
            return answer
