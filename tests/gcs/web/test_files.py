"""Files of pages and tiles of base maps: what is listed and nothing else."""

import pytest

TRAVERSALS = [
    "../pyproject.toml", "..%2fpyproject.toml", "%2e%2e/%2e%2e/etc/passwd", "....//....//etc/passwd",
    "..%5c..%5cwindows%5cwin.ini", "/etc/passwd", "%2fetc%2fpasswd", "icon.svg%00.js", "icon.svg/", "./icon.svg",
    "js/../icon.svg", "leaflet/../../__init__.py", "%252e%252e%252fetc%252fpasswd", "c:/windows/win.ini", "~root",
    "..%c0%afetc%c0%afpasswd", "icon.svg?x=/../../", "ICON.SVG", "basemap", "",
]  # fmt: skip


@pytest.mark.parametrize("path", TRAVERSALS)
async def test_nothing_outside_the_listed_files_is_served(api, path):
    response = await api.get(f"/assets/{path}")
    if response.status == 200:
        assert await response.read() == await (await api.get("/assets/icon.svg")).read()
    else:
        assert (response.status, response.content_type) == (404, "application/problem+json")


async def test_a_file_is_served_with_its_type_and_not_sent_again(api):
    first = await api.get("/assets/leaflet/leaflet.js")
    assert (first.status, first.content_type) == (200, "text/javascript")
    assert first.headers["Cache-Control"] == "no-cache"
    again = await api.get("/assets/leaflet/leaflet.js", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status, await again.read()) == (304, b"")


async def test_a_file_asked_for_by_its_version_is_kept_for_ever(api):
    etag = (await api.get("/assets/icon.svg")).headers["ETag"].strip('"')
    assert "immutable" in (await api.get(f"/assets/icon.svg?v={etag}")).headers["Cache-Control"]
    assert (await api.get("/assets/icon.svg?v=other")).headers["Cache-Control"] == "no-cache"


async def test_the_icon_is_where_browsers_look_for_it(api):
    response = await api.get("/favicon.ico")
    assert (response.status, response.content_type) == (200, "image/svg+xml")


async def test_files_are_open_and_base_maps_are_not(guarded, as_unit):
    assert (await guarded.get("/assets/icon.svg")).status == 200
    assert (await guarded.get("/tiles/base0/1/1/0")).status == 401
    assert (await guarded.get("/tiles/base0/1/1/0", headers=as_unit)).status == 200


async def test_a_tile_is_served_or_empty(api):
    there, empty = await api.get("/tiles/base0/1/1/0"), await api.get("/tiles/base0/1/0/0")
    assert (there.status, there.content_type, await there.read()) == (200, "image/png", b"\x89PNG")
    assert (empty.status, await empty.read()) == (204, b"")
    assert there.headers["Cache-Control"] == "private, max-age=86400"
    assert empty.headers["Cache-Control"] == "private, max-age=60", "it may come back"


@pytest.mark.parametrize(
    "path",
    ["base0/1/2/0", "base0/1/0/2", "base0/25/0/0", "base0/-1/0/0", "base0/1/x/0", "base0/1/1/0.png", "../1/1/0",
     "base0/²/0/0", "base0/1/1"],
)  # fmt: skip
async def test_what_is_no_tile_is_not_asked_for(api, path):
    response = await api.get(f"/tiles/{path}")
    assert (response.status, response.content_type) == (404, "application/problem+json")


async def test_without_base_maps_there_are_no_tiles(serve, refused):
    client = await serve(tiles=None)
    await refused(await client.get("/tiles/base0/1/1/0"), 404, "tile.unknown")
