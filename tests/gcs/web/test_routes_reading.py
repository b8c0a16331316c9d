"""What can be read, and how it is said that something is not there."""

from datetime import UTC, datetime

import pytest

from gcs.events import Event
from gcs.operations.model import Operation
from gcs.store.errors import StoreError

NOW = datetime(2026, 1, 1, tzinfo=UTC)


async def get(client, path):
    response = await client.get(f"/api/v1{path}")
    return await response.json()


@pytest.fixture
def operation(behind, plan):
    """One that was flown, with a track and a report."""
    made = Operation(
        id="op0", name="早高峰", purpose="patrol", plan_hash=plan.hash, vehicles=("main-1", "main-2"), created_at=NOW,
        created_by="li", report="reports/op0.html",
    )  # fmt: skip
    behind.conductor.operations["op0"] = made
    behind.store.tracks["op0", "main-1"] = [(1767225600.0, 29.9, 121.84, 50.0), (1767225601.0, 29.91, 121.85, 51.0)]
    behind.store.tracks["op0", "main-2"] = [(1767225600.0, 29.9, 121.84, 50.0)]
    (behind.folder / "op0.html").write_text("<!DOCTYPE html><title>report</title>")
    return made


async def test_state_is_everything_that_is_shown(api):
    state = await get(api, "/state")
    assert {key: len(state[key]) for key in ("vehicles", "units", "links")} == {"vehicles": 1, "units": 2, "links": 1}
    assert state["vehicles"][0]["lat"] is None, "unknown is null, never zero"


async def test_health_is_well_or_says_what_is_not(api, behind):
    assert (await get(api, "/health"))["status"] == "ok"
    behind.troubles = {"store.full": ("磁盘已满", "the disk is full")}
    response = await api.get("/api/v1/health")
    answer = await response.json()
    assert (response.status, answer["status"], answer["troubles"]) == (
        503,
        "trouble",
        {"store.full": "the disk is full"},
    )


async def test_where_nothing_is_replayed_there_is_no_replay_to_set(api):
    for answer in (await api.get("/api/v1/replay"), await api.put("/api/v1/replay", json={"paused": True})):
        assert (answer.status, (await answer.json())["code"]) == (409, "replay.off")


async def test_lists_and_single_things(api, operation, behind):
    assert (await get(api, "/trails"))[0]["vehicle"] == "main-1"
    assert (await get(api, "/links"))[0]["state"] == "open"
    assert (await get(api, "/vehicles/main-1"))["mode"] == "AUTO"
    assert [found["id"] for found in await get(api, "/operations")] == ["op0"]
    assert (await get(api, "/operations/op0"))["name"] == "早高峰"
    assert (await get(api, "/units/car-2"))["id"] == "car-2"
    assert {"id", "zh", "en", "priority"} <= (await get(api, "/classes"))[0].keys()
    assert await get(api, "/sightings") == []
    alarm = behind.raise_alarm()
    assert (await get(api, "/alarms"))[0]["id"] == alarm.id


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/vehicles/main-9", "vehicle.unknown"),
        ("/operations/none", "operation.unknown"),
        ("/operations/none/tracks", "operation.unknown"),
        ("/operations/none/report", "operation.unknown"),
        ("/plans/none", "plan.unknown"),
        ("/sightings/none", "sighting.unknown"),
        ("/units/none", "unit.unknown"),
    ],
)
async def test_what_is_unknown_is_said_to_be(api, refused, path, code):
    await refused(await api.get(f"/api/v1{path}"), 404, code)


async def test_tracks_are_geojson_lines_with_times(api, operation):
    response = await api.get("/api/v1/operations/op0/tracks")
    assert response.content_type == "application/geo+json"
    (line,) = (await response.json(content_type=None))["features"]
    assert line["geometry"]["coordinates"] == [[121.84, 29.9, 50.0], [121.85, 29.91, 51.0]]
    assert line["properties"] == {"operation": "op0", "vehicle": "main-1", "times": [1767225600.0, 1767225601.0]}


async def test_the_report_is_a_page_without_rights(api, operation):
    response = await api.get("/api/v1/operations/op0/report")
    assert (response.status, response.content_type) == (200, "text/html")
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert "script-src" not in response.headers["Content-Security-Policy"]


async def test_a_report_is_read_from_its_folder_only(api, operation, behind, refused):
    (behind.folder.parent / "secret.html").write_text("secret")
    (behind.folder / "link.html").symlink_to(behind.folder.parent / "secret.html")
    for report in ("link.html", "../secret.html", "/etc/passwd", "..", ".", ""):
        behind.conductor.operations["op0"] = Operation(
            id="op0", name="x", purpose="x", plan_hash="x", created_at=NOW, created_by="li", report=report
        )
        await refused(await api.get("/api/v1/operations/op0/report"), 404, "report.unknown")


async def test_events_are_paged_by_their_number(api, behind):
    behind.store.events = [Event(kind="test", at=NOW, actor="system", seq=seq) for seq in range(1, 6)]
    assert [event["seq"] for event in await get(api, "/events?after=2&limit=2")] == [3, 4]
    assert len(await get(api, "/events")) == 5


@pytest.mark.parametrize("query", ["after=-1", "after=x", "limit=1e3", "after=9007199254740993", "limit=", "after=²"])
async def test_a_query_that_is_no_number_is_refused(api, refused, query):
    document = await refused(await api.get(f"/api/v1/events?{query}"), 400, "query.number")
    assert document["field"] == query.partition("=")[0]


async def test_a_store_that_cannot_be_read_is_no_defect(api, behind, refused):
    behind.store.error = StoreError("disk I/O error at /secret/place")
    response = await api.get("/api/v1/events")
    document = await refused(response, 503, "store.not_kept")
    assert "secret" not in document["detail"]
    assert int(response.headers["Retry-After"]) > 0


async def test_sites_come_with_what_holds_there_now(api):
    sites = await (await api.get("/api/v1/sites")).json()
    by_id = {site["id"]: site for site in sites}
    assert by_id["school-xinqi"]["profile"]["look_for"][0] == "congestion"
    assert by_id["school-xinqi"]["private"][0]["en"] == "Playground"
    assert [hours["from"] for hours in by_id["site-mingzhou"]["due"]] == ["07:00"], "eight in the morning in Ningbo"
