"""The open WebSockets: not more than a server can feed, and all closed when it stops."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from aiohttp import WSCloseCode, web

from gcs.web.problem import ProblemError

MOST = 200
MOST_A_UNIT = 10


class Sockets:
    """`most` in all, `most_a_unit` with the token of one unit; people at the centre share one token."""

    def __init__(self, most: int = MOST, most_a_unit: int = MOST_A_UNIT) -> None:
        self._most = most
        self._most_a_unit = most_a_unit
        self._open: set[web.WebSocketResponse] = set()
        self._by_unit: Counter[str | None] = Counter()

    def __len__(self) -> int:
        return len(self._open)

    @contextmanager
    def admitted(self, ws: web.WebSocketResponse, unit: str | None) -> Iterator[None]:
        """Counts `ws` while it is open; `unit` is set for a unit's token. ProblemError 503 when there are too many."""
        if len(self._open) >= self._most or (unit is not None and self._by_unit[unit] >= self._most_a_unit):
            raise ProblemError(503, "live.too_many", "too many live connections", headers={"Retry-After": "5"})
        self._open.add(ws)
        self._by_unit[unit] += 1
        try:
            yield
        finally:
            self._open.discard(ws)
            self._by_unit[unit] -= 1
            self._by_unit += Counter()

    async def close_all(self, _: web.Application) -> None:
        """Signal handler: tell every reader that the server stops."""
        await asyncio.gather(*(ws.close(code=WSCloseCode.GOING_AWAY, message=b"stopping") for ws in tuple(self._open)))


SOCKETS: web.AppKey[Sockets] = web.AppKey("sockets", Sockets)
