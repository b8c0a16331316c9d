"""Memory holds what is open and the settled of late; the rest is in the store and is found there."""

import asyncio
import uuid

from gcs.dispatch import book
from gcs.dispatch.locks import NamedLocks


def test_settled_sightings_leave_memory_and_are_still_found(post, monkeypatch):
    monkeypatch.setattr(book, "SETTLED_HELD", 3)

    async def story(p):
        open_one = await p.report()
        settled = [await p.report(id=str(uuid.UUID(int=n + 1))) for n in range(5)]
        for name in settled:
            await p.step(name, "dismiss", note="x")
        assert set(p.desk.sightings) == {open_one, *settled[2:]}
        assert (await p.desk.find(settled[0])).status == "dismissed"
        again = await p.step(settled[0], "reopen")
        assert (again.status, settled[0] in p.desk.sightings) == ("new", True)

    post(story)


def test_a_sighting_settled_twice_is_held_as_one(post, monkeypatch):
    monkeypatch.setattr(book, "SETTLED_HELD", 2)

    async def story(p):
        first, second = await p.report(), await p.report()
        await p.step(first, "dismiss", note="x")
        await p.step(first, "reopen")
        await p.step(first, "dismiss", note="y")
        await p.step(second, "dismiss", note="x")
        assert set(p.desk.sightings) == {first, second}

    post(story)


def test_who_holds_a_name_keeps_others_out_and_names_are_forgotten(virtual):
    async def story():
        locks, order = NamedLocks(), []

        async def work(label, *names):
            async with locks.hold(*names):
                order.append(f"{label} in")
                await asyncio.sleep(1)
                order.append(f"{label} out")

        await asyncio.gather(work("a", "x", "y"), work("b", "y", "x"), work("c", "z"))
        assert order.index("a out") < order.index("b in")
        assert order.index("c in") < order.index("a out")
        assert not locks._locks
        assert not locks._wanted

    virtual.run(story())
