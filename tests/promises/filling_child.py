"""The program of test_p09_disk_full: a store on a disk that gets full and is given space again.

    python filling_child.py FOLDER

Files may grow to some size and no further (RLIMIT_FSIZE), as on a full disk. Prints one JSON object.
"""

import asyncio
import json
import resource
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from gcs.events import Event
from gcs.store.errors import StoreError
from gcs.store.store import Store

SPACE_BYTES = 400_000
WRITERS = 20
FULL_FOR_S = 1.5


def limit(size: int) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))


async def main(folder: Path) -> None:
    store = Store.open(folder)
    acknowledged: list[int] = []
    refused = 0

    async def write(until: float) -> None:
        nonlocal refused
        while time.monotonic() < until:
            event = Event(kind="test.kept", at=datetime.now(UTC), actor="x", data={"text": "x" * 500})
            try:
                (kept,) = await store.append_events([event])
                acknowledged.append(kept.seq)
            except StoreError:
                refused += 1
                await asyncio.sleep(0.01)

    limit(SPACE_BYTES)
    begun = time.monotonic()
    writing = [asyncio.ensure_future(write(begun + FULL_FOR_S)) for _ in range(WRITERS)]
    while store.problem is None and time.monotonic() < begun + FULL_FOR_S:  # noqa: ASYNC110
        await asyncio.sleep(0.005)
    told_s = time.monotonic() - begun
    await asyncio.gather(*writing)
    full = len(acknowledged)
    stood = store.problem
    limit(resource.RLIM_INFINITY)
    freed = time.monotonic()
    while store.problem is not None and time.monotonic() < freed + 20:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    resumed_s = time.monotonic() - freed
    await asyncio.gather(*(write(time.monotonic() + 0.2) for _ in range(WRITERS)))
    kept = [event.seq for event in await store.read_events(0, 1_000_000)]
    await store.close()
    print(
        json.dumps(
            {
                "acknowledged_full": full,
                "acknowledged": len(acknowledged),
                "refused": refused,
                "false": len(set(acknowledged) - set(kept)),
                "unnumbered": kept != list(range(1, len(kept) + 1)),
                "problem": stood,
                "told_s": told_s,
                "resumed_s": resumed_s,
            }
        )
    )


asyncio.run(main(Path(sys.argv[1])))
