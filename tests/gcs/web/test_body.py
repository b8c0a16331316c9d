"""Bodies: JSON, of the size and the shape that the route names, or one clear refusal."""

import asyncio

import pytest

from gcs.web import body

REPORT = "/api/v1/sightings"
JSON = {"Content-Type": "application/json"}


NOT_JSON = [b"{", b"nothing", b'{"klass": "x",', b"\xff\xfe", b'{"lat": NaN}', b'{"klass": "\\ud800"}']


@pytest.mark.parametrize("sent", NOT_JSON)
async def test_what_is_not_json_is_refused(api, refused, sent):
    await refused(await api.post(REPORT, data=sent, headers=JSON), 400, "body.not_json")


async def test_bottomless_nesting_is_refused(api, refused):
    sent = b'{"area": ' + b"[" * 100_000
    await refused(await api.post("/api/v1/plans", data=sent, headers=JSON), 400, "body.not_json")


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        (b"{}", None),
        (b"[]", None),
        (b"null", None),
        (b'{"klass": 1, "lat": 1, "lon": 1}', "klass"),
        (b'{"klass": "x", "lat": "1", "lon": 1}', "lat"),
        (b'{"klass": "x", "lat": 1, "lon": 1, "source": {"kind": 7}}', "source.kind"),
        (b'{"klass": "x", "lat": 1, "lon": 1, "seen_at": "yesterday"}', "seen_at"),
        (b'{"klass": "x", "lat": 1, "lon": 1, "seen_at": "2026-01-01T00:00:00"}', "seen_at"),
    ],
)
async def test_what_does_not_fit_is_refused_by_name(api, refused, behind, sent, field):
    document = await refused(await api.post(REPORT, data=sent, headers=JSON), 422, "body.invalid")
    assert document.get("field") == field
    assert not behind.desk.sightings


async def test_an_unknown_key_is_refused_by_name(api, refused):
    sent = {"klass": "illegal_parking", "lat": 1, "lon": 1, "latitude": 2}
    document = await refused(await api.post(REPORT, json=sent), 422, "body.invalid")
    assert "latitude" in document["detail"]


async def test_a_body_that_says_it_is_too_large_is_refused_before_it_is_read(api, refused):
    await refused(await api.post(REPORT, data=b" " * (64 * 1024 + 1), headers=JSON), 413, "body.too_large")


async def test_a_body_that_turns_out_too_large_is_refused(api, refused):
    async def endless():
        for _ in range(40):
            yield b" " * 4096

    await refused(await api.post(REPORT, data=endless(), headers=JSON), 413, "body.too_large")


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "a/b"]
)
async def test_another_type_than_json_is_refused(api, refused, kind):
    await refused(await api.post(REPORT, data=b"{}", headers={"Content-Type": kind}), 415, "body.type")


async def test_a_body_that_does_not_arrive_is_given_up(api, refused, monkeypatch):
    monkeypatch.setattr(body, "WITHIN_S", 0.05)
    never = asyncio.Event()

    async def stalled():
        yield b"{"
        await never.wait()

    await refused(await api.post(REPORT, data=stalled(), headers=JSON), 408, "body.slow")


async def test_no_body_at_all_counts_as_an_empty_object(api, behind):
    alarm = behind.raise_alarm()
    assert (await api.post(f"/api/v1/alarms/{alarm.id}/acknowledge")).status == 200
