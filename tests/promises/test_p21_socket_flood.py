"""Promise 21: a flood of WebSockets.

Goal: of 401 connections at once 200 are served and the others turned away before they cost anything, and a reader
that was there before gets every event. One round here, 50 in `make soak`.
"""

import asyncio
import os

import aiohttp

from gcs.app import GroundControl
from gcs.config import Config

SOAK = bool(os.environ.get("SOAK"))
ROUNDS = 50 if SOAK else 1
AT_ONCE = 400
EVENTS = 40
"""By reports of sightings, each of which is an event of its own."""


async def flood(session: aiohttp.ClientSession, url: str) -> tuple[int, int]:
    """(served, turned away)"""

    knocks = (session.ws_connect(f"{url}/api/v1/live") for _ in range(AT_ONCE))
    answers = await asyncio.gather(*knocks, return_exceptions=True)
    sockets = [answer for answer in answers if isinstance(answer, aiohttp.ClientWebSocketResponse)]
    for ws in sockets:
        await ws.close()
    return len(sockets), sum(getattr(answer, "status", 0) == 503 for answer in answers)


async def listen(ws: aiohttp.ClientWebSocketResponse, wanted: set[str]) -> None:
    """Until every sighting in `wanted` was told of."""
    async for message in ws:
        event = message.json().get("event") or {}
        wanted.discard(event.get("sighting") or "")
        if not wanted:
            return


async def test_who_was_there_before_misses_nothing(tmp_path):
    config = Config(data=str(tmp_path), links=(), http="127.0.0.1:0")
    connector = aiohttp.TCPConnector(limit=0)
    async with GroundControl(config) as control, aiohttp.ClientSession(connector=connector) as session:
        reader = await session.ws_connect(f"{control.url}/api/v1/live")
        wanted = {f"00000000-0000-4000-8000-{number:012}" for number in range(EVENTS)}
        listening = asyncio.create_task(listen(reader, wanted))

        async def report() -> None:
            for number in sorted(wanted):
                body = {"id": number, "klass": "illegal_parking", "lat": 29.9, "lon": 121.84, "simulated": True}
                async with session.post(f"{control.url}/api/v1/sightings", json=body) as response:
                    assert response.status == 201

        reporting = asyncio.create_task(report())
        rounds = [await flood(session, control.url) for _ in range(ROUNDS)]
        await reporting
        await asyncio.wait_for(listening, 20)
        await reader.close()

    served, turned_away = rounds[0]
    print(
        f"promise 21: goal 200 readers at most and 0 events lost by who was there; measured {served + 1} readers, "
        f"{turned_away} turned away, {len(wanted)} of {EVENTS} events lost"
    )
    assert set(rounds) == {(199, 201)}
    assert not wanted
