"""What happens is stored in its order and told once, whatever the disk does."""

import asyncio
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from gcs.events import Event
from gcs.store import journal as module
from gcs.store.journal import Journal

AT = datetime(2026, 1, 1, tzinfo=UTC)


class Disk:
    """Gives numbers; `full` makes it fail."""

    def __init__(self):
        self.full = False
        self.kept = []

    async def append_events(self, events):
        await asyncio.sleep(0.005)
        if self.full:
            raise OSError("disk full")
        numbered = [replace(event, seq=len(self.kept) + n) for n, event in enumerate(events, start=1)]
        self.kept += numbered
        return numbered


class Desk:
    def __init__(self):
        self.disk, self.told = Disk(), []
        self.journal = Journal(self.disk, self.told.append, (OSError,))

    def write(self, *kinds):
        for kind in kinds:
            self.journal.write(Event(kind=kind, at=AT, actor="system"))

    def kinds(self):
        return [event.kind for event in self.told]


@pytest.fixture
def desk():
    return Desk()


def run(virtual, desk, story):
    async def whole():
        await desk.journal.start()
        try:
            await story()
        finally:
            await desk.journal.stop()

    virtual.run(whole())


def test_events_are_stored_in_order_and_then_told_with_their_number(virtual, desk):
    async def story():
        desk.write("a", "b")
        await asyncio.sleep(1)
        desk.write("c")

    run(virtual, desk, story)
    assert [(event.kind, event.seq) for event in desk.told] == [("a", 1), ("b", 2), ("c", 3)]
    assert desk.told == desk.disk.kept


def test_a_full_disk_delays_no_news_and_loses_none(virtual, desk):
    async def story():
        desk.disk.full = True
        desk.write("a", "b")
        await asyncio.sleep(1)
        assert desk.kinds() == ["a", "b"]
        assert {event.seq for event in desk.told} == {0}
        assert desk.journal.failing
        desk.disk.full = False
        desk.write("c")
        await asyncio.sleep(5)
        assert not desk.journal.failing

    run(virtual, desk, story)
    assert desk.kinds() == ["a", "b", "c"]
    assert [event.kind for event in desk.disk.kept] == ["a", "b", "c"]


def test_stopping_with_a_full_disk_does_not_hang(virtual, desk):
    async def story():
        desk.disk.full = True
        desk.write("a")
        await asyncio.sleep(1)

    run(virtual, desk, story)
    assert desk.kinds() == ["a"]


def test_memory_is_bounded_and_what_is_given_up_is_counted(virtual, desk, monkeypatch):
    monkeypatch.setattr(module, "MOST_WAITING", 3)

    async def story():
        desk.disk.full = True
        desk.write("a", "b", "c")
        await asyncio.sleep(1)
        desk.write("d", "e")
        await asyncio.sleep(5)
        desk.disk.full = False
        await asyncio.sleep(5)

    run(virtual, desk, story)
    assert desk.journal.given_up == 2
    assert desk.kinds() == ["a", "b", "c", "d", "e"]
    assert [event.kind for event in desk.disk.kept] == ["c", "d", "e"]
