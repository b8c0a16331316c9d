"""Every text that the API takes, found in the API's own description: it is either free, and kept as it was cleaned, or
it names something, and hostile names name nothing.

A field that is new is on neither list and fails here: whoever adds it decides what it is.
"""

from urllib.parse import quote

import pytest

from gcs.sightings.text import clean_line, clean_note

from ..test_hostile_texts import HOSTILE

SOME = HOSTILE[::11]
FREE = {
    "POST /sightings": {"note", "source.name", "source.vehicle", "source.detector", "source.frame", "operation"},
    "POST /sightings/{id}/steps": {"note", "outcome"},
    "POST /vehicles/{id}/mark": {"note"},
    "POST /units": {"name", "group", "skills[]", "vehicle"},
    "POST /intakes": {"name"},
    "POST /intakes/{id}/reports": {"note", "ref"},
    "POST /detections": {
        "camera", "detector", "frame_id", "vehicle", "categories[].name", "deepstream.id", "deepstream.objects[]",
    },
    "POST /operations": {"name", "purpose"},
    "POST /operations/{id}/authorise": {"note"},
    "POST /operations/{id}/abort": {"reason"},
    "POST /vehicles/{id}/payloads/{payload}": {"text"},
    "POST /training/start": {"trainee"},
    "POST /training/things": {"note"},
    "POST /training/bookmarks": {"name"},
}  # fmt: skip
"""What people write in their own words, and what other systems call their things."""
NAMES = {
    "PUT /links": {"url"},
    "POST /sightings": {"id", "klass", "source.kind"},
    "POST /sightings/{id}/steps": {"klass", "of", "unit"},
    "POST /sightings/{id}/receipts": {"unit"},
    "POST /vehicles/{id}/mark": {"klass"},
    "POST /units": {"id"},
    "POST /intakes": {"klass"},
    "POST /intakes/{id}/reports": {"klass"},
    "POST /detections": {"classes{}"},
    "POST /operations": {"plan_hash", "vehicles[]"},
    "POST /operations/{id}/clear": {"vehicle"},
    "POST /plans": {"camera", "fleet[].camera"},
    "POST /plans/pattern": {"camera", "fleet[].camera"},
    "POST /plans/rest": {"operation"},
    "POST /vehicles/{id}/look": {"sighting", "unit"},
    "POST /vehicles/{id}/fly-there": {"sighting"},
    "POST /vehicles/{id}/camera": {"camera"},
    "POST /training/start": {"drill"},
    "POST /training/faults": {"name"},
    "POST /training/things": {"kind", "klass"},
}
"""What has to be one of those there are."""
CONFIRM = "confirm"
"""Names the vehicle of the path once more, everywhere."""


@pytest.fixture
async def described(api):
    return await (await api.get("/api/v1/openapi.json")).json()


def texts_in(schema, document, path="", seen=()):
    """The places of a body at which any text may stand; a fixed pattern or a closed list is no such place."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        if name not in seen:
            yield from texts_in(document["components"]["schemas"][name], document, path, (*seen, name))
        return
    for part in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())):
        yield from texts_in(part, document, path, seen)
    kinds = schema.get("type", ())
    if "string" in ([kinds] if isinstance(kinds, str) else kinds) and not schema.keys() & {"enum", "pattern", "format"}:
        yield path
    for key, inner in schema.get("properties", {}).items():
        yield from texts_in(inner, document, f"{path}.{key}" if path else key, seen)
    items = schema.get("items")
    for inner in [items] if isinstance(items, dict) else schema.get("prefixItems", ()):
        yield from texts_in(inner, document, f"{path}[]", seen)
    more = schema.get("additionalProperties")
    if isinstance(more, dict):
        yield from texts_in(more, document, f"{path}{{}}", seen)


def fields(document):
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            content = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if content:
                found = {text.split(" ")[0] for text in texts_in(content["schema"], document)} - {CONFIRM}
                if found:
                    yield f"{method.upper()} {path}", found


async def test_every_text_field_of_the_description_is_on_one_of_the_lists(described):
    found = dict(fields(described))
    assert found == {key: FREE.get(key, set()) | NAMES.get(key, set()) for key in FREE.keys() | NAMES.keys()}


def body_with(field, text):
    """A body that has the text at the field, and nothing else."""
    value = text
    for part in reversed(field.removesuffix("[]").removesuffix("{}").split(".")):
        value = {part: [value] if field.endswith("[]") else {"car": value} if field.endswith("{}") else value}
    return value


WHOLE = {
    "POST /sightings": {"klass": "crowd", "lat": 29.9, "lon": 121.84},
    "POST /sightings/{id}/steps": {"action": "classify"},
    "POST /sightings/{id}/receipts": {"unit": "car-1"},
    "POST /vehicles/{id}/mark": {"klass": "crowd"},
    "POST /intakes": {"name": "door", "klass": "crowd"},
    "POST /operations": {"plan_hash": "x", "name": "n", "purpose": "p", "vehicles": ["main-1"]},
    "POST /operations/{id}/clear": {"vehicle": "main-1"},
    "POST /plans/rest": {"operation": "op0"},
    "POST /vehicles/{id}/look": {"confirm": "main-1"},
    "POST /vehicles/{id}/fly-there": {"confirm": "main-1"},
}  # fmt: skip
AREA = {"type": "Polygon", "coordinates": [[[121.84, 29.9], [121.85, 29.9], [121.85, 29.91], [121.84, 29.9]]]}
ASKED = sorted((key, field) for key, names in NAMES.items() for field in names if key in WHOLE)


@pytest.mark.parametrize(("key", "field"), ASKED)
async def test_a_hostile_name_names_nothing_and_is_answered_by_a_problem_document(api, key, field):
    method, path = key.split()
    path = path.replace("{id}", "main-1")
    for text in SOME:
        answer = await api.request(method, f"/api/v1{path}", json={**WHOLE[key], **body_with(field, text)})
        assert 400 <= answer.status < 500, (text, answer.status)
        assert answer.content_type == "application/problem+json"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_hostile_word_in_a_path_is_answered_by_a_problem_document(api, described):
    for text in SOME:
        word = quote(text.encode("utf-8", "replace"), safe="")
        for path in described["paths"]:
            answer = await api.get(f"/api/v1{path.replace('{', '').replace('}', '')}/{word}")
            assert answer.status >= 400
            assert answer.content_type == "application/problem+json", path


@pytest.mark.parametrize("text", [text for text in HOSTILE if any(ord(c) < 32 or ord(c) > 0x2000 for c in text)])
async def test_what_an_operation_is_called_is_cleaned_at_the_door(api, behind, text):
    plan = await (await api.post("/api/v1/plans", json={"area": AREA})).json(content_type=None)
    body = {"plan_hash": plan["properties"]["hash"], "name": text[:100], "purpose": text, "vehicles": ["main-1"]}
    answer = await api.post("/api/v1/operations", json=body)
    if answer.status == 201:
        kept = await answer.json()
        assert (kept["name"], kept["purpose"]) == (clean_line(text[:100], "name"), clean_note(text, "purpose"))
        assert kept["name"]
        assert kept["purpose"]
    else:
        assert answer.content_type == "application/problem+json"
        assert not clean_line(text, "name") or "\ud800" <= text <= "\udfff"
