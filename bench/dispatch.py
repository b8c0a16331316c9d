"""From a report to a unit's phone, over real sockets: how long until it is kept, and until the unit has it.

    python bench/dispatch.py [--seconds 10] [--units 200] [--rate 50]

Ground control runs in a process of its own. Reports come in over HTTP; every unit holds its live feed open by
WebSocket, and accepts, arrives and resolves as soon as it is asked. Both processes read the same clock. Goals: from
sending a report to its commit 99 % within 50 ms; from the commit that assigns it to the unit's socket 99 % within
200 ms. `--seconds 300` is the whole trial.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import aiohttp

from gcs.app import GroundControl, Parts
from gcs.config import load_config
from gcs.sightings.model import Sighting

GOAL_KEPT_MS, GOAL_REACHED_MS = 50.0, 200.0
NEXT = {"assigned": "accept", "accepted": "arrive", "on_scene": "resolve"}
LAST_ANSWERS_S = 5.0


async def serve() -> None:
    """Ground control; says where it is, and at the first line on stdin when each status was committed."""
    committed: dict[str, dict[str, float]] = {}
    tell = Parts._sighting_changed  # noqa: SLF001  the first to hear of a commit

    def watched(parts: Parts, sighting: Sighting) -> None:
        committed.setdefault(sighting.id, {}).setdefault(sighting.status, time.monotonic())
        tell(parts, sighting)

    Parts._sighting_changed = watched  # type: ignore[method-assign]  # noqa: SLF001
    with tempfile.TemporaryDirectory(prefix="aeropatrol-bench-") as folder:
        config = load_config(None, {}, {"data": folder, "http": "127.0.0.1:0", "links": ()})
        async with GroundControl(config) as control:
            cpu_s = time.process_time()
            print(json.dumps({"url": control.url}), flush=True)
            await asyncio.to_thread(sys.stdin.readline)
            print(json.dumps({"cpu_s": time.process_time() - cpu_s, "committed": committed}), flush=True)


class Load:
    """Who reports, the units that deal with it, and when each heard of it."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session, self._api = session, f"{url}/api/v1"
        self._tasks: set[asyncio.Task[None]] = set()
        self.sent: dict[str, float] = {}
        self.reached: dict[str, float] = {}
        self.refused = 0

    def begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def post(self, path: str, **body: Any) -> None:
        async with self._session.post(f"{self._api}/{path}", json=body) as answer:
            await answer.read()
            self.refused += answer.status >= 400

    async def unit(self, name: str, place: dict[str, float], ready: asyncio.Semaphore) -> None:
        """Register, and do what is asked for as long as the feed is open."""
        await self.post("units", id=name, name=name, kind="patrol_car", **place)
        async with self._session.ws_connect(f"{self._api}/live", params={"unit": name}) as feed:
            ready.release()
            async for message in feed:
                now = time.monotonic()
                said = json.loads(message.data)
                for sighting in said.get("sightings", ()):
                    self._asked(name, sighting, now)

    def _asked(self, name: str, sighting: dict[str, Any], now: float) -> None:
        if sighting["unit"] != name or sighting["status"] not in NEXT:
            return
        if sighting["status"] == "assigned":
            self.reached.setdefault(sighting["id"], now)
        path, action = f"sightings/{sighting['id']}/steps", NEXT[sighting["status"]]
        self.begin(self.post(path, action=action, unit=name, outcome="done", id=action))

    async def report(self, draw: random.Random) -> None:
        name = str(uuid.UUID(int=draw.getrandbits(128)))
        self.sent[name] = time.monotonic()
        await self.post("sightings", id=name, klass="crowd", **place(draw))


def place(draw: random.Random) -> dict[str, float]:
    return {"lat": 29.9 + draw.uniform(-0.1, 0.1), "lon": 121.84 + draw.uniform(-0.1, 0.1)}


async def load(url: str, seconds: float, units: int, rate_hz: float) -> Load:
    draw = random.Random(2)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        found, ready = Load(session, url), asyncio.Semaphore(0)
        for number in range(units):
            found.begin(found.unit(f"u-{number}", place(draw), ready))
        for _ in range(units):
            await ready.acquire()
        begun, count = time.monotonic(), 0
        while time.monotonic() < begun + seconds:
            found.begin(found.report(draw))
            count += 1
            await asyncio.sleep(max(0.0, begun + count / rate_hz - time.monotonic()))
        await asyncio.sleep(LAST_ANSWERS_S)
        return found


async def measure(seconds: float, units: int, rate_hz: float) -> bool:
    server = await asyncio.create_subprocess_exec(
        sys.executable, __file__, "--serve", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        limit=2**28,
    )  # fmt: skip
    assert server.stdin is not None
    assert server.stdout is not None
    try:
        url = json.loads(await server.stdout.readline())["url"]
        done = await load(url, seconds, units, rate_hz)
        server.stdin.write(b"\n")
        told = json.loads(await server.stdout.readline())
    finally:
        server.stdin.close()
        await server.wait()
    committed = told["committed"]
    kept_ms = [1000 * (committed[name]["new"] - at) for name, at in done.sent.items()]
    reached_ms = [1000 * (at - committed[name]["assigned"]) for name, at in done.reached.items()]
    print(f"{len(done.sent)} reports in {seconds:.0f} s, {units} units by WebSocket, {done.refused} refused, "
          f"{1000 * told['cpu_s'] / len(done.sent):.2f} ms CPU a sighting with all its steps")  # fmt: skip
    met = done.refused == 0 and len(reached_ms) == len(kept_ms)
    for name, times, goal_ms in (
        ("report -> commit", kept_ms, GOAL_KEPT_MS), ("commit -> unit's socket", reached_ms, GOAL_REACHED_MS)
    ):  # fmt: skip
        p99 = statistics.quantiles(times, n=100)[98]
        met = met and p99 <= goal_ms
        print(f"{name:24} p50 {statistics.median(times):6.1f} p99 {p99:6.1f} max {max(times):6.1f} ms, "
              f"goal p99 <= {goal_ms:.0f} ms")  # fmt: skip
    print("met" if met else "MISSED")
    return met


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--units", type=int, default=200)
    parser.add_argument("--rate", type=float, default=50.0)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        asyncio.run(serve())
        return 0
    return 0 if asyncio.run(measure(arguments.seconds, arguments.units, arguments.rate)) else 1


if __name__ == "__main__":
    raise SystemExit(main())
