"""The description of the API: valid, whole, and true to what is emitted."""

import re
from pathlib import Path

import pytest

from gcs.web import refusals
from gcs.web.openapi import open_path
from gcs.web.routes import ALL
from maps.views import LinkView, State, VehicleView

METHODS = {"get", "post", "put", "patch", "delete"}
ROOT = Path(__file__).resolve().parents[3]
DOCUMENT = ROOT / "docs" / "api.md"


@pytest.fixture
async def described(api):
    return await (await api.get("/api/v1/openapi.json")).json()


def operations(document):
    return {(method.upper(), path): op for path, ops in document["paths"].items() for method, op in ops.items()}


def references(value):
    if isinstance(value, dict):
        yield from ([value["$ref"]] if isinstance(value.get("$ref"), str) else [])
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


async def test_every_route_is_described_and_nothing_else(api, described):
    served = {
        (route.method, open_path(route.resource.canonical.removeprefix("/api/v1")))
        for route in api.app.router.routes()
        if route.resource is not None and route.resource.canonical.startswith("/api/v1")
    }
    assert set(operations(described)) == served == {(route.method, open_path(route.path)) for route in ALL}


async def test_it_is_openapi_as_the_specification_has_it(described):
    assert described["openapi"].startswith("3.1.")
    assert {"title", "version"} <= described["info"].keys()
    ids = [op["operationId"] for op in operations(described).values()]
    assert len(ids) == len(set(ids))
    for (method, path), op in operations(described).items():
        assert method.lower() in METHODS
        assert path.startswith("/")
        names = {p["name"] for p in op["parameters"] if p["in"] == "path"}
        assert names == set(re.findall(r"\{(\w+)\}", path))
        assert all(p["required"] for p in op["parameters"] if p["in"] == "path")
        assert all(re.fullmatch(r"[1-5]\d\d", status) for status in op["responses"])
        assert all(answer["description"] for answer in op["responses"].values())


async def test_every_reference_leads_somewhere(described):
    schemas = described["components"]["schemas"]
    found = set(references(described))
    assert found
    assert {reference.removeprefix("#/components/schemas/") for reference in found} <= schemas.keys()


async def test_what_is_shown_is_described_field_by_field(described):
    schemas = described["components"]["schemas"]
    for struct in (State, VehicleView, LinkView):
        schema = schemas[struct.__name__]
        assert set(schema["properties"]) == set(struct.__struct_fields__)
        assert set(schema["required"]) == set(struct.__struct_fields__), "nothing that is shown is left out"


async def test_the_state_that_is_sent_is_the_one_described(api, described, behind):
    behind.raise_alarm()
    state = await (await api.get("/api/v1/state")).json()
    schemas = described["components"]["schemas"]
    assert set(state) == set(schemas["State"]["properties"])
    assert set(state["vehicles"][0]) == set(schemas["VehicleView"]["properties"])
    assert set(state["units"][0]) == set(schemas["Unit"]["properties"])
    assert set(state["alarms"][0]) == set(schemas["Alarm"]["properties"])


def documented():
    """(method, path) of every entry in docs/api.md, short forms such as `/resume` written out."""
    found = set()
    for line in DOCUMENT.read_text("utf-8").splitlines():
        cell = line.split("|")[1] if line.startswith("| `") else ""
        for method, path in re.findall(r"`(GET|POST|PUT) (/[^`?]*)", cell):
            found.add((method, path))
            for short in re.findall(r"`(/[^`]*)`", cell):
                found.add((method, path.rpartition("/")[0] + short))
    return found


def test_the_guide_names_every_route_and_no_other():
    there = {(route.method, open_path(route.path)) for route in ALL}
    assert documented() == there


def test_the_guide_shows_bodies_that_the_api_takes():
    text = DOCUMENT.read_text("utf-8")
    for route in ALL:
        fields = set(getattr(route.body, "__struct_fields__", ()))
        row = next((row for row in text.splitlines() if f"`{route.method} {open_path(route.path)}`" in row), "")
        named = set(re.findall(r'"(\w+)"(?=\s*[:,}])', row.split("|")[2])) if row and fields else set()
        assert named - VALUES <= fields | NESTED, (route.path, named - fields)


VALUES = {"photo", "request", "main-1", "rtl", "accept", "illegal_parking", "camera", "free", "mavic3e", "north"}
NESTED = {"kind", "name", "vehicle", "detector", "frame", "pixel", "confidence", "from_deg", "speed_m_s", "drones"}
NESTED |= {"lat", "lon", "alt_rel_m"}


def test_the_guide_lists_every_code():
    source = "".join(path.read_text("utf-8") for path in (ROOT / "gcs" / "web").rglob("*.py"))
    codes = set(re.findall(r'(?:ProblemError\(\s*\d+,\s*|_refused\()"([a-z_.]+)"', source))
    codes |= {f"{kind}.unknown" for kind in re.findall(r'not_found\("(\w+)"', source)} - {
        "file.unknown",
        "tile.unknown",
    }
    codes |= {code for _, code in refusals._TABLE.values()} - {"plan.refused", "operation.refused", "sighting.refused"}
    codes |= set(re.findall(r'refused="([a-z_.]+)"', source))
    assert len(codes) > 40
    text = DOCUMENT.read_text("utf-8")
    assert not {code for code in codes if f"`{code}`" not in text}
