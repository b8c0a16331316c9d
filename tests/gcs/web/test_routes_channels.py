"""How the ways to other systems are doing, and what commanders read of many sightings."""

from datetime import UTC, datetime
from types import SimpleNamespace
from xml.etree import ElementTree as ET

import pytest
from msgspec.structs import replace

from gcs.events import Event
from gcs.sightings.model import Place, Sighting, Source

NOW = datetime(2026, 1, 1, tzinfo=UTC)
REPORT = {"id": "0f8fad5b-d9cb-469f-a165-70867728950e", "klass": "crowd", "lat": 29.9, "lon": 121.84}


def seen(number, klass="illegal_parking", **more):
    return Sighting(
        id=f"s{number}", klass=klass, priority=3, place=Place(lat_deg=29.9, lon_deg=121.84), seen_at=NOW,
        received_at=NOW, source=Source(kind="camera"), **more,
    )  # fmt: skip


@pytest.fixture
def cad(behind):
    behind.outbox.channels = {"cad": SimpleNamespace(name="cad", exercise=False)}
    behind.outbox.problems = {"cad": "answered 500"}
    event = Event(kind="sighting.created", at=NOW, actor="x", sighting="s1", seq=7)
    behind.store.given_up = [SimpleNamespace(event=event, attempts=3, problem="answered 422")]


async def test_a_channel_says_what_waits_what_was_given_up_and_why(api, cad):
    (channel,) = await (await api.get("/api/v1/channels")).json()
    assert channel == {"name": "cad", "exercise": False, "waiting": 0, "given_up": 1, "problem": "answered 500"}
    (entry,) = await (await api.get("/api/v1/channels/cad/given-up")).json()
    assert (entry["event"]["sighting"], entry["attempts"], entry["problem"]) == ("s1", 3, "answered 422")


async def test_what_was_given_up_is_tried_again_and_that_is_written_down(api, cad, behind):
    answer = await api.post("/api/v1/channels/cad/revive", json={}, headers={"X-Seat": "li"})
    assert await answer.json() == {"revived": 1}
    assert behind.outbox.looked_again == ["cad"]
    assert (behind.published[-1].kind, behind.published[-1].actor) == ("channel.revived", "li")


@pytest.mark.parametrize("path", ["/channels/x/given-up", "/channels/x/revive"])
async def test_a_channel_that_is_not_there(api, refused, path):
    send = api.post if path.endswith("revive") else api.get
    await refused(await send(f"/api/v1{path}", **({"json": {}} if send == api.post else {})), 404, "channel.unknown")


async def test_csv_and_heat_and_figures_count_real_work_only_unless_asked(api, behind):
    behind.store.sightings = [seen(1, note="=1+1"), seen(2, simulated=True)]
    csv = await (await api.get("/api/v1/analysis/sightings.csv")).text()
    assert [line.split(",")[0] for line in csv.splitlines()] == ["\ufeffid", "s1"]
    assert "'=1+1" in csv
    heat = await (await api.get("/api/v1/analysis/heat.geojson?cell_m=200")).json()
    assert [cell["properties"]["count"] for cell in heat["features"]] == [1]
    (figures,) = await (await api.get("/api/v1/analysis/classes?simulated=1")).json()
    assert (figures["klass"], figures["count"]) == ("illegal_parking", 1)
    assert figures["by_hour"][8] == 1, "midnight UTC is eight in the morning in Ningbo"


async def test_sites_answer_where_and_when_to_look_next(api, behind):
    behind.store.sightings = [seen(1, site="school-xinqi"), seen(2, site="school-xinqi", simulated=True), seen(3)]
    answer = await (await api.get("/api/v1/analysis/sites")).json()
    counts = {site["site"]: site["count"] for site in answer["sites"]}
    assert set(counts) == {site["id"] for site in await (await api.get("/api/v1/sites")).json()}
    assert {site: n for site, n in counts.items() if n} == {"school-xinqi": 1}


@pytest.mark.parametrize("cell", ["0", "100000", "x"])
async def test_a_cell_that_makes_no_sense_is_refused(api, refused, cell):
    await refused(await api.get(f"/api/v1/analysis/heat.geojson?cell_m={cell}"), 400, "query.number")


async def test_a_sighting_as_a_cap_message(api, refused):
    await api.post("/api/v1/sightings", json={**REPORT, "simulated": True})
    answer = await api.get(f"/api/v1/sightings/{REPORT['id']}/cap")
    assert answer.content_type == "application/cap+xml"
    alert = ET.fromstring(await answer.read())
    assert alert.find("{*}status").text == "Exercise"
    await refused(await api.get("/api/v1/sightings/nothing/cap"), 404, "sighting.unknown")


async def test_the_analysis_as_a_page_runs_nothing_and_names_no_person(api, behind):
    source = Source(kind="person", name="王女士")
    behind.store.sightings = [replace(seen(n), source=source, site="school-xinqi") for n in range(3)]
    answer = await api.get("/api/v1/analysis/page?days=7")
    page = await answer.text()
    assert answer.content_type == "text/html"
    assert "script" not in answer.headers["Content-Security-Policy"]
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "<script" not in page
    assert "违法停车" in page
    assert "新碶小学" in page
    assert "王女士" not in page
    assert 'id="to-en" class="switch" aria-label="English" checked' in page
    chinese = await (await api.get("/api/v1/analysis/page?lang=zh")).text()
    assert 'id="to-zh" class="switch" aria-label="中文" checked' in chinese
