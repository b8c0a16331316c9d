"""What keeping and following a sighting costs with a thousand stored, and with a million.

    python bench/stored.py [--most 1000000]

Each sighting is kept and then resolved, fifty at a time, as units and cameras do; before it, settled sightings with
their events fill the store. Goal: with a million the median is at most twice that with a thousand. The peer is a
store with a thousand; the two take turns in the same run.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from msgspec.structs import replace

from gcs.events import Event
from gcs.sightings.model import Place, Sighting, SightingStatus, Source, Step
from gcs.store.batch import Batch
from gcs.store.schema import sightings as table
from gcs.store.sightings import _values
from gcs.store.store import Store

START = datetime(2026, 1, 1, tzinfo=UTC)
SIZES = (1_000, 10_000, 100_000, 1_000_000)
AT_ONCE, MEASURED, ROUNDS, CHUNK = 50, 500, 5, 5_000
GOAL = 2.0
SCATTER = 0x9E3779B97F4A7C15F39CC0605CEDC835
"""Odd, so that ids lie as scattered as random ones and none comes twice."""
_INSERT = sa.insert(table)


def sighting(number: int, status: SightingStatus = SightingStatus.RESOLVED) -> Sighting:
    at = START + timedelta(seconds=number)
    step = Step(at=at, actor="camera", action="report", status=status)
    return Sighting(
        id=str(uuid.UUID(int=(number + 1) * SCATTER % 2**128)), klass="crowd", priority=2,
        place=Place(lat_deg=29.9, lon_deg=121.8, ce90_m=8.0),
        seen_at=at, received_at=at, source=Source(kind="camera", name="gimbal", vehicle="main-1"), status=status,
        history=(step,),
    )  # fmt: skip


def told(seen: Sighting) -> Event:
    return Event(kind="sighting.created", at=seen.received_at, actor="camera", sighting=seen.id)


async def fill(store: Store, begin: int, end: int) -> None:
    """Settled sightings with an event each, in large transactions."""

    def some(batch: Batch, first: int) -> None:
        for number in range(first, min(first + CHUNK, end)):
            seen = sighting(number)
            batch.add(_INSERT, {"id": seen.id, **_values(seen)})
            batch.keep_events([told(seen)])

    for first in range(begin, end, CHUNK):
        await store._writer.write(lambda batch, first=first: some(batch, first))  # noqa: SLF001  filling is no use of it


async def measure(store: Store, begin: int) -> tuple[float, float]:
    """(median, p99) in ms of keeping a sighting and then its end."""
    turn, waits = asyncio.Semaphore(AT_ONCE), list[float]()

    async def one(number: int) -> None:
        seen = sighting(number, SightingStatus.NEW)
        async with turn:
            begun = time.perf_counter()
            await store.add_sighting(seen, [told(seen)])
            await store.record([replace(seen, status=SightingStatus.RESOLVED)], [], [told(seen)])
            waits.append(1000 * (time.perf_counter() - begun))

    await asyncio.gather(*(one(begin + number) for number in range(MEASURED)))
    return statistics.median(waits), statistics.quantiles(waits, n=100)[98]


async def run(folder: Path, most: int) -> bool:
    small, large = [await asyncio.to_thread(Store.open, folder / name) for name in ("small", "large")]
    await fill(small, 0, SIZES[0])
    print(f"{'stored':>10} {'median ms':>10} {'p99 ms':>8} {'with 1000':>10} {'ratio':>6} {'open ms':>8}")
    stored, begin, ratio = 0, 10**9, 0.0
    for size in (size for size in SIZES if size <= most):
        await fill(large, stored, size)
        stored, taken = size, {small: list[tuple[float, float]](), large: list[tuple[float, float]]()}
        for number in range(2 * ROUNDS + 2):
            store = (small, large)[number % 2]
            begin += MEASURED
            found = await measure(store, begin)
            if number > 1:
                taken[store].append(found)
        begun = time.perf_counter()
        await large.list_open_sightings()
        opened = 1000 * (time.perf_counter() - begun)
        median, p99 = (statistics.median(value[part] for value in taken[large]) for part in (0, 1))
        peer = statistics.median(value[0] for value in taken[small])
        ratio = median / peer
        print(f"{size:>10} {median:>10.2f} {p99:>8.2f} {peer:>10.2f} {ratio:>6.2f} {opened:>8.2f}", flush=True)
    for store in (small, large):
        await store.close()
    good = ratio <= GOAL
    print(f"{'ok' if good else 'MISSED'}: {ratio:.2f} times the cost with a thousand; goal at most {GOAL}")
    return good


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--most", type=int, default=SIZES[-1])
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        raise SystemExit(0 if asyncio.run(run(Path(folder), asked.most)) else 1)


if __name__ == "__main__":
    main()
