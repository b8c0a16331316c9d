"""Talks to a running ground control about a vehicle's parameters."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Self
from urllib.parse import quote

import aiohttp

from telemetry.services.parameter import Parameter

ANSWER_WITHIN_S = 120.0


class RefusedError(Exception):
    """Ground control, or the vehicle, said no; the text says why."""


class ParamsClient:
    """One vehicle's parameters. Every method raises RefusedError."""

    def __init__(self, session: aiohttp.ClientSession, url: str, vehicle: str) -> None:
        self._session = session
        self._vehicle = vehicle
        self._base = f"{url.rstrip('/')}/api/v1/vehicles/{quote(vehicle, safe='')}/params"

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str, vehicle: str, seat: str, token: str | None) -> AsyncIterator[Self]:
        headers = {"X-Seat": quote(seat)} | ({"Authorization": f"Bearer {token}"} if token else {})
        timeout = aiohttp.ClientTimeout(total=ANSWER_WITHIN_S)
        async with aiohttp.ClientSession(headers=headers, timeout=timeout) as session:
            yield cls(session, url, vehicle)

    async def read(self, *, kept: bool = False) -> dict[str, Parameter]:
        """All of them by name: from the vehicle, or as they were read last."""
        answer = await self._ask("GET", f"{self._base}?kept=1" if kept else self._base)
        return {p["name"]: Parameter(p["name"], p["value"], p["type"]) for p in answer["params"]}

    async def set(self, name: str, value: float) -> Parameter:
        """What the vehicle holds now."""
        body = {"value": value, "confirm": self._vehicle}
        answer = await self._ask("PUT", f"{self._base}/{quote(name, safe='')}", body)
        return Parameter(answer["name"], answer["value"], answer["type"])

    async def _ask(self, method: str, url: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        try:
            async with self._session.request(method, url, json=body) as answer:
                document = dict(await answer.json(content_type=None))
                if answer.status >= 400:
                    raise RefusedError(str(document.get("detail") or document.get("title") or answer.status))
                return document
        except (aiohttp.ClientError, TimeoutError, ValueError, TypeError) as error:
            raise RefusedError(f"no answer from ground control at {url.partition('/api/')[0]}: {error}") from error
