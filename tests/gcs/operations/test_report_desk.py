"""The report is put down whole, from what is kept about the operation."""

from datetime import UTC, datetime, timedelta

import pytest

from gcs.events import Event
from gcs.operations.model import Operation, OperationStatus
from gcs.operations.report_desk import EVENTS_AT_ONCE, ReportDesk
from missions.plan import Plan, Sortie, Waypoint

AT = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)
PATH = (Waypoint(121.841, 29.901, 60.0), Waypoint(121.849, 29.901, 60.0, survey=True))
PLAN = Plan(
    ((((121.84, 29.90), (121.85, 29.90), (121.85, 29.91)),),), (), (Sortie(0, 0, PATH, 1.0, 1.0, 60.0, 1.0),), 1.0, 1.0
)
OPERATION = Operation(
    id="op", name="night", purpose="p", plan_hash=PLAN.hash, status=OperationStatus.CLOSED, vehicles=("main-1",),
    created_at=AT, created_by="desk", closed_at=AT + timedelta(hours=1),
)  # fmt: skip


class FixedClock:
    def utc(self):
        return AT

    def monotonic_s(self):
        return 0.0


class Records:
    """A store of events in their order, which counts what is read."""

    def __init__(self, plan=PLAN, events=()):
        self.plan, self.events, self.read = plan, events, 0

    async def get_plan(self, plan_hash):
        return self.plan

    async def read_tracks(self, operation):
        return {}

    async def list_operation_sightings(self, operation):
        return ()

    async def list_units(self):
        return ()

    async def read_events(self, after, limit, *, operation=None):
        found = [e for e in self.events if e.seq > after and operation in (None, e.operation)][:limit]
        self.read += len(found)
        return found


def desk(tmp_path, records):
    return ReportDesk(records, tmp_path / "reports", FixedClock(), {})


def events(count, *, of_operation):
    def one(seq):
        at, mine = AT + timedelta(seconds=seq - of_operation), seq == of_operation
        kind, operation = ("operation.created", "op") if mine else ("command.sent", None)
        said = {"command": "NAV_LAND"}
        return Event(kind=kind, at=at, actor="li", vehicle="main-1", operation=operation, seq=seq, data=said)

    return [one(seq) for seq in range(1, count + 1)]


async def test_it_is_written_whole_and_its_place_is_told(tmp_path):
    where = await desk(tmp_path, Records()).write(OPERATION)
    assert where == str(tmp_path / "reports" / "op.html")
    assert [path.name for path in (tmp_path / "reports").iterdir()] == ["op.html"]
    assert (tmp_path / "reports" / "op.html").read_text("utf-8").endswith("</html>\n")


async def test_without_its_plan_there_is_no_report(tmp_path):
    assert await desk(tmp_path, Records(plan=None)).write(OPERATION) is None


async def test_a_place_that_cannot_be_written_is_an_oserror(tmp_path):
    (tmp_path / "reports").write_text("a file stands where the folder should be")
    with pytest.raises(OSError, match="reports"):
        await desk(tmp_path, Records()).write(OPERATION)


async def test_commands_that_name_only_the_vehicle_are_in_it(tmp_path):
    draw = await desk(tmp_path, Records(events=events(4, of_operation=2))).gather(OPERATION)
    assert draw().count('class="badge warn"') == 2


async def test_the_past_before_the_operation_and_long_after_it_is_not_read(tmp_path):
    records = Records(events=events(20 * EVENTS_AT_ONCE, of_operation=10 * EVENTS_AT_ONCE))
    await desk(tmp_path, records).gather(OPERATION)
    assert records.read <= 1 + 5 * EVENTS_AT_ONCE
