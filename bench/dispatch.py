"""From a report to a unit: how long a sighting takes to be kept and to be assigned, few or many stored before.

    python bench/dispatch.py [--seconds 10] [--stored 1000,100000]

50 reports a second, 200 units over a city that accept, arrive and resolve as soon as they are asked, everything over
the real store. Goals: report to commit 99 % within 50 ms, and the cost of a sighting the same however many are stored
(CPU at most 1.3 times).
"""

from __future__ import annotations

import argparse
import asyncio
import random
import shutil
import statistics
import tempfile
import time
import uuid
from pathlib import Path

from gcs.clock import SystemClock
from gcs.dispatch.desk import Desk
from gcs.dispatch.model import UnitKind
from gcs.dispatch.requests import StepRequest, UnitReport
from gcs.sightings.catalogue import default_catalogue
from gcs.sightings.intake import SightingReport, make_sighting
from gcs.sightings.workflow import Action, Asked, take
from gcs.store.batch import Batch
from gcs.store.sightings import add_sighting
from gcs.store.store import Store

RATE_HZ, UNITS = 50.0, 200
GOAL_P99_MS, GOAL_GROWTH = 50.0, 1.3
NEXT = {"assigned": Action.ACCEPT, "accepted": Action.ARRIVE, "on_scene": Action.RESOLVE}
CATALOGUE = default_catalogue()


def place(draw: random.Random) -> dict[str, float]:
    return {"lat": 29.9 + draw.uniform(-0.1, 0.1), "lon": 121.84 + draw.uniform(-0.1, 0.1)}


async def fill(store: Store, count: int) -> None:
    """Settled sightings of the past."""
    draw, now = random.Random(1), SystemClock().utc()

    def write(batch: Batch) -> None:
        for _ in range(1000):
            report = SightingReport(klass="crowd", **place(draw))
            sighting = make_sighting(
                report, CATALOGUE, new_id=str(uuid.UUID(int=draw.getrandbits(128))), now=now, actor="x"
            )
            add_sighting(batch, take(sighting, Asked(Action.DISMISS, now, "x", note="old")), [])

    for _ in range(count // 1000):
        await store._writer.write(write)  # noqa: SLF001  there is no other way to store the past


class Load:
    """Units that do what they are asked, and the times it took."""

    def __init__(self, store: Store) -> None:
        self.kept_ms: list[float] = []
        self.assigned_ms: list[float] = []
        self._begun: dict[str, float] = {}
        self._tasks: set[asyncio.Task[object]] = set()
        self.desk = Desk(store, SystemClock(), publish=lambda _: None, sighting_changed=self.changed,
                         unit_changed=lambda _: None, catalogue=CATALOGUE)  # fmt: skip

    def changed(self, sighting) -> None:
        if sighting.status == "assigned" and sighting.id in self._begun:
            self.assigned_ms.append(1000 * (time.perf_counter() - self._begun.pop(sighting.id)))
        if sighting.status in NEXT:
            request = StepRequest(action=NEXT[sighting.status], unit=sighting.unit, outcome="done")
            self.begin(self.desk.step(sighting.id, request, "unit"))

    def begin(self, work) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def report(self, draw: random.Random) -> None:
        name = str(uuid.UUID(int=draw.getrandbits(128)))
        self._begun[name] = begun = time.perf_counter()
        await self.desk.report(SightingReport(id=name, klass="crowd", **place(draw)), "camera")
        self.kept_ms.append(1000 * (time.perf_counter() - begun))

    async def run(self, seconds: float) -> float:
        """CPU milliseconds a sighting."""
        draw = random.Random(2)
        for i in range(UNITS):
            await self.desk.put_unit(UnitReport(id=f"u-{i}", name="u", kind=UnitKind.PATROL_CAR, **place(draw)), "u")
        cpu, begun, count = time.process_time(), time.monotonic(), 0
        while time.monotonic() < begun + seconds:
            self.begin(self.report(draw))
            count += 1
            await asyncio.sleep(max(0.0, begun + count / RATE_HZ - time.monotonic()))
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)
        return 1000 * (time.process_time() - cpu) / count


async def measure(folder: Path, stored: int, seconds: float) -> tuple[float, float, float]:
    store = Store.open(folder)
    await fill(store, stored)
    load = Load(store)
    await load.desk.recover()
    await load.desk.start()
    cost = await load.run(seconds)
    await load.desk.stop()
    await store.close()
    kept, assigned = (statistics.quantiles(times, n=100)[98] for times in (load.kept_ms, load.assigned_ms))
    print(f"{stored:10} stored: kept p50 {statistics.median(load.kept_ms):6.1f} p99 {kept:6.1f} ms, "
          f"assigned p99 {assigned:6.1f} ms, {cost:5.2f} ms CPU a sighting with all its steps")  # fmt: skip
    return kept, assigned, cost


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--stored", default="1000,100000")
    arguments = parser.parse_args()
    results = []
    for stored in (int(part) for part in arguments.stored.split(",")):
        folder = Path(tempfile.mkdtemp(prefix="aeropatrol-bench-"))
        try:
            results.append(asyncio.run(measure(folder, stored, arguments.seconds)))
        finally:
            shutil.rmtree(folder)
    growth = results[-1][2] / results[0][2]
    met = max(kept for kept, _, _ in results) <= GOAL_P99_MS and growth <= GOAL_GROWTH
    said = "met" if met else "MISSED"
    print(f"goal: p99 <= {GOAL_P99_MS:.0f} ms, growth <= {GOAL_GROWTH}x; growth {growth:.2f}x: {said}")
    return 0 if met else 1


if __name__ == "__main__":
    raise SystemExit(main())
