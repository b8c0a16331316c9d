"""Whatever is sent to the API as it describes itself, or against it, is answered and never breaks it."""

import asyncio
import json
from urllib.parse import quote

import pytest
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gcs.web.app import build_app

VEHICLE_SILENT = 504
"""Says that a vehicle has not answered, not that the server is broken."""
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=30)
)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.one_of(
    st.sampled_from(["main-1", "car-1", "op0", "0f8fad5b-d9cb-469f-a165-70867728950e"]),
    st.text(min_size=1, max_size=20),
)


class Schemas:
    """Strategies for the schemas of a document; bounds are kept most of the time and broken some of it."""

    def __init__(self, components):
        self._components = components

    def of(self, schema, depth=0):
        if "$ref" in schema:
            return self.of(self._components[schema["$ref"].rpartition("/")[2]], depth + 1)
        if "enum" in schema:
            return st.sampled_from(schema["enum"])
        if "anyOf" in schema:
            return st.one_of([self.of(inner, depth) for inner in schema["anyOf"]])
        make = getattr(self, f"_{schema.get('type', 'anything')}", self._anything)
        return make(schema, depth)

    def _object(self, schema, depth):
        if depth > 4 or "properties" not in schema:
            return ANYTHING
        fields = {name: self.of(inner, depth + 1) | self._wrong() for name, inner in schema["properties"].items()}
        required = {name: fields[name] for name in schema.get("required", ())}
        optional = {name: inner for name, inner in fields.items() if name not in required}
        return st.fixed_dictionaries(required, optional=optional)

    def _array(self, schema, depth):
        items = schema.get("items")
        return st.lists(self.of(items, depth + 1) if isinstance(items, dict) else ANYTHING, max_size=3)

    def _string(self, schema, _):
        return st.just("2026-01-01T00:00:00Z") if schema.get("format") == "date-time" else NAMES

    def _integer(self, schema, _):
        return st.integers(schema.get("minimum", -10), schema.get("maximum", 10))

    def _number(self, schema, _):
        return st.floats(schema.get("minimum", -200), schema.get("maximum", 200), allow_nan=False)

    def _boolean(self, _, __):
        return st.booleans()

    def _null(self, _, __):
        return st.none()

    def _anything(self, _, __):
        return ANYTHING

    @staticmethod
    def _wrong():
        return st.deferred(lambda: ANYTHING)


@pytest.fixture(scope="module")
def running(make_behind, tmp_path_factory):
    """A loop, a client on it and the document that it serves, kept over all examples."""
    loop = asyncio.new_event_loop()

    async def start():
        client = TestClient(TestServer(build_app(make_behind(tmp_path_factory.mktemp("fuzz")).services())))
        await client.start_server()
        return client, await (await client.get("/api/v1/openapi.json")).json()

    client, document = loop.run_until_complete(start())
    yield loop, client, document
    loop.run_until_complete(client.close())
    loop.close()


def requests(document):
    """(method, path, body) of one request, mostly as the document has it."""
    schemas = Schemas(document["components"]["schemas"])
    ways = [(method, path, op) for path, ops in document["paths"].items() for method, op in ops.items()]

    @st.composite
    def one(draw):
        method, path, op = draw(st.sampled_from(ways))
        for parameter in op["parameters"]:
            if parameter["in"] == "path":
                path = path.replace(f"{{{parameter['name']}}}", quote(draw(NAMES), safe=""))
        body = op.get("requestBody")
        schema = body["content"]["application/json"]["schema"] if body else None
        sent = draw(schemas.of(schema) | ANYTHING) if schema else None
        query = draw(st.dictionaries(st.sampled_from(["after", "limit", "unit"]), st.text(max_size=8), max_size=2))
        return method, path, sent, query

    return one()


async def answered(client, method, path, sent, query):
    data = None if sent is None else json.dumps(sent)
    headers = {"Content-Type": "application/json"} if sent is not None else {}
    async with client.request(method, f"/api/v1{path}", data=data, params=query, headers=headers) as response:
        return response.status, response.content_type, await response.read()


def test_no_request_breaks_the_api(running):
    loop, client, document = running
    seen = set()

    @settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(requests(document))
    def check(request):
        status, content_type, body = loop.run_until_complete(answered(client, *request))
        seen.add(status)
        assert status < 500 or status == VEHICLE_SILENT, (request, body)
        if status >= 400:
            assert content_type == "application/problem+json", (request, body)
            assert json.loads(body)["status"] == status
        op = document["paths"]
        described = next((ops for path, ops in op.items() if _fits(path, request[1])), {}).get(request[0], {})
        assert not described or str(status) in described["responses"], (request, status, body)

    check()
    assert {200, 404, 422} <= seen, "the requests are neither all right nor all wrong"


def _fits(template, path):
    parts, given_parts = template.split("/"), path.split("/")
    return len(parts) == len(given_parts) and all(
        part == given_part or part.startswith("{") for part, given_part in zip(parts, given_parts, strict=True)
    )


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    path=st.text(min_size=1, max_size=40),
    header=st.text(st.characters(min_codepoint=33, max_codepoint=255), max_size=40),
)
def test_no_path_and_no_header_breaks_the_server(running, path, header):
    loop, client, _ = running

    async def ask():
        headers = {"X-Seat": header, "Accept-Language": header, "If-None-Match": header, "Cookie": header}
        async with client.get(f"/{quote(path, safe='/')}", headers=headers) as response:
            return response.status

    assert loop.run_until_complete(ask()) < 500
