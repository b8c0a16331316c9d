"""Durable rows a second: the store's group commit against SQLite with one row a commit, in the same run.

    python bench/store.py [--rounds 5] [--seconds 1.5]

Peer: `sqlite3`, WAL, synchronous=FULL, one INSERT and one COMMIT a row, as a program writes that waits for each row.
Both write the same text to the same disk; rounds take turns; medians count. Goal: 50 writers that wait for their
rows get at least 20 times the peer's rows, 99 % of them within 25 ms, and the event loop never stands still.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sqlite3
import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from gcs.events import Event
from gcs.store.store import Store

WRITERS = (1, 10, 50, 200)
GOAL_RATIO, GOAL_WRITERS = 20.0, 50
EVENT = Event(kind="command.acked", at=datetime(2026, 1, 1, tzinfo=UTC), actor="seat", vehicle="main-1",
              data={"command": "rtl", "result": "accepted"})  # fmt: skip


def one_row_a_commit(folder: Path, seconds: float) -> float:
    """Rows a second of the peer."""
    connection = sqlite3.connect(folder / "naive.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE IF NOT EXISTS events (seq INTEGER PRIMARY KEY, body TEXT)")
    body = msgspec.json.encode(EVENT).decode()
    rows, begun = 0, time.perf_counter()
    while time.perf_counter() < begun + seconds:
        connection.execute("INSERT INTO events (body) VALUES (?)", (body,))
        rows += 1
    rate = rows / (time.perf_counter() - begun)
    connection.close()
    return rate


async def group_commit(folder: Path, writers: int, seconds: float) -> tuple[float, float, float]:
    """(rows a second, p99 of the wait in ms, longest stand of the loop in ms) of the store."""
    store = Store.open(folder)
    waits: list[float] = []
    stands: list[float] = []
    end = time.perf_counter() + seconds

    async def write() -> None:
        while (begun := time.perf_counter()) < end:
            await store.append_events([EVENT])
            waits.append(time.perf_counter() - begun)

    async def tick() -> None:
        while True:
            begun = time.perf_counter()
            await asyncio.sleep(0.001)
            stands.append(time.perf_counter() - begun - 0.001)

    ticking = asyncio.ensure_future(tick())
    await asyncio.gather(*(write() for _ in range(writers)))
    ticking.cancel()
    await store.close()
    p99 = statistics.quantiles(waits, n=100)[98] if len(waits) > 1 else waits[0]
    return len(waits) / seconds, 1000 * p99, 1000 * statistics.quantiles(stands, n=1000)[998]


def measure(folder: Path, rounds: int, seconds: float) -> bool:
    """Print the table; whether the goal is met."""
    naive: list[float] = []
    grouped: dict[int, list[tuple[float, float, float]]] = {writers: [] for writers in WRITERS}
    for _ in range(rounds):
        naive.append(one_row_a_commit(folder, seconds))
        for writers in WRITERS:
            grouped[writers].append(asyncio.run(group_commit(folder / "store", writers, seconds)))
    peer = statistics.median(naive)
    print(f"{'':>28}{'rows/s':>10}{'ratio':>8}{'p99 ms':>9}{'loop p99.9 ms':>15}")
    print(f"{'one row a commit (sqlite3)':>28}{peer:10.0f}{1:8.1f}")
    ratios = {}
    for writers, runs in grouped.items():
        rate, p99, stand = (statistics.median(run[i] for run in runs) for i in range(3))
        ratios[writers] = rate / peer
        print(f"{f'store, {writers} waiting writers':>28}{rate:10.0f}{rate / peer:8.1f}{p99:9.1f}{stand:15.1f}")
    met = ratios[GOAL_WRITERS] >= GOAL_RATIO
    print(f"goal: >= {GOAL_RATIO:.0f}x with {GOAL_WRITERS} writers: {'met' if met else 'MISSED'}")
    return met


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.5)
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="aeropatrol-bench-"))
    try:
        return 0 if measure(folder, arguments.rounds, arguments.seconds) else 1
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    raise SystemExit(main())
