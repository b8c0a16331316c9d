"""`aeropatrol report` reads the store beside a running server and writes one page."""

import asyncio
import json
from datetime import UTC, datetime

import pytest
import typer
from typer.testing import CliRunner

from gcs.cli.report import report
from gcs.events import Event
from gcs.operations.model import Operation, OperationStatus, SortieState, SortieStatus
from gcs.sightings.model import Place, Sighting, Source
from gcs.store.store import Store
from missions.plan import Plan, Sortie, Waypoint

AT = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)
app = typer.Typer()
app.command()(report)
run = CliRunner().invoke


def plan():
    path = (Waypoint(121.841, 29.901, 60.0), Waypoint(121.849, 29.901, 60.0, survey=True))
    area = ((((121.84, 29.90), (121.85, 29.90), (121.85, 29.91)),),)
    return Plan(area, (), (Sortie(0, 0, path, 800.0, 100.0, 60.0, 10.0),), 100.0, 0.99)


def operation(name, number):
    return Operation(
        id=f"op{number}",
        name=name,
        purpose="look at the harbour",
        plan_hash=plan().hash,
        status=OperationStatus.CLOSED,
        vehicles=("main-1",),
        sorties=(SortieState(drone=0, sortie=0, vehicle="main-1", status=SortieStatus.FLOWN),),
        created_at=AT.replace(minute=number),
        created_by="desk",
        covered_fraction=0.991,
    )


async def fill(folder):
    store = Store.open(folder)
    try:
        await store.put_plan(plan())
        for number, name in enumerate(["morning", "evening"]):
            created = Event(kind="operation.created", at=AT, actor="desk", operation=f"op{number}")
            await store.put_operation(operation(name, number), [created])
        await store.append_track("op0", "main-1", [(1.0, 29.901, 121.841, 60.0), (2.0, 29.901, 121.8412, 60.0)])
    finally:
        await store.close()


@pytest.fixture
def folder(tmp_path):
    asyncio.run(fill(tmp_path / "data"))
    return tmp_path / "data"


def test_it_writes_the_page_of_the_operation(folder, tmp_path):
    result = run(app, ["op0", "--data", str(folder), "-o", str(tmp_path / "r.html"), "--json"])
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {"operation": "op0", "status": "closed", "file": str(tmp_path / "r.html")}
    page = (tmp_path / "r.html").read_text("utf-8")
    assert "morning" in page
    assert "look at the harbour" in page
    assert "flown c0" in page


def test_the_newest_can_be_asked_for_by_a_word(folder, tmp_path):
    assert run(app, ["last", "--data", str(folder), "-o", str(tmp_path / "r.html")]).exit_code == 0
    assert "evening" in (tmp_path / "r.html").read_text("utf-8")


def test_a_server_on_the_same_folder_is_not_disturbed(folder, tmp_path):
    server = Store.open(folder)
    try:
        assert run(app, ["op0", "--data", str(folder), "-o", str(tmp_path / "r.html")]).exit_code == 0
    finally:
        asyncio.run(server.close())


def test_an_unknown_operation_is_answered_with_those_there_are(folder):
    result = run(app, ["op9", "--data", str(folder)])
    assert result.exit_code == 1
    for said in ("no operation op9", "op0", "morning", "op1", "evening"):
        assert said in result.stderr


def test_a_folder_without_a_store_stays_as_it_is(tmp_path):
    result = run(app, ["op0", "--data", str(tmp_path)])
    assert result.exit_code == 1
    assert "holds no store" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_one_clear_line(folder, tmp_path):
    result = run(app, ["op0", "--data", str(folder), "-o", str(tmp_path / "no" / "r.html")])
    assert result.exit_code == 1
    assert "cannot be written" in result.stderr


def test_classes_of_the_settings_are_used(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("AEROPATROL_CLASSES", str(tmp_path / "none.toml"))
    refused = run(app, ["op0", "--data", str(folder), "-o", str(tmp_path / "r.html")])
    assert refused.exit_code == 1
    assert "none.toml" in refused.output


def test_what_is_of_a_class_of_the_agencys_own_has_its_name(folder, tmp_path, monkeypatch):
    own = tmp_path / "own.toml"
    own.write_text(OWN_CLASS, "utf-8")
    asyncio.run(see_a_kite(folder))
    monkeypatch.setenv("AEROPATROL_CLASSES", str(own))
    assert run(app, ["op0", "--data", str(folder), "-o", str(tmp_path / "r.html")]).exit_code == 0
    assert "风筝" in (tmp_path / "r.html").read_text("utf-8")


OWN_CLASS = """
[timers]
accept_s = [60, 180, 300, 600]
resolve_s = [1800, 3600, 14400, 86400]
[class.kite]
zh = "风筝"
en = "Kite"
priority = 3
units = ["officer"]
merge_s = 60
merge_m = 20
"""


async def see_a_kite(folder):
    place = Place(lat_deg=29.901, lon_deg=121.845)
    kite = Sighting(
        id="0f8fad5b-d9cb-469f-a165-70867728950e", klass="kite", priority=3, place=place, seen_at=AT, received_at=AT,
        source=Source(kind="camera"), operation="op0",
    )  # fmt: skip
    store = Store.open(folder)
    try:
        created = Event(kind="sighting.created", at=AT, actor="camera", operation="op0", sighting=kite.id)
        await store.add_sighting(kite, [created])
    finally:
        await store.close()
