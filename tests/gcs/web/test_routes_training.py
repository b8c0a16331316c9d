"""Training over HTTP: only where it was asked for, never beside a real vehicle, refusals by field."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from gcs.training.model import TrainingError, TrainingView

PAGE = "<!DOCTYPE html><p>debrief</p>"


class FakeTraining:
    """Remembers what was asked; `error` is raised by the next step."""

    def __init__(self, folder):
        self.asked, self.error = [], None
        self._page = Path(folder) / "debrief.html"
        self._page.write_text(PAGE, "utf-8")

    async def view(self):
        return TrainingView(drills=(), faults=(), kinds=("car",), run=None, runs=(), currency=())

    def _take(self, *what):
        if self.error is not None:
            raise self.error
        self.asked.append(what)

    def start(self, drill, trainee):
        self._take("start", drill, trainee)

    def stop(self):
        self._take("stop")

    def pause(self, *, paused):
        self._take("pause", paused)

    def fault(self, request):
        self._take("fault", request.name, request.vehicle, request.numbers, request.end)

    def thing(self, request):
        self._take("thing", request.kind, request.lat, request.lon)

    def bookmark(self, name, by):
        self._take("bookmark", name, by)

    async def rewind(self, bookmark, by):
        self._take("rewind", bookmark, by)

    def area(self):
        return {"type": "FeatureCollection", "features": []}

    def debrief(self, run):
        return self._page if run == "r1" else None


@pytest.fixture
def training(tmp_path):
    return FakeTraining(tmp_path)


@pytest.fixture
async def client(serve, training):
    return await serve(training=training)


async def test_each_step_reaches_the_training_and_answers_with_the_view(client, training):
    seat = {"X-Seat": "instructor"}
    for path, body in (
        ("start", {"drill": "school-gate", "trainee": "Li"}),
        ("pause", {"paused": True}),
        ("faults", {"name": "PacketLoss", "vehicle": 1, "numbers": {"share": 0.4}}),
        ("things", {"kind": "car", "lat": 29.9, "lon": 121.84}),
        ("bookmarks", {"name": "now"}),
        ("rewind", {"bookmark": 1}),
        ("stop", {}),
    ):
        answer = await client.post(f"/api/v1/training/{path}", json=body, headers=seat)
        assert answer.status == 200, path
        assert (await answer.json())["kinds"] == ["car"]
    assert training.asked == [
        ("start", "school-gate", "Li"), ("pause", True), ("fault", "PacketLoss", 1, {"share": 0.4}, False),
        ("thing", "car", 29.9, 121.84), ("bookmark", "now", "instructor"),
        ("rewind", 1, "instructor"), ("stop",),
    ]  # fmt: skip


async def test_a_refusal_of_a_field_names_it_and_one_of_the_moment_does_not(client, training):
    training.error = TrainingError("no such fault", "name")
    answer = await client.post("/api/v1/training/faults", json={"name": "x"})
    assert (answer.status, (await answer.json())["field"]) == (422, "name")
    training.error = TrainingError("no drill is running")
    answer = await client.post("/api/v1/training/stop", json={})
    assert (answer.status, (await answer.json())["code"]) == (409, "training.refused")


@pytest.mark.parametrize(
    "body",
    [{"kind": "car", "lat": 95, "lon": 0}, {"kind": "car", "lat": 1}, {"kind": "car", "lat": 1, "lon": 1, "x": 1}],
)
async def test_what_is_no_request_is_refused(client, training, body):
    answer = await client.post("/api/v1/training/things", json=body)
    assert answer.status == 422
    assert training.asked == []


async def test_an_unknown_class_is_refused_by_name(client):
    body = {"kind": "car", "lat": 1.0, "lon": 1.0, "klass": "ufo"}
    answer = await client.post("/api/v1/training/things", json=body)
    assert (answer.status, (await answer.json())["field"]) == (422, "klass")


async def test_nothing_is_trained_beside_a_real_vehicle(behind, client, training):
    behind.vehicles["main-1"] = replace(behind.vehicles["main-1"], simulated=False)
    for method, path in (("GET", ""), ("POST", "/stop")):
        answer = await client.request(method, f"/api/v1/training{path}", json=None if method == "GET" else {})
        assert (answer.status, (await answer.json())["code"]) == (409, "training.real_vehicles")
    assert training.asked == []


async def test_without_training_there_is_neither_api_nor_page(api):
    answer = await api.get("/api/v1/training")
    assert (answer.status, (await answer.json())["code"]) == (404, "training.off")
    assert (await api.get("/train")).status == 404


async def test_the_page_and_the_debrief_are_served(client):
    page = await (await client.get("/train?lang=en")).text()
    assert "js/train/main.js" in page
    answer = await client.get("/api/v1/training/debriefs/r1")
    assert await answer.text() == PAGE
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert (await client.get("/api/v1/training/debriefs/r2")).status == 404


async def test_the_area_of_the_drill_is_a_file_for_the_planner(client):
    answer = await client.get("/api/v1/training/area")
    assert answer.content_type == "application/geo+json"
    assert (await answer.json())["type"] == "FeatureCollection"
