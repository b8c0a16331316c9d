"""A report holds how its sightings ended, also those settled after the landing."""

import asyncio
from datetime import UTC, datetime

import pytest

from gcs.operations.model import Operation
from gcs.operations.report_keeper import ReportKeeper
from gcs.sightings.model import Place, Sighting, Source

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def operation(name, report="report.html"):
    return Operation(
        id=name, name=name, purpose="patrol", plan_hash="h", created_at=NOON, created_by="li", report=report
    )


def sighting(of):
    return Sighting(
        id="s", klass="crowd", priority=3, place=Place(lat_deg=29.9, lon_deg=121.84), seen_at=NOON, received_at=NOON,
        source=Source(kind="person"), operation=of,
    )  # fmt: skip


class Desk:
    def __init__(self):
        self.operations = {"over": operation("over"), "flying": operation("flying", None)}
        self.written, self.full = [], False
        self.keeper = ReportKeeper(lambda: self.operations, self.write)

    async def write(self, done):
        if self.full:
            raise OSError("disk full")
        self.written.append(done.id)
        return "report.html"


@pytest.fixture
def desk():
    return Desk()


def run(virtual, desk, story):
    async def whole():
        await desk.keeper.start()
        await story()
        await desk.keeper.stop()

    virtual.run(whole())


def test_steps_after_the_report_are_written_together(virtual, desk):
    async def story():
        for _ in range(3):
            desk.keeper.sighting_changed(sighting("over"))
        await asyncio.sleep(2)
        assert desk.written == ["over"]
        desk.keeper.sighting_changed(sighting("over"))
        await asyncio.sleep(2)

    run(virtual, desk, story)
    assert desk.written == ["over", "over"]


@pytest.mark.parametrize("of", [None, "flying", "unheard"])
def test_nothing_is_written_without_a_report(virtual, desk, of):
    async def story():
        desk.keeper.sighting_changed(sighting(of))
        await asyncio.sleep(2)

    run(virtual, desk, story)
    assert desk.written == []


def test_what_is_due_is_written_at_the_end(virtual, desk):
    async def story():
        desk.full = True
        desk.keeper.sighting_changed(sighting("over"))
        await asyncio.sleep(5)
        assert desk.written == []
        desk.full = False

    run(virtual, desk, story)
    assert desk.written == ["over"]
