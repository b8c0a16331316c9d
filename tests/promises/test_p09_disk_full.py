"""Promise 9: the disk is full or fails.

Goal: no false acknowledgement, whichever single write or sync fails; on a disk that stays full nothing is
acknowledged, it is known within 2 s, and the store works again within 10 s of there being space, without a restart.
Every 10th write and sync fails once here, every single one in `make soak`.
"""

import asyncio
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gcs.events import Event
from gcs.sightings.model import Place, Sighting, Source
from gcs.store.errors import StoreError
from gcs.store.store import Store

from .recording_disk import RecordingDisk, sqlite_library

SOAK = bool(os.environ.get("SOAK"))
EVERY = 1 if SOAK else 10
REPORTS = 8
FULL, WRITE_FAILED, SYNC_FAILED = 13, 778, 1034
ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 1, 1, tzinfo=UTC)


class FailsOnce:
    """Lets `after` accesses pass, then fails one."""

    def __init__(self, after: int, code: int) -> None:
        self.left, self.code = after, code
        self.asked = 0

    def __call__(self) -> int:
        self.asked += 1
        self.left -= 1
        return self.code if self.left == -1 else 0


def sighting(number: int) -> Sighting:
    return Sighting(
        id=f"s-{number}", klass="crowd", priority=2, place=Place(lat_deg=29.9, lon_deg=121.8), seen_at=NOW,
        received_at=NOW, source=Source(kind="camera"), note="x" * 3000,
    )  # fmt: skip


async def report_all(store: Store) -> int:
    """Report and report again until each is acknowledged; how often it was refused."""
    refused = 0
    for number in range(REPORTS):
        event = Event(kind="sighting.created", at=NOW, actor="x", sighting=f"s-{number}")
        while True:
            try:
                await store.add_sighting(sighting(number), [event])
                break
            except StoreError:
                refused += 1
    return refused


async def story(disk: RecordingDisk, folder: Path, after: int, code: int) -> tuple[int, int, int]:
    """(refusals, reports wrongly kept, accesses) when one access fails once."""
    store = Store.open(folder)
    disk.trouble = trouble = FailsOnce(after, code)
    try:
        refused = await report_all(store)
    finally:
        disk.trouble = lambda: 0
    await store.close()
    again = Store.open(folder)
    held = sorted(s.id for s in await again.list_newest_sightings(1000))
    told = sorted(event.sighting for event in await again.read_events(0, 1000))
    await again.close()
    return refused, int(held != told or len(held) != REPORTS), trouble.asked


@pytest.mark.parametrize("code", [FULL, WRITE_FAILED, SYNC_FAILED])
def test_whichever_write_or_sync_fails_nothing_is_acknowledged_falsely(tmp_path, code):
    library = sqlite_library()
    if library is None:
        pytest.skip("Python's SQLite is built in; its file access cannot be made to fail")
    with RecordingDisk(library).installed() as disk:
        _, _, accesses = asyncio.run(story(disk, tmp_path / "whole", 10**9, code))
        points = range(0, accesses, EVERY)
        results = [asyncio.run(story(disk, tmp_path / str(after), after, code)) for after in points]
    refusals, wrong = sum(r[0] for r in results), sum(r[1] for r in results)

    print(
        f"promise 9: error {code} at each of {len(points)} writes and syncs; goal 0 false acknowledgements; "
        f"measured {wrong}, {refusals} refused and kept when asked again"
    )
    assert wrong == 0
    assert refusals > len(points) / 2


def test_a_full_disk_is_known_refuses_and_is_over_by_itself(tmp_path):
    run = subprocess.run(
        [sys.executable, str(Path(__file__).parent / "filling_child.py"), str(tmp_path)],
        capture_output=True, text=True, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, timeout=60, check=True,
    )  # fmt: skip
    said = json.loads(run.stdout)

    print(
        f"promise 9: full disk; goal 0 false, known <= 2 s, over <= 10 s; measured {said['false']} false of "
        f"{said['acknowledged']}, {said['refused']} refused, known after {said['told_s']:.2f} s, over after "
        f"{said['resumed_s']:.2f} s"
    )
    assert said["false"] == 0
    assert not said["unnumbered"]
    assert said["problem"]
    assert said["refused"] > 50
    assert said["told_s"] < 2
    assert said["resumed_s"] < 10
    assert said["acknowledged"] > said["acknowledged_full"] > 0
