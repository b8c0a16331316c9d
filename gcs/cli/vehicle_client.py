"""Talks to a running ground control about one vehicle."""

from __future__ import annotations

import getpass
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Annotated, Any, Self
from urllib.parse import quote

import aiohttp
import typer

ANSWER_WITHIN_S = 120.0
TOKEN_VARIABLE = "AEROPATROL_TOKEN"  # noqa: S105  the name of a variable
SEAT_LENGTH = 40
SeatOption = Annotated[
    str, typer.Option(help="Under which name you act [default: your login name].", show_default=False)
]
"""`--seat`: a person, not a verb, so that one verb after another is the same seat's and the record says who it was."""


class RefusedError(Exception):
    """Ground control, or the vehicle, said no; the text says why."""


class VehicleClient:
    """What is asked of one vehicle, by name. Every method raises RefusedError."""

    def __init__(self, session: aiohttp.ClientSession, url: str, vehicle: str) -> None:
        self._session = session
        self._base = f"{url.rstrip('/')}/api/v1/vehicles/{quote(vehicle, safe='')}"
        self.vehicle = vehicle

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str, vehicle: str, seat: str, within_s: float = ANSWER_WITHIN_S) -> AsyncIterator[Self]:
        """Acts under `seat`, or under the login name; a token is taken from the environment."""
        seat = seat or login_name()
        token = os.environ.get(TOKEN_VARIABLE)
        headers = {"X-Seat": quote(seat)} | ({"Authorization": f"Bearer {token}"} if token else {})
        timeout = aiohttp.ClientTimeout(total=within_s)
        async with aiohttp.ClientSession(headers=headers, timeout=timeout) as session:
            yield cls(session, url, vehicle)

    async def ask(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | bytes | None = None,
        query: Mapping[str, str] | None = None,
    ) -> Any:
        """What is answered at `path` below the vehicle; `body` is sent as JSON, or as it is."""
        content: dict[str, Any] = {"data": body} if isinstance(body, bytes) else {"json": body}
        try:
            async with self._session.request(method, f"{self._base}{path}", params=query, **content) as answer:
                document = await answer.json(content_type=None)
                if answer.status >= 400:
                    problem = dict(document)
                    raise RefusedError(str(problem.get("detail") or problem.get("title") or answer.status))
                return document
        except (aiohttp.ClientError, TimeoutError, ValueError, TypeError) as error:
            where = self._base.partition("/api/")[0]
            raise RefusedError(f"no answer from ground control at {where}: {error}") from error


def login_name() -> str:
    """Of whoever runs this; "terminal" where the system does not know."""
    try:
        return getpass.getuser()[:SEAT_LENGTH]
    except (KeyError, OSError):
        return "terminal"
