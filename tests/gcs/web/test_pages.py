"""The pages, their language, and signing in to them."""

import re

import pytest

from gcs.web import pages
from gcs.web.language import language_of

HOSTILE = "%22%3E%3Cscript%3Ealert(1)%3C/script%3E"


@pytest.fixture(autouse=True)
def shown(monkeypatch):
    """What the pages were asked to show; the pages themselves are tested where they are made."""
    asked = []

    async def composed(kind, nonce, language, basemaps, *, exercise, replay):
        asked.append((kind, nonce, language, exercise, replay))
        return f'<html><script nonce="{nonce}">1</script></html>'

    monkeypatch.setattr(pages, "composed", composed)
    return asked


async def get(client, path, **headers):
    return await client.get(path, allow_redirects=False, headers=headers)


@pytest.mark.parametrize("path", ["/", "/unit"])
async def test_a_page_carries_a_nonce_that_is_never_the_same(api, path):
    nonces = set()
    for _ in range(3):
        response = await get(api, path)
        nonce = re.search(r"'nonce-([^']+)'", response.headers["Content-Security-Policy"])[1]
        assert f'nonce="{nonce}"' in await response.text()
        assert response.headers["Content-Type"] == "text/html; charset=utf-8"
        nonces.add(nonce)
    assert len(nonces) == 3
    assert all(len(nonce) >= 20 for nonce in nonces)


async def test_the_page_says_whether_it_is_an_exercise_or_a_replay(serve, shown):
    await get(await serve(replay=True), "/")
    assert shown[0][3:] == (True, True)


@pytest.mark.parametrize(
    ("asked", "kept", "header", "language"),
    [
        (None, None, "", "en"),
        (None, None, "zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        (None, None, "en-GB,en;q=0.9,zh;q=0.8", "en"),
        (None, None, "zh;q=0.3, en;q=0.7", "en"),
        (None, None, "fr, zh-Hant;q=0.5", "zh"),
        (None, None, "de", "en"),
        (None, None, "zh;q=0", "en"),
        (None, None, "zh;q=x, ;;,=", "en"),
        (None, "zh", "en", "zh"),
        ("en", "zh", "zh", "en"),
        ("xx", "<b>", "zh", "zh"),
    ],
)
def test_the_language_is_asked_for_kept_or_liked(asked, kept, header, language):
    assert language_of(asked, kept, header) == language


async def test_a_language_that_was_chosen_is_kept(api, shown):
    chosen = await get(api, "/?lang=zh", **{"Accept-Language": "en"})
    assert chosen.cookies["aeropatrol_lang"].value == "zh"
    await get(api, "/unit", **{"Accept-Language": "en"})
    assert [page[2] for page in shown] == ["zh", "zh"]


@pytest.mark.parametrize("path", ["/", "/unit"])
async def test_without_a_token_the_page_asks_for_one(guarded, shown, path):
    response = await get(guarded, path, **{"Accept-Language": "zh"})
    text = await response.text()
    assert (response.status, response.content_type) == (401, "text/html")
    assert "访问令牌" in text
    assert f'name="page" value="{path}"' in text
    assert "script" not in response.headers["Content-Security-Policy"]
    assert not shown


async def test_a_token_in_the_address_is_kept_and_taken_out_of_it(guarded, shown):
    response = await get(guarded, "/?token=centre-token-of-the-tests&lang=en")
    cookie = response.cookies["aeropatrol_token"]
    assert (response.status, response.headers["Location"]) == (303, "/?lang=en")
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", "/")
    assert (await get(guarded, "/")).status == 200
    assert (await guarded.get("/api/v1/state")).status == 200, "the page's own requests carry the cookie"


async def test_a_units_token_leads_to_the_units_own_page(guarded, shown):
    for address in ("/unit?token=unit-token-of-the-tests", "/?token=unit-token-of-the-tests"):
        response = await get(guarded, address)
        assert (response.status, response.headers["Location"]) == (303, "/unit?unit=car-1")
    for address in ("/", "/unit", "/unit?unit=car-2"):
        assert (await get(guarded, address)).headers["Location"] == "/unit?unit=car-1"
    assert (await get(guarded, "/unit?unit=car-1")).status == 200


async def test_a_wrong_token_is_told_and_not_kept(guarded):
    response = await get(guarded, f"/?token={HOSTILE}")
    text = await response.text()
    assert response.status == 401
    assert 'role="alert"' in text
    assert "<script" not in text
    assert "aeropatrol_token" not in response.cookies


async def test_guessing_at_the_page_is_limited_too(guarded):
    for number in range(10):
        assert (await get(guarded, f"/?token=guess-{number}")).status == 401
    assert (await get(guarded, "/?token=guess")).status == 429
    assert (await guarded.post("/login", data={"token": "guess"})).status == 429


async def test_signing_in_by_the_form(guarded):
    form = {"token": " centre-token-of-the-tests ", "page": "/unit"}
    response = await guarded.post("/login", data=form, allow_redirects=False)
    assert (response.status, response.headers["Location"]) == (303, "/unit")
    assert (await get(guarded, "/")).status == 200
    out = await guarded.post("/logout", allow_redirects=False)
    assert out.status == 303
    assert (await get(guarded, "/")).status == 401


@pytest.mark.parametrize("page", ["https://evil.example/", "//evil.example", "/nothing", "javascript:alert(1)"])
async def test_the_form_leads_to_our_pages_only(guarded, page):
    form = {"token": "centre-token-of-the-tests", "page": page}
    assert (await guarded.post("/login", data=form, allow_redirects=False)).headers["Location"] == "/"


@pytest.mark.parametrize("body", [b"", b"token", b"\xff\xfe=%ff", b"token=%00", b"token=" + b"x" * 4000])
async def test_a_form_of_anything_is_no_defect(guarded, body):
    assert (await guarded.post("/login", data=body)).status == 401


async def test_a_form_that_is_too_large_is_refused(guarded, refused):
    await refused(await guarded.post("/login", data=b"x" * 5000), 413, "body.too_large")


async def test_a_link_from_elsewhere_opens_the_page_a_second_time_as_our_own(guarded):
    response = await get(guarded, f"/?a={HOSTILE}", **{"Sec-Fetch-Site": "cross-site"})
    text = await response.text()
    assert response.status == 200
    assert 'http-equiv="refresh"' in text
    assert "<script" not in text


async def test_on_loopback_a_token_in_the_address_is_only_taken_out_of_it(api):
    response = await get(api, "/?token=whatever")
    assert (response.status, response.headers["Location"]) == (303, "/")
    assert "aeropatrol_token" not in response.cookies


@pytest.mark.parametrize(
    ("path", "said"), [("/train", "aeropatrol drill"), ("/nowhere", "没有这个页面"), ("/reports/x.html", "指挥中心")]
)
async def test_a_person_who_goes_astray_is_shown_the_way_out(api, path, said):
    response = await get(api, path, Accept="text/html,*/*;q=0.8", **{"Accept-Language": "zh-CN"})
    assert (response.status, response.content_type) == (404, "text/html")
    assert "script" not in response.headers["Content-Security-Policy"]
    assert said in (shown := await response.text())
    assert 'href="/"' in shown


@pytest.mark.parametrize(
    ("path", "accept"), [("/api/v1/nothing", "text/html"), ("/train", "application/json"), ("/train", "*/*")]
)
async def test_a_program_that_goes_astray_gets_a_problem(api, path, accept):
    response = await get(api, path, Accept=accept)
    assert (response.status, response.content_type) == (404, "application/problem+json")
