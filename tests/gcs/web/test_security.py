"""What a request must be before anybody looks at who sent it, and what every answer says."""

import aiohttp
import pytest

from gcs.web.security import host_allowed, host_names, page_csp, same_origin

REPORT = {"klass": "illegal_parking", "lat": 29.9, "lon": 121.84}


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8080", "127.0.0.1.evil.example", "10.0.0.7:8080", "[::", ""]
)
async def test_a_foreign_host_name_is_refused(api, refused, host):
    await refused(await api.get("/api/v1/state", headers={"Host": host}), 421, "host.foreign")


@pytest.mark.parametrize("host", ["localhost", "localhost:8080", "127.0.0.1:8080", "[::1]:8080", "LOCALHOST"])
async def test_our_own_names_are_taken(api, host):
    assert (await api.get("/api/v1/state", headers={"Host": host})).status == 200


def test_a_server_on_the_network_takes_addresses_and_no_names_of_others():
    names = host_names("0.0.0.0")
    assert host_allowed("192.168.1.20:8080", "0.0.0.0", names)
    assert not host_allowed("evil.example", "0.0.0.0", names)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
@pytest.mark.parametrize("path", ["/api/v1/sightings", "/api/v1/alarms/x/acknowledge", "/login", "/logout"])
async def test_a_change_asked_for_by_anothers_page_is_refused(api, behind, refused, headers, path):
    await refused(await api.post(path, json=REPORT, headers=headers), 403, "origin.foreign")
    assert not behind.desk.sightings


async def test_a_socket_opened_by_anothers_page_is_refused(api, behind):
    with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
        await api.ws_connect("/api/v1/live", origin="https://evil.example")
    assert refusal.value.status == 403
    assert not behind.live.units


async def test_a_change_asked_for_by_our_own_page_is_taken(api):
    own = {"Origin": str(api.make_url("/")).rstrip("/"), "Sec-Fetch-Site": "same-origin"}
    assert (await api.post("/api/v1/sightings", json=REPORT, headers=own)).status == 201


async def test_a_form_of_anothers_page_cannot_pass_as_json(api, behind, refused):
    plain = {"Content-Type": "text/plain"}
    await refused(await api.post("/api/v1/sightings", data=b"{}", headers=plain), 415, "body.type")


def test_a_page_of_the_same_name_and_another_port_is_another_origin():
    assert same_origin("127.0.0.1:8080", "http://127.0.0.1:8080", "same-origin")
    assert not same_origin("127.0.0.1:8080", "http://127.0.0.1:9090", "same-site")
    assert same_origin("127.0.0.1:8080", None, None), "a program sends neither"
    assert not same_origin("127.0.0.1:8080", "file://127.0.0.1:8080", None)


@pytest.mark.parametrize("path", ["/", "/unit", "/api/v1/state", "/api/v1/nothing", "/assets/icon.svg", "/favicon.ico"])
async def test_every_answer_says_what_a_browser_must_not_do(api, path):
    headers = (await api.get(path)).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "default-src 'none'" in headers["Content-Security-Policy"]


async def test_what_is_shown_now_is_never_kept_by_a_browser(api):
    assert (await api.get("/api/v1/state")).headers["Cache-Control"] == "no-store"


def test_scripts_of_a_page_need_its_nonce():
    scripts = next(part for part in page_csp("abc").split("; ") if part.startswith("script-src"))
    assert scripts == "script-src 'self' 'nonce-abc'"
    assert "connect-src 'self'" in page_csp("abc")


@pytest.mark.parametrize("path", ["/nothing", "/api/v1/nothing", "/api/v2/state", "/.git/config", "/%2e%2e/etc/passwd"])
async def test_what_is_not_there_is_a_problem_document(api, refused, path):
    await refused(await api.get(path), 404, "http.404")


async def test_a_wrong_method_says_the_right_one(api, refused):
    response = await api.delete("/api/v1/sightings")
    await refused(response, 405, "http.405")
    assert set(response.headers["Allow"].split(",")) == {"GET", "POST"}


async def test_a_defect_of_ours_is_told_as_one_and_not_shown(serve, refused):
    def broken():
        raise RuntimeError("a secret of the house")

    client = await serve(state=broken)
    document = await refused(await client.get("/api/v1/state"), 500, "server.defect")
    assert "secret" not in str(document)
    assert (await client.get("/api/v1/health")).status == 200
