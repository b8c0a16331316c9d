"""The program that test_p07_crash kills: a desk over a store, 50 reports a second, units that deal with them.

    python reporting_child.py FOLDER URL FIRST [REPORT…]

It says `ready`, `sent N` before a report, and `kept N` and `did N ACTION` when it was acknowledged, each line at
once. The reports named come first (a client repeats what it got no answer to), then those from FIRST on, without end.
Another system is told at URL, by a signed webhook from the outbox.
"""

import asyncio
import itertools
import os
import sys
import uuid
from pathlib import Path

from gcs.clock import SystemClock
from gcs.dispatch.channels.settings import WebhookSettings
from gcs.dispatch.channels.webhook import Webhook
from gcs.dispatch.desk import Desk
from gcs.dispatch.model import UnitKind
from gcs.dispatch.outbox import Outbox, OutboxTimings
from gcs.dispatch.requests import StepRequest, UnitReport
from gcs.sightings.catalogue import default_catalogue
from gcs.sightings.errors import SightingError
from gcs.sightings.intake import SightingReport
from gcs.sightings.model import SightingStatus
from gcs.sightings.workflow import Action
from gcs.store.store import Store

RATE_HZ = 50.0
UNITS = 8
QUICK = OutboxTimings(first_pause_s=0.02, longest_pause_s=0.1, look_every_s=0.5)
NEXT = {
    SightingStatus.ASSIGNED: Action.ACCEPT,
    SightingStatus.ACCEPTED: Action.ARRIVE,
    SightingStatus.ON_SCENE: Action.RESOLVE,
}


def say(line: str) -> None:
    os.write(1, f"{line}\n".encode())


def telling(store: Store, url: str) -> Outbox:
    """The outbox of the store, with one webhook to the URL."""
    webhook = Webhook(WebhookSettings(name="other", url=url, secret="of sixteen letters"), SystemClock())
    outbox = Outbox(store, [webhook], store.get_sighting, SystemClock(), QUICK)
    store.deliver(outbox.wanted)
    return outbox


class Child:
    def __init__(self, store: Store, outbox: Outbox) -> None:
        self._tasks = set()
        self.desk = Desk(
            store,
            SystemClock(),
            publish=outbox.wake,
            sighting_changed=lambda sighting: self.begin(self.work(sighting)),
            unit_changed=lambda unit: None,
            catalogue=default_catalogue(),
        )

    def begin(self, work) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def report(self, number: int) -> None:
        say(f"sent {number}")
        report = SightingReport(id=str(uuid.UUID(int=number)), klass="crowd", lat=29.9, lon=121.84)
        await self.desk.report(report, "camera")
        say(f"kept {number}")

    async def work(self, sighting) -> None:
        action = NEXT.get(sighting.status)
        if action is None:
            return
        try:
            await self.desk.step(sighting.id, StepRequest(action=action, unit=sighting.unit, outcome="done"), "unit")
        except SightingError:
            return
        say(f"did {uuid.UUID(sighting.id).int} {action}")


async def main(folder: Path, url: str, first: int, again: list[int]) -> None:
    store = Store.open(folder)
    outbox = telling(store, url)
    child = Child(store, outbox)
    await outbox.start()
    await child.desk.recover()
    await child.desk.start()
    for i in range(UNITS):
        await child.desk.put_unit(UnitReport(id=f"u-{i}", name="u", kind=UnitKind.OFFICER, lat=29.9, lon=121.8), "u")
    say("ready")
    for sighting in tuple(child.desk.sightings.values()):
        child.begin(child.work(sighting))
    for number in itertools.chain(again, itertools.count(first)):
        child.begin(child.report(number))
        await asyncio.sleep(1 / RATE_HZ)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), [int(number) for number in sys.argv[4:]]))
